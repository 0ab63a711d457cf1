extension ForeignFormat {
    /// A server's error message in JSON in place of the data; nil for what may be data.
    package init?(errorInJSON head: [UInt8]) {
        guard let message = ServerError.message(in: head) else { return nil }
        self.init(
            "a server's error message (`\(message.prefix(80))`)",
            "Fetch the file again. To import it as a record anyway, add --format json.")
    }
}
