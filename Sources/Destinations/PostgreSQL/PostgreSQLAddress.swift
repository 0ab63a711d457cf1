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
        let user = values["user"].map { PercentEncoding.encoded($0) + "@" } ?? ""
        let hosts =
            values["host"]?.split(separator: ",", omittingEmptySubsequences: false).map {
                PercentEncoding.encoded(String($0))
            } ?? []
        let ports = values["port"]?.split(separator: ",", omittingEmptySubsequences: false).map(String.init) ?? []
        let places = hosts.indices.map { index in
            let port = ports.count == 1 ? ports[0] : ports.indices.contains(index) ? ports[index] : ""
            return hosts[index] + (port.isEmpty ? "" : ":\(port)")
        }
        var result = "postgres://\(user)\(places.joined(separator: ","))"
        if places.isEmpty, let port = ports.first { result += ":\(port)" }
        result += "/" + (values["dbname"].map(PercentEncoding.encoded) ?? "")
        let kept = ["service", "sslmode", "sslrootcert", "options", "target_session_attrs", "hostaddr"].compactMap {
            name in
            values[name].map { "\(name)=\(PercentEncoding.encoded($0))" }
        }
        return kept.isEmpty ? result : "\(result)?\(kept.joined(separator: "&"))"
    }
}
