import Foundation
import Glibc

/// A PostgreSQL server of its own, from the system's package, in a temporary directory; reached by a Unix socket there.
package final class PostgreSQLServer: Sendable {
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    let directory: String
    private let binaries: String

    /// The server that tests share, each with a database of its own; it ends with the process.
    package static let shared = Result { try PostgreSQLServer() }

    /// Makes and starts a server.
    package init() throws {
        binaries = try Self.findBinaries()
        // On disk: the databases of thousands of tests may be more than memory holds.
        var template = Array("/tmp/waybill-pg-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw Failure(description: "mkdtemp failed") }
        directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        if getuid() == 0 { try Self.run(["chown", "postgres", directory]) }
        try asPostgres([
            "\(binaries)/initdb", "-D", "\(directory)/data", "-U", "postgres", "-A", "trust", "-E", "UTF8",
            "--locale=C", "-N",
        ])
        // Tests kill the server, not the machine: what it has written is there without a disk's confirmation.
        let settings = """
            fsync = off
            listen_addresses = ''
            unix_socket_directories = '\(directory)'
            max_connections = 200
            shared_buffers = 64MB
            max_wal_size = 256MB
            """
        try settings.write(toFile: "\(directory)/settings", atomically: false, encoding: .utf8)
        try asPostgres(["sh", "-c", "cat '\(directory)/settings' >> '\(directory)/data/postgresql.conf'"])
        try start()
        try watch()
    }

    deinit {
        try? stop(immediately: true)
        try? FileManager.default.removeItem(atPath: directory)
    }

    package func start() throws {
        try asPostgres(["\(binaries)/pg_ctl", "-D", "\(directory)/data", "-w", "-l", "\(directory)/log", "start"])
    }

    /// - Parameter immediately: as after a power loss, without a checkpoint.
    package func stop(immediately: Bool) throws {
        try asPostgres([
            "\(binaries)/pg_ctl", "-D", "\(directory)/data", "-w", "-m", immediately ? "immediate" : "fast", "stop",
        ])
    }

    /// Makes a new database and gives its URL.
    package func makeDatabase() throws -> String {
        let name = "t\(UInt64.random(in: 0 ... .max))"
        try Self.run(["psql", "-h", directory, "-U", "postgres", "-qc", "CREATE DATABASE \(name)"])
        return url(of: name)
    }

    /// What psql prints of a query: a line for each row, its values between bars.
    package static func rows(_ url: String, _ sql: String) throws -> [String] {
        try run(["psql", url, "-XqAt", "-v", "ON_ERROR_STOP=1", "-c", sql]).split(separator: "\n").map(String.init)
    }

    /// Has psql run a script, in one transaction with a savepoint for each statement; gives what it prints.
    package static func script(_ url: String, _ text: String) throws -> [String] {
        let path = "\(Scratch.folder)/waybill-pg-\(UInt64.random(in: 0 ... .max)).sql"
        try text.write(toFile: path, atomically: false, encoding: .utf8)
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try run(["psql", url, "-XqAt1", "-v", "ON_ERROR_ROLLBACK=on", "-v", "ON_ERROR_STOP=0", "-f", path])
            .split(separator: "\n").map(String.init)
    }

    package func url(of database: String, user: String = "postgres") -> String {
        "postgres://\(user)@\(directory.replacingOccurrences(of: "/", with: "%2F"))/\(database)"
    }

    /// Stops the server when this process is gone, however it went.
    private func watch() throws {
        let script = """
            while [ -d /proc/\(getpid()) ]; do sleep 1; done
            \(binaries)/pg_ctl -D '\(directory)/data' -m immediate stop; rm -rf '\(directory)'
            """
        _ = try Self.spawn(Self.command(["sh", "-c", script]), output: "/dev/null")
    }

    private func asPostgres(_ arguments: [String]) throws { try Self.run(Self.command(arguments)) }

    /// The server refuses to run as root.
    static func command(_ arguments: [String]) -> [String] {
        getuid() == 0 ? ["setsid", "runuser", "-u", "postgres", "--"] + arguments : ["setsid"] + arguments
    }

    private static func findBinaries() throws -> String {
        let root = "/usr/lib/postgresql"
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
        guard let newest = versions.compactMap(Int.init).max() else {
            throw Failure(description: "There is no PostgreSQL in \(root): install the package 'postgresql'.")
        }
        return "\(root)/\(newest)/bin"
    }

    @discardableResult
    static func run(_ arguments: [String]) throws -> String {
        let path = "\(Scratch.folder)/waybill-pg-\(UInt64.random(in: 0 ... .max)).out"
        let process = try spawn(arguments, output: path)
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0 && errno == EINTR {}
        let said = (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
        try? FileManager.default.removeItem(atPath: path)
        guard status == 0 else { throw Failure(description: "\(arguments.joined(separator: " ")) failed: \(said)") }
        return said
    }

    /// Foundation's `Process` waits for everybody who inherited its files, and a server keeps them open.
    static func spawn(_ arguments: [String], output: String) throws -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        // What other tests have open must not stay open as long as a server runs.
        let closing = """
            for file in /proc/$$/fd/*; do n=${file##*/}; if [ "$n" -gt 2 ]; then eval "exec $n>&-"; fi; done; exec "$@"
            """
        let arguments = ["bash", "-c", closing, "bash"] + arguments
        var pointers = arguments.map { strdup($0) } + [nil]
        defer { for pointer in pointers { free(pointer) } }
        var process: pid_t = 0
        let code = posix_spawnp(&process, arguments[0], &actions, nil, &pointers, environ)
        guard code == 0 else { throw Failure(description: "\(arguments[0]): \(String(cString: strerror(code)))") }
        return process
    }
}
