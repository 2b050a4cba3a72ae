/// A tag's row in the store.
package typealias TagID = Int64

/// A recorded state's row in the store.
package typealias SnapshotID = Int64
