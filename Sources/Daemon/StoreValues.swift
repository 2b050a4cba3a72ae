import Drift
import History
import ImageModel

// The store's rows and the stages' values, side by side: `History` knows neither `Drift` nor polling.

extension StoredSnapshot {
  var previousState: ChangeEvent.PreviousState {
    .init(digest: digest, mediaType: mediaType, firstSeen: firstSeen, lastSeen: lastSeen)
  }
}

extension StoredImage {
  /// Without layers and without more of the config than its date: those are in the documents.
  var asImage: PlatformImage {
    PlatformImage(
      platform: platform, manifest: manifest, manifestSize: manifestSize, imageID: imageID, configSize: configSize,
      layers: [], config: created.map { ImageConfig(created: $0, platform: platform, diffIDs: [], labels: [:]) },
      artifactType: artifactType)
  }
}

extension TagState {
  /// Whether the next poll walks the documents even if HEAD says that nothing moved: the selection changed, or a
  /// config blob is still missing.
  func mustWalk(for selection: PlatformSelection) -> Bool {
    detailsPending || (walked != nil && walked != selection)
  }

  var flaps: FlapGate { FlapGate(withheld: withheld, lastMove: lastMove) }

  var reachability: Reachability {
    Reachability(
      state: reach.reachability, failures: failures, failingSince: failingSince, failure: failure,
      missingSince: missingSince, missingCount: missingCount, lastSuccess: lastSuccess)
  }
}

extension TagState.Reach {
  fileprivate var reachability: Reachability.State {
    switch self {
    case .ok: .ok
    case .unreachable: .unreachable
    case .deleted: .deleted
    }
  }
}

extension Reachability.State {
  var stored: TagState.Reach {
    switch self {
    case .ok: .ok
    case .unreachable: .unreachable
    case .deleted: .deleted
    }
  }
}
