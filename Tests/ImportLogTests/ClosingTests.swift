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
}
