import Dispatch

/// Runs the tasks that poll one at a time, on a queue of their own. They mostly wait, and what they do between two
/// waits is too short to be worth waking a second thread for: with two cores it is the thread of the network that
/// would have to make room (docs/decisions/0011).
final class SerialTaskExecutor: TaskExecutor {
  private let queue = DispatchQueue(label: "watcher.polls")

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
  }
}
