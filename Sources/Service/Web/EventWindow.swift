import History
import ImageModel

/// An event as a stream of server-sent events has it. Source: html.spec.whatwg.org, Server-sent events.
struct EventFrame: Sendable {
  let sequence: EventSequence
  let bytes: [UInt8]

  init(_ event: StoredEvent) {
    sequence = event.sequence
    // A document is one line.
    bytes = Array("id: \(ChangeEvent.sequenceText(sequence))\ndata: ".utf8) + event.body + Array("\n\n".utf8)
  }
}

/// What a listener is given at once, and where it is then.
struct EventPiece: Sendable {
  /// Beyond which it ends.
  private static let bytesAtOnce = 64 << 10

  var bytes: [UInt8]
  var last: EventSequence

  init(bytes: [UInt8], last: EventSequence) { (self.bytes, self.last) = (bytes, last) }

  /// - Parameter frames: in their order.
  init(_ frames: [EventFrame], after sequence: EventSequence) {
    self.init(bytes: [], last: sequence)
    let next = frames.lastIndex { $0.sequence <= sequence }.map { $0 + 1 } ?? 0
    for frame in frames[next...] {
      guard bytes.count < Self.bytesAtOnce else { return }
      bytes += frame.bytes
      last = frame.sequence
    }
  }
}

/// The newest events: all behind one, up to another.
struct EventWindow {
  static let mostBytes = 4 << 20

  private(set) var after: EventSequence
  private(set) var last: EventSequence
  private(set) var frames: [EventFrame] = []
  private var bytes = 0

  init(after sequence: EventSequence) { (after, last) = (sequence, sequence) }

  /// - Parameter page: what follows.
  mutating func append(_ page: EventPage) {
    let new = page.events.map(EventFrame.init)
    frames += new
    bytes += new.reduce(0) { $0 + $1.bytes.count }
    last = page.last
    var dropped = 0
    while bytes > Self.mostBytes {
      bytes -= frames[dropped].bytes.count
      after = frames[dropped].sequence
      dropped += 1
    }
    frames.removeFirst(dropped)
  }
}
