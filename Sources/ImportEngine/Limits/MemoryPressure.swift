/// Whether memory is scarce, for this process or for the machine or container that it runs in.
package enum MemoryPressure {
    /// What an import may hold of memory before it makes its chunks smaller.
    static let mostResident: UInt64 = 64 << 20
    /// Less than this left is little.
    private static let leastAvailable: UInt64 = 64 << 20

    /// - Parameter resident: this process's memory, in bytes.
    static func isHigh(resident: UInt64) -> Bool {
        if resident > mostResident { return true }
        if let available = available(inMeminfo: KernelFile.contents(of: "/proc/meminfo")), available < leastAvailable {
            return true
        }
        guard let most = UInt64(line(KernelFile.contents(of: "/sys/fs/cgroup/memory.max"))),
            let used = UInt64(line(KernelFile.contents(of: "/sys/fs/cgroup/memory.current")))
        else { return false }
        // What counts as used has the page cache in it, which the kernel gives back; near the limit it has to.
        return used > most - min(most, max(most / 20, 1 << 20)) && resident > most / 2
    }

    /// Bytes, of the text of /proc/meminfo.
    package static func available(inMeminfo text: String) -> UInt64? {
        let line = text.split(separator: "\n").first { $0.hasPrefix("MemAvailable:") }
        return line?.split(separator: " ").dropFirst().first.flatMap { UInt64($0) }.map { $0 << 10 }
    }

    private static func line(_ text: String) -> Substring { text.prefix { $0 != "\n" } }
}
