import Foundation
import Testing

/// Names and values of others are shown on a terminal, and never act upon it.
@Suite struct TerminalTextTests {
    private let space: Workspace
    /// A title for the window, a cleared screen, colours, a faked second line, C1, DEL, text that runs backwards.
    private static let hostile = "a\u{1B}]0;owned\u{7}\u{1B}[2J\u{1B}[31m\n2  succeeded\u{9B}1m\u{7F}\r\u{202E}z"

    init() throws { space = try Workspace() }

    private func expectHarmless(_ command: String, isJSON: Bool = false) throws -> Finished {
        let result = try space.run(command)
        for text in [result.output, result.error] {
            let acted = text.unicodeScalars.filter {
                $0 != "\n"
                    && ($0.value < 32 || (0x7F...0x9F).contains($0.value) || (0x202A...0x202E).contains($0.value))
            }
            #expect(acted.isEmpty, "\(command): \(acted)")
            #expect(!text.contains("\n2  succeeded"), "\(command) shows a line that is none: \(text)")
        }
        return result
    }

    @Test func namesInAPayloadAreShownWithTheirEscapes() throws {
        let document: [String: Any] = [
            "batch_id": Self.hostile, "batch_part": 1, "batch_total_parts": 2,
            "items \(Self.hostile)": [["id \(Self.hostile)": 1, "v": Self.hostile]],
        ]
        try JSONSerialization.data(withJSONObject: document).write(to: URL(fileURLWithPath: space.file("j.json")))
        for command in [
            "inspect j.json", "inspect j.json --json", "import j.json --into sqlite:shop.db --dry-run",
            "import j.json --into sqlite:shop.db", "list", "list --json", "status 1", "status 1 --json", "group list",
            "group list --json", "rejects 1", "verify 1", "log show", "backup list", "rollback 1 --yes",
        ] {
            _ = try expectHarmless(command)
        }
        let batch = try #require(try space.run("list --json").jsonArray()[0]["batch"] as? [String: Any])
        #expect(batch["id"] as? String == Self.hostile, "JSON escapes; it does not change")
    }

    @Test func aFilesNameAndItsColumnsAreShownWithTheirEscapes() throws {
        let name = "f\u{1B}[2J\n2  succeeded.csv"
        try space.write("id,\"v\u{1B}[31m\n2  succeeded\"\n1,x\nbad \u{1B}[2J\n", to: name)
        for arguments in [
            ["inspect", name], ["import", name, "--into", "sqlite:shop.db"], ["list"], ["status", "1"],
            ["rejects", "1"],
            ["import", name, "--into", "sqlite:shop.db"],
            ["trace", "--into", "sqlite:shop.db", "--table", "t\u{1B}[2J", "--key", "1"],
        ] {
            let result = try space.run(arguments)
            #expect(!(result.output + result.error).contains("\u{1B}"), "\(arguments)")
        }
    }
}
