import Foundation
import ImportLog

/// The lines of a feed, with their places.
struct Lines {
    struct Line {
        var text: String
        var place: Span.Place

        /// Why the line is no price; nil where it is one.
        var problem: String? {
            let fields = text.split(separator: ",", omittingEmptySubsequences: false)
            guard fields.count == 2 else { return "A line has a SKU and a price, this one \(fields.count) fields." }
            return Double(fields[1]) == nil ? "'\(fields[1])' is not a price." : nil
        }
    }

    private let lines: [Line]
    private let end: Span.Place

    init(of path: String) throws {
        var (lines, place): ([Line], Span.Place) = ([], .init(byteOffset: 0, line: 1, record: 1))
        for text in try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n") {
            lines.append(Line(text: String(text), place: place))
            place = Span.Place(
                byteOffset: place.byteOffset + UInt64(text.utf8.count) + 1, line: place.line + 1,
                record: place.record + 1)
        }
        (self.lines, end) = (lines, place)
    }

    /// Up to `count` lines from `place` on, and where the next ones begin; nil at the end.
    func batch(of count: Int, from place: Span.Place) -> (lines: ArraySlice<Line>, end: Span.Place)? {
        let batch = lines.dropFirst(Int(place.record) - 1).prefix(count)
        if batch.isEmpty { return nil }
        return (batch, batch.endIndex < lines.count ? lines[batch.endIndex].place : end)
    }
}
