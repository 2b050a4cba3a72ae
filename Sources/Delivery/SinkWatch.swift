import ImageModel

/// What a look at a sink has found.
package enum SinkFinding: Hashable, Sendable {
  /// Nothing speaks against sending it something.
  case well
  /// Why nothing can be sent as things are, in one line.
  case fault(String)
  /// It has something, and says itself what becomes of it.
  case busy
}

/// Looks at one sink: attempts show how it is doing only when they end, and where there is something to send.
package actor SinkWatch {
  private let sink: any Sink
  private let worker: DeliveryWorker
  private let clock: DeliveryClock
  /// One look at a time, on a thread of its own: the file system may hang.
  private let queue: BlockingQueue
  /// Whether the latest look found that nothing can be sent.
  private var hadFault = false

  /// - Parameter worker: the sink's.
  package init(_ sink: any Sink, _ worker: DeliveryWorker, clock: DeliveryClock = .system) {
    self.sink = sink
    self.worker = worker
    self.clock = clock
    queue = BlockingQueue(label: "look.\(sink.name)")
  }

  /// Looks, for some seconds at most. Where what was wrong has been put right, the worker does not rest any longer.
  package func look() async -> SinkFinding {
    if let since = await worker.busySince {
      let isStuck = since + sink.patience < clock.now()
      return isStuck ? .fault(Self.stuck(after: sink.patience)) : .busy
    }
    let fault = await fault()
    if fault == nil, hadFault { await worker.endRest() }
    hadFault = fault != nil
    return fault.map { .fault($0) } ?? .well
  }

  private func fault() async -> String? {
    let task = Task { [queue, sink] in await queue.run { sink.faults.first?.reason } }
    let deadline = clock.alarm { task.cancel() }
    deadline.set(in: .seconds(Limits.sinkLookSeconds))
    defer { withExtendedLifetime(deadline) {} }
    guard case .finished(let reason) = await task.value else {
      return "its files do not answer: after \(Limits.sinkLookSeconds) s they could not be looked at; "
        + "look whether their file system hangs"
    }
    return reason
  }

  /// The same at each look: since when, the sink's state says.
  private static func stuck(after patience: Duration) -> String {
    "nothing was taken for more than \(patience.components.seconds) s; look whether its reader still reads, or its "
      + "file system hangs"
  }
}
