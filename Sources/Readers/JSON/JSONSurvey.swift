package import Records

/// What a JSON document holds: its form, its sections with all their columns, and the members beside them.
///
/// A source that can seek is read to its end once. Of one that cannot, such as a pipe, the first 4 MiB are looked at: the
/// columns are the keys that occur there, and what begins after them is not found.
package struct JSONSurvey: Sendable {
    package enum Form: String, Sendable {
        /// One object per line.
        case lines
        /// One array, which is the document.
        case array
        /// One object, which is the only record.
        case record
        /// An object with arrays of objects in it.
        case sections
        /// Objects or arrays one after the other.
        case sequence
    }

    /// A value beside the sections.
    package struct Beside: Sendable {
        /// The keys that lead to it.
        package let path: [String]
        package let isObject: Bool
        /// Where arrays of objects stand in it, which may be records, and where arrays of arrays do.
        package internal(set) var lists: [[String]] = []
        package internal(set) var grids: [[String]] = []
        /// Where objects of objects do whose keys are the same.
        package internal(set) var maps: [[String]] = []
        /// Whether it is such an object itself, beyond doubt.
        package internal(set) var isMap = false
        /// Where objects do whose members are columns.
        package internal(set) var columns: [[String]] = []
        /// What in it speaks of further pages.
        var pages: [JSONPageSign] = []
        /// Whether it was looked at to its end: not where it is large.
        package internal(set) var isSeen = true
        /// How it is read as a section of one row; nil if it cannot be.
        package internal(set) var section: Section?

        package var name: String { JSONPath.name(path) }

        /// What speaks of further pages right beside an array of objects, or in an object beside it.
        var pagesOfLists: [JSONPageSign] {
            pages.filter { sign in
                lists.contains { sign.path.starts(with: $0.dropLast()) && sign.path.count <= $0.count + 1 }
            }
        }
    }

    /// Records that are read by themselves: an array, or all of the document.
    package struct Section: Sendable {
        /// How the section is written; give it to `JSONReader` with the columns and the start.
        package internal(set) var layout: JSONLayout
        /// Where the section's data begin: an array's opening bracket, or the first line.
        package internal(set) var start: RecordLocation
        /// The records' keys in the order in which they first occur; none in an empty section.
        package internal(set) var columns: [String] = []
        /// How many records and rejects a reader will give; nil if the end was not seen.
        package internal(set) var recordCount: UInt64?

        package internal(set) var hasUsableRecords = false
        package internal(set) var firstReject: RejectedRecord?

        init(layout: JSONLayout, start: RecordLocation) {
            self.layout = layout
            self.start = start
        }

        /// The keys that lead to the array; none where the section is the document.
        package var path: [String] { layout.path }
        /// The path as one text, which `JSONOptions.recordsPath` takes; empty if the section is the document.
        package var name: String { JSONPath.name(path) }
    }

    package let form: Form
    /// The sections in document order.
    package let sections: [Section]
    /// The strings and numbers in the document's object, in document order.
    package let members: [JSONMember]
    /// The values beside the sections, the first ones in document order, and how many there are.
    package let beside: [Beside]
    package let besideCount: Int
    /// Whether there is an object or an array among those that are only counted.
    package let hasUnseenBeside: Bool
    /// What becomes text where the document is read as one record; nil if it is not.
    package let asRecord: Beside?
    /// What says that the document is one page of several, the clearest sign first.
    package let pages: [JSONPageSign]
    /// What may say that, and may mean something else.
    package let openTotals: [JSONPageSign]
    /// Whether the document is JSON from its beginning to its end; what is not is told by the last section's reader. Of
    /// lines and the like, each answers for itself.
    package let isSound: Bool
    /// Whether the document was seen to its end. Where it was not, sections and members may be missing.
    package let isComplete: Bool

    /// Looks through a document. `options` says what is not to be found out.
    ///
    /// Throws `DataError`: `.malformed` if the document is empty, UTF-16 or not JSON, or if it holds no records that can
    /// be used; `.unusableOption` for options that do not fit; `.unreadable` if the source cannot be read.
    ///
    /// - Parameter pieceBytes: how many bytes of a section are worth a thread of their own.
    package init(
        source: any ByteSource, options: JSONOptions = JSONOptions(), pieceBytes: UInt64 = 16 << 20
    ) throws {
        try JSONLayout(form: .lines, maxRecordBytes: options.maxRecordBytes, maxDepth: options.maxDepth).check()
        let opening = try JSONOpening(source, options: options, pieceBytes: pieceBytes)
        let walk: JSONWalk
        (form, walk, asRecord) = try opening.walk()
        sections = walk.sections
        members = form == .sections ? walk.members : []
        beside = form == .sections ? walk.beside : []
        besideCount = form == .sections ? walk.besideCount : 0
        hasUnseenBeside = form == .sections && walk.hasUnseenBeside
        let arrays = walk.sections.compactMap { section in section.recordCount.map { (section.path, $0) } }
        let signs =
            form == .sections
            ? walk.pages.meant + walk.pages.totals(beyond: arrays) : (asRecord?.pagesOfLists ?? []).meant
        pages = [.address, .token, .flag, .count, .total].flatMap { kind in signs.filter { $0.kind == kind } }
        openTotals = form == .sections ? walk.pages.openTotals(beyond: arrays) : []
        isSound = walk.isSound
        isComplete = !walk.cursor.isCut
        if sections.count == 1, !sections[0].hasUsableRecords { try opening.requireRecords(sections[0]) }
        // No reader would come to the place.
        if isComplete && !isSound && sections.allSatisfy(\.columns.isEmpty) {
            throw opening.damaged(at: walk.cursor.location)
        }
    }

    /// The only section there is. Throws `DataError(.malformed)` if there are several.
    package func onlySection() throws -> Section {
        guard sections.count == 1, let section = sections.first else {
            let names = sections.map { "`\($0.name)`" }.joined(separator: ", ")
            throw DataError(
                .malformed, "the document has \(sections.count) arrays of records: \(names)",
                remedy: "Name one of them with --records PATH.")
        }
        return section
    }

    /// What the members say of the batch that the document is a part of; nil if they speak of none. Throws
    /// `DataError(.malformed)` where they cannot be used or contradict themselves.
    package func batchEnvelope() throws -> BatchEnvelope? {
        try BatchEnvelope(members: members)
    }
}
