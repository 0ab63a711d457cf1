/// What is done with the content of an XML part. What it throws ends the parsing and is thrown by `XMLStream.advance`.
class XMLHandler {
    /// An element begins. Returns whether its content is wanted; if not, none of it is told, nor its end.
    func start(_ name: XMLName, _ attributes: XMLAttributes) throws -> Bool { true }

    /// A wanted element ends. Returns whether to pause the parsing here.
    func end() throws -> Bool { false }

    /// A piece of a wanted element's own text; how it is cut into pieces means nothing.
    func text(_ bytes: UnsafeRawBufferPointer) throws {}
}
