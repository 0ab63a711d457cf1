/// Which of the open brackets are braces: one bit each, and no memory of its own up to 64.
struct JSONNesting: Sendable {
    private(set) var depth = 0
    /// Where the outermost value ended.
    var end = 0
    private var innermost: UInt64 = 0
    private var outer: [UInt64] = []

    @inline(__always)
    var isInObject: Bool { innermost & 1 != 0 }

    @inline(__always)
    mutating func open(isObject: Bool) {
        if depth > 0 && depth & 63 == 0 { outer.append(innermost) }
        innermost = innermost << 1 | (isObject ? 1 : 0)
        depth &+= 1
    }

    @inline(__always)
    mutating func close() {
        depth &-= 1
        innermost >>= 1
        if depth > 0 && depth & 63 == 0 { innermost = outer.removeLast() }
    }
}
