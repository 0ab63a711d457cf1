/// What an archive's entry is taken for by its name alone.
enum EntryKind: Equatable {
    /// What packing programs and desktops leave behind: `.DS_Store`, `__MACOSX/`.
    case residue
    /// Its ending is that of pictures, programs, typeset documents.
    case noData
    /// It is called as the papers are that come with data: `LICENSE`, `README.txt`.
    case paper
    /// Its ending is that of a format that is read.
    case data
    /// Its name leaves open what it is.
    case open

    init(name: String) {
        let parts = name.split(separator: "/")
        let last = (parts.last ?? "").lowercased()
        let stem = String(NameEnding.stem(of: last))
        let ending = NameEnding.format(of: last)
        if parts.first == "__MACOSX" || last.hasPrefix("._") || Self.residues.contains(last) {
            self = .residue
        } else if let ending, Self.dataEndings.contains(ending) {
            self = .data
        } else if Self.papers.contains(where: { stem == $0 || stem.hasPrefix($0 + "_") || stem.hasPrefix($0 + "-") }),
            ending == nil || ending == "txt"
        {
            self = .paper
        } else if let ending, Self.otherEndings.contains(ending) {
            self = .noData
        } else {
            self = .open
        }
    }

    /// Why an entry of this kind is left out; nil if it may be data.
    var reason: String? {
        switch self {
        case .residue: "the system that packed the archive left it there"
        case .noData: "its extension is not one of a data format"
        case .paper: "it is documentation, not data"
        case .data, .open: nil
        }
    }

    var mayBeData: Bool { reason == nil }

    private static let residues: Set<String> = [
        ".ds_store", "thumbs.db", "desktop.ini", ".gitkeep", ".gitignore", ".gitattributes", ".keep", ".localized",
    ]
    private static let dataEndings: Set<String> = [
        "csv", "tsv", "tab", "psv", "json", "ndjson", "jsonl", "geojson", "geojsonl", "geojsons", "topojson", "sql",
    ]
    private static let papers: Set<String> = [
        "readme", "read_me", "license", "licence", "copying", "copyright", "notice", "authors", "changelog", "changes",
        "contributors", "liesmich", "terms", "disclaimer", "install",
    ]
    private static let otherEndings: Set<String> = [
        // Pictures, sound, film, typefaces.
        "png", "jpg", "jpeg", "gif", "bmp", "tif", "tiff", "webp", "svg", "ico", "heic", "avif", "psd", "mp3", "wav",
        "ogg",
        "flac", "m4a", "mp4", "mov", "avi", "mkv", "webm", "ttf", "otf", "woff", "woff2",
        // Documents.
        "md", "markdown", "rst", "adoc", "pdf", "ps", "eps", "rtf", "doc", "docx", "odt", "ppt", "pptx", "odp", "epub",
        // Programs and what belongs to them.
        "exe", "dll", "so", "dylib", "jar", "pyc", "css", "js", "ts", "py", "rb", "php", "sh", "bat", "ps1",
        "cpp", "java", "cs", "rs", "swift", "lnk",
        // Sums and signatures of other files.
        "md5", "sha1", "sha256", "sha512", "sig", "p7s", "sfv",
    ]
}
