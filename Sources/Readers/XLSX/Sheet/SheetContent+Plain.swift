extension SheetContent {
    /// Takes a whole row that is written in the ordinary way. Returns whether it is not empty. What is begun here and
    /// then stopped leaves no trace: the next row, which may be the same one, begins by emptying `row`.
    mutating func takeRow(_ xml: inout PlainXML) throws -> Bool {
        xml.skipSpace()
        try xml.pass("<row")
        var number: UnsafeRawBufferPointer?
        let isEmpty = try xml.attributes { name, value in
            if name.count == 1, name[0] == UInt8(ascii: "r") { number = value }
        }
        beginRow(number)
        if !isEmpty {
            while true {
                xml.skipSpace()
                guard try xml.skip("<c") else { break }
                try takeCell(&xml)
            }
            try xml.pass("</row>")
        }
        try xml.checkCharacters()
        return endRow()
    }

    /// Takes a cell from after `<c`: with a formula or without, and with one value at most.
    @inline(__always)
    private mutating func takeCell(_ xml: inout PlainXML) throws {
        var attributes = CellAttributes()
        let isEmpty = try xml.attributes { name, value in
            if name.count == 1 { attributes.set(name[0], value) }
        }
        begin(attributes)
        if !isEmpty {
            xml.skipSpace()
            if try xml.skip("<v>") {
                try takeValue(&xml)
            } else if try xml.skip("<is>") {
                try takeInlineString(&xml)
            } else if try xml.skip("<f") {
                try takeFormula(&xml)
                if try xml.skip("<v>") { try takeValue(&xml) }
            }
            xml.skipSpace()
            try xml.pass("</c>")
        }
        try endCell()
    }

    @inline(__always)
    private mutating func takeValue(_ xml: inout PlainXML) throws {
        cell.hasValue = true
        try xml.text { append($0) }
        try xml.pass("</v>")
    }

    private mutating func takeFormula(_ xml: inout PlainXML) throws {
        cell.hasFormula = true
        if try !xml.attributes({ _, _ in }) {
            try xml.text { _ in }
            try xml.pass("</f>")
        }
        xml.skipSpace()
    }

    @inline(__always)
    private mutating func takeInlineString(_ xml: inout PlainXML) throws {
        cell.hasValue = true
        xml.skipSpace()
        let start = row.text.count
        let keepsSpace = try xml.beginText()
        try xml.text { append($0) }
        try xml.endText()
        RichText.finish(&row.text, from: start, keepsSpace: keepsSpace)
        xml.skipSpace()
        try xml.pass("</is>")
    }
}

extension PlainXML {
    /// Passes the start tag of a string's text. Returns whether the white space around it is meant.
    @inline(__always)
    mutating func beginText() throws(Stop) -> Bool {
        try pass("<t")
        if try skip(">") { return false }
        try pass(" xml:space=\"preserve\">")
        return true
    }

    @inline(__always)
    mutating func endText() throws(Stop) { try pass("</t>") }
}
