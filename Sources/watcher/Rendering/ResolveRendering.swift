import Answers
import ImageModel
import Questions

/// What a reference is now, for people.
struct ResolveRendering {
  let answer: ResolveAnswer

  private var reference: ImageReference { answer.reference }
  private var snapshot: TagSnapshot { answer.snapshot }

  func text(_ format: TextFormat) -> String {
    var head = TextTable(["", ""])
    head.rows = [
      [.init("digest", .faint), .init(format.digests(snapshot.digest))],
      [.init("media type", .faint), .init(snapshot.mediaType.description.shown)],
      [.init("size", .faint), .init("\(snapshot.size) bytes")],
      [.init("pull", .faint), .init(answer.pull.shown)],
    ]
    let lines = [format.style.paint(reference.description.shown, .strong)] + head.lines(format.style).map { "  " + $0 }
    return (lines + imageLines(format) + remarks(format)).map { $0 + "\n" }.joined()
  }

  private func remarks(_ format: TextFormat) -> [String] {
    // Digests in full leave room for it where the image ID would be.
    let artifacts = format.digests.isFull ? [] : snapshot.images.filter { $0.imageID == nil }
    let remarks =
      artifacts.map { ImageWords.withoutID($0.platform, $0.artifactType) } + snapshot.remarks.map { "note: \($0)" }
    return remarks.isEmpty ? [] : [""] + remarks.map { format.style.paint($0.shown, .faint) }
  }

  private func imageLines(_ format: TextFormat) -> [String] {
    if format.digests.isFull { return snapshot.images.flatMap { [""] + fullLines($0, format) } }
    return snapshot.images.isEmpty ? [] : [""] + imageTable(format).lines(format.style)
  }

  /// Digests in full are wider than most terminals: nothing else is on their lines.
  private func fullLines(_ image: PlatformImage, _ format: TextFormat) -> [String] {
    let created = image.config?.created.map { ", created \(format.times.created($0)) \(format.times.zone)" } ?? ""
    var table = TextTable(["", ""])
    table.rows = [
      [.init("image ID", .faint), .init(imageID(of: image, format), .strong)],
      [.init("manifest", .faint), .init(format.digests(image.manifest))],
      [.init("manifest size", .faint), .init("\(image.manifestSize) bytes")],
      [.init("image size", .faint), .init(image.layersSize.map { "\($0) bytes" } ?? "-")],
    ]
    return [image.platform.words.shown + created] + table.lines(format.style).map { "  " + $0 }
  }

  private func imageID(of image: PlatformImage, _ format: TextFormat) -> String {
    image.imageID.map { format.digests($0) } ?? ImageWords.withoutID(image.artifactType)
  }

  /// A row per image where that fits, else two. The size of an image is that of its layers, as they are pulled.
  private func imageTable(_ format: TextFormat) -> TextTable {
    let imageSize = TextTable.Column("IMAGE SIZE", isRight: true)
    let created = TextTable.Column("CREATED (\(format.times.zone))")
    var wide = TextTable([
      "PLATFORM", "IMAGE ID", imageSize, "MANIFEST", .init("MANIFEST SIZE", isRight: true), created,
    ])
    var narrow = TextTable(["PLATFORM", "", "DIGEST", .init("SIZE", isRight: true), created])
    for image in snapshot.images {
      let platform = TextTable.Cell(image.platform.words.shown)
      let imageID = TextTable.Cell(format.digests(image.imageID), .strong)
      let imageSize = TextTable.Cell(image.layersSize.map(Words.bytes) ?? "-")
      let manifest = TextTable.Cell(format.digests(image.manifest))
      let manifestSize = TextTable.Cell(Words.bytes(image.manifestSize))
      let created = TextTable.Cell(format.times.created(image.config?.created))
      wide.rows.append([platform, imageID, imageSize, manifest, manifestSize, created])
      narrow.rows.append([platform, "image ID", imageID, imageSize, created])
      narrow.rows.append(["", "manifest", manifest, manifestSize, ""])
    }
    return wide.fits(format.width) ? wide : narrow
  }
}
