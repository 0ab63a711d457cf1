internal import CExpat
internal import Glibc
internal import Synchronization

/// The memory that all XML parsers of the process have together.
///
/// expat keeps each name that it has met and each tag until its end, so that a hostile part (a tag without end, millions
/// of different names) would fill the memory. It gets none beyond the limit, and then says so. An ordinary part takes a
/// few hundred KiB.
enum XMLMemory {
    static let limit = 128 << 20

    /// expat's allocation functions, which count.
    static let functions = XML_Memory_Handling_Suite(
        malloc_fcn: { XMLMemory.allocate($0) }, realloc_fcn: { XMLMemory.reallocate($0, $1) },
        free_fcn: { XMLMemory.release($0) })

    private static let used = Atomic<Int>(0)
    /// In front of each block stands its size. 16 bytes keep what follows aligned.
    private static let headerBytes = 16

    private static func allocate(_ size: Int) -> UnsafeMutableRawPointer? { reallocate(nil, size) }

    private static func reallocate(_ pointer: UnsafeMutableRawPointer?, _ size: Int) -> UnsafeMutableRawPointer? {
        let old = pointer.map { $0 - headerBytes }
        let oldSize = old?.load(as: Int.self) ?? 0
        guard (0...limit).contains(size) else { return nil }
        if used.add(size - oldSize, ordering: .relaxed).newValue > limit, size > oldSize {
            used.subtract(size - oldSize, ordering: .relaxed)
            return nil
        }
        guard let new = realloc(old, size + headerBytes) else {
            used.subtract(size - oldSize, ordering: .relaxed)
            return nil
        }
        new.storeBytes(of: size, as: Int.self)
        return new + headerBytes
    }

    private static func release(_ pointer: UnsafeMutableRawPointer?) {
        guard let block = pointer.map({ $0 - headerBytes }) else { return }
        used.subtract(block.load(as: Int.self), ordering: .relaxed)
        free(block)
    }
}
