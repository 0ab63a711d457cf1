import Foundation
import Testing

/// `make install` and `make uninstall`, with the program that the tests run.
@Suite struct InstallationTests {
    private func make(_ target: String, _ space: Workspace) throws {
        try space.tool(
            "make", "-C", ArchitectureTests.root.path, target, "BINARY=\(Running.binary)",
            "SHARE=\(space.file("share"))", "DESTDIR=\(space.file("root"))", "PREFIX=/usr")
    }

    private func files(below path: String) -> [String] {
        (FileManager.default.enumerator(atPath: path)?.allObjects as? [String] ?? []).sorted()
    }

    @Test func whatIsInstalledIsThereAndGoesAgain() throws {
        let space = try Workspace()
        try FileManager.default.createDirectory(atPath: space.file("root"), withIntermediateDirectories: true)
        try make("install", space)
        let installed = Set(files(below: space.file("root/usr")))
        #expect(
            installed.isSuperset(of: [
                "bin/waybill", "share/man/man1/waybill.1", "share/man/man1/waybill-import.1",
                "share/man/man1/waybill-backup-make.1", "share/bash-completion/completions/waybill",
                "share/zsh/site-functions/_waybill", "share/fish/vendor_completions.d/waybill.fish",
            ]), "\(installed)")
        try space.tool("cmp", Running.binary, space.file("root/usr/bin/waybill"))
        try space.tool("bash", "-n", space.file("root/usr/share/bash-completion/completions/waybill"))
        try make("uninstall", space)
        #expect(files(below: space.file("root")).isEmpty)
    }

    /// Each page is there, and has what the command's help says.
    @Test func eachCommandHasAPage() throws {
        let space = try Workspace()
        try space.tool(ArchitectureTests.root.path + "/scripts/manual", Running.binary, space.file("man"))
        let pages = files(below: space.file("man"))
        #expect(pages.count > 25)
        for page in pages {
            let words = page.dropLast(2).split(separator: "-").map(String.init)
            let text = String(decoding: try space.read("man/\(page)"), as: UTF8.self)
            let help = try space.run(words.dropFirst() + ["--help"]).output
            for flag in help.matches(of: /(?m)^  (?:-\w, )?--([a-z-]+)/) where !["help", "version"].contains(flag.1) {
                let name = "\\-\\-" + flag.1.replacing("-", with: "\\-")
                #expect(text.contains(name), "\(page) lacks \(flag.0)")
            }
            #expect(text.hasPrefix(".TH ") && text.contains(".SH SYNOPSIS"), "\(page)")
        }
    }
}
