import Foundation
import Glibc

/// A pgbouncer before a server, in transaction mode: each transaction gets whichever of the server's sessions is free.
package final class Pooler: Sendable {
    private let directory: String
    private let process: pid_t

    /// - Parameter sessions: how many sessions of the server all clients share.
    package init(before server: PostgreSQLServer, sessions: Int) throws {
        var template = Array("\(Scratch.folder)/waybill-pool-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw PostgreSQLServer.Failure(description: "mkdtemp failed") }
        directory = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        let settings = """
            [databases]
            * = host=\(server.directory) user=postgres
            [pgbouncer]
            listen_port = 6432
            unix_socket_dir = \(directory)
            auth_type = any
            pool_mode = transaction
            default_pool_size = \(sessions)
            """
        try settings.write(toFile: "\(directory)/settings", atomically: false, encoding: .utf8)
        if getuid() == 0 { try PostgreSQLServer.run(["chown", "-R", "postgres", directory]) }
        // It refuses to run as root, too, and ends with this process.
        process = try PostgreSQLServer.spawn(
            PostgreSQLServer.command(["pgbouncer", "-q", "\(directory)/settings"]), output: "\(directory)/log")
        let deadline = ContinuousClock.now + .seconds(30)
        while access("\(directory)/.s.PGSQL.6432", F_OK) != 0 {
            guard ContinuousClock.now < deadline else {
                let said = (try? String(contentsOfFile: "\(directory)/log", encoding: .utf8)) ?? ""
                throw PostgreSQLServer.Failure(description: "pgbouncer did not start: \(said)")
            }
            usleep(10_000)
        }
    }

    deinit {
        kill(process, SIGTERM)
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0 && errno == EINTR {}
        try? FileManager.default.removeItem(atPath: directory)
    }

    /// The same database, by way of the pooler.
    package func url(of url: String) -> String {
        let database = url.split(separator: "/").last ?? ""
        return "postgres://postgres@\(directory.replacingOccurrences(of: "/", with: "%2F")):6432/\(database)"
    }
}
