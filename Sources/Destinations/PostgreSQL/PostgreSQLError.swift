internal import Records

/// What the server, or the connection to it, said of a failure.
struct PostgreSQLError: Error {
    /// Five characters; empty where the connection itself failed.
    var state: String
    var message: String
    var detail: String
    var context: String
    var constraint: String
    var column: String
    /// Whether the connection is of no use any more.
    var isConnectionLost = false

    private static let lasting: Set<String> = ["57P01", "57P02", "57P03", "55P03", "57014"]

    /// Whether trying again later may help.
    var mayPass: Bool {
        isConnectionLost || ["08", "40", "53"].contains(state.prefix(2)) && state != "53100"
            || Self.lasting.contains(state)
    }

    /// Whether it is about the values of a record and nothing else.
    var isAboutData: Bool {
        if ["21", "22", "23", "2F", "38", "39", "44", "P0"].contains(state.prefix(2)) { return true }
        // A trigger's function that fails, whatever at, fails on this record.
        return ["42", "0A"].contains(state.prefix(2)) && context.contains("function ")
    }

    /// The server's own words, with its detail.
    var words: String { detail.isEmpty ? message : "\(message) (\(detail))" }

    func dataError(_ place: String) -> DataError {
        if state == "53100" {
            return DataError(
                .noSpace, "no space left for \(place): \(words)",
                remedy: "Free some space on the server, and resume; nothing of this chunk was written.")
        }
        if mayPass {
            return DataError(
                .busy, "\(place): \(words)", remedy: "See whether the server is up and who holds locks, and resume.")
        }
        let remedy: String? =
            switch state {
            case "28P01", "28000":
                "Give the password with PGPASSWORD or ~/.pgpass: the log keeps none, so that a URL's is not known later."
            case "54011":
                "A table has at most 1,600 columns, of which Waybill needs one on the way: drop columns in the mapping of "
                    + "waybill.yaml, or import into SQLite, which takes 2,000."
            case "3D000": "Make the database first: createdb."
            case "42501": "Have an administrator grant this role the right, or connect as a role that has it."
            default: nil
            }
        return DataError(.destination, "\(place): \(words)", remedy: remedy)
    }
}
