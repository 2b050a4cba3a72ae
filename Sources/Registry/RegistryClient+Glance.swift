import Credentials
package import ImageModel
import Synchronization
import Transport

/// The first answer of a look at a tag that a glance has left unfinished, and what the request was sent with.
package struct FirstAnswer: Sendable {
  typealias Result = Swift.Result<HTTPResponse, TransportError>

  let result: Result
  let authorization: RegistrySession.Authorization?
}

/// What came of some of many glances, by the names that they were given.
package struct Glimpses: Sendable {
  /// They stand where they stood.
  package internal(set) var unchanged: [Int] = []
  /// Of these more is to be known: `observe` goes on from the answer.
  package internal(set) var others: [(name: Int, first: FirstAnswer)] = []
}

extension Glimpses {
  fileprivate init(_ news: GlanceReport) {
    unchanged = news.asExpected
    others = news.others.map { name, kind, result in
      let authorization = (kind.note as? Grant).map { RegistrySession.Authorization.token($0, isFresh: false) }
      return (name, FirstAnswer(result: result, authorization: authorization))
    }
  }
}

/// Who hears of glances at tags.
package final class GlanceWatch: Sendable {
  let desk: GlanceDesk
  let tell: @Sendable (Glimpses) -> Void

  /// - Parameter report: called on a thread that must not wait for anything.
  package init(report: @escaping @Sendable (Glimpses) -> Void) {
    tell = report
    desk = GlanceDesk { report(Glimpses($0)) }
  }

  /// Ends those under way; of each it is said all the same.
  package func cancel() { desk.cancel() }
}

extension RegistryClient {
  /// A tag to glance at: one that `KnownTag.mayBeGlanced` says.
  package struct GlancedTag: Sendable {
    let name: Int
    let tag: TagReference
    let digest: Digest

    /// - Parameter digest: what HEAD named the last time.
    package init(_ name: Int, _ tag: TagReference, _ digest: Digest) {
      self.name = name
      self.tag = tag
      self.digest = digest
    }
  }

  /// Looks at tags of which nothing is wanted but to hear whether they stand where they stood, many at a time: with
  /// what authorisation there is, where none has to be asked for, and without waiting for anything.
  ///
  /// - Parameter watch: hears of each once what came of it.
  /// - Returns: the names of those that only `observe` can look at.
  package func glance(_ tags: [GlancedTag], for watch: GlanceWatch) -> [Int] {
    var left: [Int] = []
    var groups = GlanceGroups()
    for tag in tags where !add(tag, to: &groups) { left.append(tag.name) }
    for (batch, names) in groups.batches where !http.glance(batch, for: watch.desk) { left += names }
    return left
  }

  private func add(_ tag: GlancedTag, to groups: inout GlanceGroups) -> Bool {
    guard trace == nil, let host = try? host(of: tag.tag.domain), host.takesGlances else { return false }
    let path = host.pathPrefix.isEmpty ? tag.tag.path : host.pathPrefix + tag.tag.path
    let now = clock.now()
    let kind: GlanceKind? = host.state.withLock { state in
      guard state.isHeadUsable(for: path, at: now), !state.wantsBasic else { return nil }
      let grant = state.grant(for: path, at: now)
      guard grant != nil || state.challenge == nil else { return nil }
      return state.glanceKind(host.manifestRequest, prefix: host.prefix, grant)
    }
    guard let kind else { return false }
    return groups.add(tag.name, kind, [path, "/manifests/", tag.tag.tag, host.query], tag.digest)
  }
}

/// Glances by what they have in common.
private struct GlanceGroups {
  private(set) var batches: [(batch: GlanceBatch, names: [Int])] = []
  private var kinds: [GlanceKind] = []
  private var latest = 0

  mutating func add(_ name: Int, _ kind: GlanceKind, _ path: [String], _ digest: Digest) -> Bool {
    if kinds.isEmpty || kinds[latest] !== kind {
      latest = kinds.firstIndex { $0 === kind } ?? kinds.count
      if latest == kinds.count {
        kinds.append(kind)
        batches.append((GlanceBatch(kind), []))
      }
    }
    guard batches[latest].batch.add(name, path: path, value: digest.description) else { return false }
    batches[latest].names.append(name)
    return true
  }
}

extension RegistryHost {
  /// Whether requests need neither wait for their turn nor be made with a log-in, and nobody wants to see the answers.
  fileprivate var takesGlances: Bool {
    guard access.requestsPerSecond == nil, access.agreedTime?.wants(self) != true else { return false }
    if case .token = access.credentials { return false }
    return true
  }
}
