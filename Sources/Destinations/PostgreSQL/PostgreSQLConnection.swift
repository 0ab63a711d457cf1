internal import CPostgres
internal import Records

/// A connection to a PostgreSQL server, for one thread at a time. The only place that knows libpq.
final class PostgreSQLConnection {
    private let handle: OpaquePointer
    /// Made beforehand, so that another thread can use it.
    private let cancellation: OpaquePointer?
    /// What was announced and not sent yet.
    private var announced: [PostgreSQLAnnouncement] = []
    /// How many savepoints are open.
    var savepointDepth = 0
    /// What was announced and sent, and has no result yet.
    private var awaited: [PostgreSQLAnnouncement] = []
    /// Whether a COPY was sent that the server has not begun.
    private var isCopyAwaited = false
    /// The number of the transaction that was begun last: what is made for one is gone in the next.
    var transaction = 0
    /// Whether it failed, and is of no use any more.
    private(set) var isLost = false

    /// - Throws: `PostgreSQLError` if the server cannot be reached or refuses.
    init(url: String) throws {
        // What a pooler keeps for each client, and what is needed to read its first words.
        let opened = Self.withTexts(["dbname", "client_encoding", "application_name", nil]) { keywords in
            Self.withTexts([url, "UTF8", "waybill", nil]) { PQconnectdbParams(keywords, $0, 1) }
        }
        guard let handle = opened else {
            throw PostgreSQLError(state: "53200", message: "no memory for a connection")
        }
        self.handle = handle
        cancellation = PQgetCancel(handle)
        guard PQstatus(handle) == CONNECTION_OK else {
            let words = Self.trimmed(PQerrorMessage(handle))
            // The deinit closes it.
            var error = PostgreSQLError(refusal: words, state: Self.stateOfRefusal(words, handle))
            error.remedy = Self.remedy(of: error, handle)
            throw error
        }
        PQsetNoticeProcessor(handle, { _, _ in }, nil)
    }

    /// Before there is a session, libpq gives words, and the state only to those who ask for everything: again, then.
    /// Empty if no server answered.
    private static func stateOfRefusal(_ words: String, _ handle: OpaquePointer) -> String {
        // What follows a severity.
        let mark = ":  "
        guard words.contains(mark) else { return "" }
        PQsetErrorVerbosity(handle, PQERRORS_VERBOSE)
        PQreset(handle)
        for part in trimmed(PQerrorMessage(handle)).split(separator: mark).dropFirst() {
            let state = part.prefix { $0 != ":" }
            if state.utf8.count == 5 { return String(state) }
        }
        return ""
    }

    /// What makes the role or the database that a server misses, as a shell takes it.
    private static func remedy(of error: PostgreSQLError, _ handle: OpaquePointer) -> String? {
        func word(_ value: UnsafeMutablePointer<CChar>?) -> String { value.map { String(cString: $0) } ?? "" }
        let user = word(PQuser(handle))
        let role = "\"\(user.replacing("\"", with: "\"\""))\""
        switch error.state {
        case "28000" where error.message.contains("is not permitted to log in"):
            return "Check the user in the URL, or let the role log in: ALTER ROLE \(role) LOGIN"
        case "28000" where error.message.contains("role \"") && error.message.contains("does not exist"):
            return "Check the user in the URL, or have an administrator create the role: CREATE ROLE \(role) LOGIN"
        case "3D000":
            let place = [("-h", word(PQhost(handle))), ("-p", word(PQport(handle))), ("-U", user)]
            let options = place.filter { !$0.1.isEmpty }.map { "\($0.0) \(ShellWord.quoted($0.1)) " }.joined()
            return "Create the database first: createdb \(options)\(ShellWord.quoted(word(PQdb(handle))))"
        default: return nil
        }
    }

    deinit {
        PQfreeCancel(cancellation)
        PQfinish(handle)
    }

    // MARK: Statements

    /// Has a statement run just before the next one: they go to the server together, which saves a turn there and back.
    /// Where it fails, the next one is what throws.
    @discardableResult
    func announce(_ sql: String) -> PostgreSQLAnnouncement {
        let announcement = PostgreSQLAnnouncement(sql)
        announced.append(announcement)
        return announcement
    }

    /// Forgets what was announced and not sent.
    func forgetAnnounced() { announced = [] }

    /// Forgets an announcement and those after it, where it was not sent.
    ///
    /// - Returns: whether it was not.
    func takeBack(_ announcement: PostgreSQLAnnouncement) -> Bool {
        guard let place = announced.firstIndex(where: { $0 === announcement }) else { return false }
        announced.removeSubrange(place...)
        return true
    }

    /// Sends statements, and before them what was announced.
    private func send(_ sql: String) throws {
        // What someone began and gave up.
        if PQtransactionStatus(handle) == PQTRANS_ACTIVE { PQclear(PQexec(handle, "")) }
        isCopyAwaited = false
        awaited = announced
        announced = []
        guard PQsendQuery(handle, (awaited.map(\.sql) + [sql]).joined(separator: ";")) == 1 else { throw failure(nil) }
    }

    /// The first result of what was sent, behind those of what was announced; to be cleared by the caller.
    private func firstResult() throws -> OpaquePointer? {
        while !awaited.isEmpty {
            let announcement = awaited.removeFirst()
            let result = PQgetResult(handle)
            defer { PQclear(result) }
            guard Self.isGood(result) else { throw lastFailure(result) }
            announcement.rows = Self.rows(result)
        }
        return PQgetResult(handle)
    }

    /// The last result of what was sent; to be cleared by the caller. Throws the failure where there is one.
    private func lastResult() throws -> OpaquePointer? {
        var last = try firstResult()
        while ![PGRES_COPY_IN, PGRES_COPY_OUT].contains(PQresultStatus(last)) {
            guard let next = PQgetResult(handle) else {
                if Self.isGood(last) { return last }
                defer { PQclear(last) }
                throw failure(last)
            }
            PQclear(last)
            last = next
        }
        PQclear(last)
        throw PostgreSQLError(
            state: "0A000", message: "a COPY from or to the client cannot be run here")
    }

    /// Sends what was announced; for what can only be sent alone.
    private func sendAnnounced() throws {
        if let last = announced.popLast() { try execute(last.sql) }
    }

    /// Runs statements without parameters, ignoring any rows; returns the rows that the last one changed.
    @discardableResult
    func execute(_ sql: String) throws -> Int {
        try send(sql)
        let result = try lastResult()
        defer { PQclear(result) }
        return Int(String(cString: PQcmdTuples(result))) ?? 0
    }

    /// Runs one statement and gives its rows as texts.
    @discardableResult
    func query(_ sql: String) throws -> [[String?]] {
        try send(sql)
        let result = try lastResult()
        defer { PQclear(result) }
        return Self.rows(result)
    }

    /// Runs one statement, with texts for `$1`, `$2` …, and gives its rows as texts.
    @discardableResult
    func query(_ sql: String, _ values: [String?]) throws -> [[String?]] {
        try sendAnnounced()
        let result = Self.withTexts(values) { PQexecParams(handle, sql, Int32(values.count), nil, $0, nil, nil, 0) }
        defer { PQclear(result) }
        try check(result)
        return Self.rows(result)
    }

    /// Runs one statement and gives its rows as they came.
    ///
    /// - Parameter meanwhile: is done while the server works.
    func rows(_ sql: String, meanwhile: () -> Void) throws -> PostgreSQLRows {
        try send(sql)
        meanwhile()
        return PostgreSQLRows(try lastResult())
    }

    /// Runs one statement and gives its rows with the names of their columns.
    func table(_ sql: String) throws -> (columns: [String], rows: [[String?]]) {
        try sendAnnounced()
        let result = PQexecParams(handle, sql, 0, nil, nil, nil, nil, 0)
        defer { PQclear(result) }
        try check(result)
        let columns = (0..<PQnfields(result)).map { PQfname(result, $0).map { String(cString: $0) } ?? "" }
        return (columns, Self.rows(result))
    }

    /// Runs one statement and gives its rows one at a time, however many there are.
    func forEachRow(_ sql: String, _ values: [String?], _ body: ([String?]) throws -> Void) throws {
        try sendAnnounced()
        let isSent = Self.withTexts(values) {
            PQsendQueryParams(handle, sql, Int32(values.count), nil, $0, nil, nil, 0)
        }
        guard isSent == 1 else { throw failure(nil) }
        PQsetSingleRowMode(handle)
        var thrown: (any Error)?
        while let result = PQgetResult(handle) {
            defer { PQclear(result) }
            do {
                if thrown != nil { continue }
                try check(result)
                if PQresultStatus(result) == PGRES_SINGLE_TUPLE { try body(Self.row(result, 0)) }
            } catch {
                thrown = error
                cancel()
            }
        }
        if let thrown { throw thrown }
    }

    /// Sends the bytes that `body` gives to a COPY … FROM STDIN; returns the rows that the server wrote. What `body` does
    /// until it gives the first ones, it does while the server gets ready.
    @discardableResult
    func copy(_ sql: String, _ body: (_ send: (UnsafeRawBufferPointer) throws -> Void) throws -> Void) throws -> Int {
        try send(sql)
        isCopyAwaited = true
        try body { bytes in
            try awaitCopy()
            let start = bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
            guard PQputCopyData(handle, start, Int32(bytes.count)) == 1 else { throw failure(nil) }
        }
        try awaitCopy()
        guard PQputCopyEnd(handle, nil) == 1 else { throw failure(nil) }
        var thrown: (any Error)?
        var count = 0
        while let result = PQgetResult(handle) {
            defer { PQclear(result) }
            do { try check(result) } catch { thrown = thrown ?? error }
            count += Int(String(cString: PQcmdTuples(result))) ?? 0
        }
        if let thrown { throw thrown }
        return count
    }

    private func awaitCopy() throws {
        guard isCopyAwaited else { return }
        isCopyAwaited = false
        let begun = try firstResult()
        defer { PQclear(begun) }
        guard PQresultStatus(begun) == PGRES_COPY_IN else { throw lastFailure(begun) }
    }

    /// What a statement gave that was announced before a COPY … FROM STDIN, while that is under way.
    func rows(of announcement: PostgreSQLAnnouncement) throws -> [[String?]] {
        try awaitCopy()
        return announcement.rows
    }

    /// Gives the bytes of a COPY … TO STDOUT, row by row.
    func copyOut(_ sql: String, _ body: (UnsafeRawBufferPointer) throws -> Void) throws {
        try send(sql)
        let begun = try firstResult()
        defer { PQclear(begun) }
        guard PQresultStatus(begun) == PGRES_COPY_OUT else { throw lastFailure(begun) }
        while true {
            var buffer: UnsafeMutablePointer<CChar>?
            let count = PQgetCopyData(handle, &buffer, 0)
            defer { PQfreemem(buffer) }
            if count == -1 { break }
            guard count > 0 else { throw failure(nil) }
            try body(UnsafeRawBufferPointer(start: buffer, count: Int(count)))
        }
        while let result = PQgetResult(handle) {
            defer { PQclear(result) }
            try check(result)
        }
    }

    var isInTransaction: Bool {
        // Active is what was begun and given up.
        [PQTRANS_INTRANS, PQTRANS_INERROR, PQTRANS_ACTIVE].contains(PQtransactionStatus(handle))
    }

    /// Has the server stop what it is at; for any thread.
    func cancel() {
        guard let cancellation else { return }
        var words = [CChar](repeating: 0, count: 256)
        PQcancel(cancellation, &words, Int32(words.count))
    }

    // MARK: Results

    private func check(_ result: OpaquePointer?) throws {
        guard Self.isGood(result) else { throw failure(result) }
    }

    private static func isGood(_ result: OpaquePointer?) -> Bool {
        [PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_SINGLE_TUPLE, PGRES_EMPTY_QUERY, PGRES_COPY_OUT]
            .contains(PQresultStatus(result))
    }

    /// What failed, once all has come that the server says of it: that the connection is lost may come last.
    private func lastFailure(_ result: OpaquePointer?) -> PostgreSQLError {
        while let more = PQgetResult(handle) { PQclear(more) }
        return failure(result)
    }

    private func failure(_ result: OpaquePointer?) -> PostgreSQLError {
        // Each code is a letter of the protocol's error fields.
        func field(_ code: Character) -> String {
            guard let text = PQresultErrorField(result, Int32(code.asciiValue ?? 0)) else { return "" }
            return String(cString: text)
        }
        let message = result == nil ? "" : field("M")
        let state = result == nil ? "" : field("C")
        // What the server itself says has a state.
        let isConnectionLost = PQstatus(handle) != CONNECTION_OK || state.isEmpty
        if isConnectionLost { isLost = true }
        return PostgreSQLError(
            state: state, message: message.isEmpty ? Self.trimmed(PQerrorMessage(handle)) : message, detail: field("D"),
            context: field("W"), constraint: field("n"), column: field("c"), routine: field("R"),
            isConnectionLost: isConnectionLost)
    }

    private static func trimmed(_ text: UnsafePointer<CChar>?) -> String {
        guard let text else { return "" }
        return String(cString: text).split(separator: "\n").joined(separator: "; ")
    }

    private static func rows(_ result: OpaquePointer?) -> [[String?]] {
        (0..<PQntuples(result)).map { row(result, $0) }
    }

    private static func row(_ result: OpaquePointer?, _ row: Int32) -> [String?] {
        (0..<PQnfields(result)).map { column in
            if PQgetisnull(result, row, column) == 1 { return nil }
            let start = UnsafeRawPointer(PQgetvalue(result, row, column))
            return String(
                decoding: UnsafeRawBufferPointer(start: start, count: Int(PQgetlength(result, row, column))),
                as: UTF8.self)
        }
    }

    private static func withTexts<R>(_ values: [String?], _ body: ([UnsafePointer<CChar>?]) -> R) -> R {
        var buffers: [UnsafeMutablePointer<CChar>?] = []
        defer { for buffer in buffers { buffer?.deallocate() } }
        for value in values {
            guard let value else {
                buffers.append(nil)
                continue
            }
            let bytes = Array(value.utf8CString)
            let buffer = UnsafeMutablePointer<CChar>.allocate(capacity: bytes.count)
            buffer.initialize(from: bytes, count: bytes.count)
            buffers.append(buffer)
        }
        return body(buffers.map { UnsafePointer($0) })
    }
}

/// A statement that goes to the server with the next one.
final class PostgreSQLAnnouncement {
    fileprivate let sql: String
    fileprivate var rows: [[String?]] = []

    fileprivate init(_ sql: String) { self.sql = sql }
}

/// The rows of a result, without a copy of their values.
final class PostgreSQLRows {
    private let result: OpaquePointer?
    let count: Int

    fileprivate init(_ result: OpaquePointer?) {
        self.result = result
        count = Int(PQntuples(result))
    }

    deinit { PQclear(result) }

    /// The text of a value; nil if it is NULL.
    subscript(row: Int, column: Int) -> UnsafeRawBufferPointer? {
        if PQgetisnull(result, Int32(row), Int32(column)) == 1 { return nil }
        return UnsafeRawBufferPointer(
            start: PQgetvalue(result, Int32(row), Int32(column)),
            count: Int(PQgetlength(result, Int32(row), Int32(column))))
    }

    /// A value that is a number without a sign.
    func integer(_ row: Int, _ column: Int) -> Int {
        self[row, column]?.reduce(0) { $0 * 10 + Int($1 & 15) } ?? 0
    }
}
