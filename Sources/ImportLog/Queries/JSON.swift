#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

// The JSON shapes of docs/json.md. Unknown members are null, never missing.

extension ImportStatus: Encodable {
    private enum CodingKeys: String, CodingKey {
        case importID = "import"
        case state, source, destination, table, mode, batch, records, sections, chunks, bytes, percent, position, reason
        case retryOf = "retry_of"
        case recordsPerSecond = "records_per_second"
        case secondsLeft = "seconds_left"
        case submittedAt = "submitted_at"
        case submittedBy = "submitted_by"
        case startedAt = "started_at"
        case finishedAt = "finished_at"
        case rollback, mended, resubmits, widened
        case leftOut = "left_out"
        case onDuplicate = "on_duplicate"
        case keepsNonNull = "keep_non_null"
        case keyIndex = "key_index"
    }

    private struct Bytes: Encodable {
        var done: UInt64
        var total: UInt64?

        enum CodingKeys: CodingKey { case done, total }

        func encode(to encoder: any Encoder) throws {
            var container = encoder.container(keyedBy: CodingKeys.self)
            try container.encode(done, forKey: .done)
            try container.encode(total, forKey: .total)
        }
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(importID, forKey: .importID)
        try container.encode(state, forKey: .state)
        try container.encode(source, forKey: .source)
        try container.encode(destination, forKey: .destination)
        try container.encode(table, forKey: .table)
        try container.encode(mode, forKey: .mode)
        try container.encode(onDuplicate, forKey: .onDuplicate)
        try container.encode(keepsNonNull, forKey: .keepsNonNull)
        try container.encode(keyIndex, forKey: .keyIndex)
        try container.encode(batch, forKey: .batch)
        try container.encode(retryOf, forKey: .retryOf)
        try container.encode(records, forKey: .records)
        try container.encode(sections, forKey: .sections)
        try container.encode(chunks, forKey: .chunks)
        try container.encode(Bytes(done: bytesDone, total: bytesTotal), forKey: .bytes)
        try container.encode(percent.map(rounded), forKey: .percent)
        try container.encode(recordsPerSecond.map(rounded), forKey: .recordsPerSecond)
        try container.encode(secondsLeft.map(rounded), forKey: .secondsLeft)
        try container.encode(submittedAt, forKey: .submittedAt)
        try container.encode(submittedBy, forKey: .submittedBy)
        try container.encode(startedAt, forKey: .startedAt)
        try container.encode(finishedAt, forKey: .finishedAt)
        try container.encode(position, forKey: .position)
        try container.encode(reason.isEmpty ? nil : reason, forKey: .reason)
        try container.encode(rollback, forKey: .rollback)
        try container.encode(mended, forKey: .mended)
        try container.encode(resubmits, forKey: .resubmits)
        try container.encode(leftOut, forKey: .leftOut)
        try container.encode(widened, forKey: .widened)
    }
}

extension ImportStatus.Widened: Encodable {
    private enum CodingKeys: CodingKey { case section, column, from, to, line, value }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(section, forKey: .section)
        try container.encode(column.column, forKey: .column)
        try container.encode(column.from.isEmpty ? nil : column.from, forKey: .from)
        try container.encode(column.to, forKey: .to)
        try container.encode(column.line == 0 ? nil : column.line, forKey: .line)
        try container.encode(column.from.isEmpty ? nil : column.value, forKey: .value)
    }
}

extension LeftOutPart: Encodable {
    private enum CodingKeys: CodingKey { case name, reason, kind, remedy }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(name, forKey: .name)
        try container.encode(reason, forKey: .reason)
        try container.encode(kind, forKey: .kind)
        try container.encode(remedy, forKey: .remedy)
    }
}

extension ImportStatus.Rollback: Encodable {
    private enum CodingKeys: String, CodingKey {
        case finished, reversed, kept, refused, backup
        case handedOver = "handed_over"
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(isFinished, forKey: .finished)
        try container.encode(counts.reversed, forKey: .reversed)
        try container.encode(counts.handedOver, forKey: .handedOver)
        try container.encode(counts.kept, forKey: .kept)
        try container.encode(counts.refused, forKey: .refused)
        try container.encode(backup.isEmpty ? nil : backup, forKey: .backup)
    }
}

extension ImportStatus.Section: Encodable {
    private enum CodingKeys: CodingKey { case section, table, records }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(section, forKey: .section)
        try container.encode(table, forKey: .table)
        try container.encode(records, forKey: .records)
    }
}

/// One digit after the point is as much as a rate or a share can mean.
private func rounded(_ value: Double) -> Double { (value * 10).rounded() / 10 }

extension ImportSubmitted.Batch: Encodable {
    private enum CodingKeys: String, CodingKey {
        case id, part
        case totalParts = "total_parts"
        case totalItems = "total_items"
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(id, forKey: .id)
        try container.encode(part, forKey: .part)
        try container.encode(totalParts, forKey: .totalParts)
        try container.encode(totalItems, forKey: .totalItems)
    }
}

extension GroupStatus: Encodable {
    private enum CodingKeys: String, CodingKey {
        case state, records, imports, finalized
        case finalizeError = "finalize_error"
        case batchID = "batch_id"
        case totalParts = "total_parts"
        case earlierTotalParts = "earlier_total_parts"
        case receivedParts = "received_parts"
        case missingParts = "missing_parts"
        case failedParts = "failed_parts"
        case rolledBackParts = "rolled_back_parts"
        case unfinishedParts = "unfinished_parts"
        case conflictingParts = "conflicting_parts"
        case repeatedParts = "repeated_parts"
        case lateParts = "late_parts"
        case totalItems = "total_items"
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(batchID, forKey: .batchID)
        try container.encode(state, forKey: .state)
        try container.encode(totalParts, forKey: .totalParts)
        try container.encode(earlierTotalParts, forKey: .earlierTotalParts)
        try container.encode(receivedParts, forKey: .receivedParts)
        try container.encode(missingParts, forKey: .missingParts)
        try container.encode(failedParts, forKey: .failedParts)
        try container.encode(rolledBackParts, forKey: .rolledBackParts)
        try container.encode(unfinishedParts, forKey: .unfinishedParts)
        try container.encode(conflictingParts, forKey: .conflictingParts)
        try container.encode(repeatedParts, forKey: .repeatedParts)
        try container.encode(lateParts, forKey: .lateParts)
        try container.encode(totalItems, forKey: .totalItems)
        try container.encode(records, forKey: .records)
        try container.encode(imports, forKey: .imports)
        try container.encode(finalized, forKey: .finalized)
        try container.encode(finalizeError.isEmpty ? nil : finalizeError, forKey: .finalizeError)
    }
}

extension RejectedRecord: Encodable {
    private enum CodingKeys: String, CodingKey {
        case importID = "import"
        case chunk, section, record, line, field, code, message, key, raw
        case byteOffset = "byte_offset"
        case rawBase64 = "raw_base64"
    }

    /// Bytes that are not UTF-8 stand in `raw` with replacement characters and, exactly, in `raw_base64`.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(importID, forKey: .importID)
        try container.encode(chunk, forKey: .chunk)
        try container.encode(reject.section, forKey: .section)
        try container.encode(reject.record, forKey: .record)
        try container.encode(reject.line, forKey: .line)
        try container.encode(reject.byteOffset, forKey: .byteOffset)
        try container.encode(reject.field, forKey: .field)
        try container.encode(reject.code, forKey: .code)
        try container.encode(reject.message, forKey: .message)
        try container.encode(reject.key, forKey: .key)
        try container.encode(String(decoding: reject.raw, as: UTF8.self), forKey: .raw)
        if String(validating: reject.raw, as: UTF8.self) == nil {
            try container.encode(Data(reject.raw).base64EncodedString(), forKey: .rawBase64)
        }
    }
}
