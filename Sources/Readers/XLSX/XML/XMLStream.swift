internal import CExpat
internal import Glibc
internal import Records

/// Pushes the bytes of an XML part through expat, a block at a time, and tells a handler what is in it.
///
/// Nearly all of a large part are elements of one kind: rows, shared strings. An ordinary one of them is taken out of the
/// text by the handler itself, several times as fast, and expat never learns of it: what it gets is well-formed exactly if
/// the whole is, because a well-formed element is taken from between two others. Everything else is expat's.
///
/// No part of an Office file has a document type declaration, so that one is refused before its entities can do harm.
/// Used by one thread at a time.
final class XMLStream {
    enum Step {
        /// The handler wanted to pause; the next call goes on.
        case paused
        case ended
        /// The part is not well-formed XML, or crosses a limit. Nothing follows.
        case broken(XMLProblem)
    }

    /// How deep elements may be nested.
    static let maximumDepth = 256
    /// How deep elements may be for their children to be taken: those are less deep than the difference.
    private static let maximumPlainDepth = maximumDepth - 16

    private let memory = XMLMemory()
    private let parser: XML_Parser
    private let block: XMLBlock
    private let handler: XMLHandler
    private let maximumBytes: UInt64
    private var bytesParsed = 0
    /// What was taken without expat.
    private var taken: (bytes: UInt64, lines: UInt64) = (0, 0)
    /// Whether expat has used up all that it was given.
    private var isInStep = false
    private var declaresOtherThanUTF8 = false
    /// In a CDATA section, tags are text.
    private var isInCDATA = false
    private var depth = 0
    private var alternatives = XMLAlternatives()
    /// How many open elements there are from the outermost unwanted one on.
    private var unwantedDepth = 0
    /// Where the outermost element ended: the line, and the byte after it.
    private var rootEnd: (line: UInt64, byte: UInt64)?
    private var failure: (any Error)?
    private var refusal: String?

    /// `maximumBytes` is how long the part may be.
    init(_ source: any ByteSource, maximumBytes: UInt64 = .max, handler: XMLHandler) {
        guard let parser = memory.makeParser() else { fatalError("no memory for an XML parser") }
        self.parser = parser
        block = XMLBlock(source)
        self.handler = handler
        self.maximumBytes = maximumBytes
        XML_SetUserData(parser, Unmanaged.passUnretained(self).toOpaque())
        XML_SetElementHandler(
            parser, { pointer, name, attributes in XMLStream.with(pointer) { $0.start(name, attributes) } },
            { pointer, _ in XMLStream.with(pointer) { $0.end() } })
        XML_SetCharacterDataHandler(parser) { pointer, bytes, count in
            XMLStream.with(pointer) { $0.text(bytes, count) }
        }
        XML_SetCdataSectionHandler(
            parser, { pointer in XMLStream.with(pointer) { $0.isInCDATA = true } },
            { pointer in XMLStream.with(pointer) { $0.isInCDATA = false } })
        XML_SetXmlDeclHandler(parser) { pointer, _, encoding, _ in
            guard let encoding, strcasecmp(encoding, "UTF-8") != 0 else { return }
            XMLStream.with(pointer) { $0.declaresOtherThanUTF8 = true }
        }
        XML_SetStartDoctypeDeclHandler(parser) { pointer, _, _, _, _ in
            XMLStream.with(pointer) { $0.refuse("it has a document type declaration, which Office files never have") }
        }
    }

    deinit { memory.pay { XML_ParserFree(parser) } }

    /// Goes on until the handler wants to pause or the part ends. Throws what the source or the handler throws.
    func advance() throws -> Step {
        var status = XML_ParsingStatus()
        XML_GetParsingStatus(parser, &status)
        var result = status.parsing == XML_SUSPENDED ? memory.pay { XML_ResumeParser(parser) } : XML_STATUS_OK
        while result == XML_STATUS_OK {
            XML_GetParsingStatus(parser, &status)
            if status.parsing == XML_FINISHED { return .ended }
            isInStep = XML_GetCurrentByteIndex(parser) == bytesParsed
            if try takePlain() { return .paused }
            if block.bytes.isEmpty && !block.isAtEnd { try readMore() }
            if refusal != nil { return .broken(problem) }
            result = parse()
        }
        if result == XML_STATUS_SUSPENDED { return .paused }
        if let failure { throw failure }
        return .broken(problem)
    }

    /// Lets the handler take elements as long as there are ordinary ones. Returns whether it wants to pause.
    private func takePlain() throws -> Bool {
        guard isInStep, !isInCDATA, unwantedDepth == 0, depth <= Self.maximumPlainDepth, isUTF8, handler.takesPlain
        else {
            return false
        }
        while true {
            do {
                var xml = PlainXML(block.bytes)
                let pauses = try handler.take(&xml)
                let element = UnsafeRawBufferPointer(rebasing: block.bytes[..<xml.position])
                taken.lines += UInt64(JSONByte.countLineFeeds(in: element, 0..<element.count))
                taken.bytes += UInt64(element.count)
                block.drop(element.count)
                if pauses { return true }
            } catch PlainXML.Stop.cut where !block.isAtEnd && !block.isFull {
                try readMore()
                if refusal != nil { return false }
            } catch is PlainXML.Stop {
                return false
            }
        }
    }

    /// Of UTF-16, one of the first two bytes is zero, or both are a byte order mark.
    private var isUTF8: Bool {
        !declaresOtherThanUTF8 && block.head.allSatisfy { (1..<0xFE).contains($0) }
    }

    private func readMore() throws {
        try block.readMore()
        if block.bytesRead > maximumBytes { refusal = "it is longer than \(maximumBytes) bytes" }
    }

    /// Gives expat the block up to the end of the element whose kind can be taken, or all of it.
    private func parse() -> XML_Status {
        let bytes = block.bytes
        let count = handler.plainEnd.flatMap { block.end(of: $0) } ?? bytes.count
        bytesParsed += count
        block.drop(count)
        let start = bytes.baseAddress?.assumingMemoryBound(to: CChar.self)
        return memory.pay { XML_Parse(parser, start, Int32(count), count == 0 ? 1 : 0) }
    }

    @inline(__always)
    private static func with(_ pointer: UnsafeMutableRawPointer?, _ body: (XMLStream) -> Void) {
        guard let pointer else { return }
        Unmanaged<XMLStream>.fromOpaque(pointer)._withUnsafeGuaranteedRef(body)
    }

    private func start(
        _ name: UnsafePointer<CChar>?, _ attributes: UnsafeMutablePointer<UnsafePointer<CChar>?>?
    ) {
        guard let name, let attributes, !isStopped else { return }
        depth += 1
        if depth > Self.maximumDepth { return refuse("elements are nested more than \(Self.maximumDepth) deep") }
        if unwantedDepth > 0 {
            unwantedDepth += 1
            return
        }
        let (element, all) = (XMLName(name), XMLAttributes(pairs: attributes))
        switch alternatives.start(element, all, depth: depth) {
        case .content: attempt { if try !handler.start(element, all) { unwantedDepth = 1 } }
        case .transparent: break
        case .unwanted: unwantedDepth = 1
        }
    }

    private func end() {
        if isStopped { return }
        depth -= 1
        if depth == 0 {
            rootEnd = (currentLine, currentByte + UInt64(max(0, XML_GetCurrentByteCount(parser))))
        }
        if unwantedDepth > 0 {
            unwantedDepth -= 1
            return
        }
        let (verdict, isRead) = alternatives.end(depth: depth + 1)
        attempt {
            let pauses = verdict == .content ? try handler.end() : !isRead && handler.passAlternatives()
            if pauses { XML_StopParser(parser, 1) }
        }
    }

    private func text(_ bytes: UnsafePointer<CChar>?, _ count: Int32) {
        if unwantedDepth > 0 || isStopped { return }
        attempt { try handler.text(UnsafeRawBufferPointer(start: bytes, count: Int(count))) }
    }

    /// expat still tells a thing or two after it was stopped.
    private var isStopped: Bool { failure != nil || refusal != nil }

    @inline(__always)
    private func attempt(_ body: () throws -> Void) {
        do {
            try body()
        } catch {
            failure = error
            XML_StopParser(parser, 0)
        }
    }

    private func refuse(_ reason: String) {
        if isStopped { return }
        refusal = reason
        XML_StopParser(parser, 0)
    }

    private var currentLine: UInt64 { taken.lines + UInt64(XML_GetCurrentLineNumber(parser)) }
    private var currentByte: UInt64 { taken.bytes + UInt64(max(0, XML_GetCurrentByteIndex(parser))) }

    private var problem: XMLProblem {
        let code = XML_GetErrorCode(parser)
        if let rootEnd, refusal == nil, code != XML_ERROR_NO_MEMORY {
            // What expat says of this depends on how the text was cut.
            return XMLProblem(message: "junk after document element", line: rootEnd.line, byte: rootEnd.byte)
        }
        let expatMessage = XML_ErrorString(code).map { String(cString: $0) } ?? "error \(code.rawValue)"
        let tooHungry = "its tags and names take more than \(XMLMemory.limit >> 20) MiB of memory"
        return XMLProblem(
            message: refusal ?? (code == XML_ERROR_NO_MEMORY ? tooHungry : expatMessage),
            line: currentLine, byte: currentByte)
    }
}

/// Why an XML part cannot be read on, and where in the part.
struct XMLProblem: CustomStringConvertible {
    var message: String
    /// From 1.
    var line: UInt64
    /// From 0.
    var byte: UInt64

    var description: String { "line \(line), byte \(byte): \(message)" }
}
