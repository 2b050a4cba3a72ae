import Containers
import FoundationEssentials
import ImageModel
import TestSupport

/// `Tests/fixtures/containers`.
func fixture(_ name: String) throws -> [UInt8] {
  Array(try Data(contentsOf: URL(filePath: ProjectFile.path("Tests/fixtures/containers/\(name).json"))))
}

func known(_ digit: String, _ kind: KnownDigest.Kind) throws -> KnownDigest {
  KnownDigest(try Samples.digest(digit), kind)
}
