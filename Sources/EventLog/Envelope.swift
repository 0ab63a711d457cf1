internal import Crypto

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

    static func encode(_ event: RecordedEvent, attachmentDigest: [UInt8], previousHash: [UInt8]) -> [UInt8] {
        var writer = ByteWriter()
        writer.bytes.reserveCapacity(
            fixedLength + event.stream.utf8.count + event.type.utf8.count + event.payload.count + 2 * hashLength)
        writer.write(formatVersion)
        writer.write(event.position)
        writer.write(event.recordedAt)
        writer.write(event.version)
        writer.write(UInt16(event.stream.utf8.count))
        writer.write(UInt16(event.type.utf8.count))
        writer.write(UInt32(event.payload.count))
        writer.write(UInt32(event.attachmentCount))
        writer.write(event.stream)
        writer.write(event.type)
        writer.write(event.payload)
        writer.write(attachmentDigest)
        writer.write(writer.bytes.withUnsafeBytes { hash($0, after: previousHash) })
        return writer.bytes
    }

    /// The event in an envelope and the digest of its attachments, or nil where the bytes are not an envelope.
    static func decode(_ bytes: UnsafeRawBufferPointer) -> (event: RecordedEvent, attachmentDigest: [UInt8])? {
        var reader = ByteReader(bytes)
        guard reader.read(UInt8.self) == formatVersion,
            let position = reader.read(UInt64.self), let recordedAt = reader.read(UInt64.self),
            let version = reader.read(UInt64.self), let streamLength = reader.read(UInt16.self),
            let typeLength = reader.read(UInt16.self), let payloadLength = reader.read(UInt32.self),
            let attachmentCount = reader.read(UInt32.self),
            let stream = reader.read(count: Int(streamLength)), let type = reader.read(count: Int(typeLength)),
            let payload = reader.read(count: Int(payloadLength)),
            let digest = reader.read(count: attachmentCount == 0 ? 0 : hashLength),
            bytes.count == reader.offset + hashLength
        else { return nil }
        let event = RecordedEvent(
            position: position, recordedAt: recordedAt, stream: String(decoding: stream, as: UTF8.self),
            version: version, type: String(decoding: type, as: UTF8.self), payload: [UInt8](payload),
            attachmentCount: Int(attachmentCount))
        return (event, [UInt8](digest))
    }

    /// The hash that an envelope carries; empty where the bytes are too short to have one.
    static func hash(of bytes: UnsafeRawBufferPointer) -> [UInt8] {
        [UInt8](bytes.suffix(hashLength))
    }

    /// Whether an envelope's hash is that of its bytes and of the event before it.
    static func isHashRight(_ bytes: UnsafeRawBufferPointer, after previousHash: [UInt8]) -> Bool {
        guard bytes.count >= fixedLength + hashLength else { return false }
        let content = UnsafeRawBufferPointer(rebasing: bytes.dropLast(hashLength))
        return hash(content, after: previousHash) == hash(of: bytes)
    }

    private static func hash(_ content: UnsafeRawBufferPointer, after previousHash: [UInt8]) -> [UInt8] {
        var hasher = SHA256()
        hasher.update(data: previousHash)
        hasher.update(bufferPointer: content)
        return [UInt8](hasher.finalize())
    }

    static func digest(ofAttachments attachments: [[UInt8]]) -> [UInt8] {
        var digest = AttachmentDigest()
        for attachment in attachments { digest.add(attachment) }
        return digest.bytes
    }
}

/// The digest of an event's attachments: of each one's length (8 bytes) and bytes, in order; empty where there is none.
struct AttachmentDigest {
    private(set) var count = 0
    private var hasher = SHA256()

    mutating func add(_ attachment: [UInt8]) {
        count += 1
        hasher.update(data: UInt64(attachment.count).key)
        hasher.update(data: attachment)
    }

    var bytes: [UInt8] { count == 0 ? [] : [UInt8](hasher.finalize()) }
}
