internal import CExpat
internal import Glibc

/// The memory of one XML parser, which has a limit.
///
/// expat keeps each name that it has met and each tag until its end, so that a hostile part (a tag without end, millions
/// of different names) would fill the memory. It gets none beyond the limit, and then says so. An ordinary part takes a
/// few hundred KiB. Used by one thread at a time, as its parser is.
final class XMLMemory {
    /// In bytes.
    static let limit = 32 << 20

    private var used = 0

    /// Before each block stands its size. 16 bytes keep what follows aligned.
    private static let headerBytes = 16
    /// expat's allocation functions are told nothing but a size: the memory that pays stands in this place, thread by
    /// thread.
    private static let current: pthread_key_t = {
        var key = pthread_key_t()
        precondition(pthread_key_create(&key, nil) == 0, "no thread-specific key is left")
        return key
    }()

    /// Does something with expat at this memory's expense.
    @inline(__always)
    func pay<R>(_ body: () -> R) -> R {
        pthread_setspecific(Self.current, Unmanaged.passUnretained(self).toOpaque())
        defer { pthread_setspecific(Self.current, nil) }
        return body()
    }

    /// A parser; call its functions inside `pay`.
    func makeParser() -> XML_Parser? {
        var functions = XML_Memory_Handling_Suite(
            malloc_fcn: { XMLMemory.reallocate(nil, $0) }, realloc_fcn: { XMLMemory.reallocate($0, $1) },
            free_fcn: { XMLMemory.release($0) })
        return pay { XML_ParserCreate_MM(nil, &functions, nil) }
    }

    private static var payer: XMLMemory? {
        pthread_getspecific(current).map { Unmanaged<XMLMemory>.fromOpaque($0).takeUnretainedValue() }
    }

    private static func reallocate(_ pointer: UnsafeMutableRawPointer?, _ size: Int) -> UnsafeMutableRawPointer? {
        let old = pointer.map { $0 - headerBytes }
        let oldSize = old?.load(as: Int.self) ?? 0
        guard let payer, (0...limit).contains(size), payer.used + size - oldSize <= limit,
            let new = realloc(old, size + headerBytes)
        else { return nil }
        payer.used += size - oldSize
        new.storeBytes(of: size, as: Int.self)
        return new + headerBytes
    }

    private static func release(_ pointer: UnsafeMutableRawPointer?) {
        guard let block = pointer.map({ $0 - headerBytes }) else { return }
        payer?.used -= block.load(as: Int.self)
        free(block)
    }
}
