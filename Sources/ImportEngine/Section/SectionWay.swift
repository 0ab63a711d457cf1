internal import ImportLog

extension ImportSubmitted.Section {
    /// How its records meet rows, as flags: the same bytes written in another way may come to other rows.
    var way: String {
        var flags = ["--mode \(mode)"]
        if writing.skipsDuplicates { flags.append("--on-duplicate skip") }
        if !key.isEmpty { flags.append("--key \(key.joined(separator: ","))") }
        if !writing.keyIndex.isEmpty { flags.append("--key-index \(writing.keyIndex)") }
        if writing.keepsNonNull { flags.append("--keep-non-null") }
        if !writing.defaultIfEmpty.isEmpty {
            flags.append("--default-if-empty \(writing.defaultIfEmpty.joined(separator: ","))")
        }
        flags += writing.marks.map { "--mark-deleted \($0.column)=\($0.value ?? "")" }
        return flags.joined(separator: " ")
    }
}
