import Testing

/// A power loss takes what the disk has not confirmed. Nobody can cut the power here: a library between the program and the
/// system refuses to bring SQLite's write-ahead log to disk, except for what the main thread asks.
@Suite struct DurabilityTests {
    private static let refusal = """
        #define _GNU_SOURCE
        #include <errno.h>
        #include <stdio.h>
        #include <string.h>
        #include <sys/syscall.h>
        #include <unistd.h>

        static int refuse(long call, int file) {
            char link[64], path[4096];
            snprintf(link, sizeof link, "/proc/self/fd/%d", file);
            ssize_t length = readlink(link, path, sizeof path);
            if (length > 4 && !memcmp(path + length - 4, "-wal", 4) && syscall(SYS_gettid) != getpid()) {
                errno = EIO;
                return -1;
            }
            return syscall(call, file);
        }

        int fdatasync(int file) { return refuse(SYS_fdatasync, file); }
        int fsync(int file) { return refuse(SYS_fsync, file); }
        """

    @Test func theLogDoesNotSayWhatTheDiskHasNotTaken() throws {
        let space = try Workspace()
        try space.generate(5_000)
        let whole = try Uninterrupted(space)
        try space.write(Self.refusal, to: "refusal.c")
        try space.tool("clang", "-shared", "-fPIC", "-o", "refusal.so", "refusal.c")
        let refused = try space.run(
            ["import", "catalogue-1.csv", "--into", "sqlite:shop.db", "--chunk-size", "100"] + Uninterrupted.arguments,
            environment: ["LD_PRELOAD": space.file("refusal.so")])
        #expect(refused.status == 1)
        #expect(refused.error.contains("cannot be read or written: disk I/O error"), "\(refused.error)")
        #expect(try !Table.all(space.file("shop.db")).isEmpty, "chunks were committed")
        let status = try space.run("status 1 --json").json()
        #expect((status["chunks"] as? [String: Int])?["committed"] == 0, "\(status)")

        let resumed = try space.run("resume 1")
        #expect(resumed.status == 0, "\(resumed.error)")
        #expect(resumed.error.contains("had been written but not logged"), "\(resumed.error)")
        try whole.check(space)
    }
}
