/// Reads a sheet's XML and pauses after each row that is not empty.
final class SheetHandler: XMLHandler {
    /// Behind a pointer, because a class's own properties cost a check of exclusive access each time, several times for
    /// each cell. Only this handler's methods have it, one at a time.
    private let content: UnsafeMutablePointer<SheetContent>

    init(_ context: CellContext, maxRecordBytes: Int) {
        content = .allocate(capacity: 1)
        content.initialize(to: SheetContent(context, maxRecordBytes: maxRecordBytes))
    }

    deinit {
        content.deinitialize(count: 1)
        content.deallocate()
    }

    /// The row that was read last, or the beginning of the one in which the XML broke off.
    var row: SheetRow { content.pointee.row }

    /// Leaves in `row` what there is of a row whose end will not come: nothing where no row is open.
    func breakOff() { content.pointee.breakOff() }

    override func start(_ name: XMLName, _ attributes: XMLAttributes) -> Bool {
        content.pointee.start(name, attributes)
    }

    override func text(_ bytes: UnsafeRawBufferPointer) { content.pointee.text(bytes) }

    override func end() throws -> Bool { try content.pointee.end() }

    override func passAlternatives() -> Bool { content.pointee.passAlternatives() }

    override var plainEnd: StaticString? { "</row>" }

    override var takesPlain: Bool { content.pointee.place == .rows }

    override func take(_ xml: inout PlainXML) throws -> Bool { try content.pointee.takeRow(&xml) }
}
