import Config
import Containers
import ImageModel

/// What has been found so far, each tag and each repository once.
struct Findings {
  /// Longer texts name no image.
  static let textBytes = 4_096

  private(set) var images: [WatchedImage] = []
  private(set) var skipped: [SkippedImage] = []
  private var known: Set<WatchedImage.Subject> = []
  /// How often an image was found, also one that was known.
  private(set) var count = 0

  /// How an image comes to where it is used.
  enum Origin {
    case pulled, built, neverPulled
    /// Its engine knows of no registry that it is from.
    case local
  }

  mutating func skip(_ what: String, at place: Place, _ why: String) {
    count += 1
    skipped.append(SkippedImage(file: place.file, line: place.line, what: what, why: why))
  }

  /// An image as it is written somewhere: watched, or left out with the reason.
  mutating func add(
    _ text: String, at place: Place, origin: Origin = .pulled, settings: WatchedImage.Settings = .init()
  ) {
    guard let reference = reference(text, at: place, origin: origin), let tag = reference.tagReference else { return }
    add(WatchedImage(subject: .tag(tag), settings: settings))
  }

  /// A repository, of which many tags are watched.
  mutating func addRepository(_ text: String, at place: Place, settings: WatchedImage.Settings) {
    guard let reference = reference(text, at: place, origin: .pulled), let tag = reference.tagReference else { return }
    add(WatchedImage(subject: .repository(tag.repository), settings: settings))
  }

  private mutating func add(_ image: WatchedImage) {
    count += 1
    if known.insert(image.subject).inserted { images.append(image) }
  }

  private mutating func reference(_ text: String, at place: Place, origin: Origin) -> ImageReference? {
    var why = Self.foreign(text)
    do throws(WrittenReference.Mistake) {
      let reference = why == nil ? try WrittenReference(text).canonical : nil
      if let reference { why = Self.stays(reference, origin) }
      if why == nil { return reference }
    } catch {
      why = "it is no image reference: \(error.explanation)"
    }
    skip(WrittenReference.withoutUserinfo(text) ?? text, at: place, why ?? "")
    return nil
  }

  /// Why nothing that happens at a registry changes what an image is where it is used.
  private static func stays(_ reference: ImageReference, _ origin: Origin) -> String? {
    if reference.digest != nil { return "it is pinned to a digest, and nothing about that can change" }
    switch origin {
    case .pulled: return nil
    case .neverPulled: return "its pull policy says that it is never pulled"
    // Docker Hub's own images are the only ones without a registry and an owner, and nobody else can push one.
    case .built where reference.domain == "docker.io" && reference.path.hasPrefix("library/"):
      return "it is built here, and its name has neither a registry nor an owner"
    case .built: return nil
    case .local: return "the engine knows of no registry that it is from"
    }
  }

  /// Why a text that may well be a reference is none of a registry's.
  private static func foreign(_ text: String) -> String? {
    if text.utf8.count > textBytes { return "it is longer than any image reference" }
    if text.contains("{{") || text.contains("}}") { return "it is a template that has not been filled in" }
    if text.contains("$") { return "it has a variable in it, which nothing here gives a value" }
    // Only one of Docker Hub's own images could be called like the beginning of an ID, and none is.
    if [12, 64].contains(text.utf8.count), RunningContainer.isID(text) {
      return "it is an image ID, which names no tag"
    }
    return text.hasPrefix("localhost/") ? "it is built here: localhost/ is no registry" : nil
  }
}
