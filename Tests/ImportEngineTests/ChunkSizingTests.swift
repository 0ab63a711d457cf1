import ImportEngine
import ImportLog
import Records
import Testing

@Suite struct ChunkSizingTests {
    private func sizing(chunkRecords: UInt64 = 0) -> ChunkSizing {
        var limits = ImportSubmitted.Limits()
        limits.chunkRecords = chunkRecords
        return ChunkSizing(limits)
    }

    @Test func aChunkSizeThatSomebodyGaveStays() {
        var sizing = sizing(chunkRecords: 77)
        for microseconds: UInt64 in [1, 250_000, 10_000_000] {
            sizing.adapt(records: 77, microseconds: microseconds, isMemoryScarce: false)
            #expect(sizing.limit.records == 77)
        }
        sizing.adapt(records: 77, microseconds: 1, isMemoryScarce: true)
        #expect(sizing.limit.records == 77)
    }

    @Test func quickChunksGrowStepByStepUpToALimit() {
        var sizing = sizing()
        var seen: [Int] = []
        for _ in 0..<5 {
            seen.append(sizing.limit.records)
            sizing.adapt(records: sizing.limit.records, microseconds: 20_000, isMemoryScarce: false)
        }
        #expect(seen == [10_000, 20_000, 40_000, 50_000, 50_000])
    }

    @Test func slowChunksShrinkToWhatFitsTheTime() {
        var sizing = sizing()
        sizing.adapt(records: 10_000, microseconds: 10_000_000, isMemoryScarce: false)
        #expect(sizing.limit.records == 5_000)
        sizing.adapt(records: 5_000, microseconds: 312_500, isMemoryScarce: false)
        #expect(sizing.limit.records == 4_000)
        for _ in 0..<10 { sizing.adapt(records: sizing.limit.records, microseconds: 60_000_000, isMemoryScarce: false) }
        #expect(sizing.limit.records == ChunkSizing.records.lowerBound)
    }

    @Test func aChunkThatItsBytesEndedDoesNotGrow() {
        var sizing = sizing()
        sizing.adapt(records: 600, microseconds: 10, isMemoryScarce: false)
        #expect(sizing.limit.records == 10_000)
    }

    @Test func scarceMemoryHalvesChunksAndTheyGrowAgain() {
        var sizing = sizing()
        let bytes = sizing.limit.bytes
        sizing.adapt(records: 10_000, microseconds: 20_000, isMemoryScarce: true)
        #expect(sizing.limit.records == 5_000)
        #expect(sizing.limit.bytes == bytes / 2)
        for _ in 0..<20 { sizing.adapt(records: 10, microseconds: 20_000, isMemoryScarce: true) }
        #expect(sizing.limit.records == ChunkSizing.records.lowerBound)
        #expect(sizing.limit.bytes == ChunkSizing.bytes.lowerBound)
        for _ in 0..<20 { sizing.adapt(records: sizing.limit.records, microseconds: 20_000, isMemoryScarce: false) }
        #expect(sizing.limit.bytes == bytes)
        #expect(sizing.limit.records == ChunkSizing.records.upperBound)
    }

    @Test func availableMemoryIsReadFromTheSystemsTable() {
        let text = "MemTotal:       24678912 kB\nMemFree:          312 kB\nMemAvailable:   65536 kB\nBuffers: 1 kB\n"
        #expect(MemoryPressure.available(inMeminfo: text) == 64 << 20)
        #expect(MemoryPressure.available(inMeminfo: "nothing") == nil)
    }
}
