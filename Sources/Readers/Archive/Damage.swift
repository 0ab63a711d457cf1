internal import Records

extension DataError {
    /// What a damaged stream or entry gives, after the bytes before the damage.
    static func damaged(_ name: String, at offset: UInt64, _ reason: String) -> DataError {
        DataError(
            .unreadable, "cannot read \(name) beyond byte \(offset) of its uncompressed data: \(reason)",
            remedy: fetchAgain)
    }

    /// What is packed in a way that is not read.
    static func unsupported(_ name: String, _ reason: String) -> DataError {
        DataError(
            .unreadable, "cannot read \(name): \(reason)",
            remedy: "Unpack the archive with its own tool, and import what comes out.")
    }

    /// Whether the source is damaged, so that only another copy can be read to its end.
    package var isDamage: Bool { remedy == Self.fetchAgain }

    static let fetchAgain = """
        Fetch the file again: it was cut off or changed on the way, or not written completely. If its own tool still \
        opens it, unpack it with that and import the result.
        """
}
