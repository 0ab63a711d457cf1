package import Records

/// Spreadsheet files that are recognised and not read.
package enum SpreadsheetFormat: Sendable, Equatable {
    /// Excel 97 to 2003.
    case xls
    case encryptedXLSX
    case xlsb
    case ods

    /// What an OLE2 compound file begins with.
    private static let signature: [UInt8] = [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1]

    /// What the file is if it is an OLE2 compound file: an old spreadsheet or an encrypted new one; nil otherwise. A
    /// zip is for `XLSXWorkbook` to look into. The source must be able to seek.
    package static func detect(_ source: any ByteSource) throws -> SpreadsheetFormat? {
        var source = source
        let header = try source.bytes(at: 0, count: 512)
        guard header.count == 512, header.starts(with: signature) else { return nil }
        // [MS-CFB] 2.2: the sector size as a power of two, and the first sector of the directory.
        let sectorBytes: UInt64 = header[30] == 12 ? 4096 : 512
        let sector = header[48..<52].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        let directory = try source.bytes(at: (sector + 1) * sectorBytes, count: Int(sectorBytes))
        let name = "EncryptedPackage".utf16.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }
        let entries = stride(from: 0, to: directory.count, by: 128)
        return entries.contains { directory[$0...].starts(with: name) } ? .encryptedXLSX : .xls
    }

    /// Why the file is not read, and what to do.
    package var refusal: DataError {
        switch self {
        case .xls: Self.refusal("an Excel 97-2003 file (.xls)")
        case .encryptedXLSX:
            DataError(
                .malformed, "this spreadsheet is protected with a password",
                remedy: "Open it, remove the password, save it as .xlsx, and import that.")
        case .xlsb: Self.refusal("a binary Excel file (.xlsb)")
        case .ods: Self.refusal("an OpenDocument spreadsheet (.ods)")
        }
    }

    private static func refusal(_ what: String) -> DataError {
        DataError(
            .malformed, "this is \(what), which Waybill does not read",
            remedy: "Open it in a spreadsheet program, save it as .xlsx, and import that.")
    }

    /// What to say of a package without a workbook.
    static func refusal(open: PartOpening) throws -> DataError {
        if var source = try open("mimetype") {
            let type = String(decoding: try source.next(100), as: UTF8.self)
            let family = "application/vnd.oasis.opendocument."
            if type.hasPrefix(family + "spreadsheet") { return SpreadsheetFormat.ods.refusal }
            if type.hasPrefix(family) { return refusal("an OpenDocument file (\(type.dropFirst(family.count)))") }
        }
        return DataError(
            .malformed, "this is not a spreadsheet: its _rels/.rels names no workbook",
            remedy: "Check that the file is an .xlsx and was written completely.")
    }
}

extension ByteSource {
    fileprivate mutating func bytes(at offset: UInt64, count: Int) throws -> [UInt8] {
        if let size, offset >= size { return [] }
        try seek(to: offset)
        return try next(count)
    }

    /// The next bytes, fewer at the end.
    fileprivate mutating func next(_ count: Int) throws -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            let got = try bytes.withUnsafeMutableBytes { try read(into: .init(rebasing: $0[filled...])) }
            if got == 0 { break }
            filled += got
        }
        return Array(bytes.prefix(filled))
    }
}
