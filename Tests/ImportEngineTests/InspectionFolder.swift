import Foundation
import ImportEngine

/// A folder of its own for files that are inspected.
struct InspectionFolder {
    private let directory: URL

    init() throws {
        directory = FileManager.default.temporaryDirectory.appendingPathComponent("waybill-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    }

    func inspect(_ text: String, as name: String, _ change: (inout ImportOptions) -> Void) throws -> Inspection {
        let file = directory.appendingPathComponent(name)
        try Data(text.utf8).write(to: file)
        var options = ImportOptions()
        change(&options)
        return try Inspection(options.inspectionPlan(for: file.path), rows: 5)
    }
}
