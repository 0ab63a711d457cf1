/// A part of a source that is not imported, such as an archive's entry.
public struct LeftOutPart: Sendable, Equatable {
    @nonexhaustive public enum Kind: String, Sendable, Encodable {
        /// It holds no records, by its name or its content: a picture, a licence.
        case notData = "not_data"
        /// It could hold records, but has none.
        case noRecords = "no_records"
        /// The user left it out, or it belongs to the program that made the source.
        case asked
        /// It may hold records, and the user did not leave it out: the import succeeds only partially.
        case mayBeData = "may_be_data"
        /// A script's statements that would add or change rows, but are not run: the import succeeds only partially.
        case notRun = "not_run"
        /// It is imported, but probably misread: the import succeeds only partially.
        case misread
    }

    /// For `misread`, the section's name, which is empty if the source is one section.
    public var name: String
    /// Why, as the end of a sentence: "it is empty". For `misread`, what looks wrong, as a clause.
    public var reason: String
    public var kind: Kind
    /// What imports it anyway, as a sentence; nil if nothing does.
    public var remedy: String?

    public init(name: String, reason: String, kind: Kind, remedy: String? = nil) {
        self.name = name
        self.reason = reason
        self.kind = kind
        self.remedy = remedy
    }

    /// Whether an import of the rest succeeds only partially.
    public var isDoubtful: Bool { kind == .mayBeData || kind == .notRun || kind == .misread }
}

extension ImportSubmitted {
    /// How many parts an event names, so that it does not grow with an archive.
    public static let mostLeftOut = 1_000

    /// How many parts may hold records and are left out, though nobody asked for that, or are most likely misread.
    public var passedOver: UInt64 { UInt64(leftOut.count(where: \.isDoubtful)) }

    /// Names these parts as left out: the first ones, those that are doubtful before all others.
    public mutating func leaveOut(_ parts: [LeftOutPart]) {
        let ordered =
            parts.count <= Self.mostLeftOut
            ? parts : parts.filter(\.isDoubtful) + parts.filter { !$0.isDoubtful }
        leftOut = Array(ordered.prefix(Self.mostLeftOut))
    }
}
