extension ImportSubmitted {
    /// A section of a source, and the table that its records go into.
    public struct Section: Sendable, Equatable {
        /// Empty if the source has no sections.
        public var name: String
        public var table: String
        public var mode: String
        public var key: [String]
        public var columns: [Column]
        public var reading: Reading
        /// How records become rows, as JSON; empty if nothing is changed.
        public var mapping: [UInt8]
        public var writing: Writing

        public init(
            name: String, table: String, mode: String = "insert", key: [String] = [], columns: [Column] = [],
            reading: Reading = Reading(), mapping: [UInt8] = [], writing: Writing = Writing()
        ) {
            self.name = name
            self.table = table
            self.mode = mode
            self.key = key
            self.columns = columns
            self.reading = reading
            self.mapping = mapping
            self.writing = writing
        }
    }

    /// All sections, in the order in which they are read; at least one.
    public var sections: [Section] {
        let first = Section(
            name: section, table: table, mode: mode, key: key, columns: columns, reading: reading, mapping: mapping,
            writing: writing)
        return [first] + furtherSections
    }

    /// An import of these sections, of which there is at least one.
    public init(
        source: String, destination: String, sections: [Section], limits: Limits = Limits(), batch: Batch? = nil,
        identity: SourceIdentity? = nil, submittedBy: String = "", program: String = ""
    ) {
        precondition(!sections.isEmpty, "an import has at least one section")
        let first = sections[0]
        self.init(
            source: source, destination: destination, table: first.table, mode: first.mode, key: first.key,
            columns: first.columns, reading: first.reading, limits: limits, batch: batch, identity: identity,
            submittedBy: submittedBy, program: program)
        section = first.name
        mapping = first.mapping
        writing = first.writing
        furtherSections = Array(sections.dropFirst())
    }
}
