/// Things that need others, in an order in which each comes after all that it needs; those that need one another together.
package enum Circles {
    /// - Parameter edges: pairs of which the first needs the second; of numbers from 0 up to `count`.
    /// - Returns: groups of numbers, each ascending: one number, or all that need one another. (Tarjan's algorithm.)
    package static func inOrder(count: Int, edges: [(Int, Int)]) -> [[Int]] {
        var needs = [[Int]](repeating: [], count: count)
        for (from, to) in edges { needs[from].append(to) }
        var order = [Int?](repeating: nil, count: count)
        var lowest = [Int](repeating: 0, count: count)
        var isOpen = [Bool](repeating: false, count: count)
        var open: [Int] = []
        var circles: [[Int]] = []
        var next = 0
        // Not recursive: a chain may be as long as a chunk.
        var path: [(node: Int, edge: Int)] = []
        func enter(_ node: Int) {
            order[node] = next
            lowest[node] = next
            next += 1
            isOpen[node] = true
            open.append(node)
            path.append((node, 0))
        }
        for start in 0..<count where order[start] == nil {
            enter(start)
            while let (node, edge) = path.last {
                if edge < needs[node].count {
                    path[path.count - 1].edge += 1
                    let other = needs[node][edge]
                    if let seen = order[other] {
                        if isOpen[other] { lowest[node] = min(lowest[node], seen) }
                    } else {
                        enter(other)
                    }
                    continue
                }
                path.removeLast()
                if let former = path.last?.node { lowest[former] = min(lowest[former], lowest[node]) }
                guard lowest[node] == order[node] else { continue }
                var circle: [Int] = []
                while let member = open.popLast() {
                    isOpen[member] = false
                    circle.append(member)
                    if member == node { break }
                }
                circles.append(circle.sorted())
            }
        }
        return circles
    }
}
