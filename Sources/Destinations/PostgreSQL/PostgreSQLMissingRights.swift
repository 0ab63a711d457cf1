internal import Records

/// The rights that a role lacks, collected so that whoever grants them is asked once.
struct PostgreSQLMissingRights {
    /// What the role lacks or may not do, as a clause behind its name.
    private var clauses: [String] = []
    private var statements: [String] = []
    private var grantors: [String] = []

    /// - Parameter grantor: who can run the statement.
    mutating func add(_ clause: String, mendedBy statement: String, of grantor: String) {
        clauses.append(clause)
        if !statements.contains(statement) { statements.append(statement) }
        if !grantors.contains(grantor) { grantors.append(grantor) }
    }

    /// Throws if there are any.
    func check(of role: String) throws {
        if clauses.isEmpty { return }
        let grantor = grantors.count == 1 ? grantors[0] : "an administrator"
        throw DataError(
            .destination, "the role \(role) \(clauses.joined(separator: ", and "))",
            remedy: "Have \(grantor) run this, then try again: \(statements.joined(separator: " "))")
    }
}
