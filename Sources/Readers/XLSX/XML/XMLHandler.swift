/// What is done with the content of an XML part. What it throws ends the parsing and is thrown by `XMLStream.advance`.
class XMLHandler {
    /// An element begins. Returns whether its content is wanted; if not, none of it is told, nor its end.
    func start(_ name: XMLName, _ attributes: XMLAttributes) throws -> Bool { true }

    /// A wanted element ends. Returns whether to pause the parsing here.
    func end() throws -> Bool { false }

    /// What was here is written in several ways, of which none can be read. Returns whether to pause the parsing here.
    func passAlternatives() -> Bool { false }

    /// A piece of a wanted element's own text; how it is cut into pieces means nothing.
    func text(_ bytes: UnsafeRawBufferPointer) throws {}

    /// The end tag of the elements that `take` takes; nil if it takes none.
    var plainEnd: StaticString? { nil }

    /// Whether `take` may be called: the innermost open element is one of which `take` knows the content.
    var takesPlain: Bool { false }

    /// Takes the next element whole, if it is an ordinary one, with the white space before it. Returns whether to
    /// pause the parsing after it. Throws `PlainXML.Stop`, and has then changed nothing that counts.
    func take(_ xml: inout PlainXML) throws -> Bool { throw PlainXML.Stop.unusual }
}
