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

    package static let names: Set = ["batch_id", "batch_part", "batch_total_parts", "batch_total_items"]
    /// The longest name of a batch, in bytes: the log keeps it as a part of keys.
    private static let longestID = 200

    /// Reads the members beside the records; nil if none of them is `batch_id`. Throws `DataError(.malformed)` for a member
    /// that is there twice, a count that is none, and a part beyond the total.
    package init?(members: [JSONMember]) throws {
        guard let id = try Self.value("batch_id", members) else { return nil }
        self.id = id
        part = try Self.number("batch_part", members, from: 1)
        totalParts = try Self.number("batch_total_parts", members, from: 1)
        totalItems = try Self.number("batch_total_items", members, from: 0)
        if id.isEmpty { throw Self.malformed("`batch_id` is empty") }
        if id.utf8.count > Self.longestID {
            throw Self.malformed(
                "`batch_id` has \(id.utf8.count) bytes, and a batch's name has at most \(Self.longestID): "
                    + "`\(id.prefix(40))…`")
        }
        if id.utf8.contains(0) { throw Self.malformed("`batch_id` contains a NUL character") }
        if let part, let totalParts, part > totalParts {
            throw Self.malformed("`batch_part` is \(part), but `batch_total_parts` is \(totalParts)")
        }
    }

    private static func value(_ name: String, _ members: [JSONMember]) throws -> String? {
        let found = members.filter { $0.name == name }
        if found.count > 1 { throw malformed("the document has `\(name)` twice") }
        guard let member = found.first else { return nil }
        guard let value = member.value else {
            throw malformed("`\(name)` is neither a number nor text of at most \(JSONMember.maximumBytes) bytes")
        }
        return value
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
            .malformed, "the batch in the document cannot be used: \(what)",
            remedy: "Correct the document, or set the batch yourself: --batch-id ID --part N --total-parts M")
    }
}
