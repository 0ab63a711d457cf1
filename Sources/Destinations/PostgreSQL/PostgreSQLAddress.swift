internal import CPostgres
internal import Records

/// What a `postgres://` URL says.
package enum PostgreSQLAddress {
    /// The address as it may be in a log: user, hosts, ports, database and service, and nothing that is secret.
    ///
    /// - Throws: `DataError.unusableOption` if libpq cannot read it.
    package static func withoutSecrets(_ url: String) throws -> String {
        var words: UnsafeMutablePointer<CChar>?
        guard let options = PQconninfoParse(url, &words) else {
            // libpq's words may repeat what is secret.
            PQfreemem(words)
            throw DataError(
                .unusableOption, "The PostgreSQL URL cannot be read.",
                remedy: "Write it as postgres://user@host:5432/database?sslmode=require; the password in PGPASSWORD or "
                    + "~/.pgpass, and special characters as %XX.")
        }
        defer { PQconninfoFree(options) }
        var values: [String: String] = [:]
        var option = options
        while let keyword = option.pointee.keyword {
            if let value = option.pointee.val { values[String(cString: keyword)] = String(cString: value) }
            option += 1
        }
        let user = values["user"].map { escaped($0) + "@" } ?? ""
        let hosts =
            values["host"]?.split(separator: ",", omittingEmptySubsequences: false).map { escaped(String($0)) } ?? []
        let ports = values["port"]?.split(separator: ",", omittingEmptySubsequences: false).map(String.init) ?? []
        let places = hosts.indices.map { index in
            let port = ports.count == 1 ? ports[0] : ports.indices.contains(index) ? ports[index] : ""
            return hosts[index] + (port.isEmpty ? "" : ":\(port)")
        }
        var result = "postgres://\(user)\(places.joined(separator: ","))"
        if places.isEmpty, let port = ports.first { result += ":\(port)" }
        result += "/" + (values["dbname"].map(escaped) ?? "")
        let kept = ["service", "sslmode", "sslrootcert", "options", "target_session_attrs", "hostaddr"].compactMap {
            name in
            values[name].map { "\(name)=\(escaped($0))" }
        }
        return kept.isEmpty ? result : "\(result)?\(kept.joined(separator: "&"))"
    }

    /// All but unreserved characters as %XX (RFC 3986).
    private static func escaped(_ text: String) -> String {
        var result = ""
        for byte in text.utf8 {
            let isPlain =
                (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                || [UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~")].contains(byte)
            if isPlain {
                result.unicodeScalars.append(Unicode.Scalar(byte))
            } else {
                result += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }
        return result
    }
}
