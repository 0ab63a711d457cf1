internal import ImportLog
internal import Records

/// Whether a source is still the file that an import began to read.
struct SourceCheck {
    let importID: ImportID
    let file: SourceFile
    let submitted: ImportSubmitted

    /// The digest at the end of the last chunk, to go on with. Throws, saying what changed, where the source is not
    /// what it was.
    ///
    /// Where the system says that nobody wrote to the file since, only the last block is read again. Otherwise all
    /// that was imported is.
    func digest(after last: ChunkCommitted?, of known: [ChunkCommitted]) throws -> SourceDigest {
        let now = try file.identity()
        if let size = submitted.identity?.size, now?.size != size {
            throw changed("it has \(now?.size ?? 0) bytes now and had \(size)")
        }
        guard let last else { return try file.digest(upTo: submitted.reading.dataOffset) }
        let end = last.span.end.byteOffset
        var digest = SourceDigest()
        if now != nil && now == submitted.identity {
            digest = SourceDigest(chain: last.digestChain, lastBlockBefore: end)
            try file.digest(&digest, upTo: end)
            if digest.value != last.digest { throw changed("the bytes before byte \(end) are others") }
            return digest
        }
        var different: ChunkCommitted?
        try file.digest(&digest, upTo: end, stoppingAt: known.map(\.span.end.byteOffset)) { offset, digest in
            let chunk = known.first { $0.span.end.byteOffset == offset }
            if let chunk, chunk.digest != digest.value { different = chunk }
            return different == nil
        }
        if let different {
            let span = different.span
            throw changed(
                "the bytes \(span.start.byteOffset) to \(span.end.byteOffset) (chunk \(different.chunk), lines "
                    + "\(span.start.line) to \(span.end.line)) are others")
        }
        return digest
    }

    private func changed(_ what: String) -> DataError {
        DataError(
            .conflict,
            "Import \(importID) cannot go on: its source \(file.path) is not what it was: \(what). Nothing was changed.",
            remedy: "Put the original file back and resume, or import the new file as an import of its own.")
    }
}
