internal import Glibc

/// Says in words why the process ends where a file that is mapped into memory cannot be read.
///
/// The log's data file and the index of SQLite's write-ahead log are read as memory: where one of them was cut off, lies on a
/// disk that fails, or could not be given its blocks, the kernel sends a signal instead of an error. LMDB calls `abort` where
/// the pages of a damaged log contradict each other. Everything here runs inside a signal handler: no allocation, no lock.
enum MemoryFaults {
    nonisolated(unsafe) private static var asJSON = false
    /// The position of the log that is being verified, by the one thread that does it; 0 if none is.
    nonisolated(unsafe) static var verified: UInt64 = 0
    /// Room for the kernel's list of mapped files; written by the handler alone.
    nonisolated(unsafe) private static var list = UnsafeMutableRawBufferPointer.allocate(
        byteCount: 65_536, alignment: 1)

    static func explain(asJSON: Bool) {
        self.asJSON = asJSON
        _ = list
        for signal in [SIGBUS, SIGSEGV, SIGABRT] {
            var action = sigaction()
            action.sa_flags = SA_SIGINFO | Int32(bitPattern: UInt32(SA_RESETHAND))
            action.__sigaction_handler.sa_sigaction = { number, info, _ in
                MemoryFaults.end(number, at: UInt(bitPattern: info?.pointee._sifields._sigfault.si_addr))
            }
            sigaction(signal, &action, nil)
        }
    }

    private static func end(_ signal: Int32, at address: UInt) -> Never {
        let file = signal == SIGABRT ? 0..<0 : MemoryFaults.file(mappedAt: address)
        if verified > 0 { endVerification(signal, file) }
        put(2, "waybill: ")
        message(2, signal, file)
        put(2, "\n")
        remedy(2, signal)
        put(2, "\n")
        if asJSON {
            put(1, "{\n  \"error\" : {\n    \"code\" : \"corrupted\",\n    \"message\" : \"")
            message(1, signal, file, asJSON: true)
            put(1, "\",\n    \"remedy\" : \"")
            remedy(1, signal)
            put(1, "\"\n  }\n}\n")
        }
        _exit(1)
    }

    /// Ends as `log verify` does where it finds something wrong.
    private static func endVerification(_ signal: Int32, _ file: Range<Int>) -> Never {
        if asJSON {
            put(1, "{\n  \"first_bad_position\" : ")
            put(1, verified)
            put(1, ",\n  \"intact\" : false,\n  \"reason\" : \"it cannot be read from here on. ")
            message(1, signal, file, asJSON: true)
            put(1, "\"\n}\n")
        } else {
            put(1, "The log is damaged at position ")
            put(1, verified)
            put(1, ": it cannot be read from here on. ")
            message(1, signal, file)
            put(1, "\n")
            put(2, "All events before it are intact. Check the disk, then restore the log's directory from a backup.\n")
        }
        _exit(1)
    }

    private static func message(_ descriptor: Int32, _ signal: Int32, _ file: Range<Int>, asJSON: Bool = false) {
        if signal == SIGABRT {
            return put(descriptor, "The log's data file, data.mdb, is damaged: its pages are inconsistent.")
        }
        if file.isEmpty {
            return put(
                descriptor,
                "Waybill accessed memory that is not valid. Most likely the log's data file, data.mdb, is damaged.")
        }
        put(descriptor, "The file ")
        for place in file {
            // A path may hold what JSON must escape, or a terminal would act upon.
            let byte = list[place]
            let isPlain = byte >= 32 && byte != 127 && byte != UInt8(ascii: "\"") && byte != UInt8(ascii: "\\")
            if isPlain { write(descriptor, list.baseAddress! + place, 1) } else { put(descriptor, "?") }
        }
        put(descriptor, " can no longer be read: it was truncated, or its disk is full or failing.")
    }

    private static func remedy(_ descriptor: Int32, _ signal: Int32) {
        put(descriptor, "Check the disk. If the log's data.mdb is damaged, restore the log's directory from a backup.")
    }

    private static func put(_ descriptor: Int32, _ text: StaticString) {
        _ = write(descriptor, text.utf8Start, text.utf8CodeUnitCount)
    }

    private static func put(_ descriptor: Int32, _ number: UInt64) {
        if number >= 10 { put(descriptor, number / 10) }
        var digit = UInt8(ascii: "0") + UInt8(number % 10)
        _ = write(descriptor, &digit, 1)
    }

    /// Where in `list` the name of the file stands that is mapped at an address; empty if there is none.
    private static func file(mappedAt address: UInt) -> Range<Int> {
        let descriptor = open("/proc/self/maps", O_RDONLY | O_CLOEXEC)
        var count = 0
        while count < list.count {
            let step = read(descriptor, list.baseAddress! + count, list.count - count)
            if step <= 0 { break }
            count += step
        }
        close(descriptor)
        // Lines are like `7f01-7f02 r--s 00000000 08:01 1234    /path`.
        var place = 0
        while place < count {
            let start = hexadecimal(&place, count)
            place += 1
            let end = hexadecimal(&place, count)
            var path = 0..<0
            while place < count && list[place] != UInt8(ascii: "\n") {
                if path.isEmpty && list[place] == UInt8(ascii: "/") { path = place..<place + 1 }
                if !path.isEmpty { path = path.lowerBound..<place + 1 }
                place += 1
            }
            place += 1
            if start <= address && address < end { return path }
        }
        return 0..<0
    }

    private static func hexadecimal(_ place: inout Int, _ end: Int) -> UInt {
        var number: UInt = 0
        while place < end {
            switch list[place] {
            case let digit where digit >= 48 && digit <= 57: number = number << 4 | UInt(digit - 48)
            case let digit where digit >= 97 && digit <= 102: number = number << 4 | UInt(digit - 87)
            default: return number
            }
            place += 1
        }
        return number
    }
}
