/// Which row a fingerprint is of.
extension SQLiteReversedTable {
    /// Whether a row is one that had this fingerprint. Columns may have been widened meanwhile, which spells their numbers out:
    /// one of those that came last, and none that came before it.
    func isSame(_ image: RowImage?, as fingerprint: UInt64?) -> Bool {
        guard let image, let fingerprint else { return image == nil && fingerprint == nil }
        return image.fingerprint(key: key) == fingerprint
            || widened.contains { !$0.spelling.isPlain } && fingerprints(of: image).contains(fingerprint)
    }

    /// Whether a row has another key than the one that had this fingerprint.
    func isAnother(_ image: RowImage, than fingerprint: UInt64) -> Bool {
        guard !key.isEmpty, let wanted = RowFingerprint.key(of: fingerprint) else { return false }
        return !fingerprints(of: image).contains { RowFingerprint.key(of: $0) == wanted }
    }

    /// Whether a row that had this fingerprint is known even if someone edited it, because it is found by its key, or has it in
    /// the fingerprint. What stands under a rowid that no column shows may be another row.
    func knowsEdited(_ fingerprint: UInt64?) -> Bool {
        guard hidesRowIDs, let fingerprint else { return true }
        return !key.isEmpty && RowFingerprint.key(of: fingerprint) != nil
    }

    /// The fingerprints that a row may have had.
    func fingerprints(of image: RowImage) -> [UInt64] {
        var fingerprints = [image.fingerprint(key: key)]
        var values = image.values
        for (place, spelling) in widened where !spelling.isPlain {
            guard place < values.count, case .text(let text) = values[place], let number = Self.number(text, spelling)
            else { continue }
            values[place] = number
            var former = RowImage()
            for value in values { former.append(value) }
            fingerprints.append(former.fingerprint(key: key))
        }
        return fingerprints
    }

    /// The number that a column of this spelling had for a text.
    private static func number(_ text: [UInt8], _ spelling: SQLiteSpelling) -> RowImage.Value? {
        let value = text.withUnsafeBytes(spelling.number)
        let canonical: String? =
            switch value {
            case .integer(let number): "\(number)"
            default: value?.canonicalText
            }
        guard let canonical, spelling.spelled(canonical).utf8.elementsEqual(text) else { return nil }
        return value
    }
}
