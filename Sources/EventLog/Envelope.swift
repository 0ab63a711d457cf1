internal import Hashing

/// The bytes of an event in the log.
///
/// ```
/// offset  size
/// 0       1     format version, 1
/// 1       8     position
/// 9       8     recorded at, microseconds since 1970-01-01 UTC
/// 17      8     version in the stream
/// 25      2     length of the stream's name      \
/// 27      2     length of the type                | then the stream, the type,
/// 29      4     length of the payload             | the payload and,
/// 33      4     number of attachments            /  where there are attachments, their digest (32)
/// end-32  32    hash: SHA-256 of the previous event's hash and all bytes before this one
/// ```
/// Integers are big-endian. The first event's previous hash is 32 zero bytes.
enum Envelope {
    static let formatVersion: UInt8 = 1
    static let fixedLength = 37
    static let hashLength = 32

    /// The event in an envelope, or nil if the bytes are not an envelope.
    static func decode(_ bytes: UnsafeRawBufferPointer) -> RecordedEvent? {
        guard let parts = EnvelopeParts(bytes) else { return nil }
        return RecordedEvent(
            position: parts.position, recordedAt: parts.recordedAt,
            stream: String(decoding: parts.stream, as: UTF8.self), version: parts.version,
            type: String(decoding: parts.type, as: UTF8.self), payload: [UInt8](parts.payload),
            attachmentCount: parts.attachmentCount)
    }

    /// The hash that an envelope carries; empty if the bytes are too short to have one.
    static func hash(of bytes: UnsafeRawBufferPointer) -> [UInt8] {
        [UInt8](bytes.suffix(hashLength))
    }

    /// Whether an envelope's hash is that of its bytes and of the event before it.
    static func isHashRight(_ parts: EnvelopeParts, after previousHash: [UInt8]) -> Bool {
        var hasher = SHA256()
        hasher.update(previousHash)
        hasher.update(parts.content)
        return hasher.digest.withUnsafeBytes { $0.hasSameBytes(as: parts.hash) }
    }

    /// Empty if there are no attachments.
    static func digest(ofAttachments attachments: [[UInt8]]) -> [UInt8] {
        if attachments.isEmpty { return [] }
        var digest = AttachmentDigest()
        for attachment in attachments { digest.add(attachment) }
        return digest.bytes
    }
}

/// Makes envelopes one after the other, in one buffer.
struct EnvelopeWriter {
    /// The hash of the event before, then the envelope: so the bytes to be hashed stand together.
    private var writer = ByteWriter()

    init(after previousHash: [UInt8]) { writer.bytes = previousHash }

    mutating func write(_ event: RecordedEvent, attachmentDigest: [UInt8]) {
        beginAfterLast()
        writeHeader(of: event)
        writer.write(event.stream)
        writer.write(event.type)
        writer.write(event.payload)
        writer.write(attachmentDigest)
        writer.bytes.append(contentsOf: SHA256.digest(of: writer.bytes))
    }

    /// Writes the fields of fixed length: in one step, for this is done with every event.
    private mutating func writeHeader(of event: RecordedEvent) {
        writer.bytes.append(contentsOf: repeatElement(0, count: Envelope.fixedLength))
        writer.bytes.withUnsafeMutableBytes { bytes in
            let header = UnsafeMutableRawBufferPointer(rebasing: bytes[Envelope.hashLength...])
            header[0] = Envelope.formatVersion
            header.storeBytes(of: event.position.bigEndian, toByteOffset: 1, as: UInt64.self)
            header.storeBytes(of: event.recordedAt.bigEndian, toByteOffset: 9, as: UInt64.self)
            header.storeBytes(of: event.version.bigEndian, toByteOffset: 17, as: UInt64.self)
            header.storeBytes(of: UInt16(event.stream.utf8.count).bigEndian, toByteOffset: 25, as: UInt16.self)
            header.storeBytes(of: UInt16(event.type.utf8.count).bigEndian, toByteOffset: 27, as: UInt16.self)
            header.storeBytes(of: UInt32(event.payload.count).bigEndian, toByteOffset: 29, as: UInt32.self)
            header.storeBytes(of: UInt32(event.attachmentCount).bigEndian, toByteOffset: 33, as: UInt32.self)
        }
    }

    /// Leaves only the last hash, at the beginning.
    private mutating func beginAfterLast() {
        let length = Envelope.hashLength
        writer.bytes.withUnsafeMutableBytes { bytes in
            bytes.copyBytes(from: UnsafeRawBufferPointer(rebasing: bytes.suffix(length)))
        }
        writer.bytes.removeLast(writer.bytes.count - length)
    }

    /// The envelope that was written last.
    func withEnvelope<R>(_ body: (RawSpan) throws -> R) rethrows -> R {
        try writer.bytes.withUnsafeBytes { bytes in
            try body(UnsafeRawBufferPointer(rebasing: bytes.dropFirst(Envelope.hashLength)).bytes)
        }
    }
}

/// Where an envelope's parts stand; nothing is copied, so that it lives no longer than the bytes.
struct EnvelopeParts {
    let position: UInt64
    let recordedAt: UInt64
    let version: UInt64
    let attachmentCount: Int
    let stream: UnsafeRawBufferPointer
    let type: UnsafeRawBufferPointer
    let payload: UnsafeRawBufferPointer
    /// Empty if there are no attachments.
    let attachmentDigest: UnsafeRawBufferPointer
    /// All bytes before the hash.
    let content: UnsafeRawBufferPointer
    let hash: UnsafeRawBufferPointer

    /// Nil if the bytes are not an envelope.
    init?(_ bytes: UnsafeRawBufferPointer) {
        var reader = ByteReader(bytes)
        guard reader.read(UInt8.self) == Envelope.formatVersion,
            let position = reader.read(UInt64.self), let recordedAt = reader.read(UInt64.self),
            let version = reader.read(UInt64.self), let streamLength = reader.read(UInt16.self),
            let typeLength = reader.read(UInt16.self), let payloadLength = reader.read(UInt32.self),
            let attachmentCount = reader.read(UInt32.self),
            let stream = reader.read(count: Int(streamLength)), let type = reader.read(count: Int(typeLength)),
            let payload = reader.read(count: Int(payloadLength)),
            let digest = reader.read(count: attachmentCount == 0 ? 0 : Envelope.hashLength)
        else { return nil }
        content = UnsafeRawBufferPointer(rebasing: bytes[..<reader.offset])
        guard let hash = reader.read(count: Envelope.hashLength), reader.offset == bytes.count else { return nil }
        self.position = position
        self.recordedAt = recordedAt
        self.version = version
        self.attachmentCount = Int(attachmentCount)
        self.stream = stream
        self.type = type
        self.payload = payload
        attachmentDigest = digest
        self.hash = hash
    }
}

/// The digest of an event's attachments: of each one's length (8 bytes) and bytes, in order; empty if there is none.
struct AttachmentDigest {
    private(set) var count = 0
    private var hasher = SHA256()

    mutating func add(_ attachment: [UInt8]) {
        count += 1
        hasher.update(UInt64(attachment.count).key)
        hasher.update(attachment)
    }

    var bytes: [UInt8] { count == 0 ? [] : hasher.digest }
}
