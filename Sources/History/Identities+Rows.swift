import GRDB
package import ImageModel

extension TagID: DatabaseValueConvertible {}

extension SnapshotID: DatabaseValueConvertible {}

extension EventSequence: DatabaseValueConvertible {}
