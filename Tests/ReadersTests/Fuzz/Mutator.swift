/// Makes new inputs of old ones.
struct Mutator {
    /// What the format is made of: put in whole, it goes deeper than single bytes do.
    let tokens: [String]
    /// The longest input made, in bytes.
    static let longest = 2_000

    func mutated(_ seeds: [[UInt8]], using random: inout SplitMix) -> [UInt8] {
        var bytes = seeds.randomElement(using: &random) ?? []
        // Few changes leave most of an input as it was; many make what nobody thought of.
        let most = Bool.random(using: &random) ? 2 : 8
        for _ in 0..<Int.random(in: 1...most, using: &random) { change(&bytes, seeds, &random) }
        return Array(bytes.prefix(Self.longest))
    }

    private func change(_ bytes: inout [UInt8], _ seeds: [[UInt8]], _ random: inout SplitMix) {
        let place = Int.random(in: 0...bytes.count, using: &random)
        let part = place..<min(bytes.count, place + Int.random(in: 1...12, using: &random))
        switch Int.random(in: 0..<9, using: &random) {
        case 0 where !part.isEmpty: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case 1 where !part.isEmpty: bytes[place] = .random(in: .min ... .max, using: &random)
        case 2: bytes.removeSubrange(part)
        case 3: bytes.insert(contentsOf: bytes[part], at: place)
        case 4:
            let other = seeds.randomElement(using: &random) ?? []
            bytes.replaceSubrange(place..., with: other.dropFirst(min(place, other.count)))
        case 5: bytes.removeSubrange(place...)
        case 6:
            let times = Int.random(in: 1...40, using: &random)
            let token = Array((tokens.randomElement(using: &random) ?? "").utf8)
            for _ in 0..<(times > 36 ? times : 1) { bytes.insert(contentsOf: token, at: place) }
        default: bytes.insert(contentsOf: Array((tokens.randomElement(using: &random) ?? "").utf8), at: place)
        }
    }
}
