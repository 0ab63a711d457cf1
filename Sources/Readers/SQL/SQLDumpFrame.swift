/// The comments that a dump begins and ends with. Where the last one is missing, the dump was cut off or never ended.
struct SQLDumpFrame {
    /// What the dump's last comment would be.
    private(set) var missing: String?

    private static let frames: [(first: String, last: String)] = [
        (" MySQL dump ", " Dump completed"), (" MariaDB dump ", " Dump completed"),
        (" PostgreSQL database dump", " PostgreSQL database dump complete"),
        (" PostgreSQL database cluster dump", " PostgreSQL database cluster dump complete"),
    ]
    /// How much of a comment is looked at.
    static let longest = 48

    /// Whether a dump of one of these tools begins with a comment of this text.
    static func begins(_ comment: String) -> Bool { frames.contains { comment.hasPrefix($0.first) } }

    /// Takes a comment's text from after its marker on. False if one dump begins before another one's end.
    mutating func take(_ comment: String) -> Bool {
        if Self.frames.contains(where: { comment.hasPrefix($0.last) }) {
            missing = nil
            return true
        }
        guard let frame = Self.frames.first(where: { comment.hasPrefix($0.first) }) else { return true }
        // Dumps of single databases stand inside the one of a whole cluster.
        if missing == Self.frames.last?.last { return true }
        defer { missing = frame.last }
        return missing == nil
    }
}
