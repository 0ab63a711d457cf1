/// A table, however its name was spelled.
package struct TableName: Sendable, Equatable {
    /// As short as it can be.
    package var name: String
    /// The same for all spellings, and for no other table of the database.
    package var identity: String

    package init(name: String, identity: String) {
        self.name = name
        self.identity = identity
    }
}
