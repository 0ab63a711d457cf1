/// Where rows stand: in which database, schema and encoding, and beside which names that text has values for.
extension SQLInventory {
    func isIn(_ scope: SQLScope, _ table: Table) -> Bool {
        switch scope {
        case .database(let name):
            let isNamed = table.parts.count > (dialect == .mysql ? 1 : 2) && table.parts[0] == name.lowercased()
            return isNamed || table.scopes.contains { $0.hasPrefix("\(name.lowercased())/") }
        case .schema(let name):
            let isNamed = table.parts.dropLast().last == name.lowercased()
            return isNamed || table.scopes.contains { $0.hasSuffix("/\(name.lowercased())") }
        }
    }

    /// What was chosen that says where a table of a name of so many parts is.
    func scope(partCount: Int) -> String {
        let ofDatabase = partCount == 1 || dialect != .mysql && partCount == 2
        return ofDatabase ? partCount == 1 ? "\(database)/\(schema)" : database : ""
    }

    mutating func noteScope(at line: UInt64) {
        tables[current].choices = choices
        let scope = scope(partCount: tables[current].parts.count)
        if tables[current].scopes.contains(scope) { return }
        if !tables[current].scopes.isEmpty && tables[current].otherScope == nil {
            tables[current].otherScope = line
            tell(.otherScope, of: tables[current].name, at: line)
        }
        tables[current].scopes.append(scope)
    }

    mutating func choose(_ scope: SQLScope) {
        choices += 1
        switch scope {
        case .database(let name): database = name.lowercased()
        case .schema(let name): schema = name.lowercased()
        }
    }

    mutating func declare(encoding name: String) {
        if tables.isEmpty { encoding = name } else { newEncoding = name }
    }

    mutating func noteEncoding(at line: UInt64) {
        guard let name = newEncoding else { return }
        newEncoding = nil
        if otherEncoding != nil || SQLDeclaredEncoding.areSame(name, encoding ?? "UTF8") { return }
        otherEncoding = SQLSurvey.OtherEncoding(name: name, line: line)
    }

    /// A name that a tool has a value for, as it appears in text; nil if names mean nothing any more.
    mutating func define(_ variable: String?) {
        guard let variable else {
            variables = []
            return
        }
        let name = Array(variable.lowercased().utf8)
        if variables.count < Self.mostVariables && !variables.contains(name) { variables.append(name) }
    }

    /// Looks for such names in a row.
    mutating func lookForVariables(in row: Slice<UnsafeRawBufferPointer>) {
        if variables.isEmpty { return }
        let text = row.map { $0 &- UInt8(ascii: "A") < 26 ? $0 | 0x20 : $0 }
        let found = variables.contains { text.firstRange(of: $0) != nil }
        if found { giveRows("variable in a row", at: line) }
    }
}
