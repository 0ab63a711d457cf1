internal import Records

/// What a document says of the batch that it is a part of.
package struct BatchEnvelope: Sendable, Equatable {
    /// `batch_id`: the name that all parts share.
    package let id: String
    /// `batch_part`, from 1.
    package let part: UInt32?
    /// `batch_total_parts`, from 1.
    package let totalParts: UInt32?
    /// `batch_total_items`: the records of all parts.
    package let totalItems: UInt64?

    /// Reads the members beside the records; nil if none of them is `batch_id`. Throws `DataError(.malformed)` for a member
    /// that stands there twice, a count that is none, and a part beyond the total.
    package init?(members: [JSONMember]) throws {
        guard let id = try Self.value("batch_id", members) else { return nil }
        self.id = id
        part = try Self.number("batch_part", members, from: 1)
        totalParts = try Self.number("batch_total_parts", members, from: 1)
        totalItems = try Self.number("batch_total_items", members, from: 0)
        if id.isEmpty { throw Self.malformed("`batch_id` is empty") }
        if let part, let totalParts, part > totalParts {
            throw Self.malformed("`batch_part` is \(part), but `batch_total_parts` is \(totalParts)")
        }
    }

    private static func value(_ name: String, _ members: [JSONMember]) throws -> String? {
        let found = members.filter { $0.name == name }
        if found.count > 1 { throw malformed("the document has `\(name)` twice") }
        return found.first?.value
    }

    private static func number<N: FixedWidthInteger>(_ name: String, _ members: [JSONMember], from least: N) throws
        -> N?
    {
        guard let text = try value(name, members) else { return nil }
        guard let number = N(text), number >= least else {
            throw malformed("`\(name)` is `\(text.prefix(40))`, which is not a whole number from \(least) to \(N.max)")
        }
        return number
    }

    private static func malformed(_ what: String) -> DataError {
        DataError(
            .malformed, "the batch's own data contradict themselves: \(what)",
            remedy: "Correct the document, or name its batch and part yourself.")
    }
}
