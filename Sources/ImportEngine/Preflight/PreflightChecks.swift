internal import Glibc
internal import Hashing
internal import ImportLog
internal import Readers
internal import Records

/// What may keep an import from beginning.
struct PreflightChecks {
    let limits: Limits
    let plan: ImportPlan
    let source: OpenSource

    private var name: String { source.address.name }

    func requireSize() throws {
        guard let most = limits.maxFileSize, let size = source.identity?.size, size > most.value else { return }
        throw DataError(
            .unusableOption, "The source \(name) has \(size) bytes; \(most.words).",
            remedy: "Split the file, or set another limit with \(most.name.flag).")
    }

    /// One import, or one per part if the source has more records than allowed and is split. The records are
    /// counted only where a limit needs it.
    func parts(
        of submitted: ImportSubmitted, _ counting: RecordCounting
    ) throws -> (submissions: [ImportSubmitted], records: RecordEstimate?) {
        guard let most = limits.maxRecords else { return ([submitted], try records(by: counting)) }
        let estimate = try counting.estimate()
        if let estimate, estimate.isExact && estimate.count <= most.value { return ([submitted], estimate) }
        guard !source.isStream else {
            guard estimate != nil else { throw uncountable(most, remedy: "or remove the limit.") }
            throw DataError(
                .unusableOption, "\(name) has more than \(most.value) records: \(most.words).",
                remedy: "Save it to a file, which can be split, or set another limit with \(most.name.flag).")
        }
        let (places, records) = try counting.places(
            partSize: most.value, most: limits.splits ? .max : most.value + 1)
        if records <= most.value { return ([submitted], RecordEstimate(count: records, isExact: true)) }
        guard limits.splits else {
            throw DataError(
                .unusableOption, "The source \(name) has more than \(most.value) records: \(most.words).",
                remedy: "Import it in parts, each an import of its own, with --on-max-records split; or set another "
                    + "limit with \(most.name.flag).")
        }
        return (try split(submitted, at: places, size: most.value), RecordEstimate(count: records, isExact: true))
    }

    private func split(
        _ submitted: ImportSubmitted, at places: [PartPlace], size: UInt64
    ) throws -> [ImportSubmitted] {
        if let part = submitted.batch?.part {
            throw DataError(
                .unusableOption,
                "The source \(name) is part \(part) of a batch already and cannot be split into parts.",
                remedy: "Leave out --part, or import it whole.")
        }
        guard places.count <= 1_000_000 else {
            throw DataError(
                .unusableOption, "The source \(name) would become \(places.count) parts.",
                remedy: "Allow more records in a part: --max-records.")
        }
        var whole = submitted
        if let file = source.address.file, let bytes = source.identity?.size, whole.identity?.digest.isEmpty == true {
            whole.identity?.digest = try file.digest(upTo: bytes).value
        }
        let digest = whole.identity?.digest.prefix(4).hexadecimal
        let id = submitted.batch?.id ?? "\(name.split(separator: "/").last ?? "source")@\(digest ?? "")"
        let sections = submitted.sections
        return places.enumerated().map { index, place in
            var section = sections[place.section]
            if place.start.record > 1 { section.reading.start = place.start }
            var part = ImportSubmitted(
                source: submitted.source, destination: submitted.destination, sections: [section],
                limits: submitted.limits,
                batch: ImportSubmitted.Batch(
                    id: id, part: UInt32(index + 1), totalParts: UInt32(places.count),
                    totalItems: submitted.batch?.totalItems), identity: whole.identity,
                submittedBy: submitted.submittedBy, program: submitted.program)
            // What the source holds besides is said once.
            if index == 0 { part.leftOut = submitted.leftOut }
            let end = submitted.lastRecord(of: sections[place.section])
            part.recordLimit = min(size, end - place.start.record + 1)
            return part
        }
    }

    /// How many records there are: reckoned, or counted by reading where that says nothing and a limit asks.
    private func records(by counting: RecordCounting) throws -> RecordEstimate? {
        if let estimate = try counting.estimate() { return estimate }
        guard !source.isStream, limits.forceRecords != nil || limits.warnRecords != nil else { return nil }
        return RecordEstimate(count: try counting.count(), isExact: true)
    }

    private func uncountable(_ limit: Limit, remedy: String) -> DataError {
        DataError(
            .unusableOption, "The number of records in \(name) is known only after reading it, and \(limit.words).",
            remedy: "Save it to a file and import that, \(remedy)")
    }

    /// Warns from `warn_records` on, and refuses past `force_records`.
    func requireRecords(_ records: RecordEstimate?) throws -> [String] {
        guard let records else {
            if let most = limits.forceRecords, !plan.force { throw uncountable(most, remedy: "or add --force.") }
            return limits.warnRecords.map { ["the number of records in \(name) is not known yet; \($0.words)"] } ?? []
        }
        let about = records.isExact ? "\(records.count)" : "about \(records.count)"
        if let most = limits.forceRecords, records.count > most.value, !plan.force {
            throw DataError(
                .unusableOption, "The source \(name) has \(about) records; \(most.words).",
                remedy: "To import that many, add --force.")
        }
        guard let warn = limits.warnRecords, records.count >= warn.value else { return [] }
        return ["\(name) has \(about) records; \(warn.words)"]
    }

    /// The rows take about as much space as the records do.
    func requireSpace() throws -> [String] {
        guard let size = source.identity?.size, let directory = plan.destination.directory else { return [] }
        var status = statvfs()
        guard statvfs(directory, &status) == 0 else { return [] }
        let free = UInt64(status.f_bavail) * UInt64(status.f_frsize)
        let said = "\(name) has \(size) bytes, and \(directory) has \(free) bytes free"
        if free < size && !plan.force {
            throw DataError(
                .noSpace, "Not enough disk space: \(said).",
                remedy: "Free some space, or add --force to import anyway: an import that runs out of space can be "
                    + "resumed.")
        }
        return free < 2 * size ? ["disk space may run short: \(said)"] : []
    }

    /// How much of a file's end is looked at.
    private static let tailBytes = 4096

    /// What a file that was not written in full looks like at its end.
    func tailWarnings(of submitted: ImportSubmitted) throws -> [String] {
        guard submitted.reading.format == SourceFormat.csv.rawValue, submitted.reading.isSeekable,
            let file = source.address.file, file.isLocal, let size = source.identity?.size,
            size > submitted.reading.dataOffset
        else { return [] }
        let tail = try file.bytes().tail(upTo: Self.tailBytes, ofSize: size)
        if tail.suffix(16).allSatisfy({ $0 == 0 }) {
            return ["\(name) ends with zero bytes: check that it was written completely"]
        }
        let endsLine = tail.last == UInt8(ascii: "\n") || tail.last == UInt8(ascii: "\r") || tail.last == 0
        return endsLine ? [] : [ImportNews.openLine(of: name)]
    }
}
