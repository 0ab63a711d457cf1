import ImportLog
import Testing

/// What came to a batch, and what its status must say.
struct GroupCase: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var deliveries: [Delivery]
    var expected: String

    init(_ name: String, _ deliveries: [Delivery], _ expected: String) {
        testDescription = name
        self.deliveries = deliveries
        self.expected = expected
    }

    static let completeness = [
        GroupCase("all parts", [.init(1, of: 2, .done("A")), .init(2, of: 2, .done("B"))], "complete 2/2"),
        GroupCase(
            "parts in any order",
            [.init(3, of: 3, .done("C")), .init(1, of: 3, .done("A")), .init(2, of: 3, .done("B"))],
            "complete 3/3"),
        GroupCase(
            "the middle missing", [.init(1, of: 3, .done("A")), .init(3, of: 3, .done("C"))],
            "incomplete 2/3, missing 2"),
        GroupCase("most missing", [.init(4, of: 6, .done("A"))], "incomplete 1/6, missing 1 2 3 5 6"),
        GroupCase("total unknown", [.init(1, .done("A")), .init(2, .done("B"))], "complete 2/?"),
        GroupCase(
            "total unknown, a gap", [.init(2, .done("B")), .init(5, .done("E"))], "incomplete 2/?, missing 1 3 4"),
        GroupCase("no part, no total", [.init(nil, .done("A"))], "complete 0/?"),
        GroupCase("no part, a total", [.init(nil, of: 2, .done("A"))], "incomplete 0/2, missing 1 2"),
        GroupCase("one without part besides", [.init(1, of: 1, .done("A")), .init(nil, .done("B"))], "complete 1/1"),
        GroupCase("rejects", [.init(1, of: 1, .done("A", rejects: 2))], "partial_success 1/1"),
        GroupCase(
            "rejects and a part missing", [.init(1, of: 2, .done("A", rejects: 2))], "incomplete 1/2, missing 2"),
        GroupCase("rejects without part", [.init(nil, .done("A", rejects: 1))], "partial_success 0/?"),
    ]

    static let states = [
        GroupCase("queued", [.init(1, of: 1, .queued)], "incomplete 1/1, unfinished 1"),
        GroupCase("running", [.init(1, of: 1, .running)], "in_progress 1/1"),
        GroupCase("running, parts missing", [.init(1, of: 2, .running)], "in_progress 1/2, missing 2"),
        GroupCase("running, its process gone", [.init(1, of: 1, .dead)], "incomplete 1/1, unfinished 1"),
        GroupCase("paused", [.init(1, of: 1, .paused)], "incomplete 1/1, unfinished 1"),
        GroupCase("interrupted", [.init(1, of: 1, .interrupted)], "incomplete 1/1, unfinished 1"),
        GroupCase("failed", [.init(1, of: 2, .done("A")), .init(2, of: 2, .failed)], "partial_success 2/2, failed 2"),
        GroupCase("cancelled", [.init(1, of: 1, .cancelled)], "partial_success 1/1, failed 1"),
        GroupCase(
            "all failed", [.init(1, of: 2, .failed), .init(2, of: 2, .failed)], "partial_success 2/2, failed 1 2"),
        GroupCase("failed and missing", [.init(1, of: 2, .failed)], "incomplete 1/2, missing 2, failed 1"),
        GroupCase(
            "failed and running", [.init(1, of: 2, .failed), .init(2, of: 2, .running)], "in_progress 2/2, failed 1"),
        GroupCase("without part, running", [.init(nil, .running)], "in_progress 0/?"),
        GroupCase("without part, queued", [.init(nil, .queued)], "incomplete 0/?"),
        GroupCase("without part, failed", [.init(1, of: 1, .done("A")), .init(nil, .failed)], "partial_success 1/1"),
    ]

    static let redeliveries = [
        GroupCase(
            "the same bytes again", [.init(1, of: 2, .done("A")), .init(1, of: 2, .done("A"))],
            "incomplete 1/2, missing 2, repeated 1"),
        GroupCase(
            "other bytes", [.init(1, of: 2, .done("A")), .init(1, of: 2, .done("X"))],
            "incomplete 1/2, missing 2, conflicting 1"),
        GroupCase(
            "other bytes in a whole batch", [.init(1, of: 1, .done("A")), .init(1, of: 1, .done("X"))],
            "partial_success 1/1, conflicting 1, late 1"),
        GroupCase(
            "both", [.init(1, of: 2, .done("A")), .init(1, of: 2, .done("X")), .init(1, of: 2, .done("A"))],
            "incomplete 1/2, missing 2, conflicting 1, repeated 1"),
        GroupCase(
            "again while the first runs", [.init(1, of: 1, .running), .init(1, of: 1, .done("A"))], "in_progress 1/1"),
        GroupCase("again after a failure", [.init(1, of: 1, .failed), .init(1, of: 1, .done("A"))], "complete 1/1"),
        GroupCase(
            "again, and failed", [.init(1, of: 1, .done("A")), .init(1, of: 1, .failed)], "complete 1/1, late 1"),
        GroupCase(
            "queued after a failure", [.init(1, of: 1, .failed), .init(1, of: 1, .queued)],
            "incomplete 1/1, unfinished 1"),
        GroupCase(
            "late", [.init(1, of: 2, .done("A")), .init(2, of: 2, .done("B")), .init(2, of: 2, .done("B"))],
            "complete 2/2, repeated 2, late 2"),
        GroupCase(
            "not late, a part unfinished",
            [.init(1, of: 2, .done("A")), .init(2, of: 2, .failed), .init(1, of: 2, .done("A"))],
            "partial_success 2/2, failed 2, repeated 1"),
    ]

    static let retries = [
        GroupCase("of a failure", [.init(1, of: 1, .failed), .init(1, of: 1, .done("A"), retryOf: 1)], "complete 1/1"),
        GroupCase(
            "that fails too", [.init(1, of: 1, .failed), .init(1, of: 1, .failed, retryOf: 1)],
            "partial_success 1/1, failed 1"),
        GroupCase(
            "with other bytes", [.init(1, of: 2, .done("A")), .init(1, of: 2, .done("X"), retryOf: 1)],
            "incomplete 1/2, missing 2"),
        GroupCase(
            "with the same bytes", [.init(1, of: 2, .done("A")), .init(1, of: 2, .done("A"), retryOf: 1)],
            "incomplete 1/2, missing 2"),
        GroupCase(
            "of one with rejects", [.init(1, of: 1, .done("A", rejects: 2)), .init(1, of: 1, .done("B"), retryOf: 1)],
            "complete 1/1, late 1"),
        GroupCase(
            "of one with rejects, that fails",
            [.init(1, of: 1, .done("A", rejects: 2)), .init(1, of: 1, .failed, retryOf: 1)],
            "partial_success 1/1, late 1"),
        GroupCase(
            "of a retry",
            [
                .init(1, of: 2, .done("A")), .init(1, of: 2, .done("X"), retryOf: 1),
                .init(1, of: 2, .done("Y"), retryOf: 2),
            ],
            "incomplete 1/2, missing 2"),
        GroupCase(
            "beside another delivery",
            [.init(1, of: 2, .done("A")), .init(1, of: 2, .done("X"), retryOf: 1), .init(1, of: 2, .done("Y"))],
            "incomplete 1/2, missing 2, conflicting 1"),
        GroupCase("without part", [.init(nil, .failed), .init(nil, .done("A"), retryOf: 1)], "complete 0/?"),
    ]

    static let totals = [
        GroupCase(
            "that grow", [.init(1, of: 2, .done("A")), .init(2, of: 3, .done("B"))],
            "incomplete 2/3, missing 3, earlier total 2"),
        GroupCase(
            "that shrink", [.init(1, of: 3, .done("A")), .init(2, of: 2, .done("B"))], "complete 2/2, earlier total 3"),
        GroupCase(
            "that come back", [.init(1, of: 2, .done("A")), .init(1, of: 3, .done("A")), .init(2, of: 2, .done("B"))],
            "complete 2/2, repeated 1, earlier total 3"),
        GroupCase(
            "that are said once", [.init(1, of: 3, .done("A")), .init(2, .done("B"))], "incomplete 2/3, missing 3"),
    ]
}
