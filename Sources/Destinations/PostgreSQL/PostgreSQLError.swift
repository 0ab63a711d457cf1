import Records

/// What the server, or the connection to it, said of a failure.
struct PostgreSQLError: Error {
    /// Five characters; empty if the connection itself failed.
    var state: String
    var message: String
    var detail = ""
    var context = ""
    var constraint = ""
    var column = ""
    /// The function of the server that said it.
    var routine = ""
    /// Whether the connection is of no use any more.
    var isConnectionLost = false
    /// What to do now, where whoever met it knows better than the state tells.
    var remedy: String?

    private var stateClass: Substring { state.prefix(2) }

    /// Whether the server, its disk or its memory is at fault, whatever the record. A trigger that raises one of these
    /// states says so too.
    var isOfServer: Bool {
        isConnectionLost || Self.serverClasses.contains(String(stateClass)) || Self.serverStates.contains(state)
    }

    static let serverClasses = ["08", "53", "58"]
    static let serverStates = ["57P01", "57P02", "57P03", "57P04", "57P05", "XX001", "XX002"]

    /// Whether other sessions may be at fault, or whoever cancelled the statement: a lock, a deadlock, a serialization, a
    /// limit of time.
    var mayBeOfOthers: Bool { stateClass == "40" || Self.otherStates.contains(state) }

    static let otherStates = ["55P03", "57014"]

    /// Whether a record may be at fault. Whether one is, shows when the statement goes through without it.
    var mayBeOfRecord: Bool { !isOfServer && !mayBeOfOthers }

    /// Whether trying again later may help.
    var mayPass: Bool {
        isConnectionLost || mayBeOfOthers || ["08", "53"].contains(stateClass) && state != "53100"
            || ["57P01", "57P02", "57P03"].contains(state)
    }

    /// Whether it is about values whatever the statement.
    var isOfValues: Bool { Self.valueClasses.contains(String(stateClass)) }

    static let valueClasses = ["22", "23", "P0"]

    /// Whether another row has a value that only one may have.
    var isOfUniqueness: Bool { ["23505", "23P01"].contains(state) }

    /// Whether the server uses the state for what stands against a statement, rather than against a value.
    var isOfStatement: Bool { Self.statementClasses.contains(String(stateClass)) }

    private static let statementClasses: Set<String> = ["0A", "25", "28", "2B", "3D", "3F", "42", "55", "HV", "XX"]

    /// Whether what a statement names is not there, or not as it was when the statement was made: a column that someone
    /// dropped meanwhile.
    var isOfMissingObject: Bool { ["42703", "42P01", "42704", "42883", "3F000"].contains(state) }

    /// The server's own words, with its detail, and what helps where only Waybill's user can tell.
    var words: String {
        let words = detail.isEmpty ? message : "\(message) (\(detail))"
        return isOfWideRow
            ? "\(words); except for long values, a row must fit into one PostgreSQL page of 8 kB: drop columns in "
                + "the mapping of waybill.yaml, or import into SQLite"
            : words
    }

    /// Whether a row does not fit into a page. What is told record by record has no routine.
    private var isOfWideRow: Bool {
        guard state == "54000" else { return false }
        return routine.isEmpty ? message.hasPrefix("row is too big") : routine == "RelationGetBufferForTuple"
    }

    func dataError(_ place: String) -> DataError {
        if state == "53100" {
            return DataError(
                .noSpace, "no space left for \(place): \(words)",
                remedy: "Free some space on the server, and resume; nothing of this chunk was written.")
        }
        if mayPass { return DataError(.busy, "\(place): \(words)", remedy: passingRemedy) }
        let usual: String? =
            switch state {
            case "28000" where message.contains("role \"") && message.contains("not exist"):
                "Correct the user in the URL, or create the role."
            case "28P01", "28000":
                "Give the password with PGPASSWORD or ~/.pgpass: the log does not keep one given in a URL."
            case "54011":
                "A table has at most 1,600 columns, and Waybill needs one of them temporarily: drop columns in the mapping "
                    + "of waybill.yaml, or import into SQLite, which takes 2,000."
            case "3D000": "Create it first: createdb NAME"
            case "42501": "Have an administrator grant this role the privilege, or connect as a role that has it."
            case "25006":
                "Connect to the primary server, or have default_transaction_read_only turned off for this database or role; then run the command again."
            default: nil
            }
        return DataError(.destination, "\(place): \(words)", remedy: remedy ?? usual)
    }

    private var passingRemedy: String {
        switch state {
        case "53300":
            "The server accepts no more connections: close some, or raise max_connections or the role's or the database's CONNECTION LIMIT; then run the command again."
        case "08P01":
            "A connection pooler refused this: set pool_mode to session or transaction, check that it reaches the server, then run "
                + "the command again."
        case "53200":
            "The server ran out of memory. Free some, or use a smaller --chunk-size, then run the command again."
        case "": "Check that the server is up and can be reached, then run the command again."
        default: "Check that the server is up and who holds locks, then run the command again."
        }
    }
}

extension PostgreSQLError {
    /// What a server, or a pooler, refuses a connection for; an empty state where nobody answered.
    init(refusal words: String, state: String) {
        var state = state
        // Poolers have one state for everything.
        if ["", "08P01"].contains(state) {
            let refuses = [
                "password", "authentication failed", "database \"", "role \"", "no pg_hba.conf", "permission denied",
            ]
            let isRefused = refuses.contains { words.contains($0) } && !words.contains("starting up")
            state = isRefused ? (words.contains("database") && words.contains("not exist") ? "3D000" : "28000") : ""
        }
        let isRefused = state.hasPrefix("28") || ["3D000", "42501", "53300"].contains(state)
        self.init(state: state, message: words, isConnectionLost: !isRefused)
    }
}
