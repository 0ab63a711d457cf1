internal import Glibc

/// How likely the letters beyond ASCII are in texts of a language, or of several.
struct Alphabet: Sendable {
    /// Natural logarithms, by scalar.
    private(set) var likelihoods: [UInt32: Double] = [:]

    /// The likelihood of a letter that the language does not have.
    static let foreign = -9.0

    /// - Parameter letters: small ones, the most frequent first.
    init(_ letters: String) {
        let letters = Array(letters.unicodeScalars)
        // Zipf's law is near enough.
        let all = (1...max(1, letters.count)).reduce(0) { $0 + 1 / Double($1) }
        for (index, letter) in letters.enumerated() { add(letter, log(1 / (Double(index + 1) * all))) }
    }

    /// Any of several languages.
    init(mixing alphabets: [Alphabet]) {
        var sums: [UInt32: Double] = [:]
        for alphabet in alphabets {
            for (scalar, value) in alphabet.likelihoods { sums[scalar, default: 0] += exp(value) }
        }
        // Few texts are in several.
        likelihoods = sums.mapValues { log($0 / Double(alphabets.count)) - 0.3 }
    }

    private mutating func add(_ letter: Unicode.Scalar, _ likelihood: Double) {
        likelihoods[letter.value] = likelihood
        let capital = letter.properties.uppercaseMapping.unicodeScalars
        if capital.count == 1, let capital = capital.first, capital.value >= 0x80 {
            likelihoods[capital.value] = likelihood
        }
    }

    /// The alphabets of the languages that are written in an encoding, and of all of them together; all languages where none
    /// is known to be.
    static func alphabets(of encoding: TextEncoding) -> [Alphabet] {
        byEncoding[encoding == .latin1 ? .windows1252 : encoding] ?? all
    }

    /// Those of all languages, for a text that is Unicode.
    static let all: [Alphabet] = languages.flatMap { $0.letters.map(Alphabet.init) }

    private static let byEncoding: [TextEncoding: [Alphabet]] = {
        var found: [TextEncoding: [Alphabet]] = [:]
        for group in languages {
            let alphabets = group.letters.map(Alphabet.init)
            for encoding in group.encodings { found[encoding, default: []] += alphabets }
        }
        return found.mapValues { $0.count > 1 ? $0 + [Alphabet(mixing: $0)] : $0 }
    }()

    /// Encodings beside languages, those first that are more usual. ISO-8859-1 has no letter that Windows-1252 has not.
    private static let languages: [(encodings: [TextEncoding], letters: [String])] = [
        (
            [.windows1252, .latin9, .cp850, .cp437, .cp858, .cp865],
            [
                "üäößé", "éèàêçôîâûùïëœæÿ", "óíáéñúü", "ãçáéíóêõâúàô", "èàùòìé", "óèéàíòúçïü", "ëéïèöü", "äåöé", "åøæé",
                "ðáíþóæöéúý", "äõüöšž", "ëç",
            ]
        ),
        (
            [.windows1250, .latin2, .cp852],
            [
                "łóęążśćńź", "íáěéřžýčšůúňďťó", "áíéčýžšúľťôňďóäĺŕ", "áéöőíóüúű", "ăîâşţ", "čšžćđ", "üäöß",
            ]
        ),
        ([.windows1254, .latin5, .cp857], ["ıüşğçöİâîû"]),
        ([.windows1257, .latin7, .latin4, .cp775], ["ėšįųžūąčę", "āīēšūņļžķčģ", "äõüöšž"]),
        ([.latin3], ["ħżġċàù", "ĝĉŭŝĵĥ"]),
        ([.latin8], ["ŵŷâêîôûïëö"]),
        (
            [.windows1251, .koi8r, .koi8u, .cyrillic, .cp866, .cp855],
            [
                "оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё", "оанивітеркслудмпзяьбгчйїцжхєюшщфґ",
                "аоеитнрсвлкдпмзябгучъхйцщжшфюь",
                "аоиенрстјкудвмплзбгчцшњжћљђхфџ", "аніелркоыстудямзпвгўбьэцчйжхшюёф", "аоеинтрсвкдлпмузгјбчшцжњќхѓфљџѕ",
            ]
        ),
        ([.windows1253, .greek, .cp737], ["αοιετσνηυρπκμλςόίάγέήδωχθύφβώξζϊψ"]),
        ([.windows1255, .hebrew, .cp862], ["יוהלאתרבמשנםעדכקפחטזגןסצךףץ"]),
        ([.windows1256, .arabic], ["ايلمونترهبدعسفكقحجأةشطصخذىضغثزئءظؤآإ", "ايرنمدهتسبلوشگپکفقزخچجعژحصطغ"]),
        (
            [.cp874, .thai],
            [
                "านรกเ\u{0E34}\u{0E48}องม\u{0E49}\u{0E31}ยล\u{0E35}วดทส\u{0E38}ตะปบคหแ\u{0E4C}\u{0E39}จพช\u{0E37}ขใไ\u{0E33}โผธณ\u{0E47}ซษศถภฟญฮฐฉฝๆฏฆฬฎฒฤ"
            ]
        ),
        ([.windows1258], ["đư\u{0301}\u{0323}ô\u{0300}ơáàâêă\u{0309}\u{0303}íúóùéè"]),
    ]

    /// How likely an encoding is before anything is read: files are written by Windows, seldom by others.
    static func prior(_ encoding: TextEncoding) -> Double {
        switch encoding {
        case .latin3, .latin4, .latin7, .latin8, .cp737, .cp775, .cp855, .cp862, .gb18030, .big5hkscs: -3
        case .cp932, .gbk, .big5, .cp949, .cp874: 0
        case .windows1258: -1.5
        default: encoding.rawValue.hasPrefix("windows") ? 0 : -1.5
        }
    }

    /// What a text may be in; of those that make the same text, the first is meant.
    static let candidates: [TextEncoding] =
        languages.flatMap(\.encodings) + [.cp932, .gbk, .big5, .cp949, .eucJP, .gb18030, .big5hkscs]
}
