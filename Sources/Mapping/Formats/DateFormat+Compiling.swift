internal import Records

extension DateFormat {
    /// Throws `DataError(.unusableOption)` for a pattern that can give no date.
    package init(_ pattern: String) throws {
        var parser = PatternParser(pattern)
        let items = try parser.items(inBrackets: false)
        self.init(pattern: pattern, items: items)
        try check()
    }

    /// Whether the pattern has a time of day.
    var hasTime: Bool { flat.contains { Self.name(of: $0) == "hour" } }

    /// Whether all dates that are written so have an offset; nil if some may.
    var hasOffset: Bool? {
        if items.contains(where: { Self.name(of: $0) == "offset" }) { return true }
        return flat.contains { Self.name(of: $0) == "offset" } ? nil : false
    }

    /// All items, those in brackets included.
    private var flat: [Item] { Self.flat(items) }

    private static func flat(_ items: [Item]) -> [Item] {
        items.flatMap { item in
            if case .optional(let inner) = item { flat(inner) } else { [item] }
        }
    }

    /// What an item says of the date; nil for a literal.
    private static func name(of item: Item) -> String? {
        switch item {
        case .literal, .optional: nil
        case .monthName: "month"
        case .amOrPM: "AM or PM"
        case .offset: "offset"
        case .digits(let part, _, _):
            switch part {
            case .year, .shortYear: "year"
            case .month: "month"
            case .day: "day"
            case .hour, .hourOf12: "hour"
            case .minute: "minute"
            case .second: "second"
            case .fraction: "fraction"
            }
        }
    }

    private func check() throws {
        let names = flat.compactMap(Self.name)
        for name in ["year", "month", "day"] where !names.contains(name) { throw failure("has no \(name)") }
        for (index, name) in names.enumerated() where names[..<index].contains(name) {
            throw failure("has the \(name) twice")
        }
        let isOf12 = flat.contains { if case .digits(.hourOf12, _, _) = $0 { true } else { false } }
        guard isOf12 == names.contains("AM or PM") else { throw failure("has only one of `h` and `a`") }
        for (item, next) in zip(flat, flat.dropFirst()) {
            guard case .digits(_, let least, let most) = item, least < most, case .digits = next else { continue }
            throw failure("has a number of variable length right before another number, so its end is unclear")
        }
    }

    private func failure(_ what: String) -> DataError { PatternParser.failure(pattern, what) }
}

/// Reads a pattern letter by letter.
private struct PatternParser {
    private let pattern: String
    private var rest: Substring

    init(_ pattern: String) {
        self.pattern = pattern
        rest = pattern[...]
    }

    static func failure(_ pattern: String, _ what: String) -> DataError {
        DataError(
            .unusableOption, "the date format \(Excerpt.of(pattern)) \(what).",
            remedy: "Write something like `dd-MM-yyyy` or `yyyy-MM-dd'T'HH:mm:ss`.")
    }

    mutating func items(inBrackets: Bool) throws -> [DateFormat.Item] {
        var items: [DateFormat.Item] = []
        while let character = rest.first {
            switch character {
            case "'": items += try quoted()
            case "[":
                rest.removeFirst()
                items.append(.optional(try self.items(inBrackets: true)))
            case "]":
                guard inBrackets else { throw Self.failure(pattern, "closes a bracket that is not open") }
                rest.removeFirst()
                return items
            case "a"..."z", "A"..."Z":
                let run = rest.prefix { $0 == character }
                rest = rest[run.endIndex...]
                items.append(try item(character, count: run.count))
            default:
                items += String(character).utf8.map { .literal($0) }
                rest.removeFirst()
            }
        }
        if inBrackets { throw Self.failure(pattern, "has a bracket that is never closed") }
        return items
    }

    /// Text in quotes; two quotes are one.
    private mutating func quoted() throws -> [DateFormat.Item] {
        rest.removeFirst()
        guard let end = rest.firstIndex(of: "'") else {
            throw Self.failure(pattern, "has a quote that is never closed")
        }
        let text = rest[..<end]
        rest = rest[rest.index(after: end)...]
        return text.isEmpty ? [.literal(UInt8(ascii: "'"))] : text.utf8.map { .literal($0) }
    }

    private func item(_ letter: Character, count: Int) throws -> DateFormat.Item {
        switch (letter, count) {
        case ("y", 4), ("u", 4): return .digits(.year, least: 4, most: 4)
        case ("y", 2), ("u", 2): return .digits(.shortYear, least: 2, most: 2)
        case ("M", 3): return .monthName(isShort: true)
        case ("M", 4): return .monthName(isShort: false)
        case ("M", 1...2): return .digits(.month, least: count, most: 2)
        case ("d", 1...2): return .digits(.day, least: count, most: 2)
        case ("H", 1...2): return .digits(.hour, least: count, most: 2)
        case ("h", 1...2): return .digits(.hourOf12, least: count, most: 2)
        case ("m", 1...2): return .digits(.minute, least: count, most: 2)
        case ("s", 1...2): return .digits(.second, least: count, most: 2)
        case ("S", 1): return .digits(.fraction, least: 1, most: 9)
        case ("S", 2...9): return .digits(.fraction, least: count, most: count)
        case ("a", 1): return .amOrPM
        case ("X", 1...3): return .offset(letters: count, allowsZ: true)
        case ("x", 1...3): return .offset(letters: count, allowsZ: false)
        default:
            throw Self.failure(
                pattern,
                "has `\(String(repeating: letter, count: count))`, which is not one of yyyy yy M MM MMM MMMM d dd H HH h hh "
                    + "a m mm s ss S SSS X XX XXX; put text in 'single quotes'")
        }
    }
}
