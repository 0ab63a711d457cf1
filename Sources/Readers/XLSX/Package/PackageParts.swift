internal import Records

/// Opens a part of a spreadsheet's package, such as `xl/workbook.xml`, from its beginning, each time again; nil if
/// there is none of this name.
package typealias PartOpening = @Sendable (_ part: String) throws -> (any ByteSource)?

/// The parts of an Office Open XML package (ECMA-376 part 2).
struct PackageParts: Sendable {
    let open: PartOpening

    /// How long the parts may be that are kept in memory, in bytes of XML: all but the sheets and the shared strings.
    private static let maximumBytes: UInt64 = 64 << 20

    /// Reads a whole part. Returns false if it is missing; throws `DataError(.malformed)` where it cannot be read.
    func read(_ part: String, maximumBytes: UInt64 = Self.maximumBytes, with handler: XMLHandler) throws -> Bool {
        guard let source = try open(part) else { return false }
        let stream = XMLStream(source, maximumBytes: maximumBytes, handler: handler)
        while true {
            switch try stream.advance() {
            case .paused: continue
            case .ended: return true
            case .broken(let problem):
                throw DataError(
                    .malformed, "\(part) cannot be read: \(problem)",
                    remedy: "Open the file in a spreadsheet program and save it again.")
            }
        }
    }

    /// The relationships of a part, or of the package itself where `part` is empty.
    func relationships(of part: String) throws -> [Relationship] {
        let (folder, name) = Self.split(part)
        let handler = RelationshipsHandler(folder: folder)
        _ = try read("\(folder)_rels/\(name).rels", with: handler)
        return handler.relationships
    }

    /// A part's folder, with the slash at its end, and its name in there.
    private static func split(_ part: String) -> (folder: String, name: String) {
        guard let slash = part.lastIndex(of: "/") else { return ("", part) }
        return (String(part[...slash]), String(part[part.index(after: slash)...]))
    }
}

/// That one part refers to another.
struct Relationship {
    var id: String
    /// The last word of the relationship's type, which transitional and strict files have in common: `worksheet`.
    var kind: String
    /// The part's name, without a slash in front.
    var target: String
}

private final class RelationshipsHandler: XMLHandler {
    let folder: String
    var relationships: [Relationship] = []

    init(folder: String) { self.folder = folder }

    override func start(_ name: XMLName, _ attributes: XMLAttributes) -> Bool {
        guard name == "Relationship" else { return true }
        if let id = attributes.text("Id"), let type = attributes.text("Type"), let target = attributes.text("Target"),
            attributes.text("TargetMode") != "External"
        {
            let kind = type.split(separator: "/").last.map(String.init) ?? ""
            relationships.append(Relationship(id: id, kind: kind, target: resolve(target)))
        }
        return false
    }

    /// A target counts from the folder of the part that has it, unless it begins with a slash. Some programs write
    /// backslashes.
    private func resolve(_ target: String) -> String {
        let target = target.replacing("\\", with: "/")
        var steps: [Substring] = []
        for step in (target.hasPrefix("/") ? target : folder + target).split(separator: "/") where step != "." {
            if step == ".." { _ = steps.popLast() } else { steps.append(step) }
        }
        return steps.joined(separator: "/")
    }
}
