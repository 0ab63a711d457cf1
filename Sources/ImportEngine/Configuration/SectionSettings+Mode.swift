internal import Records

extension SectionSettings {
    /// What happens to the row that has a record's key.
    ///
    /// - Throws: `DataError.unusableOption` for settings that contradict each other, or that the mode has no use for.
    func writeMode() throws -> WriteMode {
        let text = mode ?? "insert"
        guard var mode = WriteMode(rawValue: text) else {
            throw ImportOptions.unusable("--mode", text, WriteMode.allCases.map(\.rawValue).joined(separator: ", "))
        }
        let finds = onDuplicate == "skip" || onDuplicate == "update"
        if let onDuplicate {
            guard finds || onDuplicate == "reject" else {
                throw ImportOptions.unusable("--on-duplicate", onDuplicate, "reject, skip, update")
            }
            // The mode upsert is this one by another name.
            guard mode == .insert || mode == .upsert && onDuplicate == "update" else {
                throw Self.useless("--on-duplicate \(onDuplicate)", in: mode, "--mode insert")
            }
            if onDuplicate == "update" { mode = .upsert }
        }
        if mode != .insert || finds, key ?? [] == [] {
            let flag = mode != .insert && !finds ? "--mode \(mode.rawValue)" : "--on-duplicate \(onDuplicate ?? "")"
            throw DataError(
                .unusableOption, "\(flag) needs the row's key.", remedy: "Add --key COLUMN[,COLUMN].")
        }
        if marks?.isEmpty == false, mode != .delete { throw Self.useless("--mark-deleted", in: mode, "--mode delete") }
        if history?.isEmpty == false, mode != .versioned {
            throw Self.useless("--history", in: mode, "--mode versioned")
        }
        if keepsNonNull == true, mode != .upsert && mode != .update {
            throw Self.useless("--keep-non-null", in: mode, "--mode update and --mode upsert")
        }
        if let keyIndex, mode != .upsert && mode != .update && !finds {
            throw Self.useless(
                "--key-index \(keyIndex)", in: mode, "--mode update, --mode upsert and --on-duplicate skip")
        }
        return mode
    }

    /// What of these settings the mode has a use for that others give.
    func useful(beside others: SectionSettings) -> SectionSettings {
        if others.mode == nil && others.onDuplicate == nil { return self }
        var useful = self
        if mode == "upsert" && others.mode == nil { useful.mode = nil }
        let given = others.mode ?? useful.mode ?? "insert"
        let onDuplicate = others.onDuplicate ?? (given == "insert" ? onDuplicate : nil)
        let mode = onDuplicate == "update" ? .upsert : WriteMode(rawValue: given) ?? .insert
        if given != "insert" { useful.onDuplicate = nil }
        if mode != .delete { useful.marks = nil }
        if mode != .versioned { useful.history = nil }
        if mode != .upsert && mode != .update { useful.keepsNonNull = nil }
        if mode != .upsert && mode != .update && onDuplicate != "skip" { useful.keyIndex = nil }
        if mode != .insert && mode != .upsert { useful.defaultIfEmpty = nil }
        if mode == .delete { useful.newColumns = nil }
        return useful
    }

    private static func useless(_ flag: String, in mode: WriteMode, _ modes: String) -> DataError {
        DataError(
            .unusableOption, "\(flag) does not apply to --mode \(mode.rawValue).",
            remedy: "It applies to \(modes). Leave it out, or change the mode.")
    }
}
