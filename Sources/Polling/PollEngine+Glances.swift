import ImageModel
import Registry

/// Polls that come to no more than a look at whether a tag stands where it stood: nearly all of them. The thread of the
/// network makes and judges them, and the engine hears of many at once.
extension PollEngine {
  /// Glances at the tags where that is enough, and polls the others.
  func start(_ jobs: [PollJob]) {
    for job in jobs {
      if job.known.mayBeGlanced { glances[job.index] = job } else { start(job) }
    }
    let brief = jobs.filter(\.known.mayBeGlanced)
    guard !brief.isEmpty else { return }
    for index in glance(brief, glanceWatch) {
      if let job = glances.removeValue(forKey: index) { start(job) }
    }
  }

  /// Whether the network has kept one for longer than any poll may take.
  var aGlanceHangs: Bool {
    let limit = Duration.seconds(Limits.pollSeconds + 2 * Limits.tickSeconds)
    let now = clock().boot
    return glances.values.contains { .milliseconds(now - $0.began) > limit }
  }

  /// Takes in what glances have come to; those that have seen something are gone on from by polls.
  func take(_ news: Glimpses) {
    let now = clock()
    for index in news.unchanged {
      if let job = glances.removeValue(forKey: index) { take(job, .glanced, at: now) }
    }
    for (index, first) in news.others {
      guard var job = glances.removeValue(forKey: index) else { continue }
      // What has been cut off says nothing about the tag.
      guard !isCutOff else {
        running -= 1
        continue
      }
      job.first = first
      start(job)
    }
    if isStopped { resumeIfIdle() } else { pump(now) }
  }
}
