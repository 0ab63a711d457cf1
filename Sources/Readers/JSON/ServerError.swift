/// A JSON object by which a server says that something went wrong, in place of the data.
///
/// It has members by which APIs report errors and no others, what is empty apart: one more, such as an id, and it may be a
/// record.
enum ServerError {
    /// What a member says.
    indirect enum Value {
        case text(String)
        case number(Double)
        case flag(Bool)
        /// `null`, or an object or an array without anything in it.
        case nothing
        case object([Member])
        case list([Value])
    }

    struct Member {
        /// In small letters, without marks between its words.
        let name: String
        let value: Value

        init(key: String, value: Value) {
            name = key.lowercased().filter { $0.isLetter || $0.isNumber }
            self.value = value
        }
    }

    /// More members than this, or more errors in a list, are data.
    static let mostMembers = 30
    static let mostErrors = 10
    /// A larger document is data.
    private static let mostBytes = 16 << 10

    /// What a server says in place of the document that is all of `bytes`; nil if that may be data.
    static func message(in bytes: [UInt8]) -> String? {
        guard bytes.count < mostBytes, bytes.contains(JSONByte.openBrace) else { return nil }
        return bytes.withUnsafeBytes { text in
            guard let members = try? JSONPage(text).members() else { return nil }
            return message(of: members)
        }
    }

    private static func message(of members: [Member]) -> String? {
        guard members.count <= mostMembers, members.allSatisfy(mayBeOfError) else { return nil }
        return members.contains(where: saysError) || hasFailed(members) ? words(of: members) : nil
    }

    private static func mayBeOfError(_ member: Member) -> Bool {
        switch member.value {
        case .nothing, .number(0): true
        case .list(let elements): lists.contains(member.name) && areErrors(elements)
        case .text, .number, .flag, .object: known.contains(member.name)
        }
    }

    /// Whether the member alone says that there was an error.
    private static func saysError(_ member: Member) -> Bool {
        switch member.value {
        case .text(let text): errors.contains(member.name) && !text.isEmpty
        case .flag(let flag): flag && errors.contains(member.name)
        case .object(let members): errors.contains(member.name) && words(of: members) != nil
        case .list: lists.contains(member.name)
        case .number, .nothing: false
        }
    }

    /// Whether the members together say so: a status that is one of failures, or where a server's documentation is.
    private static func hasFailed(_ members: [Member]) -> Bool {
        members.contains { member in
            let isCode = codes.contains(member.name)
            switch member.value {
            case .flag(false): return ["ok", "success", "successful"].contains(member.name)
            case .number(let number): return isCode && (400..<600).contains(number)
            case .text(let text):
                if member.name == "documentationurl" || isCode && Int(text).map((400..<600).contains) == true {
                    return true
                }
                return ["status", "result"].contains(member.name) && failures.contains(text.lowercased())
                    && !members.contains { ofRecords.contains($0.name) }
            default: return false
            }
        }
    }

    /// The first text by which the members say what happened.
    private static func words(of members: [Member]) -> String? {
        for name in texts {
            for member in members where member.name == name {
                if let words = words(of: member.value) { return words }
            }
        }
        return nil
    }

    private static func words(of value: Value) -> String? {
        switch value {
        case .text(let text): text.isEmpty ? nil : text
        case .object(let members): words(of: members)
        case .list(let elements): elements.first.flatMap(words)
        case .number, .flag, .nothing: nil
        }
    }

    /// Whether a list is one of errors: texts, or objects that say what happened and have nothing that places in a file have.
    private static func areErrors(_ elements: [Value]) -> Bool {
        elements.count <= mostErrors
            && elements.allSatisfy { element in
                guard case .object(let members) = element else { return words(of: element) != nil }
                return members.allSatisfy { known.contains($0.name) || ofItems.contains($0.name) }
                    && words(of: members) != nil
            }
    }

    /// What is an error by its name.
    private static let errors: Set<String> = [
        "error", "errormessage", "errormsg", "errordescription", "errordetail", "fault", "faultstring", "exception",
    ]
    private static let lists: Set<String> = ["errors", "errormessages", "error"]
    /// What has the words, the best first.
    private static let texts: [String] = [
        "message", "errormessage", "errormsg", "errordescription", "errordetail", "msg", "detail", "description",
        "faultstring", "reason", "error", "errors", "errormessages", "fault", "exception", "title",
    ]
    private static let codes: Set<String> = ["code", "status", "statuscode", "httpstatus", "httpcode", "errorcode"]
    private static let failures: Set<String> = ["error", "fail", "failed", "failure"]
    /// What a record has that failed itself, such as a test or a ticket.
    private static let ofRecords: Set<String> = ["title", "description", "reason", "type"]
    private static let known: Set<String> = codes.union(texts).union([
        "errorid", "erroruri", "errortype", "errorinfo", "errorcodes", "errorsubcode", "subcode", "faultcode",
        "statustext", "statusmessage", "type", "details", "instance", "path", "timestamp", "requestid", "traceid",
        "correlationid", "debugid", "documentationurl", "docurl", "moreinfo", "help", "helpurl", "hint", "success",
        "successful", "ok", "result", "trace", "fbtraceid", "extensions", "isretryable", "retryafter",
    ])
    private static let ofItems: Set<String> = [
        "locations", "source", "domain", "locationtype", "param", "links", "meta", "id",
    ]
}
