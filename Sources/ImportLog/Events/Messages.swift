internal import SwiftProtobuf

#if canImport(FoundationEssentials)
    internal import FoundationEssentials
#else
    internal import Foundation
#endif

// Between the public values and the generated messages, field by field.

extension ImportSubmitted {
    var message: PBImportSubmitted {
        PBImportSubmitted.with {
            $0.source = source
            $0.destination = destination
            $0.table = table
            $0.mode = mode
            $0.key = key
            $0.columns = columns.map(\.message)
            $0.reading = reading.message
            $0.limits = limits.message
            if let batch { $0.batch = batch.message }
            $0.retryOf = retryOf.message
            if let identity { $0.identity = identity.message }
            $0.submittedBy = submittedBy
            $0.program = program
            $0.section = section
            $0.mapping = Data(mapping)
            $0.furtherSections = furtherSections.map(\.message)
            if let recordLimit { $0.recordLimit = recordLimit }
            if writing != Writing() { $0.writing = writing.message }
            $0.resubmits = resubmits.message
            $0.destinationID = destinationID
            $0.leftOut = leftOut.map(\.message)
            $0.finalize = finalize
        }
    }

    init(_ message: PBImportSubmitted) {
        self.init(
            source: message.source, destination: message.destination, table: message.table, mode: message.mode,
            key: message.key,
            columns: message.columns.map(Column.init),
            reading: Reading(message.reading), limits: Limits(message.limits),
            batch: message.hasBatch ? Batch(message.batch) : nil,
            retryOf: ImportID(message: message.retryOf),
            identity: message.hasIdentity ? SourceIdentity(message.identity) : nil,
            submittedBy: message.submittedBy, program: message.program)
        section = message.section
        mapping = [UInt8](message.mapping)
        furtherSections = message.furtherSections.map(Section.init)
        recordLimit = message.hasRecordLimit ? message.recordLimit : nil
        writing = Writing(message.writing)
        resubmits = ImportID(message: message.resubmits)
        destinationID = message.destinationID
        finalize = message.finalize
        leftOut = message.leftOut.map(LeftOutPart.init)
    }
}

extension LeftOutPart {
    var message: PBLeftOut {
        PBLeftOut.with {
            $0.name = name
            $0.reason = reason
            $0.kind = kind.rawValue
            $0.remedy = remedy ?? ""
        }
    }

    /// A kind that this version does not know may be data.
    init(_ message: PBLeftOut) {
        self.init(
            name: message.name, reason: message.reason, kind: Kind(rawValue: message.kind) ?? .mayBeData,
            remedy: message.remedy.isEmpty ? nil : message.remedy)
    }
}

extension ImportSubmitted.Column {
    var message: PBColumn {
        PBColumn.with {
            $0.name = name
            $0.type = type
            $0.inferred = isInferred
        }
    }

    init(_ message: PBColumn) {
        self.init(name: message.name, type: message.type, isInferred: message.inferred)
    }
}

extension ImportSubmitted.Section {
    var message: PBSection {
        PBSection.with {
            $0.name = name
            $0.table = table
            $0.mode = mode
            $0.key = key
            $0.columns = columns.map(\.message)
            $0.reading = reading.message
            $0.mapping = Data(mapping)
            if writing != ImportSubmitted.Writing() { $0.writing = writing.message }
        }
    }

    init(_ message: PBSection) {
        self.init(
            name: message.name, table: message.table, mode: message.mode, key: message.key,
            columns: message.columns.map(ImportSubmitted.Column.init),
            reading: ImportSubmitted.Reading(message.reading), mapping: [UInt8](message.mapping),
            writing: ImportSubmitted.Writing(message.writing))
    }
}

extension ImportSubmitted.Reading {
    var message: PBReading {
        PBReading.with {
            $0.format = format
            $0.delimiter = delimiter
            $0.hasHeader_p = hasHeader
            $0.encoding = encoding
            $0.nullSpellings = nullSpellings
            $0.dataOffset = dataOffset
            $0.dataLine = dataLine
            $0.sourceColumns = sourceColumns
            $0.maxFieldBytes = maxFieldBytes
            $0.container = container
            $0.settings = settings.map { setting in
                PBSetting.with {
                    $0.name = setting.name
                    $0.value = setting.value
                }
            }
            $0.firstRecord = firstRecord == 1 ? 0 : firstRecord
        }
    }

    init(_ message: PBReading) {
        format = message.format
        delimiter = message.delimiter
        hasHeader = message.hasHeader_p
        encoding = message.encoding
        nullSpellings = message.nullSpellings
        dataOffset = message.dataOffset
        dataLine = message.dataLine
        sourceColumns = message.sourceColumns
        maxFieldBytes = message.maxFieldBytes
        container = message.container
        settings = message.settings.map { ImportSubmitted.Setting(name: $0.name, value: $0.value) }
        firstRecord = max(1, message.firstRecord)
    }
}

extension ImportSubmitted.Limits {
    var message: PBLimits {
        PBLimits.with {
            $0.chunkRecords = chunkRecords
            $0.chunkBytes = chunkBytes
            $0.abortOnReject = abortOnReject
            if let maxRejects { $0.maxRejects = maxRejects }
            if let maxRejectPercent { $0.maxRejectPercent = maxRejectPercent }
        }
    }

    init(_ message: PBLimits) {
        chunkRecords = message.chunkRecords
        chunkBytes = message.chunkBytes
        abortOnReject = message.abortOnReject
        maxRejects = message.hasMaxRejects ? message.maxRejects : nil
        maxRejectPercent = message.hasMaxRejectPercent ? message.maxRejectPercent : nil
    }
}

extension ImportSubmitted.Batch {
    var message: PBBatch {
        PBBatch.with {
            $0.id = id
            if let part { $0.part = part }
            if let totalParts { $0.totalParts = totalParts }
            if let totalItems { $0.totalItems = totalItems }
        }
    }

    init(_ message: PBBatch) {
        self.init(
            id: message.id, part: message.hasPart ? message.part : nil,
            totalParts: message.hasTotalParts ? message.totalParts : nil,
            totalItems: message.hasTotalItems ? message.totalItems : nil)
    }
}

extension ImportSubmitted.SourceIdentity {
    var message: PBSourceIdentity {
        PBSourceIdentity.with {
            if let size { $0.size = size }
            $0.device = device
            $0.inode = inode
            $0.modifiedNs = modified
            $0.changedNs = changed
            $0.digest = Data(digest)
            $0.validator = validator
        }
    }

    init(_ message: PBSourceIdentity) {
        self.init(
            size: message.hasSize ? message.size : nil, device: message.device, inode: message.inode,
            modified: message.modifiedNs, changed: message.changedNs)
        digest = [UInt8](message.digest)
        validator = message.validator
    }
}

extension Span {
    var message: PBSpan {
        PBSpan.with {
            $0.section = section
            $0.start = start.message
            $0.end = end.message
        }
    }

    init(_ message: PBSpan) {
        self.init(section: message.section, start: Place(message.start), end: Place(message.end))
    }
}

extension Span.Place {
    var message: PBPlace {
        PBPlace.with {
            $0.byteOffset = byteOffset
            $0.line = line
            $0.record = record
        }
    }

    init(_ message: PBPlace) {
        self.init(byteOffset: message.byteOffset, line: message.line, record: message.record)
    }
}

extension Counts {
    var message: PBCounts {
        PBCounts.with {
            $0.read = read
            $0.inserted = inserted
            $0.updated = updated
            $0.unchanged = unchanged
            $0.skipped = skipped
            $0.rejected = rejected
        }
    }

    init(_ message: PBCounts) {
        self.init(
            read: message.read, inserted: message.inserted, updated: message.updated, unchanged: message.unchanged,
            skipped: message.skipped, rejected: message.rejected)
    }
}

extension CodeCount {
    var message: PBCodeCount {
        PBCodeCount.with {
            $0.code = code
            $0.count = count
        }
    }

    init(_ message: PBCodeCount) { self.init(code: message.code, count: message.count) }
}

extension ChunkCommitted {
    var message: PBChunkCommitted {
        PBChunkCommitted.with {
            $0.chunk = chunk
            $0.span = span.message
            $0.counts = counts.message
            $0.digest = Data(digest)
            $0.digestChain = Data(digestChain)
            $0.rejectCodes = rejectCodes.map(\.message)
            $0.widenedColumns = widened.filter(\.isOfOldLog).map(\.column)
            $0.widened = widened.filter { !$0.isOfOldLog }.map(\.message)
            $0.readUs = readMicroseconds
            $0.writeUs = writeMicroseconds
            $0.residentBytes = residentBytes
            if let rowsDigest { $0.rowsDigest = rowsDigest }
            $0.limitRecords = limitRecords
            $0.limitBytes = limitBytes
            $0.text = text
        }
    }

    init(_ message: PBChunkCommitted) {
        self.init(
            chunk: message.chunk, span: Span(message.span), counts: Counts(message.counts),
            digest: [UInt8](message.digest), digestChain: [UInt8](message.digestChain),
            widened: message.widenedColumns.map { WidenedColumn(column: $0) } + message.widened.map(WidenedColumn.init),
            readMicroseconds: message.readUs,
            writeMicroseconds: message.writeUs, residentBytes: message.residentBytes,
            rowsDigest: message.hasRowsDigest ? message.rowsDigest : nil, limitRecords: message.limitRecords,
            limitBytes: message.limitBytes, text: message.text)
        rejectCodes = message.rejectCodes.map(CodeCount.init)
    }
}

extension WidenedColumn {
    /// Whether no more than the name is known.
    fileprivate var isOfOldLog: Bool { self == WidenedColumn(column: column) }

    var message: PBWidenedColumn {
        PBWidenedColumn.with {
            $0.column = column
            $0.from = from
            $0.to = to
            $0.line = line
            $0.value = value
        }
    }

    init(_ message: PBWidenedColumn) {
        self.init(
            column: message.column, from: message.from, to: message.to, line: message.line, value: message.value)
    }
}

extension ChunkLost {
    var message: PBChunkLost {
        PBChunkLost.with {
            $0.chunk = chunk
            $0.span = span.message
            $0.counts = counts.message
        }
    }

    init(_ message: PBChunkLost) {
        self.init(chunk: message.chunk, span: Span(message.span), counts: Counts(message.counts))
    }
}

extension ChunkFailed {
    var message: PBChunkFailed {
        PBChunkFailed.with {
            $0.chunk = chunk
            $0.attempt = attempt
            $0.error = error
            $0.willRetry = willRetry
        }
    }

    init(_ message: PBChunkFailed) {
        self.init(
            chunk: message.chunk, attempt: message.attempt, error: message.error, willRetry: message.willRetry)
    }
}

extension Reject {
    var protobuf: PBReject {
        PBReject.with {
            $0.section = section
            $0.record = record
            $0.line = line
            $0.byteOffset = byteOffset
            $0.code = code
            $0.message = message
            if let field { $0.field = field }
            if let key { $0.key = key }
            $0.raw = Data(raw)
        }
    }

    init(_ message: PBReject) {
        self.init(
            section: message.section, record: message.record, line: message.line, byteOffset: message.byteOffset,
            code: message.code, message: message.message, field: message.hasField ? message.field : nil,
            key: message.hasKey ? message.key : nil, raw: [UInt8](message.raw))
    }
}
