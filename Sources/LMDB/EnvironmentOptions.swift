/// How an environment is opened.
package struct EnvironmentOptions: Sendable {
    package enum Durability: Sendable {
        /// A commit is on disk before it returns.
        case full
        /// Commits are left to the operating system: for files that can be made again.
        case none
    }

    /// The address space to reserve, in bytes. The file grows only as it is used, and a full map is made larger.
    package var mapSize: Int
    package var maximumReaders: UInt32
    package var durability: Durability

    package init(mapSize: Int = 64 << 30, maximumReaders: UInt32 = 1024, durability: Durability = .full) {
        self.mapSize = mapSize
        self.maximumReaders = maximumReaders
        self.durability = durability
    }
}

/// A named database of an open environment.
package struct Database: Sendable {
    let handle: UInt32
    package let name: String
}
