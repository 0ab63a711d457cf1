internal import FoundationEssentials
internal import Glibc
package import ImportLog
internal import Mapping
internal import Readers
internal import Records

/// What was written of an import's rejected records.
package struct RejectsWritten: Sendable {
    package var records: UInt64 = 0
    /// Records whose bytes are not a JSON object, which are not in the file.
    package var leftOut: UInt64 = 0
    /// Records that were mended already.
    package var mended: UInt64 = 0
}

extension ImportEngine {
    /// Writes the rejected records that were not mended yet to a new file, in the source's own format, with what was
    /// wrong in columns at the end.
    ///
    /// - Parameter name: which section's; nil if only one has rejects.
    package func writeRejects(of id: ImportID, to path: String, section name: String? = nil) throws -> RejectsWritten {
        let submitted = try log.submission(of: id)
        let section = try rejectedSection(of: id, submitted, named: name)
        let file = try RejectFile(section, of: id)
        let written = try writeRejects(of: id, section, file, to: path)
        // A header alone would be sent again for nothing.
        if written.records == 0 { unlink(path) }
        return written
    }

    /// - Parameter isAt: is told at which byte of the file which rejected record begins.
    func writeRejects(
        of id: ImportID, _ section: ImportSubmitted.Section, _ file: RejectFile, to path: String,
        isAt: (_ record: UInt64, _ byte: UInt64) -> Void = { _, _ in }
    ) throws -> RejectsWritten {
        let mended = try log.mendedRecords(of: id, section: section.name)
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw DataError(
                .unusableOption,
                errno == EEXIST
                    ? "\(path) already exists." : "\(path) cannot be created: \(String(cString: strerror(errno))).",
                remedy: "Give another name; existing files are not overwritten.")
        }
        defer { close(descriptor) }
        func flush(_ bytes: [UInt8]) throws {
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = rest.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
                guard count >= 0 || errno == EINTR else {
                    throw DataError(
                        .noSpace, "\(path) cannot be written: \(String(cString: strerror(errno)))",
                        remedy: "Free some space there, remove the file, and try again.")
                }
                rest = rest.dropFirst(max(0, count))
            }
        }
        var written = RejectsWritten()
        var buffer = file.head
        var flushed: UInt64 = 0
        try log.rejects(of: id) { rejected in
            guard rejected.reject.section == section.name else { return true }
            if mended.contains(rejected.reject.record) {
                written.mended += 1
            } else if let line = file.line(rejected.reject, of: id, isFirst: written.records == 0) {
                isAt(rejected.reject.record, flushed + UInt64(buffer.count))
                buffer += line
                written.records += 1
            } else {
                written.leftOut += 1
            }
            if buffer.count > 1 << 20 {
                try flush(buffer)
                flushed += UInt64(buffer.count)
                buffer.removeAll(keepingCapacity: true)
            }
            return true
        }
        try flush(buffer + file.tail)
        return written
    }

    private func rejectedSection(
        of id: ImportID, _ submitted: ImportSubmitted, named name: String?
    ) throws -> ImportSubmitted.Section {
        if let name {
            if let section = submitted.sections.first(where: { $0.name == name }) { return section }
            throw DataError(
                .unusableOption, "Import \(id) has no section '\(name)'.",
                remedy: submitted.sections.allSatisfy(\.name.isEmpty)
                    ? "It has no sections: leave out --section."
                    : "It has: \(submitted.sections.map(\.name).joined(separator: ", ")).")
        }
        if submitted.sections.count == 1 { return submitted.sections[0] }
        var names: [String] = []
        try log.rejects(of: id) { rejected in
            if names.last != rejected.reject.section { names.append(rejected.reject.section) }
            return true
        }
        if names.count <= 1, let section = submitted.sections.first(where: { $0.name == names.first ?? $0.name }) {
            return section
        }
        throw DataError(
            .unusableOption, "Import \(id) has rejects in \(names.count) sections: \(names.joined(separator: ", ")).",
            remedy: "Write each section to its own file, with --section NAME.")
    }

    /// A plan to send mended records again: into the same table and in the same way as the import that rejected them.
    ///
    /// - Parameter name: which section they are of; nil if the import has one, or one of that table only.
    package func resubmissionPlan(of id: ImportID, from path: String, section name: String? = nil) throws -> ImportPlan
    {
        let submitted = try log.submission(of: id)
        let section = try rejectedSection(of: id, submitted, named: name)
        _ = try openDestination(holding: id)
        var plan = ImportPlan(source: path, destination: try address(of: id))
        plan.resubmits = id
        // Mended records belong to the batch of the import that they mend.
        plan.batch = submitted.batch.map { ImportSubmitted.Batch(id: $0.id, part: $0.part) }
        plan.finalize = try submitted.batch.flatMap { try statementsRunLast(for: $0.id) } ?? submitted.finalize
        plan.section.table = section.table
        plan.section.key = section.key
        plan.section.mode = WriteMode(rawValue: section.mode) ?? .insert
        plan.section.writing = section.writing
        plan.section.mapping = try section.mappingForResubmission()
        let given = section.columns.filter { !$0.isInferred && $0.type != "text" }
        plan.section.types =
            given.isEmpty
            ? .inferred : .given(Dictionary(given.map { ($0.name, ColumnType(rawValue: $0.type) ?? .text) }) { $1 })
        plan.reading.format = RejectFile.format(of: section.reading)
        if plan.reading.format == .csv {
            plan.reading.csv.delimiter = section.reading.delimiter.utf8.first ?? UInt8(ascii: ",")
            plan.reading.csv.hasHeader = true
            plan.reading.csv.syntax = section.reading.syntax
            let encoding = TextEncoding(name: section.reading.encoding) ?? .utf8
            plan.reading.csv.encoding = RejectFileEncoding.isUTF8(path, ratherThan: encoding) ? .utf8 : encoding
        }
        plan.reading.csv.nullSpellings = section.reading.nullSpellings
        plan.reading.json.flattens = section.reading[setting: "flatten"] == "true"
        return plan
    }

    /// Notes with the first imports which of their rejected records a resubmission brought into the destination.
    func noteMended(by id: ImportID, _ source: OpenSource) throws {
        let submitted = try log.submission(of: id)
        guard let first = submitted.resubmits, let section = submitted.sections.first else { return }
        let columns = section.reading.sourceColumns
        guard let recordColumn = columns.firstIndex(of: RejectFile.columns[1]) else { return }
        let importColumn = columns.firstIndex(of: RejectFile.columns[0])
        let rejected = try log.rejectedRecords(of: id, section: section.name)
        let name = try log.nameOfSection(into: section.table, of: first)

        let others = try otherResubmissions(beside: id)
        var came = RecordsThatCame()
        // An import that the file names and the log does not know has none.
        var notes: [ImportID: MendingNotes?] = [:]
        var reader = try source.reader(of: section.reading)
        var chunk = Chunk()
        while try reader.fill(&chunk, limit: ChunkLimit(records: 10_000, bytes: 1 << 20)) {
            try chunk.withValues { values in
                for index in chunk.records.indices {
                    let place = chunk.location(ofRecord: index).record
                    guard !rejected.contains(place),
                        let record = values.text(record: index, column: recordColumn).flatMap({ UInt64($0) })
                    else { continue }
                    let named = importColumn.flatMap { values.text(record: index, column: $0) }.flatMap { ImportID($0) }
                    let target = named ?? first
                    if notes[target] == nil {
                        notes[target] = .some(try MendingNotes(of: target, section: name, by: id, log))
                    }
                    try notes[target]??.add(record, as: place)
                    if !others.isEmpty { came.add(record, of: target, as: place) }
                }
            }
        }
        for target in notes.keys.sorted() { try notes[target]??.finish() }
        came.sort()
        for other in others { try noteMended(in: other, by: id, came) }
    }
}

extension ImportLog {
    /// The numbers of an import's rejected records in a section.
    fileprivate func rejectedRecords(of id: ImportID, section: String) throws -> RecordNumbers {
        var numbers = RecordNumbers()
        try rejects(of: id) {
            if $0.reject.section == section { numbers.insert($0.reject.record) }
            return true
        }
        return numbers
    }

    /// The numbers of an import's rejected records in a section that were mended.
    fileprivate func mendedRecords(of id: ImportID, section: String) throws -> RecordNumbers {
        var numbers = RecordNumbers()
        try forEachMended(of: id) { name, _ in
            if name.section == section { numbers.insert(name.record) }
        }
        return numbers
    }
}

/// Notes with an import which of its rejected records were mended, some thousand in each event.
struct MendingNotes {
    private let id: ImportID
    private let section: String
    private let by: ImportID
    private let log: ImportLog
    /// Those that were not mended yet.
    private var open: RecordNumbers
    private var records: [MendedRecord] = []
    private var owner: ImportOwner?

    private static let recordsInEvent = 10_000

    /// Nil if the log has no such import.
    init?(of id: ImportID, section: String, by: ImportID, _ log: ImportLog) throws {
        guard (try? log.status(of: id)) != nil else { return nil }
        self.id = id
        self.section = section
        self.by = by
        self.log = log
        open = try log.rejectedRecords(of: id, section: section)
        try log.forEachMended(of: id) { [section] name, _ in
            if name.section == section { _ = open.remove(name.record) }
        }
    }

    /// - Parameter place: the record's number in the import that mended it.
    mutating func add(_ record: UInt64, as place: UInt64) throws {
        guard open.remove(record) else { return }
        records.append(MendedRecord(section: section, record: record, byRecord: place))
        if records.count == Self.recordsInEvent { try append() }
    }

    mutating func finish() throws {
        if !records.isEmpty { try append() }
        owner?.removeLock()
    }

    private mutating func append() throws {
        let owner = try owner ?? log.own(id)
        self.owner = owner
        try owner.submit([.rejectsMended(RejectsMended(by: by, records: records))]).wait()
        records.removeAll(keepingCapacity: true)
    }
}

extension ImportSubmitted.Section {
    /// The mapping as it was, without the columns that a file of rejects has at its end.
    fileprivate func mappingForResubmission() throws -> SectionMapping {
        let recorded = try recordedMapping()
        var result = recorded ?? SectionMapping()
        if recorded == nil {
            for (source, column) in zip(reading.sourceColumns, columns) where source != column.name {
                result.columns[source] = ColumnMapping(to: column.name)
            }
        }
        for column in RejectFile.columns {
            var dropped = ColumnMapping()
            dropped.drop = true
            result.columns[column] = dropped
        }
        return result
    }
}
