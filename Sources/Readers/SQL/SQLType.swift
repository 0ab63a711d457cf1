internal import Records

/// A type as a cast names it: `Decimal(18, 2)`, `[nvarchar](max)`, `character varying(20)[]`.
struct SQLType {
    enum Family { case integer, decimal, float, character, date, moment, time, bytes, boolean, other }

    /// Its words in capitals, without its schema.
    var name = ""
    /// Its length, or its precision and scale.
    var arguments: [Int] = []
    var isArray = false

    private static let families: [String: Family] = {
        let names: [(Family, String)] = [
            (.integer, "INT INTEGER BIGINT SMALLINT TINYINT MEDIUMINT INT2 INT4 INT8 SIGNED UNSIGNED OID"),
            (.decimal, "DECIMAL NUMERIC DEC NUMBER MONEY SMALLMONEY"),
            (.float, "FLOAT REAL DOUBLE FLOAT4 FLOAT8 BINARY_FLOAT BINARY_DOUBLE"),
            (.character, "CHAR NCHAR VARCHAR NVARCHAR CHARACTER VARCHAR2 NVARCHAR2 BPCHAR"),
            (.date, "DATE"), (.moment, "DATETIME DATETIME2 SMALLDATETIME TIMESTAMP TIMESTAMPTZ DATETIMEOFFSET"),
            (.time, "TIME TIMETZ"), (.bytes, "BINARY VARBINARY IMAGE BYTEA BLOB RAW"), (.boolean, "BIT BOOLEAN BOOL"),
        ]
        return Dictionary(
            uniqueKeysWithValues: names.flatMap { family, names in
                names.split(separator: " ").map { (String($0), family) }
            })
    }()

    var family: Family { Self.families[String(name.split(separator: " ").first ?? "")] ?? .other }

    /// How many digits after the point a number keeps; nil for all of them.
    private func scale(_ dialect: SQLDialect) -> Int? {
        if name.hasSuffix("MONEY") { return 4 }
        if arguments.count == 2 { return arguments[1] }
        return arguments.isEmpty && (dialect == .postgresql || name == "NUMBER") ? nil : 0
    }

    /// What a literal is before it is cast.
    enum Literal { case text, number, bytes }

    /// Whether a database would keep this literal as it is there.
    func keeps(_ literal: Literal, _ value: some Collection<UInt8>, _ dialect: SQLDialect) -> Bool {
        if isArray { return literal == .text }
        if literal == .bytes { return family == .bytes }
        switch family {
        case .integer:
            let digits = value.first == SQLByte.dash ? Array(value.dropFirst()) : Array(value)
            return !digits.isEmpty && digits.allSatisfy(SQLByte.isDigit) && (digits.count == 1 || digits[0] != 0x30)
        case .decimal where name == "MONEY" && dialect == .postgresql: return false
        case .decimal:
            guard let number = SQLNumber(value), !number.hasExponent else { return false }
            return scale(dialect).map { number.fraction <= $0 } ?? true
        case .float: return SQLNumber(value) != nil
        case .character:
            let isText = literal == .text || SQLNumber(value) != nil
            // SQL Server's casts without a length have one of 30.
            let most = arguments.first ?? (dialect == .standard && !isLong ? 30 : nil)
            return isText && most.map { String(decoding: value, as: UTF8.self).unicodeScalars.count <= $0 } ?? true
        case .date:
            return literal == .text
                && (SQLMoment(value).map { !$0.hasTime } ?? (dialect == .postgresql && !isOpen(value)))
        case .moment:
            guard literal == .text else { return false }
            if let most = arguments.first, fraction(value) > most { return false }
            if name == "DATETIME" && dialect == .standard && isRounded(value) { return false }
            guard let moment = SQLMoment(value) else { return dialect == .postgresql && !isOpen(value) }
            return name != "SMALLDATETIME" || !moment.hasSeconds
        case .time:
            // Without a time zone, the one that is given would be lost.
            let hasZone = name == "TIMETZ" || name.contains("WITH TIME")
            guard literal == .text, value.contains(SQLByte.colon),
                hasZone || value.allSatisfy({ SQLByte.isDigit($0) || $0 == SQLByte.colon || $0 == SQLByte.dot })
            else { return false }
            return arguments.first.map { fraction(value) <= $0 } ?? true
        case .boolean where name.hasPrefix("BIT") && dialect == .postgresql:
            // Bits are padded and cut off at their end.
            let length = arguments.first ?? (name == "BIT" ? 1 : value.count)
            let isOfBits = value.allSatisfy { $0 == UInt8(ascii: "0") || $0 == UInt8(ascii: "1") }
            return isOfBits && (name == "BIT" ? value.count == length : value.count <= length)
        case .bytes: return literal == .text && dialect == .postgresql
        case .boolean:
            let words = ["0", "1", "true", "false", "t", "f"]
            return words.contains(String(decoding: value.prefix(8), as: UTF8.self).lowercased())
        case .other: return true
        }
    }

    /// How many digits a time has after its seconds.
    private func fraction(_ value: some Collection<UInt8>) -> Int {
        guard let point = value.firstIndex(of: SQLByte.dot) else { return 0 }
        let digits = Array(value[point...].dropFirst().prefix(while: SQLByte.isDigit))
        return digits.lastIndex { $0 != UInt8(ascii: "0") }.map { $0 + 1 } ?? 0
    }

    /// `(max)`, which the caller notes as no argument, and types without a length.
    var isLong = false

    /// PostgreSQL's `now` and its like, and what it reads by its settings: `01/02/2024`.
    private func isOpen(_ value: some Collection<UInt8>) -> Bool {
        let day = value.prefix(while: SQLByte.isDigit)
        if (1...2).contains(day.count), let mark = value.dropFirst(day.count).first, "/.-".utf8.contains(mark) {
            return true
        }
        if value.contains(where: SQLByte.isDigit) { return false }
        return !["infinity", "-infinity"].contains(String(decoding: value.prefix(10), as: UTF8.self).lowercased())
    }

    /// Whether SQL Server's `datetime`, which has a third of a hundredth, rounds this one.
    private func isRounded(_ value: some Collection<UInt8>) -> Bool {
        let last = Array(value).last { $0 != UInt8(ascii: "0") } ?? 0
        return fraction(value) > 3 || fraction(value) == 3 && last != UInt8(ascii: "3") && last != UInt8(ascii: "7")
    }
}

/// The shape of a decimal number in the text.
struct SQLNumber {
    /// Digits after the point, without zeros at their end.
    var fraction = 0
    var hasExponent = false

    /// Nil for what is not a number.
    init?(_ text: some Collection<UInt8>) {
        var digits = 0
        var isInFraction = false
        var position = 0
        var seen = 0
        for byte in text {
            defer { position += 1 }
            switch byte {
            case UInt8(ascii: "+"), SQLByte.dash:
                guard position == 0 || hasExponent && digits == 0 else { return nil }
            case SQLByte.dot:
                guard !isInFraction, !hasExponent else { return nil }
                isInFraction = true
            case UInt8(ascii: "e"), UInt8(ascii: "E"):
                guard digits > 0, !hasExponent else { return nil }
                hasExponent = true
                digits = 0
            case _ where SQLByte.isDigit(byte):
                digits += 1
                guard isInFraction && !hasExponent else { continue }
                seen += 1
                if byte != UInt8(ascii: "0") { fraction = seen }
            default: return nil
            }
        }
        if digits == 0 { return nil }
    }
}

/// The shape of a date that no setting reads in another way: `2024-01-31`, with a time of day or without.
struct SQLMoment {
    var hasTime = false
    var hasSeconds = false

    /// Nil for all other text.
    init?(_ text: some Collection<UInt8>) {
        let text = Array(text.prefix(40))
        let shape = Array("0000-00-00".utf8)
        guard text.count >= shape.count, text.count < 40 else { return nil }
        for (byte, expected) in zip(text, shape) {
            guard expected == SQLByte.dash ? byte == expected : SQLByte.isDigit(byte) else { return nil }
        }
        let rest = text[shape.count...]
        guard let first = rest.first else { return }
        guard first == UInt8(ascii: "T") || first == 0x20 else { return nil }
        let time = rest.dropFirst()
        guard time.count >= 5, SQLByte.isDigit(time[time.startIndex]), time.contains(SQLByte.colon),
            time.allSatisfy({ SQLByte.isDigit($0) || ":.+-Z ".utf8.contains($0) })
        else { return nil }
        hasTime = true
        hasSeconds = time.dropFirst(5).contains { $0 >= UInt8(ascii: "1") && $0 <= UInt8(ascii: "9") }
    }
}
