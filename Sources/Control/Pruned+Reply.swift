package import History
package import ImageModel
package import StrictJSON

extension Pruned {
  /// From what a daemon answered.
  package init(reply: JSONValue) throws(ControlError) {
    self.init()
    guard let snapshots = reply["snapshots"]?.integer, let events = reply["events"]?.integer,
      let documents = reply["documents"]?.integer, let deliveries = reply["deliveries"]?.integer
    else { throw .noReply }
    (self.snapshots, self.events) = (Int(snapshots), Int(events))
    (self.documents, self.deliveries) = (Int(documents), Int(deliveries))
  }

  /// For a command that has asked the daemon.
  package var reply: JSONOutput {
    .members([
      "snapshots": .number(snapshots), "events": .number(events), "documents": .number(documents),
      "deliveries": .number(deliveries),
    ])
  }
}
