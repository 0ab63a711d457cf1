internal import Glibc
internal import Records

/// The memory of a `UniqueSet`: 2^bits slots, all free at first.
///
/// Not locked: `UniqueSet` writes only where nobody else holds the table, which is what makes it Sendable.
final class UniqueTable: @unchecked Sendable {
    struct Slot {
        var fingerprint: Fingerprint
        /// Records are numbered from 1: 0 is a free slot.
        var record: UInt64

        var isFree: Bool { record == 0 }
    }

    let bits: Int
    private let slots: UnsafeMutablePointer<Slot>

    /// Tables of more than 2^17 slots, 3 MiB, are files.
    static let bitsInMemory = 17

    static var defaultDirectory: String {
        guard let directory = getenv("TMPDIR"), directory.pointee != 0 else { return "/var/tmp" }
        return String(cString: directory)
    }

    var capacity: Int { 1 << bits }
    private var byteCount: Int { capacity * MemoryLayout<Slot>.stride }

    init(bits: Int, directory: String) throws {
        let size = MemoryLayout<Slot>.stride << bits
        let file = bits > Self.bitsInMemory ? try Self.unnamedFile(in: directory, size: size) : -1
        // The mapping holds the file open.
        defer { if file >= 0 { close(file) } }
        let flags = file >= 0 ? MAP_SHARED : MAP_PRIVATE | MAP_ANONYMOUS
        guard let memory = mmap(nil, size, PROT_READ | PROT_WRITE, flags, file, 0), memory != MAP_FAILED else {
            throw Self.failure("cannot map \(size) bytes for the values of unique columns", errno, directory)
        }
        self.bits = bits
        slots = memory.bindMemory(to: Slot.self, capacity: 1 << bits)
    }

    deinit { munmap(slots, byteCount) }

    subscript(index: Int) -> Slot { slots[index] }

    func set(_ index: Int, _ slot: Slot) { slots[index] = slot }

    /// Where a fingerprint stands, or the free slot where it would.
    ///
    /// Slots are in the order of the fingerprints' leading bits, so that a table is copied into a larger one from one end
    /// to the other.
    func index(of fingerprint: Fingerprint) -> Int {
        var index = Int(truncatingIfNeeded: fingerprint.high >> UInt64(64 - bits))
        while !slots[index].isFree && slots[index].fingerprint != fingerprint { index = (index + 1) & (capacity - 1) }
        return index
    }

    func copy(bits: Int, directory: String) throws -> UniqueTable {
        let copy = try UniqueTable(bits: bits, directory: directory)
        for index in 0..<capacity where !slots[index].isFree {
            copy.set(copy.index(of: slots[index].fingerprint), slots[index])
        }
        return copy
    }

    /// A file of that size that nobody else can open and that is gone when it is closed.
    private static func unnamedFile(in directory: String, size: Int) throws -> Int32 {
        var path = Array("\(directory)/waybill-unique-XXXXXX".utf8CString)
        let file = mkstemp(&path)
        guard file >= 0 else { throw failure("cannot make a temporary file for unique columns", errno, directory) }
        unlink(path)
        _ = fcntl(file, F_SETFD, FD_CLOEXEC)
        // Space is taken now: a mapped file that runs out of it later kills the process.
        let code = posix_fallocate(file, 0, off_t(size))
        guard code == 0 else {
            close(file)
            throw failure("cannot make a temporary file of \(size) bytes for unique columns", code, directory)
        }
        return file
    }

    private static func failure(_ what: String, _ code: Int32, _ directory: String) -> DataError {
        DataError(
            code == ENOSPC || code == ENOMEM || code == EDQUOT ? .noSpace : .unreadable,
            "\(what) in \(directory): \(String(cString: strerror(code)))",
            remedy: "Free some space there, or name another folder with TMPDIR, then resume.")
    }
}
