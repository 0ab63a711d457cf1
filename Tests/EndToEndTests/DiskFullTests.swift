import Foundation
import Glibc
import Testing

/// A small file system in memory that can be full.
private final class SmallDisk {
    let path: String

    /// Nil if this machine does not let us mount; in CI that is a failure.
    init?(_ path: String, size: String) throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        guard mount("tmpfs", path, "tmpfs", 0, "size=\(size)") == 0 else {
            let reason = String(cString: strerror(errno))
            let isCI = ProcessInfo.processInfo.environment["CI"] == "true"
            if isCI { Issue.record("a tmpfs could not be mounted: \(reason)") }
            print("NOT TESTED: a full disk, because a tmpfs could not be mounted: \(reason)")
            return nil
        }
        self.path = path
    }

    deinit { umount2(path, Int32(MNT_DETACH)) }

    func grow(to size: String) { _ = mount("tmpfs", path, "tmpfs", UInt(MS_REMOUNT), "size=\(size)") }
}

@Suite(.serialized) struct DiskFullTests {
    private let space: Workspace
    private let whole: Uninterrupted

    init() throws {
        space = try Workspace()
        try space.generate(20_000, bad: 1)
        whole = try Uninterrupted(space)
    }

    private let options = ["--chunk-size", "50"] + Uninterrupted.arguments

    @Test func aFullDiskUnderTheLogIsSaidSoAndTheImportGoesOnWhenThereIsSpace() throws {
        guard let disk = try SmallDisk(space.file("disk"), size: "256k") else { return }
        let environment = ["WAYBILL_LOG": space.file("disk/log")]
        let importing = ["import", "catalogue-1.csv", "--into", "sqlite:shop.db"] + options
        let full = try space.run(importing, environment: environment)
        #expect(full.status == 1)
        #expect(full.error.contains("The disk may be full."), "\(full.error)")
        #expect(
            [1, 4].contains(try space.run("status 1", environment: environment).status),
            "what was committed can be read")

        disk.grow(to: "40m")
        let resumed = try space.run("resume 1", environment: environment)
        #expect(resumed.status == 3, "\(resumed.error)")
        try FileManager.default.copyItem(atPath: space.file("disk/log"), toPath: space.file(".waybill"))
        try whole.check(space)
    }

    /// On the smaller ones the log cannot take the failure any more.
    @Test(arguments: ["300k", "400k", "700k"])
    func aFullDiskUnderBothIsToldAsSuchLaterToo(_ size: String) throws {
        guard let disk = try SmallDisk(space.file("disk"), size: size) else { return }
        let environment = ["WAYBILL_LOG": space.file("disk/log")]
        let importing = ["import", "catalogue-1.csv", "--into", "sqlite:disk/shop.db", "--force"] + options
        let full = try space.run(importing, environment: environment)
        #expect(full.status == 1)
        #expect(full.error.contains("full"), "\(full.error)")
        let status = try space.run("status 1 --json", environment: environment).json()
        #expect((status["reason"] as? String)?.contains("full") == true, "\(status)")
        #expect(try space.run("status 1", environment: environment).output.contains("full"))

        disk.grow(to: "80m")
        #expect(try space.run("resume 1", environment: environment).status == 3)
        try FileManager.default.copyItem(atPath: space.file("disk/log"), toPath: space.file(".waybill"))
        try whole.check(space, database: "disk/shop.db")
    }

    @Test func aFullDiskUnderTheDestinationIsSaidSoAndTheImportGoesOnWhenThereIsSpace() throws {
        guard let disk = try SmallDisk(space.file("disk"), size: "1m") else { return }
        let importing = ["import", "catalogue-1.csv", "--into", "sqlite:disk/shop.db"] + options
        let refused = try space.run(importing)
        #expect(refused.status == 1)
        #expect(refused.error.contains("Not enough disk space: "), "\(refused.error)")
        #expect(try space.run("list --json").jsonArray().isEmpty, "nothing was begun")
        let full = try space.run(importing + ["--force"])
        #expect(full.status == 1)
        #expect(full.error.contains("full"), "\(full.error)")
        let status = try space.run("status 1 --json").json()
        #expect(status["state"] as? String == "failed")

        disk.grow(to: "80m")
        let resumed = try space.run("resume 1")
        #expect(resumed.status == 3, "\(resumed.error)")
        try whole.check(space, database: "disk/shop.db")
    }

    @Test(arguments: [true, false])
    func aFullDiskUnderARollbackOrItsBackupIsSaidSoAndTheSameCommandGoesOn(_ isOfBackup: Bool) throws {
        guard let disk = try SmallDisk(space.file("disk"), size: "80m") else { return }
        let environment = isOfBackup ? ["WAYBILL_LOG": space.file("disk/log")] : [:]
        let into = isOfBackup ? "sqlite:shop.db" : "sqlite:disk/shop.db"
        #expect(
            try space.run(["import", "catalogue-1.csv", "--into", into] + options, environment: environment).status == 3
        )
        try space.tool("sh", "-c", "mount -o remount,size=$(( $(du -sk disk | cut -f1) + 200 ))k disk")
        let command = ["rollback", "1", "--yes"] + (isOfBackup ? [] : ["--no-backup"])
        let full = try space.run(command, environment: environment)
        #expect(full.status == 1 && full.error.contains("then run the same command again"), "\(full.error)")
        if isOfBackup {
            let left = try FileManager.default.contentsOfDirectory(atPath: space.file("disk/log/backups"))
            #expect(left.isEmpty, "\(left)")
        }
        disk.grow(to: "80m")
        #expect(try space.run(command, environment: environment).status == 0)
        // The table goes with the import that created it.
        let database = space.file(isOfBackup ? "shop.db" : "disk/shop.db")
        #expect(try Table.rows(database, "SELECT 1 FROM sqlite_schema WHERE name = 'catalogue'").isEmpty)
    }
}
