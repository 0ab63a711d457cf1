internal import Checks
internal import Records
internal import Yams

extension YAMLValue {
    /// A list of checks.
    func checks() throws -> [Check] {
        do {
            return try YAMLDecoder().decode(CheckList.self, from: node).checks
        } catch let error as DecodingError {
            throw DataError(
                .unusableOption, "\(origin): \(error.words(under: path))", remedy: "See docs/verification.md.")
        }
    }
}
