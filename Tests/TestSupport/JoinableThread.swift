import Glibc

/// A POSIX thread with a small stack that runs one closure.
package struct JoinableThread: Sendable {
  private let handle: pthread_t

  package init(_ work: @escaping @Sendable () -> Void) throws {
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    pthread_attr_setstacksize(&attributes, 512 * 1_024)
    defer { pthread_attr_destroy(&attributes) }
    let box = Unmanaged.passRetained(Box(work))
    var handle = pthread_t()
    let code = pthread_create(
      &handle, &attributes,
      { argument in
        guard let argument else { return nil }
        Unmanaged<Box>.fromOpaque(argument).takeRetainedValue().work()
        return nil
      }, box.toOpaque())
    guard code == 0 else {
      box.release()
      throw LoopbackServer.SetUpError(call: "pthread_create", code: code)
    }
    self.handle = handle
  }

  /// Waits for the end; once only.
  package func join() { pthread_join(handle, nil) }

  private final class Box: Sendable {
    let work: @Sendable () -> Void
    init(_ work: @escaping @Sendable () -> Void) { self.work = work }
  }
}
