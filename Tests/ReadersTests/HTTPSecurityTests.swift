import Foundation
import Readers
import Records
import Testing

@Suite struct HTTPSecurityTests {
    /// OpenSSL's test server with a certificate that it signed itself.
    private final class SecureServer {
        let folder = FileManager.default.temporaryDirectory.appending(path: "waybill-\(UUID().uuidString)")
        let process = Process()
        let port: UInt16

        init() throws {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            let make = Process()
            make.executableURL = URL(filePath: "/usr/bin/openssl")
            make.currentDirectoryURL = folder
            make.arguments = [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout",
                "key.pem",
                "-out", "certificate.pem", "-days", "1", "-subj", "/CN=localhost",
            ]
            make.standardError = FileHandle.nullDevice
            try make.run()
            make.waitUntilExit()

            let output = Pipe()
            process.executableURL = make.executableURL
            process.currentDirectoryURL = folder
            process.arguments = [
                "s_server", "-accept", "127.0.0.1:0", "-key", "key.pem", "-cert", "certificate.pem", "-www",
            ]
            process.standardInput = FileHandle.nullDevice
            process.standardOutput = output
            process.standardError = FileHandle.nullDevice
            try process.run()
            // It says where it listens: `ACCEPT 127.0.0.1:40000`.
            var text = ""
            while true {
                let more = output.fileHandleForReading.availableData
                if more.isEmpty { break }
                text += String(decoding: more, as: UTF8.self)
                if text.firstMatch(of: /ACCEPT .*:\d+\n/) != nil { break }
            }
            port = try #require(text.firstMatch(of: /ACCEPT .*:(\d+)\n/).flatMap { UInt16($0.output.1) })
        }

        deinit {
            // It inherits the test's thread's mask, in which other signals may be blocked.
            kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
            try? FileManager.default.removeItem(at: folder)
        }
    }

    @Test("a certificate that nobody vouches for is refused and named")
    func selfSigned() throws {
        let server = try SecureServer()
        let location = try HTTPLocation("https://127.0.0.1:\(server.port)/?key=SECRET")
        let error = try #require(throws: DataError.self) { try HTTPSource(location, options: .test) }
        #expect(error.code == .unreadable)
        #expect(
            error.message
                == "cannot read \(location): no secure connection: SSL certificate problem: self-signed certificate")
        #expect(error.remedy?.contains("system's certificates") == true)
    }

    @Test("a server that does not speak TLS is said to be one, without further tries")
    func noTLS() throws {
        try HTTPTestServer { _ in .init() }.use { server in
            let location = try HTTPLocation("https://127.0.0.1:\(server.port)/")
            let error = try #require(throws: DataError.self) { try HTTPSource(location, options: .test) }
            #expect(error.message.contains("no secure connection: "))
        }
    }

    @Test("a redirect from HTTPS to plain HTTP is refused")
    func downgrade() throws {
        // Judged before anything is sent, so that no trusted certificate is needed to see it.
        let secure = try HTTPLocation("https://example.com/a")
        let plain = try HTTPLocation("http://example.com/a")
        #expect(!secure.allowsRedirect(to: plain))
        #expect(secure.allowsRedirect(to: secure))
        #expect(plain.allowsRedirect(to: secure))
        #expect(plain.allowsRedirect(to: plain))
    }

    @Test(
        "secrets are shared with the same server only, and with its step to HTTPS",
        arguments: [
            ("https://a.example/x", "https://a.example:443/y", true), ("http://a.example", "https://a.example", true),
            ("https://a.example", "http://a.example", false), ("https://a.example", "https://b.example", false),
            ("https://a.example", "https://a.example:8443", false), ("https://a.example", "https://x.a.example", false),
            ("http://a.example:8080", "https://a.example", false),
            ("http://a.example", "https://a.example:8443", false),
        ])
    func sharing(from: String, to: String, isShared: Bool) throws {
        #expect(try HTTPLocation(from).sharesSecrets(with: HTTPLocation(to)) == isShared)
    }
}
