import ImportLog
import Testing

/// What a group's status says of its closing SQL and of mended records.
@Suite struct ClosingTests {
    let log: TestLog

    init() throws { log = try TestLog() }

    private func submit(
        part: UInt32, of total: UInt32? = 2, closing: [String] = ["UPDATE t SET v = 1"], resubmits: ImportID? = nil
    ) throws -> ImportID {
        var submission = ImportSubmitted.feed(part: part, of: total, batch: "november")
        submission.finalize = closing
        submission.resubmits = resubmits
        return try log.submit(submission)
    }

    private func finish(_ id: ImportID, _ digest: String = "A", rejecting codes: [String] = [], sameAs: ImportID? = nil)
        throws
    {
        try log.append(.started(ImportEvent.run, tableCreated: false), to: id)
        if sameAs == nil { try log.append(.chunkCommitted(.sample(1, rejecting: codes)), to: id) }
        let counts = Counts(rejected: UInt64(codes.count))
        try log.append(
            .completed(ImportCompleted(digest: [UInt8](digest.utf8), bytes: 1, counts: counts, sameAs: sameAs)), to: id)
    }

    private func finalize(_ id: ImportID, error: String = "") throws {
        try log.append(.groupFinalized(GroupFinalized(batchID: "november", steps: [], error: error)), to: id)
    }

    private func group() throws -> GroupStatus {
        #expect(try log.log.checkViews().differences.isEmpty)
        return try log.log.group("november")
    }

    @Test func aBatchWithoutClosingSQLSaysNothingOfIt() throws {
        try finish(try submit(part: 1, of: 1, closing: []))
        #expect(try group().finalized == nil)
    }

    @Test func closingSQLIsPendingUntilItWasRunAndAgainWhenAPartCameSince() throws {
        try finish(try submit(part: 1))
        #expect(try group().finalized == .pending)
        try finish(try submit(part: 2), "B")
        #expect(try group().finalized == .pending)
        try finalize(2)
        #expect(try group().finalized == .done)
        try finish(try submit(part: 2), "C")
        #expect(try group().finalized == .pending)
    }

    @Test func aFailureLeavesItPendingAndSaysWhy() throws {
        try finish(try submit(part: 1, of: 1))
        try finalize(1, error: "no such table")
        #expect(try group().finalized == .pending)
        #expect(try group().finalizeError == "no such table")
        try finalize(1)
        #expect(try group().finalized == .done)
        #expect(try group().finalizeError.isEmpty)
    }

    @Test func bytesThatTheBatchHasAlreadyNeedNoClosing() throws {
        try finish(try submit(part: 1, of: 1))
        try finalize(1)
        try finish(try submit(part: 1, of: 1), sameAs: 1)
        #expect(try group().finalized == .done)
    }

    @Test func bytesThatCameOutsideTheBatchAreAPartOfItAllTheSame() throws {
        try finish(try log.submit(.feed(batch: "other")))
        try finish(try submit(part: 1, of: 1), sameAs: 1)
        #expect(try group().finalized == .pending)
    }

    @Test func mendedRecordsCompleteTheirBatchAndAreNoSecondDelivery() throws {
        try finish(try submit(part: 1, of: 1), rejecting: ["type", "type"])
        #expect(try group().summary == "partial_success 1/1")
        let mended = try submit(part: 1, of: nil, resubmits: 1)
        #expect(try group().summary == "incomplete 1/1")
        try log.append(
            .rejectsMended(RejectsMended(by: mended, records: [MendedRecord(section: "", record: 1, byRecord: 1)])),
            to: 1)
        try finish(mended, "B")
        #expect(try group().summary == "partial_success 1/1")
        try log.append(
            .rejectsMended(RejectsMended(by: mended, records: [MendedRecord(section: "", record: 2, byRecord: 2)])),
            to: 1)
        #expect(try group().summary == "complete 1/1")
        #expect(try group().imports == [1, mended])
        #expect(try group().finalized == .pending)
    }

    // MARK: After a rollback

    private func mend(_ record: UInt64, by mender: ImportID) throws {
        let mended = MendedRecord(section: "", record: record, byRecord: record)
        try log.append(.rejectsMended(RejectsMended(by: mender, records: [mended])), to: 1)
    }

    private func rollBack(_ id: ImportID, only column: String = "") throws {
        let started = RollbackStarted(
            run: ImportEvent.run, requestedBy: "ann@shop", overwritesEdited: false, backup: "", stateBefore: .succeeded,
            onlyColumn: column)
        try log.append(
            .rollbackStarted(started),
            .rollbackCompleted(ReversalCounts(reversed: 1), state: column.isEmpty ? .rolledBack : .succeeded), to: id)
    }

    private func bringBack(_ id: ImportID) throws {
        try log.append(.backupRestored(backup: "b", requestedBy: "ann@shop", state: .succeeded), to: id)
    }

    /// How many rejects of import 1 are mended, by its status and record by record.
    private func mendedCount() throws -> UInt64 {
        let end = try log.log.head().position
        for position in [nil, end] as [UInt64?] {
            #expect(
                try log.log.status(of: 1, at: position).mended == UInt64(log.log.mending(of: 1, at: position).count))
        }
        return try log.log.status(of: 1).mended
    }

    @Test func whatARolledBackImportHadMendedIsOpenAgain() throws {
        try finish(try submit(part: 1, of: 1, closing: []), rejecting: ["type", "type"])
        for (record, mender) in [(1, 2), (2, 3)] as [(UInt64, ImportID)] {
            #expect(try submit(part: 1, of: nil, closing: [], resubmits: 1) == mender)
            try mend(record, by: mender)
            try finish(mender, "\(mender)")
        }
        #expect(try group().summary == "complete 1/1")
        let whole = try log.log.head().position
        try rollBack(3)
        #expect(try mendedCount() == 1)
        #expect(try group().summary == "partial_success 1/1")
        #expect(try log.log.mending(of: 1).values.map(\.by) == [2])
        #expect(try log.log.status(of: 1, at: whole).mended == 2)
        try bringBack(3)
        #expect(try mendedCount() == 2)
        #expect(try group().summary == "complete 1/1")
    }

    @Test func aRecordThatWasMendedTwiceCountsOnce() throws {
        try finish(try submit(part: 1, of: 1, closing: []), rejecting: ["type", "type"])
        for mender in 2...3 as ClosedRange<ImportID> {
            #expect(try submit(part: 1, of: nil, closing: [], resubmits: 1) == mender)
            try mend(1, by: mender)
            try finish(mender, "\(mender)")
            if mender == 2 { try rollBack(2) }
        }
        try bringBack(2)
        #expect(try mendedCount() == 1)
        #expect(try group().summary == "partial_success 1/1")
    }

    @Test func whatIsRolledBackIsCalledSoAndCountsNoMore() throws {
        for part in 1...2 as ClosedRange<UInt32> { try finish(try submit(part: part), "\(part)") }
        let records = try group().records
        try rollBack(2)
        #expect(try group().summary == "partial_success 2/2, rolled back 2")
        #expect(try group().records.read * 2 == records.read)
        try finish(try submit(part: 2), "2")
        #expect(try group().records == records)
        #expect(try group().summary == "complete 2/2")
    }

    @Test(arguments: [1, 2] as [ImportID]) func closingSQLIsPendingAgainAfterARollbackOfAnyOfItsImports(_ id: ImportID)
        throws
    {
        for part in 1...2 as ClosedRange<UInt32> { try finish(try submit(part: part), "\(part)") }
        try finalize(2)
        try rollBack(id, only: "city")
        #expect(try group().finalized == .done)
        try rollBack(id)
        #expect(try group().finalized == .pending)
        try bringBack(id)
        #expect(try group().finalized == .done)
        try rollBack(id)
        try finish(try submit(part: UInt32(id.rawValue)), "\(id)")
        #expect(try group().finalized == .pending)
        try finalize(3)
        #expect(try group().finalized == .done)
    }

}
