import Messages
import StrictJSON

extension ConfigReader {
  /// What is valid and shows nothing, or nobody: it looks as if nothing had changed.
  mutating func warnOfSilence(_ root: Section, _ config: WatchConfig) {
    if config.watch.isEmpty, config.repositories.isEmpty {
      warning(at: root.offset("watch"), "no tags are watched", hint: #"name them: "watch": ["amazonlinux:latest"]"#)
    }
    if let sinks = root["sinks"], sinks.object?.allSatisfy({ $0.key == ConfigKeys.remark }) == true {
      warning(
        at: sinks.offset, "no sinks are named: events go to standard output",
        hint: #"leave "sinks" out to mean that, or name where they should go"#)
    }
    warnOfNobody(root)
    warnOfMasks(root)
    warnOfGroupedJobs(root)
  }

  /// What starts one job with the facts of one event, where several may come in one.
  private mutating func warnOfGroupedJobs(_ root: Section) {
    for sink in root["sinks"]?.object ?? [] {
      guard let group = sink.value["group"], let format = sink.value["format"]?.string,
        MessageFormat.named(format)?.startsJobs == true
      else { continue }
      warning(
        at: group.offset,
        "a job that is started for several events at once is not told one image, class and pull reference",
        hint: #"leave "group" out: each event starts one"#)
    }
  }

  /// Of sinks that were taken over from what `config show` printed.
  private mutating func warnOfMasks(_ root: Section) {
    for sink in root["sinks"]?.object ?? [] {
      let headers = sink.value["headers"]?.object?.map(\.value) ?? []
      for value in headers + [sink.value["url"]].compactMap(\.self) {
        guard let text = value.string, text == ConfigPlaces.masked || text.hasSuffix("/\(ConfigPlaces.masked)") else {
          continue
        }
        warning(
          at: value.offset, "\(ConfigPlaces.masked) is what 'config show' prints in the place of what may be secret",
          hint: "write what is meant")
      }
    }
  }

  /// Of entries that are told no sink. They are recorded all the same.
  private mutating func warnOfNobody(_ root: Section) {
    let named = (root["watch"]?.array ?? []).map { $0["sinks"] }
    let silent = named.compactMap(\.self).filter { $0.array?.isEmpty == true }
    let hint = #"leave "sinks" out for all of them"#
    if let first = silent.first {
      let what =
        silent.count == 1
        ? "a change of this tag is told nobody"
        : "a change of \(silent.count) tags is told nobody, this one among them"
      warning(at: first.offset, what, hint: hint)
    }
    let others = named.count { $0 == nil }
    guard others > 0, let usual = root["defaults"]?["sinks"], usual.array?.isEmpty == true else { return }
    warning(at: usual.offset, "a change of \(others) \(others == 1 ? "tag" : "tags") is told nobody", hint: hint)
  }
}
