import Destinations
import Testing

@Suite struct CirclesTests {
    @Test(
        arguments: [
            (3, [], [[0], [1], [2]]),
            (3, [(0, 1), (1, 2)], [[2], [1], [0]]),
            (3, [(0, 1), (1, 0), (2, 0)], [[0, 1], [2]]),
            (4, [(0, 1), (1, 2), (2, 1), (3, 3)], [[1, 2], [0], [3]]),
            (4, [(0, 1), (0, 2), (1, 3), (2, 3)], [[3], [1], [2], [0]]),
        ] as [(Int, [(Int, Int)], [[Int]])])
    func whatIsNeededComesFirst(_ count: Int, _ edges: [(Int, Int)], _ order: [[Int]]) {
        #expect(Circles.inOrder(count: count, edges: edges) == order)
    }

    @Test func aChainMayBeAsLongAsAChunk() {
        let count = 100_000
        let order = Circles.inOrder(count: count, edges: (1..<count).map { ($0 - 1, $0) })
        #expect(order == (0..<count).reversed().map { [$0] })
    }
}
