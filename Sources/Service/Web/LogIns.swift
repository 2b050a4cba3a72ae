import Addresses
import Synchronization

/// Who logs in. Whoever has shown the password before does not wait among strangers: these may come from as many
/// addresses as they like.
final class LogIns: Sendable {
  private static let remembered = 64

  private let strangers: LogInQueue
  private let known: LogInQueue
  /// From where the password was shown, the latest last.
  private let origins = Mutex<[String]>([])

  /// - Parameter pause: for how long a wrong password takes a place.
  init(pause: @escaping @Sendable () async -> Void = LogInQueue.second) {
    (strangers, known) = (LogInQueue(pause: pause), LogInQueue(pause: pause))
  }

  /// - Returns: what `isRight` says; `nil` where it was not looked at.
  func admit(from peer: String?, _ isRight: @Sendable () -> Bool) async -> Bool? {
    let origin = Self.origin(peer ?? "")
    let isKnown = origins.withLock { $0.contains(origin) }
    let answer = await (isKnown ? known : strangers).admit(from: origin, isRight)
    if answer == true { remember(origin) }
    return answer
  }

  private func remember(_ origin: String) {
    origins.withLock { origins in
      guard origins.last != origin else { return }
      origins.removeAll { $0 == origin }
      origins.append(origin)
      if origins.count > Self.remembered { origins.removeFirst() }
    }
  }

  private static func origin(_ peer: String) -> String { IPAddress(peer)?.network.description ?? peer }
}
