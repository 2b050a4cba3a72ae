package import ImageModel
package import Imports

/// Watch entries for the images of other files. Source: docs/reference.md, import.
package struct ImportAnswer {
  package let images: [WatchedImage]
  package let skipped: [SkippedImage]

  package init(images: [WatchedImage], skipped: [SkippedImage]) { (self.images, self.skipped) = (images, skipped) }

  package var json: JSONOutput {
    .members([
      "watch": .array(images.map(\.json)),
      "skipped": .array(
        skipped.map { skipped in
          .members([
            "file": .string(skipped.file), "line": skipped.line.map { .number($0) } ?? .null,
            "what": .string(skipped.what), "why": .string(skipped.why),
          ])
        }),
    ])
  }
}
