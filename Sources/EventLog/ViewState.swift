/// What the log remembers of one view: which of its two databases is live, and how far a rebuild beside it has come.
struct ViewState: Equatable {
    enum Slot: UInt8 {
        case a = 0
        case b = 1

        var other: Slot { self == .a ? .b : .a }
    }

    /// The version of the projection that folded the live view.
    var version: UInt32
    var live: Slot
    /// The position up to which the live view is done.
    var checkpoint: UInt64
    /// The position up to which the rebuild in the other slot is done; nil if there is none.
    var rebuiltTo: UInt64?

    var encoded: [UInt8] {
        var writer = ByteWriter()
        writer.write(version)
        writer.write(live.rawValue)
        writer.write(checkpoint)
        if let rebuiltTo { writer.write(rebuiltTo) }
        return writer.bytes
    }

    init(version: UInt32, live: Slot = .a, checkpoint: UInt64 = 0, rebuiltTo: UInt64? = nil) {
        self.version = version
        self.live = live
        self.checkpoint = checkpoint
        self.rebuiltTo = rebuiltTo
    }

    init?(_ bytes: [UInt8]) {
        let fields = bytes.withUnsafeBytes { bytes -> (UInt32, UInt8, UInt64, UInt64?)? in
            var reader = ByteReader(bytes)
            guard let version = reader.read(UInt32.self), let slot = reader.read(UInt8.self),
                let checkpoint = reader.read(UInt64.self)
            else { return nil }
            return (version, slot, checkpoint, reader.read(UInt64.self))
        }
        guard let fields, let live = Slot(rawValue: fields.1) else { return nil }
        self.init(version: fields.0, live: live, checkpoint: fields.2, rebuiltTo: fields.3)
    }
}
