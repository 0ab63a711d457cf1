/// The members of a coded object whose members are all optional, and in which a misspelt one is an error.
struct StrictMembers<Key: CodingKey & CaseIterable> {
    let container: KeyedDecodingContainer<Key>

    /// - Parameter others: members that somebody else reads from the same object.
    init(_ decoder: any Decoder, besides others: Set<String> = []) throws {
        let all = try decoder.container(keyedBy: AnyName.self)
        let known = Key.allCases.map(\.stringValue) + others.sorted()
        if let unknown = all.allKeys.map(\.stringValue).sorted().first(where: { !known.contains($0) }) {
            let guess = NearestName.of(unknown, in: known).map { "; did you mean `\($0)`?" } ?? "."
            throw DecodingError.dataCorrupted(
                .init(
                    codingPath: decoder.codingPath,
                    debugDescription: "unknown key `\(unknown)`\(guess) Known: \(known.joined(separator: ", "))."))
        }
        container = try decoder.container(keyedBy: Key.self)
    }

    func value<T: Decodable>(_ key: Key) throws -> T? { try container.decodeIfPresent(T.self, forKey: key) }

    func flag(_ key: Key) throws -> Bool { try value(key) ?? false }

    func text(_ key: Key) throws -> String? { try (value(key) as ScalarText?)?.text }

    func texts(_ key: Key) throws -> [String]? { try (value(key) as [ScalarText]?)?.map(\.text) }

    /// One word of a list.
    func word<Word: RawRepresentable & CaseIterable>(_ key: Key) throws -> Word? where Word.RawValue == String {
        guard let text: String = try value(key) else { return nil }
        guard let word = Word(rawValue: text) else {
            let known = Word.allCases.map(\.rawValue).joined(separator: ", ")
            throw DecodingError.dataCorruptedError(
                forKey: key, in: container, debugDescription: "`\(text)` is not one of \(known).")
        }
        return word
    }
}

/// Any member's name.
struct AnyName: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }
    init(_ name: String) { stringValue = name }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
}

/// A text that may be written as a number or a boolean: `min: 5`.
struct ScalarText: Decodable {
    let text: String

    init(from decoder: any Decoder) throws {
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
