internal import Records

extension Mapper {
    /// How many more failures a message has, after the first.
    private static let listedFailures = 3

    /// Adds the records that failed to the chunk's rejects, which stay in source order. The chunk's fields are still those
    /// of the source.
    func reject(from chunk: inout Chunk) {
        let hadRejects = !chunk.rejects.isEmpty
        var rest = failures[...]
        while let first = rest.first {
            let ofRecord = rest.prefix { $0.record == first.record }
            rest = rest[ofRecord.endIndex...]
            chunk.rejects.append(reject(ofRecord, chunk))
        }
        if hadRejects { chunk.rejects.sort { $0.location.record < $1.location.record } }
    }

    /// The reject of one record: for its first failure, with the others in the message.
    private func reject(_ failures: ArraySlice<Failure>, _ chunk: Chunk) -> RejectedRecord {
        let first = failures[failures.startIndex]
        let others = failures.dropFirst()
        var message = complaint(of: first, chunk)
        for failure in others.prefix(Self.listedFailures) { message += "; " + complaint(of: failure, chunk) }
        if others.count > Self.listedFailures { message += "; and \(others.count - Self.listedFailures) more" }
        return RejectedRecord(
            location: chunk.location(ofRecord: first.record), code: first.rule.code, message: message,
            field: name(ofColumn: first.column), raw: chunk.raw(ofRecord: first.record))
    }

    private func complaint(of failure: Failure, _ chunk: Chunk) -> String {
        let name = name(ofColumn: failure.column)
        guard let rules = plan.checks.first(where: { $0.column == failure.column })?.rules else {
            return "\(name): the composed value has more than \(Self.maximumComposedBytes) bytes"
        }
        let value = chunk.withValues { $0.text(record: failure.record, column: failure.column) }
        return "\(name): \(rules.complaint(of: failure.rule, value: value, firstRecord: failure.firstRecord))"
    }

    /// The source's name of a column, or the name of a composed one.
    private func name(ofColumn column: Int) -> String {
        let sourceColumns = plan.sourceColumns
        return column < sourceColumns.count
            ? sourceColumns[column] : plan.compositions[column - sourceColumns.count].name
    }
}
