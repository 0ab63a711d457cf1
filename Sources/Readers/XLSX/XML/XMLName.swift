internal import Glibc

/// The name of an XML element, without its prefix; valid only while the parser calls.
///
/// Names are told apart by their local parts and by where they stand: SpreadsheetML has two namespaces (transitional and
/// strict), any prefix may stand for them, and no part has elements of the same name of another vocabulary in the places
/// that are read.
struct XMLName {
    private let local: UnsafePointer<CChar>

    @inline(__always)
    init(_ name: UnsafePointer<CChar>) {
        var local = name
        var position = name
        while position.pointee != 0 {
            if position.pointee == CChar(UInt8(ascii: ":")) { local = position + 1 }
            position += 1
        }
        self.local = local
    }

    @inline(__always)
    static func == (name: XMLName, text: StaticString) -> Bool {
        strcmp(name.local, UnsafeRawPointer(text.utf8Start).assumingMemoryBound(to: CChar.self)) == 0
    }

    static func ~= (text: StaticString, name: XMLName) -> Bool { name == text }
}

/// The attributes of an XML element, as C strings; valid only while the parser calls.
struct XMLAttributes {
    /// Names and values in turn, up to a null pointer.
    let pairs: UnsafeMutablePointer<UnsafePointer<CChar>?>

    /// The value of an attribute of this name, prefix included.
    func value(_ name: StaticString) -> UnsafePointer<CChar>? {
        first { strcmp($0, UnsafeRawPointer(name.utf8Start).assumingMemoryBound(to: CChar.self)) == 0 }
    }

    /// The value of an attribute of this local name, whatever its prefix.
    func value(local name: StaticString) -> UnsafePointer<CChar>? { first { XMLName($0) == name } }

    /// Names, prefixes included, with their values.
    var all: [(name: String, value: String)] {
        var all: [(name: String, value: String)] = []
        _ = first { name in
            if let value = pairs[2 * all.count + 1] { all.append((String(cString: name), String(cString: value))) }
            return false
        }
        return all
    }

    func text(_ name: StaticString) -> String? { value(name).map { String(cString: $0) } }

    private func first(_ isWanted: (UnsafePointer<CChar>) -> Bool) -> UnsafePointer<CChar>? {
        var index = 0
        while let name = pairs[index], let value = pairs[index + 1] {
            if isWanted(name) { return value }
            index += 2
        }
        return nil
    }
}
