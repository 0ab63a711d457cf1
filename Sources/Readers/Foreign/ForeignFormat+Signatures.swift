internal import Records

/// Formats that begin with bytes of their own.
extension ForeignFormat {
    private struct Signature {
        var bytes: [UInt8]
        var offset = 0
        /// Whether a text might begin so, too: then bytes must follow that no text has.
        var needsBinary = true
        var format: ForeignFormat
    }

    /// The format whose signature the first bytes have.
    static func signed(_ head: [UInt8]) -> ForeignFormat? {
        let isBinary = head.prefix(512).contains { $0 < 9 || (14..<32).contains($0) && $0 != 0x1A }
        let found = signatures.first { signature in
            (isBinary || !signature.needsBinary) && head.dropFirst(signature.offset).starts(with: signature.bytes)
        }
        if let found { return found.format }
        if isDBase(head) { return Self("a dBase file (.dbf)", spreadsheet) }
        if isSYLK(head) { return Self("a SYLK spreadsheet (.slk)", spreadsheet) }
        return nil
    }

    static let spreadsheet = "Open it in a spreadsheet program, save it as .xlsx or .csv, and import that."
    private static let wrongFile = "Check that it is the right file."

    private static func duckDB(_ from: String) -> String {
        "Convert it first: duckdb -c \"COPY (FROM \(from)) TO 'FILE.csv'\", and import FILE.csv."
    }

    private static func unpack(_ command: String) -> String { "Unpack it first: \(command) | \(DataError.pipedImport)" }

    private static func unpackAll(_ command: String) -> String { "Unpack it (\(command)) and import the files in it." }

    private static func table(_ what: String, _ signature: [UInt8], at offset: Int = 0, _ remedy: String) -> Signature {
        Signature(bytes: signature, offset: offset, format: Self(what, remedy, mayHoldTable: remedy != wrongFile))
    }

    private static func table(_ what: String, _ signature: String, at offset: Int = 0, _ remedy: String) -> Signature {
        table(what, Array(signature.utf8), at: offset, remedy)
    }

    private static func text(_ what: String, _ signature: String, _ remedy: String) -> Signature {
        Signature(
            bytes: Array(signature.utf8), needsBinary: false,
            format: Self(what, remedy, mayHoldTable: remedy != wrongFile))
    }

    private static let signatures: [Signature] = tables + databases + packed + pictures + texts + programs

    private static let python = "Write it as CSV first, for example with pandas: DataFrame.to_csv."

    private static let tables: [Signature] = [
        table("a Parquet file", "PAR1", duckDB("'FILE'")),
        table("an encrypted Parquet file", "PARE", "Decrypt it, and write it as CSV, with the program that made it."),
        table("an ORC file", "ORC", "Convert it to CSV first, for example with pyarrow.orc."),
        table("an Avro file", "Obj\u{1}", duckDB("read_avro('FILE')")),
        table("an Arrow file (Feather)", "ARROW1", "Convert it to CSV first, for example with pyarrow.feather."),
        table("a Feather file", "FEA1", "Convert it to CSV first, for example with pyarrow.feather."),
        table("an Arrow stream", [0xFF, 0xFF, 0xFF, 0xFF], "Convert it to CSV first, for example with pyarrow.ipc."),
        table("a NumPy file (.npy)", [0x93] + Array("NUMPY".utf8), "Write it as CSV first: numpy.savetxt."),
        table("an HDF5 file", [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A], python),
        table("a NetCDF file", "CDF\u{1}", python), table("a NetCDF file", "CDF\u{2}", python),
        table("a MATLAB file", "MATLAB 5.0 MAT", python),
        table("an SPSS file (.sav)", "$FL2", python), table("an SPSS file (.zsav)", "$FL3", python),
        table(
            "a SAS file (.sas7bdat)",
            [0xC2, 0xEA, 0x81, 0x60, 0xB3, 0x14, 0x11, 0xCF, 0xBD, 0x92, 0x08, 0x00], at: 12, python),
        text("a SAS transport file (.xpt)", "HEADER RECORD*******LIB", python),
        text("a Stata file (.dta)", "<stata_dta>", python),
        table("a Stata file (.dta)", [0x73, 0x02, 0x01, 0x00], python),
        table("a Stata file (.dta)", [0x72, 0x02, 0x01, 0x00], python),
        table("an R data file", "RDX2\n", "Write it as CSV in R: write.csv."),
        table("an R data file", "RDX3\n", "Write it as CSV in R: write.csv."),
        table("an R data file (.rds)", "X\n\0\0\0", "Write it as CSV in R: write.csv."),
        table("a Python pickle", [0x80, 0x02], python), table("a Python pickle", [0x80, 0x03], python),
        table("a Python pickle", [0x80, 0x04], python), table("a Python pickle", [0x80, 0x05], python),
        table("a Python pickle", "]q\0", python), table("a Python pickle", "}q\0", python),
        text("a Python pickle", "(lp0\n", python), text("a Python pickle", "(dp0\n", python),
        text("a Python pickle", "ccopy_reg\n", python),
        table("a FlatGeobuf file", "fgb\u{3}fgb", "Convert it first: ogr2ogr FILE.geojson FILE"),
        table("a shapefile", [0x00, 0x00, 0x27, 0x0A], "Convert it first: ogr2ogr FILE.geojson FILE"),
    ]

    private static let databases: [Signature] = [
        table(
            "an SQLite database", "SQLite format 3\0",
            "Import its dump: sqlite3 FILE .dump > dump.sql; waybill import dump.sql --into DEST"),
        table(
            "a DuckDB database", "DUCK", at: 8,
            "Export its tables: duckdb FILE -c \"EXPORT DATABASE 'DIRECTORY'\", and import the CSV files."),
        table(
            "a pg_dump archive in its custom format", "PGDMP",
            "Convert it to SQL: pg_restore --data-only --inserts -f FILE.sql FILE, and import FILE.sql."),
        table("an Access database", "Standard Jet DB", at: 4, "Export its tables: mdb-export FILE TABLE > TABLE.csv"),
        table("an Access database", "Standard ACE DB", at: 4, "Export its tables: mdb-export FILE TABLE > TABLE.csv"),
        table("a SQL Server backup (.bak)", "TAPE", "Restore it in SQL Server and export its tables as CSV."),
        table(
            "an Excel 97-2003 file (.xls) or another OLE file",
            [0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1],
            spreadsheet),
        table("an Excel file from before 1997 (.xls)", [0x09, 0x08, 0x10, 0x00], spreadsheet),
        table("an Excel file from before 1997 (.xls)", [0x09, 0x08, 0x08, 0x00], spreadsheet),
        table("an Excel file from before 1997 (.xls)", [0x09, 0x04, 0x06, 0x00], spreadsheet),
        table("an Excel file from before 1997 (.xls)", [0x09, 0x02, 0x06, 0x00], spreadsheet),
    ]

    private static let packed: [Signature] = [
        table("a 7-Zip archive", [0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C], unpackAll("7z x FILE")),
        table("a RAR archive", "Rar!\u{1A}\u{7}", unpackAll("unrar x FILE")),
        table("a cabinet archive (.cab)", "MSCF\0", unpackAll("cabextract FILE")),
        table("a xar archive", "xar!", unpackAll("bsdtar -xf FILE")),
        text("a Unix archive (.ar, .deb)", "!<arch>\n", unpackAll("bsdtar -xf FILE")),
        table("a cpio archive", "070701", unpackAll("bsdtar -xf FILE")),
        table("a part of a split zip archive", "PK\u{7}\u{8}", "Put its parts together and unpack that: zip -s 0 FILE"),
        table("lz4 data", [0x04, 0x22, 0x4D, 0x18], unpack("lz4 -dc FILE")),
        table("compress data (.Z)", [0x1F, 0x9D], unpack("zcat FILE")),
        table("compress data (.Z)", [0x1F, 0xA0], unpack("zcat FILE")),
        table("lzma data", [0x5D, 0x00, 0x00], unpack("xz -dc --format=lzma FILE")),
        table("lzip data", "LZIP\u{1}", unpack("lzip -dc FILE")),
        table("lzop data", [0x89, 0x4C, 0x5A, 0x4F, 0x00], unpack("lzop -dc FILE")),
        table(
            "snappy data", [0xFF, 0x06, 0x00, 0x00, 0x73, 0x4E, 0x61, 0x50, 0x70, 0x59], unpack("snzip -dc FILE")),
    ]

    private static let pictures: [Signature] = [
        table("a PNG image", [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A], wrongFile),
        table("a JPEG image", [0xFF, 0xD8, 0xFF], wrongFile),
        table("a GIF image", "GIF87a", wrongFile), table("a GIF image", "GIF89a", wrongFile),
        table("a bitmap image", "BM", wrongFile), table("a TIFF image", "II*\0", wrongFile),
        table("a TIFF image", "MM\0*", wrongFile), table("an image, audio or video file", "RIFF", wrongFile),
        table("an icon", [0x00, 0x00, 0x01, 0x00], wrongFile), table("a video", "ftyp", at: 4, wrongFile),
        table("an audio file", "ID3", wrongFile), table("an audio file", "OggS", wrongFile),
        table("an audio file", "fLaC", wrongFile),
    ]

    private static let texts: [Signature] = [
        text("a PDF document", "%PDF-", "Export its table as CSV or .xlsx from the program that made it."),
        text("a PostScript document", "%!PS", wrongFile),
        text(
            "an RTF document", "{\\rtf",
            "Open it in a word processor, copy its table into a spreadsheet, save it as .xlsx or .csv, and import that."
        ),
        text("a DIF spreadsheet", "TABLE\r\n0,1\r\n", spreadsheet),
        text("a DIF spreadsheet", "TABLE\n0,1\n", spreadsheet),
        text("a vCard file", "BEGIN:VCARD", "Export the contacts as CSV."),
        text("a calendar (.ics)", "BEGIN:VCALENDAR", "Export the calendar as CSV."),
        text("YAML", "%YAML", "Convert it to JSON first: yq -o json FILE | \(DataError.pipedImport)"),
    ]

    private static let programs: [Signature] = [
        table("a program", [0x7F, 0x45, 0x4C, 0x46], wrongFile), table("a program", "MZ", wrongFile),
        table("a Java class", [0xCA, 0xFE, 0xBA, 0xBE], wrongFile), table("a WebAssembly module", "\0asm", wrongFile),
        table("a property list", "bplist00", "Convert it to JSON first: plutil -convert json FILE"),
    ]

    /// A header of sensible figures, and the name of a first column.
    private static func isDBase(_ head: [UInt8]) -> Bool {
        guard head.count > 64 else { return false }
        let versions: Set<UInt8> = [
            0x02, 0x03, 0x04, 0x05, 0x30, 0x31, 0x32, 0x43, 0x63, 0x83, 0x8B, 0x8C, 0xCB, 0xF5, 0xFB,
        ]
        let headerBytes = Int(head[8]) | Int(head[9]) << 8
        let isName = (0x41...0x5A).contains(head[32] & 0xDF) || head[32] == 0x5F
        return versions.contains(head[0]) && (1...12).contains(head[2]) && (1...31).contains(head[3])
            && headerBytes >= 65 && head[12] == 0 && head[13] == 0 && isName
    }

    /// `ID;P` begins a table with the column ID, too; the records of cells tell a SYLK.
    private static func isSYLK(_ head: [UInt8]) -> Bool {
        guard head.starts(with: Array("ID;P".utf8)) else { return false }
        let lines = head.split(whereSeparator: LineByte.isEnd).dropFirst().prefix(200)
        return lines.contains { line in ["C;X", "C;Y", "B;Y", "B;X"].contains { line.starts(with: $0.utf8) } }
    }
}
