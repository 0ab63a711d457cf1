internal import CMalloc

/// How the C library's allocator, which is Swift's, gives memory back to the system.
enum Memory {
    /// Left to itself, it takes each large block that is freed for a sign that such blocks are ordinary, and keeps them: a
    /// record of 16 MiB would make an import larger for good. Set once, the bounds stay.
    static func giveBackWhatIsFree() {
        // A block of this size is memory of its own, which goes when it is freed. Buffers of chunks are such blocks, too: in a
        // heap they would leave gaps; and they go round, so that few are made again.
        mallopt(M_MMAP_THRESHOLD, 1 << 20)
        mallopt(M_TRIM_THRESHOLD, 512 << 10)
    }
}
