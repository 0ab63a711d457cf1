internal import Glibc

/// This process's memory.
package enum ResidentMemory {
    /// What is in memory now, in bytes; 0 if the system does not tell.
    static var current: UInt64 {
        let fields = KernelFile.contents(of: "/proc/self/statm").split(separator: " ")
        return fields.count > 1 ? (UInt64(fields[1]) ?? 0) * UInt64(sysconf(Int32(_SC_PAGESIZE))) : 0
    }
}
