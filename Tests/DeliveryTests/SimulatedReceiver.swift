import Delivery
import ImageModel

/// A receiver with a limit of its own, as its answers show it. Times are milliseconds.
struct SimulatedReceiver {
  enum Limit {
    case none
    /// So many in any span of that length.
    case sliding(Int, span: Int)
    /// So many in each span, which begin at multiples of its length and `phase`.
    case fixed(Int, span: Int, phase: Int)
    /// So many in reserve, and one more each time that so much has passed.
    case bucket(Int, each: Int)
  }

  /// What it says in `Retry-After`, given the milliseconds that are left.
  enum Says {
    case roundedUp, roundedDown, nothing
    case always(seconds: Int)

    func asked(_ left: Int) -> Duration? {
      switch self {
      case .roundedUp: .seconds(max(1, (left + 999) / 1_000))
      case .roundedDown: .seconds(max(1, left / 1_000))
      case .always(let seconds): .seconds(seconds)
      case .nothing: nil
      }
    }
  }

  var limit = Limit.none
  var says = Says.roundedUp
  /// Tags whose events it never takes.
  var poisoned: Set<TagID> = []
  /// Until then it answers 503.
  var awayUntil = 0
  private var accepted: [Int] = []
  private var reserve = Double.nan
  private var filled = 0

  init(_ limit: Limit = .none, _ says: Says = .roundedUp, poisoned: Set<TagID> = [], awayUntil: Int = 0) {
    (self.limit, self.says, self.poisoned, self.awayUntil) = (limit, says, poisoned, awayUntil)
  }

  /// - Returns: `nil` when it takes the event.
  mutating func answer(tag: TagID, at now: Int) -> Refusal? {
    if now < awayUntil { return Refusal(isTooMany: false, asked: says.asked(awayUntil - now)) }
    let left = poisoned.contains(tag) ? 1_000 : wait(at: now)
    guard left > 0 else {
      accepted.append(now)
      return nil
    }
    return Refusal(isTooMany: true, asked: says.asked(left))
  }

  private mutating func wait(at now: Int) -> Int {
    switch limit {
    case .none: return 0
    case .sliding(let count, let span):
      let recent = accepted.suffix(count)
      return recent.count < count ? 0 : max(0, recent[recent.startIndex] + span - now)
    case .fixed(let count, let span, let phase):
      let begin = (now + phase) / span * span - phase
      return accepted.suffix(count).count(where: { $0 >= begin }) < count ? 0 : begin + span - now
    case .bucket(let size, let each):
      reserve = min(Double(size), (reserve.isNaN ? Double(size) : reserve) + Double(now - filled) / Double(each))
      filled = now
      if reserve >= 1 {
        reserve -= 1
        return 0
      }
      return max(1, Int((1 - reserve) * Double(each)))
    }
  }
}
