package import ImageModel

/// What a reference is now. Source: docs/reference.md, resolve.
package struct ResolveAnswer {
  package let reference: ImageReference
  package let snapshot: TagSnapshot

  package init(reference: ImageReference, snapshot: TagSnapshot) {
    self.reference = reference
    self.snapshot = snapshot
  }

  /// The reference that pulls exactly this.
  package var pull: String { "\(reference.domain)/\(reference.path)@\(snapshot.digest)" }

  package var json: JSONOutput {
    .members([
      "reference": .text(reference),
      "digest": .text(snapshot.digest),
      "media_type": .text(snapshot.mediaType),
      "size": .number(snapshot.size),
      "pull": .string(pull),
      "platforms": .array(
        snapshot.images.map { image in
          .members([
            "platform": .text(image.platform),
            "manifest": .text(image.manifest),
            "manifest_size": .number(image.manifestSize),
            "image_id": .text(image.imageID),
            "config_size": .number(image.configSize),
            "image_size": .number(image.layersSize),
            "artifact_type": .text(image.artifactType),
            "created": .text(image.config?.created),
          ])
        }),
    ])
  }
}
