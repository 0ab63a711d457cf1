/// The checks under `checks:` in `waybill.yaml`, in their order.
package struct CheckList: Decodable, Equatable, Sendable {
    package let checks: [Check]

    /// Throws `DecodingError` that names the check by its number, from 1, and its name, and the place in it.
    package init(from decoder: any Decoder) throws {
        var list = try decoder.unkeyedContainer()
        var checks: [Check] = []
        while !list.isAtEnd {
            let item = try list.superDecoder()
            do {
                checks.append(try Check(from: item))
            } catch let error as DecodingError {
                let name = (try? Named(from: item))?.name.map { " (\($0))" } ?? ""
                throw DecodingError.dataCorrupted(
                    .init(
                        codingPath: decoder.codingPath,
                        debugDescription: "check \(checks.count + 1)\(name): "
                            + error.words(below: item.codingPath.count)))
            }
        }
        self.checks = checks
    }

    private struct Named: Decodable { let name: String? }
}

extension DecodingError {
    /// What is wrong, after the keys that lead there.
    ///
    /// - Parameter depth: how many of the keys are left out at the beginning.
    fileprivate func words(below depth: Int) -> String {
        let context: Context
        switch self {
        case .typeMismatch(_, let found), .valueNotFound(_, let found), .dataCorrupted(let found): context = found
        case .keyNotFound(let key, let found):
            context = Context(codingPath: found.codingPath, debugDescription: "\(key.stringValue) is missing.")
        @unknown default: return "\(self)"
        }
        let place = context.codingPath.dropFirst(depth).map(\.stringValue).joined(separator: ".")
        return place.isEmpty ? context.debugDescription : "\(place): \(context.debugDescription)"
    }
}
