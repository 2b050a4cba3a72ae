import Synchronization

/// A value of the configuration in force, for those who outlive the configuration.
final class Exchangeable<Value: Sendable>: Sendable {
  private let current: Mutex<Value>

  init(_ value: Value) { current = Mutex(value) }

  var value: Value {
    get { current.withLock { $0 } }
    set { current.withLock { $0 = newValue } }
  }
}
