internal import ImportLog
internal import Mapping
package import Records

/// The settings for how a section goes into its table; nil if not set.
package struct SectionSettings: Sendable, Equatable {
    package var table: String?
    package var key: [String]?
    package var mode: String?
    package var types: String?
    /// The columns' names in source order.
    package var columns: [String]?
    /// The sections that are written before this one.
    package var after: [String]?
    /// Whether the section is left out.
    package var skip: Bool?
    /// Whether the import is refused where the section is missing.
    package var required: Bool?
    /// The names of the columns that keep a row's history, by what they mean.
    package var history: [String: String]?
    /// What the mode `delete` writes into rows instead of deleting them, in order.
    package var marks: [DeletionMark]?
    /// Whether what takes the import back is kept.
    package var keepsUndo: Bool?
    /// What becomes of a value that a guessed type does not hold: `widen` or `reject`.
    package var onTypeConflict: String?
    /// What the mode `insert` does with a record whose key exists: `reject`, `skip` or `update`.
    package var onDuplicate: String?
    /// Whether an empty value leaves the row's value as it is.
    package var keepsNonNull: Bool?
    /// The unique index that tells which row has a record's key.
    package var keyIndex: String?
    /// What an empty text in quotes means: `null` or `text`.
    package var quotedEmpty: String?
    /// The source's columns that are left out, by name or pattern.
    package var skippedColumns: [String]?
    /// What happens to columns that the table lacks: `reject`, `ignore` or `add`.
    package var newColumns: String?
    /// The columns whose default takes the place of an empty value; `*` for all that have one.
    package var defaultIfEmpty: [String]?
    /// What happens to the columns and their values.
    var mapping = SectionMapping()

    package init() {}

    /// What only a section has, and not a source.
    static let ownNames = ["required"]
    static let names = [
        "table", "key", "mode", "types", "after", "skip", "history", "mark_deleted", "undo", "on_type_conflict",
        "on_duplicate", "keep_non_null", "key_index",
        "quoted_empty", "skip_columns", "new_columns", "default_if_empty",
    ]

    /// Takes a setting from a configuration file; returns false where it is none of a section.
    mutating func set(_ name: String, _ value: YAMLValue) throws -> Bool {
        switch name {
        case "table": table = try value.text()
        case "key": key = try value.names()
        case "mode": mode = try value.choice(WriteMode.allCases.map(\.rawValue))
        case "types":
            if value.isMapping { throw value.unusable("one text, such as types: price=numeric,qty=integer") }
            types = try value.text()
        case "after": after = try value.names()
        case "history": history = try Self.history(value)
        case "mark_deleted":
            marks = try value.members().map {
                DeletionMark(column: $0.key, value: $0.value.isNull ? nil : try $0.value.text())
            }
        case "undo": keepsUndo = try value.flag()
        case "on_type_conflict": onTypeConflict = try value.choice(["widen", "reject"])
        case "on_duplicate": onDuplicate = try value.choice(["reject", "skip", "update"])
        case "keep_non_null": keepsNonNull = try value.flag()
        case "key_index": keyIndex = try value.text()
        // Without quotes it is no text in YAML.
        case "quoted_empty": quotedEmpty = value.isNull ? "null" : try value.text()
        case "skip_columns": skippedColumns = try value.names()
        case "new_columns": newColumns = try value.choice(["reject", "ignore", "add"])
        case "default_if_empty": defaultIfEmpty = try value.names()
        case "skip": skip = try value.flag()
        case "required": required = try value.flag()
        default: return false
        }
        return true
    }

    /// These settings, and the others where they say more.
    ///
    /// Where they give another mode, settings here that it has no use for do not count.
    func overridden(by others: SectionSettings) -> SectionSettings {
        var result = useful(beside: others)
        result.table = others.table ?? result.table
        result.key = others.key ?? result.key
        result.mode = others.mode ?? result.mode
        result.types = others.types ?? result.types
        result.columns = others.columns ?? result.columns
        result.after = others.after ?? result.after
        result.skip = others.skip ?? result.skip
        result.required = others.required ?? result.required
        result.history = others.history ?? result.history
        result.marks = others.marks ?? result.marks
        result.keepsUndo = others.keepsUndo ?? result.keepsUndo
        result.onTypeConflict = others.onTypeConflict ?? result.onTypeConflict
        result.onDuplicate = others.onDuplicate ?? result.onDuplicate
        result.keepsNonNull = others.keepsNonNull ?? result.keepsNonNull
        result.keyIndex = others.keyIndex ?? result.keyIndex
        result.quotedEmpty = others.quotedEmpty ?? result.quotedEmpty
        result.skippedColumns = others.skippedColumns ?? result.skippedColumns
        result.newColumns = others.newColumns ?? result.newColumns
        result.defaultIfEmpty = others.defaultIfEmpty ?? result.defaultIfEmpty
        result.mapping = result.mapping.overridden(by: others.mapping)
        return result
    }

    private static let historyNames = ["is_current", "version", "valid_from", "valid_to"]

    private static func history(_ value: YAMLValue) throws -> [String: String] {
        var names: [String: String] = [:]
        for (key, name) in try value.members(known: historyNames) { names[key] = try name.text() }
        return names
    }

    /// How rows are written, as it goes into the log.
    func writing(_ mode: WriteMode) throws -> ImportSubmitted.Writing {
        var writing = ImportSubmitted.Writing()
        if mode == .versioned {
            writing.historyColumns = Self.historyNames.map { history?[$0] ?? $0 }
            writing.moment = Timestamp.now.iso8601
        }
        if mode == .delete { writing.marks = marks?.map { .init(column: $0.column, value: $0.value) } ?? [] }
        writing.keepsUndo = keepsUndo ?? true
        writing.keepsTypes = try keepsTypes()
        writing.skipsDuplicates = mode == .insert && onDuplicate == "skip"
        writing.keepsNonNull = keepsNonNull ?? false
        writing.keyIndex = keyIndex ?? ""
        writing.addsColumns = try newColumns(mode) == .add
        if let defaultIfEmpty, !defaultIfEmpty.isEmpty {
            guard mode == .insert || mode == .upsert else {
                throw DataError(
                    .unusableOption, "--default-if-empty does not apply to --mode \(mode.rawValue).",
                    remedy: "Leave it out; it is for the modes insert and upsert.")
            }
            writing.defaultIfEmpty = defaultIfEmpty
        }
        return writing
    }

    /// What happens to columns that the table lacks.
    enum NewColumns: String { case reject, ignore, add }

    func newColumns(_ mode: WriteMode) throws -> NewColumns {
        guard let text = newColumns else { return .reject }
        guard let found = NewColumns(rawValue: text) else {
            throw ImportOptions.unusable("--new-columns", text, "reject, ignore or add")
        }
        if mode == .delete, found != .reject {
            throw DataError(
                .unusableOption, "--new-columns does not apply to --mode delete, which reads only the key.",
                remedy: "Leave it out.")
        }
        return found
    }

    private func keepsTypes() throws -> Bool {
        switch onTypeConflict ?? "widen" {
        case "widen": return false
        case "reject": return true
        case let other: throw ImportOptions.unusable("--on-type-conflict", other, "widen, reject")
        }
    }

    /// The mapping, with what is said of quoted empty texts.
    func finalMapping() throws -> SectionMapping {
        var mapping = mapping
        switch quotedEmpty ?? "" {
        case "": break
        case "null": if !mapping.null.contains("") { mapping.null.append("") }
        case "text": mapping.null.removeAll { $0.isEmpty }
        case let other: throw ImportOptions.unusable("--quoted-empty", other, "null or text")
        }
        return mapping
    }

    /// Writes these values into rows instead of deleting them.
    package mutating func mark(_ pairs: [(name: String, value: String)]) {
        marks = pairs.map { DeletionMark(column: $0.name, value: $0.value) }
    }

    /// Takes white space off both ends of all values, as `trim` of the mapping does.
    package mutating func trimAll() { mapping.trim = true }

    /// Writes a constant into a column, as `constants` of the mapping does.
    package mutating func setConstant(_ column: String, to value: String) { mapping.constants[column] = value }
}
