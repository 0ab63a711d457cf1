internal import SwiftProtobuf

// Between the public values and the generated messages: what happens to an import after it ended.

extension RollbackStarted {
    var message: PBRollbackStarted {
        PBRollbackStarted.with {
            $0.process = run.process
            $0.host = run.host
            $0.requestedBy = requestedBy
            $0.overwritesEdited = overwritesEdited
            $0.backup = backup
            $0.stateBefore = stateBefore.rawValue
            $0.onlyColumn = onlyColumn
            $0.onlyValue = onlyValue
        }
    }

    init(_ message: PBRollbackStarted) {
        self.init(
            run: ImportEvent.Run(process: message.process, host: message.host), requestedBy: message.requestedBy,
            overwritesEdited: message.overwritesEdited, backup: message.backup,
            stateBefore: ImportState(rawValue: message.stateBefore) ?? .succeeded, onlyColumn: message.onlyColumn,
            onlyValue: message.onlyValue)
    }
}

extension ChunkReversed {
    var message: PBChunkReversed {
        PBChunkReversed.with {
            $0.chunk = chunk
            $0.reversed = counts.reversed
            $0.handedOver = counts.handedOver
            $0.kept = counts.kept
            $0.refused = counts.refused
        }
    }

    init(_ message: PBChunkReversed) {
        self.init(
            chunk: message.chunk,
            counts: ReversalCounts(
                reversed: message.reversed, handedOver: message.handedOver, kept: message.kept, refused: message.refused
            ))
    }
}

extension KeptRow {
    var protobuf: PBKeptRow {
        PBKeptRow.with {
            $0.table = table
            $0.key = key
            $0.reason = reason
            $0.message = message
        }
    }

    init(_ message: PBKeptRow) {
        self.init(table: message.table, key: message.key, reason: message.reason, message: message.message)
    }
}

extension ImportVerified {
    var message: PBImportVerified {
        PBImportVerified.with {
            $0.passed = passed
            $0.failed = failed
            $0.broken = broken
            $0.requestedBy = requestedBy
        }
    }

    init(_ message: PBImportVerified) {
        self.init(requestedBy: message.requestedBy, checks: [])
        passed = message.passed
        failed = message.failed
        broken = message.broken
    }
}

extension CheckOutcome {
    var protobuf: PBCheckOutcome {
        PBCheckOutcome.with {
            $0.name = name
            $0.outcome = outcome
            $0.expected = expected
            $0.found = found
            $0.message = message
        }
    }

    init(_ message: PBCheckOutcome) {
        self.init(
            name: message.name, outcome: message.outcome, expected: message.expected, found: message.found,
            message: message.message)
    }
}

extension RejectsMended {
    var message: PBRejectsMended {
        PBRejectsMended.with {
            $0.by = by.rawValue
            $0.count = count
        }
    }

    init(_ message: PBRejectsMended) {
        self.init(by: ImportID(rawValue: message.by), records: [])
        count = message.count
    }
}

extension MendedRecord {
    var message: PBMendedRecord {
        PBMendedRecord.with {
            $0.section = section
            $0.record = record
            $0.byRecord = byRecord
        }
    }

    init(_ message: PBMendedRecord) {
        self.init(section: message.section, record: message.record, byRecord: message.byRecord)
    }
}

extension GroupFinalized {
    var message: PBGroupFinalized {
        PBGroupFinalized.with {
            $0.batchID = batchID
            $0.steps = steps.map { step in
                PBFinalizeStep.with {
                    $0.sql = step.sql
                    $0.rows = step.rows
                }
            }
            $0.error = error
        }
    }

    init(_ message: PBGroupFinalized) {
        self.init(
            batchID: message.batchID, steps: message.steps.map { Step(sql: $0.sql, rows: $0.rows) },
            error: message.error)
    }
}

extension ImportSubmitted.Writing {
    var message: PBWriting {
        PBWriting.with {
            $0.historyColumns = historyColumns
            $0.moment = moment
            $0.marks = marks.map { mark in
                PBDeletionMark.with {
                    $0.column = mark.column
                    if let value = mark.value { $0.value = value }
                }
            }
            $0.noUndo = !keepsUndo
            $0.keepTypes = keepsTypes
            $0.onDuplicate = skipsDuplicates ? "skip" : ""
            $0.keepNonNull = keepsNonNull
            $0.keyIndex = keyIndex
            $0.addColumns = addsColumns
            $0.defaultIfEmpty = defaultIfEmpty
        }
    }

    init(_ message: PBWriting) {
        self.init()
        historyColumns = message.historyColumns
        moment = message.moment
        marks = message.marks.map {
            ImportSubmitted.DeletionMark(column: $0.column, value: $0.hasValue ? $0.value : nil)
        }
        keepsUndo = !message.noUndo
        keepsTypes = message.keepTypes
        skipsDuplicates = message.onDuplicate == "skip"
        keepsNonNull = message.keepNonNull
        keyIndex = message.keyIndex
        addsColumns = message.addColumns
        defaultIfEmpty = message.defaultIfEmpty
    }
}
