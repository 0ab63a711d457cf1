internal import Records

/// The limits that were set, as text, each with who set it.
package struct LimitSettings: Sendable, Equatable {
    struct Setting: Sendable, Equatable {
        var text: String
        /// Such as `--chunk-size` or `waybill.yaml, line 7`.
        var origin: String
        /// What it is called now where it was set under its former name.
        var renaming: String?
    }

    private var settings: [LimitName: Setting] = [:]

    package init() {}

    /// What the environment sets.
    package init(environment: [String: String]) {
        for name in LimitName.allCases {
            if let text = environment[name.environmentVariable], !text.isEmpty {
                set(name, text, by: name.environmentVariable)
            } else if let former = name.formerName.map(LimitName.environmentVariable),
                let text = environment[former], !text.isEmpty
            {
                settings[name] = Setting(
                    text: name.value(ofFormer: text), origin: former,
                    renaming: "\(former) is now \(name.environmentVariable)")
            }
        }
    }

    /// Sets the limit that a configuration calls so, now or formerly.
    mutating func set(_ key: String, _ text: String, in origin: String) {
        if let name = LimitName(rawValue: key) {
            set(name, text, by: origin)
        } else if let name = LimitName.allCases.first(where: { $0.formerName == key }) {
            settings[name] = Setting(
                text: name.value(ofFormer: text), origin: origin,
                renaming: "\(origin): \(key) is now \(name.rawValue)")
        }
    }

    /// The limits in force that were set under former names, each with its name now.
    var renamings: [String] { LimitName.allCases.compactMap { settings[$0]?.renaming } }

    /// Sets a limit in place of whoever set it before.
    package mutating func set(_ name: LimitName, _ text: String, by origin: String) {
        settings[name] = Setting(text: text, origin: origin)
    }

    /// Sets a limit by its flag where it was given.
    package mutating func setByFlag(_ name: LimitName, _ text: String?) {
        if let text { set(name, text, by: name.flag) }
    }

    /// These settings, and the others where they say more.
    package func overridden(by others: LimitSettings) -> LimitSettings {
        var result = self
        result.settings.merge(others.settings) { $1 }
        return result
    }

    subscript(_ name: LimitName) -> Setting? { settings[name] }
}

extension LimitSettings {
    /// A number of records, minutes or the like.
    ///
    /// - Throws: `DataError.unusableOption`, naming who set it, like the others here.
    func number(_ name: LimitName, in range: ClosedRange<UInt64> = 1...UInt64.max) throws -> Limit? {
        guard let setting = self[name] else { return nil }
        let digits = setting.text.filter { $0 != "_" && $0 != "," }
        guard let value = UInt64(digits), range.contains(value) else {
            let upper = range.upperBound == .max ? " up" : " to \(range.upperBound)"
            throw unusable(name, "a number from \(range.lowerBound)\(upper)")
        }
        return Limit(name: name, value: value, origin: setting.origin)
    }

    /// A length of time, such as `90s`, `60m` or `2h`, in seconds.
    func duration(_ name: LimitName) throws -> Limit? {
        guard let setting = self[name] else { return nil }
        guard let seconds = DurationText.seconds(setting.text), seconds > 0 else {
            throw unusable(name, "a number with s, m, h or d, such as 90s, 60m or 2h")
        }
        return Limit(name: name, value: seconds, origin: setting.origin, text: setting.text)
    }

    /// A number of bytes, such as `1048576`, `500MB` or `2 GiB`.
    func bytes(_ name: LimitName, in range: ClosedRange<UInt64> = 1...UInt64.max) throws -> Limit? {
        guard let setting = self[name] else { return nil }
        guard let value = ByteCount.parse(setting.text), range.contains(value) else {
            let upper = range.upperBound == .max ? "" : ", at most \(range.upperBound)"
            throw unusable(name, "a size in bytes, such as 1048576, 500MB or 2GiB\(upper)")
        }
        return Limit(name: name, value: value, origin: setting.origin)
    }

    /// One of these words.
    func word(_ name: LimitName, _ words: [String]) throws -> String? {
        guard let setting = self[name] else { return nil }
        guard words.contains(setting.text) else { throw unusable(name, words.joined(separator: " or ")) }
        return setting.text
    }

    func unusable(_ name: LimitName, _ taken: String) -> DataError {
        let setting = self[name] ?? Setting(text: "", origin: "")
        let place = setting.origin == name.flag ? "" : "\(setting.origin): "
        let said = setting.origin == name.flag ? name.flag : name.rawValue
        return DataError(
            .unusableOption, "\(place)'\(setting.text)' is not a valid value for \(said).", remedy: "Use \(taken).")
    }
}

/// A limit in force, and who set it.
struct Limit: Sendable, Equatable {
    var name: LimitName
    var value: UInt64
    var origin: String
    /// The value as it was written, where the number alone says too little.
    var text: String?

    /// `max_records is 10000 (set by WAYBILL_MAX_RECORDS)`.
    var words: String { "\(name.rawValue) is \(text ?? "\(value)") (set by \(origin))" }
}

/// Lengths of time as a user writes them.
package enum DurationText {
    private static let units: [Character: UInt64] = ["s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800]

    /// The seconds of `90s`, `60m`, `24h`, `7d` or `2w`; nil for anything else.
    package static func seconds(_ text: String) -> UInt64? {
        guard let unit = text.last.flatMap({ units[$0] }), let count = UInt64(text.dropLast()), count < 1 << 32
        else { return nil }
        return count * unit
    }
}

enum ByteCount {
    private static let units: [(String, UInt64)] = [
        ("kib", 1 << 10), ("mib", 1 << 20), ("gib", 1 << 30), ("tib", 1 << 40), ("kb", 1_000), ("mb", 1_000_000),
        ("gb", 1_000_000_000), ("tb", 1_000_000_000_000), ("k", 1_000), ("m", 1_000_000), ("g", 1_000_000_000),
        ("b", 1),
    ]

    /// The bytes that a text such as `500MB` says; nil if it says none.
    static func parse(_ text: String) -> UInt64? {
        let lower = text.lowercased().filter { $0 != " " && $0 != "_" }
        let unit = units.first { lower.hasSuffix($0.0) }
        let number = lower.dropLast(unit?.0.count ?? 0)
        if let whole = UInt64(number) {
            let (bytes, isTooMuch) = whole.multipliedReportingOverflow(by: unit?.1 ?? 1)
            return isTooMuch ? nil : bytes
        }
        guard let unit, let part = Double(number), part >= 0, part * Double(unit.1) < 0x1p63 else { return nil }
        return UInt64(part * Double(unit.1))
    }
}
