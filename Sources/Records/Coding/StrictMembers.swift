/// The members of a coded object whose members are all optional, and in which a misspelt one is an error.
package struct StrictMembers<Key: CodingKey & CaseIterable> {
    /// The members, misspelt ones ruled out.
    package let container: KeyedDecodingContainer<Key>

    /// - Parameter others: members that someone else reads from the same object.
    package init(_ decoder: any Decoder, besides others: Set<String> = []) throws {
        let all = try decoder.container(keyedBy: AnyName.self)
        let known = Key.allCases.map(\.stringValue) + others.sorted()
        if let unknown = all.allKeys.map(\.stringValue).sorted().first(where: { !known.contains($0) }) {
            let guess =
                NearestName.of(unknown, in: known).map { "; did you mean `\($0)`?" }
                ?? ". Known: \(known.joined(separator: ", "))."
            throw DecodingError.dataCorrupted(
                .init(
                    codingPath: decoder.codingPath,
                    debugDescription: "unknown key `\(unknown)`\(guess)"))
        }
        container = try decoder.container(keyedBy: Key.self)
    }

    /// A member of any type; nil if it is missing or null.
    package func value<T: Decodable>(_ key: Key) throws -> T? { try container.decodeIfPresent(T.self, forKey: key) }

    /// A boolean; false if it is missing.
    package func flag(_ key: Key) throws -> Bool { try value(key) ?? false }

    /// A scalar, as text.
    package func text(_ key: Key) throws -> String? { try (value(key) as ScalarText?)?.text }

    /// A list of scalars, as texts.
    package func texts(_ key: Key) throws -> [String]? { try (value(key) as [ScalarText]?)?.map(\.text) }

    /// One word of a list.
    package func word<Word: RawRepresentable & CaseIterable>(_ key: Key) throws -> Word? where Word.RawValue == String {
        guard let text: String = try value(key) else { return nil }
        guard let word = Word(rawValue: text) else {
            let known = Word.allCases.map(\.rawValue)
            let guess = NearestName.of(text, in: known).map { " Did you mean `\($0)`?" } ?? ""
            throw DecodingError.dataCorruptedError(
                forKey: key, in: container,
                debugDescription: "`\(text)` is not one of \(known.joined(separator: ", ")).\(guess)")
        }
        return word
    }
}

/// Any member's name.
package struct AnyName: CodingKey {
    package let stringValue: String
    package var intValue: Int? { nil }
    package init(_ name: String) { stringValue = name }
    package init(stringValue: String) { self.stringValue = stringValue }
    package init?(intValue: Int) { nil }
}

/// A text that may be written as a number or a boolean: `min: 5`.
package struct ScalarText: Decodable {
    package let text: String

    package init(from decoder: any Decoder) throws {
        let value = try decoder.singleValueContainer()
        if let text = try? value.decode(String.self) {
            self.text = text
        } else if let flag = try? value.decode(Bool.self) {
            text = String(flag)
        } else if let integer = try? value.decode(Int64.self) {
            text = String(integer)
        } else {
            text = String(try value.decode(Double.self))
        }
    }
}
