import ImportLog
import Testing

@Suite struct GroupTests {
    @Test("a group says what is missing and what is complete", arguments: GroupCase.completeness)
    func completeness(_ example: GroupCase) throws { try expect(example) }

    @Test("a group says what its parts are doing", arguments: GroupCase.states)
    func states(_ example: GroupCase) throws { try expect(example) }

    @Test("a part that comes again is repeated, conflicting or late", arguments: GroupCase.redeliveries)
    func redeliveries(_ example: GroupCase) throws { try expect(example) }

    @Test("a retry takes the place of what it tries again", arguments: GroupCase.retries)
    func retries(_ example: GroupCase) throws { try expect(example) }

    @Test("the total that was said last is in force, and others are kept", arguments: GroupCase.totals)
    func totals(_ example: GroupCase) throws { try expect(example) }

    private func expect(_ example: GroupCase) throws {
        let log = try TestLog()
        for delivery in example.deliveries { try delivery.play(in: log) }
        let group = try log.log.group("november")
        #expect(group.summary == example.expected)
        #expect(group.imports == Array(1...ImportID(rawValue: UInt64(example.deliveries.count))))
        #expect(try log.log.groups() == [group])
        #expect(try log.log.checkViews().differences.isEmpty)
    }
}
