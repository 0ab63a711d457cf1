internal import ImportLog
internal import Readers
internal import Records

extension OpenSource {
    /// Opens a section in the way that was recorded, at its first record.
    func reader(of reading: ImportSubmitted.Reading) throws -> any Reader {
        var reader = try readerOfAll(reading)
        if reading.start != reading.dataStart { try reader.seek(to: reading.start) }
        return reader
    }

    private func readerOfAll(_ reading: ImportSubmitted.Reading) throws -> any Reader {
        switch SourceFormat(rawValue: reading.format) {
        case .csv: return try CSVFormat.reader(of: bytes(of: reading), reading)
        case .json, .ndjson: return try JSONFormat.reader(of: bytes(of: reading).decoded(reading), reading)
        case .sql: return try SQLFormat.reader(of: bytes(of: reading).decoded(reading), reading)
        case .xlsx: return try XLSXFormat.reader(of: requireWorkbook(), reading)
        case nil:
            throw DataError(
                .malformed,
                "The log says that the source has the format '\(reading.format)', which this version does not know.",
                remedy: "Use the version that started the import.")
        }
    }

    private func requireWorkbook() throws -> XLSXWorkbook {
        if let workbook { return workbook }
        throw DataError(
            .unreadable, "\(address.name) is no longer a spreadsheet.", remedy: "Restore the original file and resume.")
    }
}
