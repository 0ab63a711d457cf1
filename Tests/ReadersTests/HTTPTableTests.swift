import Readers
import Records
import Testing

@Suite struct HTTPTableTests {
    @Test(
        "addresses that are not of the public Internet are told from those that are",
        arguments: [
            ("8.8.8.8", true), ("1.1.1.1", true), ("172.15.255.255", true), ("172.32.0.0", true), ("11.0.0.0", true),
            ("100.63.255.255", true), ("100.128.0.0", true), ("192.0.1.0", true), ("198.17.255.255", true),
            ("198.20.0.0", true), ("223.255.255.255", true), ("169.253.255.255", true), ("126.255.255.255", true),
            ("0.0.0.0", false), ("0.1.2.3", false), ("10.0.0.1", false), ("10.255.255.255", false),
            ("100.64.0.0", false), ("100.127.255.255", false), ("127.0.0.1", false), ("127.255.255.254", false),
            ("169.254.169.254", false), ("172.16.0.0", false), ("172.31.255.255", false), ("192.0.0.1", false),
            ("192.0.2.1", false), ("192.88.99.1", false), ("192.168.0.1", false), ("198.18.0.0", false),
            ("198.19.255.255", false), ("198.51.100.7", false), ("203.0.113.7", false), ("224.0.0.1", false),
            ("239.255.255.255", false), ("240.0.0.1", false), ("255.255.255.255", false),
            ("2606:4700::1111", true), ("2001:4860:4860::8888", true), ("2a00:1450::1", true), ("2001:200::1", true),
            ("::", false), ("::1", false), ("::8.8.8.8", false), ("fc00::1", false), ("fd00:ec2::254", false),
            ("fe80::1", false), ("febf::1", false), ("fec0::1", false), ("ff02::1", false), ("100::1", false),
            ("2001::1", false), ("2001:1ff::1", false), ("2001:db8::1", false), ("3fff::1", false),
            ("5f00::1", false), ("64:ff9b:1::1", false), ("4000::1", false),
            ("::ffff:8.8.8.8", true), ("::ffff:127.0.0.1", false), ("::ffff:10.0.0.1", false),
            ("64:ff9b::8.8.8.8", true), ("64:ff9b::169.254.169.254", false), ("64:ff9b::192.168.1.1", false),
            ("2002:808:808::1", true), ("2002:7f00:1::1", false), ("2002:a00:1::", false), ("2002:c0a8:1::", false),
        ])
    func addresses(text: String, isPublic: Bool) throws {
        let address = try #require(NetworkAddress(text))
        #expect(address.isPublic == isPublic)
    }

    @Test("an address is written as it is read", arguments: ["192.0.2.1", "2001:db8::1", "::1"])
    func addressText(text: String) throws {
        #expect(try #require(NetworkAddress(text)).description == text)
        #expect(NetworkAddress(text + "x") == nil)
    }

    @Test(
        "a URL is shown without its secrets",
        arguments: [
            ("https://api.example.com/export?token=SECRET&x=1", "https://api.example.com/export?…"),
            ("https://me:SECRET@example.com/a%20b.csv#SECRET", "https://example.com/a%20b.csv"),
            ("HTTP://Example.COM:80", "http://example.com/"),
            ("http://example.com:8080/a b?SECRET", "http://example.com:8080/a%20b?…"),
            ("https://[2001:db8::1]:443/x", "https://[2001:db8::1]/x"),
            ("https://example.com/a/../b", "https://example.com/b"),
        ])
    func display(text: String, shown: String) throws {
        let location = try HTTPLocation(text)
        #expect(location.description == shown)
        #expect(!"\(location) \(String(reflecting: location))".contains("SECRET"))
        var dumped = ""
        dump(location, to: &dumped)
        #expect(!dumped.contains("SECRET"))
    }

    @Test(
        "what is no URL of HTTP or HTTPS is refused without being repeated",
        arguments: [
            "", "SECRET", "/SECRET", "ftp://SECRET/x", "file:///SECRET", "gopher://SECRET/", "https://",
            "https://exa mple.com/SECRET", "https://example.com:0/SECRET", "https://example.com:70000/SECRET",
            "https://example.com/SECRET\r\nX: y", "https://example.com/SECRET" + String(repeating: "x", count: 70_000),
        ])
    func refusedURLs(text: String) throws {
        let error = try #require(throws: DataError.self) { try HTTPLocation(text) }
        #expect(error.code == .unusableOption)
        #expect(error.remedy != nil)
        #expect(!"\(error)".contains("SECRET"))
    }

    @Test("a header is checked, and its value never shown")
    func headers() throws {
        let header = try HTTPHeader("X-Api-Key:  SECRET ")
        #expect(header.name == "X-Api-Key")
        var dumped = ""
        dump(header, to: &dumped)
        #expect(!"\(header) \(String(reflecting: header)) \(dumped)".contains("SECRET"))
        for bad in [
            "SECRET", ": SECRET", "A b: SECRET", "A: SECRET\r\nB: c", "A: SECRET\n", "A: SECRET\0", "Range: SECRET",
            "if-range: SECRET", "Accept-Encoding: SECRET", "Host: SECRET",
        ] {
            let error = try #require(throws: DataError.self) { try HTTPHeader(bad) }
            #expect(error.code == .unusableOption)
            #expect(!"\(error)".contains("SECRET"))
        }
    }

    @Test("waits grow, have a limit, and end")
    func waits() {
        var policy = RetryPolicy()
        policy.tries = 20
        #expect(policy.wait(afterFailures: 1, retryAfter: nil, jitter: 1) == .milliseconds(500))
        #expect(policy.wait(afterFailures: 1, retryAfter: nil, jitter: 0) == .milliseconds(250))
        #expect(policy.wait(afterFailures: 3, retryAfter: nil, jitter: 1) == .seconds(2))
        #expect(policy.wait(afterFailures: 19, retryAfter: nil, jitter: 1) == .seconds(30))
        #expect(policy.wait(afterFailures: 20, retryAfter: nil, jitter: 1) == nil)
        #expect(policy.wait(afterFailures: 1, retryAfter: .seconds(7), jitter: 1) == .seconds(7))
        #expect(policy.wait(afterFailures: 1, retryAfter: .seconds(301), jitter: 1) == nil)
    }
}
