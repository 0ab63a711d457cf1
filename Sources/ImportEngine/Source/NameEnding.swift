/// The endings of file names.
enum NameEnding {
    private static let ofPacked: Set = ["gz", "zst", "bz2", "xz"]

    /// The name without its ending, and without the ending before that where the last one says how the file is packed:
    /// `sales` of `sales.csv.gz`.
    static func stem(of name: some StringProtocol) -> Substring {
        let rest = Substring(name)
        guard let dot = rest.lastIndex(of: "."), dot > rest.startIndex else { return rest }
        let stem = rest[..<dot]
        return ofPacked.contains(rest[rest.index(after: dot)...].lowercased()) ? self.stem(of: stem) : stem
    }

    /// The ending without its dot, in lower case, past one that says how the file is packed: `csv` of `sales.CSV.gz`.
    static func format(of name: some StringProtocol) -> String? {
        let rest = Substring(name)
        guard let dot = rest.lastIndex(of: "."), dot > rest.startIndex else { return nil }
        let ending = rest[rest.index(after: dot)...].lowercased()
        return ofPacked.contains(ending) ? format(of: rest[..<dot]) : ending
    }

    /// Whether the ending is that of JSON documents on a line each.
    static func isOfLines(_ name: some StringProtocol) -> Bool {
        format(of: name).map(ofLines.contains) ?? false
    }

    /// What the name calls a backup copy of: `stops.txt` of `stops.txt~`, `stops.txt.bak` or `#stops.txt#`; nil for another
    /// name.
    static func original(ofBackup name: some StringProtocol) -> Substring? {
        let last = Substring(name).split(separator: "/").last ?? ""
        if last.count > 2, last.hasPrefix("#"), last.hasSuffix("#") { return last.dropFirst().dropLast() }
        guard let dot = last.lastIndex(of: "."), dot > last.startIndex else {
            return last.count > 1 && last.hasSuffix("~") ? last.dropLast() : nil
        }
        let ending = last[last.index(after: dot)...]
        if ofPacked.contains(ending.lowercased()) { return original(ofBackup: last[..<dot]) }
        if ofBackups.contains(ending.lowercased()) { return last[..<dot] }
        guard ending.hasSuffix("~") else { return nil }
        // Emacs numbers them: `stops.txt.~2~`.
        return ending.count > 2 && ending.hasPrefix("~") ? last[..<dot] : last.dropLast()
    }

    private static let ofBackups: Set = ["bak", "backup", "old", "orig"]
    private static let ofLines: Set = ["ndjson", "jsonl", "geojsonl", "geojsons"]
}
