internal import Glibc

/// How long `body` takes, in seconds.
func seconds(_ body: () throws -> Void) rethrows -> Double {
    let start = ContinuousClock.now
    try body()
    return (ContinuousClock.now - start) / .seconds(1)
}

/// The processor time that the process has used so far, in seconds. It says more than the clock where others are at
/// work on the machine.
func processorSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
}

func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    return (sorted[(sorted.count - 1) / 2] + sorted[sorted.count / 2]) / 2
}

/// Prints what `count` things took in each of several rounds, as things per second.
func report(_ what: String, count: Int, _ rounds: [Double]) {
    let rates = rounds.map { Double(count) / $0 }
    print("\(pad(what)) \(rate(median(rates)))  (min \(rate(rates.min()!)), max \(rate(rates.max()!)))")
}

func pad(_ text: String, to width: Int = 40) -> String {
    text + String(repeating: " ", count: max(0, width - text.count))
}

func rate(_ perSecond: Double) -> String {
    perSecond >= 1e6 ? "\(round(perSecond / 1e6, 2)) M/s" : "\(round(perSecond / 1e3, 1)) k/s"
}

func round(_ value: Double, _ digits: Int) -> Double {
    let scale = pow(10, Double(digits))
    return (value * scale).rounded() / scale
}

/// The process's peak resident memory that is not the mapped file, in MiB.
func peakAnonymousMebibytes() -> Int {
    guard let file = fopen("/proc/self/status", "r") else { return 0 }
    defer { fclose(file) }
    var line = [CChar](repeating: 0, count: 256)
    while fgets(&line, Int32(line.count), file) != nil {
        let words = line.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }.split { $0 == " " || $0 == "\t" }
        if words.first == "RssAnon:" { return (Int(words[1]) ?? 0) / 1024 }
    }
    return 0
}

/// A directory for one measurement, below `TMPDIR` or `/tmp`: name one on the disk to measure.
func withTemporaryDirectory<R>(_ body: (String) throws -> R) rethrows -> R {
    let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
    var template = Array("\(parent)/log-bench-XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else { fatalError("No temporary directory could be created in \(parent).") }
    let path = template.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
    defer {
        for file in ["data.mdb", "lock.mdb", "rebuild.lock"] { unlink("\(path)/\(file)") }
        rmdir("\(path)/locks")
        rmdir(path)
    }
    return try body(path)
}
