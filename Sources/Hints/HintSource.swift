package import ImageModel
package import StrictJSON

/// Who sends hints, by the word in the path. Each has a file that reads its payload, with where that is documented.
package enum HintSource: String, CaseIterable, Sendable {
  case dockerHub = "docker-hub"
  case github, quay, harbor, acr, ecr, gar, gitlab, artifactory, distribution, generic

  /// What a payload names. Nothing of it is believed; a hint of something else, a test or a pull, names nothing.
  ///
  /// - Parameter registry: the host that is meant, where the payload names none or another one.
  package func images(in document: JSONValue, registry: String? = nil) throws(HintRefusal) -> Set<HintedImage> {
    var images = HintedImages(registry: registry)
    switch self {
    case .dockerHub: try images.readDockerHub(document)
    case .github: try images.readGitHub(document)
    case .quay: try images.readQuay(document)
    case .harbor: try images.readHarbor(document)
    case .acr: try images.readAzure(document)
    case .ecr: try images.readAmazon(document)
    case .gar: try images.readGoogle(document)
    case .artifactory: try images.readArtifactory(document)
    // GitLab's registry is a distribution with other storage, and tells as that does.
    case .gitlab, .distribution: try images.readDistribution(document)
    case .generic: try images.add(reference: document.text("image"))
    }
    return images.all
  }

  /// A payload, read.
  package static func document(_ body: [UInt8]) throws(HintRefusal) -> JSONValue {
    if body.starts(with: Array("payload=".utf8)) { throw .form }
    do throws(JSONError) {
      return try StrictJSON.parse(
        body, limits: JSONLimits(depth: Limits.jsonDepth, bytes: Limits.hintBytes, values: 100_000))
    } catch {
      throw .json("\(error.message) (byte \(error.offset))")
    }
  }
}

/// Why a hint is not taken.
package enum HintRefusal: Error, Hashable, Sendable {
  case json(String)
  /// A form, which GitHub sends as well.
  case form
  /// A URL of somebody else.
  case foreignURL(String)
  /// A member that is missing or of another kind, by its path.
  case member(String)
  /// What is no name of an image or a tag.
  case name(String)
  /// What is no registry's host; `nil` where none is named.
  case registry(String?)

  /// In one line, with what to do.
  package var reason: String {
    switch self {
    case .json(let why): "it is no JSON: \(why.safe(limit: 200))"
    case .form: "it is a form: have it sent with the content type application/json"
    case .foreignURL(let member): "the URL in \(member) is of nobody that this source knows"
    case .member(let path): "\(path) is not as this source has it: see whether the path names the right one"
    case .name(let name): "no image can have the name \(name.safe(limit: 200))"
    case .registry(let host?):
      "\(host.safe(limit: 200)) is no registry's host: write ?registry=HOST into the URL, as in ?registry=ghcr.io"
    case .registry(nil): "it names no registry: add ?registry=HOST to the URL"
    }
  }
}
