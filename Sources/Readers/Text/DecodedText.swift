/// A sample of text as one encoding reads it, and how likely that is to be what somebody wrote.
struct DecodedText {
    let scalars: [Unicode.Scalar]
    let encoding: TextEncoding
    /// Of a multi-byte encoding: the likelihood of each character as such; nil for ASCII.
    private var characters: [Double?] = []

    /// Nil if some bytes mean nothing.
    init?(_ bytes: [UInt8], _ encoding: TextEncoding) {
        self.encoding = encoding
        if encoding == .utf8 {
            guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
            scalars = Array(text.unicodeScalars)
        } else if encoding.isSingleByte {
            let characters = encoding.highBytes
            var scalars: [Unicode.Scalar] = []
            scalars.reserveCapacity(bytes.count)
            for byte in bytes {
                let value = byte < 0x80 ? UInt16(byte) : characters[Int(byte) - 0x80]
                // Nobody writes the control characters that ISO 8859 has there.
                guard let scalar = Unicode.Scalar(value), byte < 0x80 || value >= 0xA0 else { return nil }
                scalars.append(scalar)
            }
            self.scalars = scalars
        } else {
            guard let decoder = CharacterDecoder.of(encoding) else { return nil }
            var text: [UInt8] = []
            guard bytes.withUnsafeBytes({ decoder.decode($0, to: &text) }) == nil else { return nil }
            scalars = Array(String(decoding: text, as: UTF8.self).unicodeScalars)
            characters = bytes.withUnsafeBytes { Self.likelihoods(of: scalars, $0, encoding) }
        }
    }

    private static func likelihoods(
        of scalars: [Unicode.Scalar], _ bytes: UnsafeRawBufferPointer, _ encoding: TextEncoding
    ) -> [Double?] {
        let characters = EastAsianCharacters(encoding)
        var position = 0
        return scalars.map { scalar in
            guard position < bytes.count, bytes[position] >= 0x80 else {
                position += 1
                return nil
            }
            let end = min(bytes.count, position + (encoding.characterLength(bytes, at: position) ?? 1))
            defer { position = end }
            return characters.likelihood(of: scalar, bytes[position..<end])
        }
    }

    struct Score {
        /// The natural logarithm of the text's likelihood, as far as it is not ASCII.
        var sum = 0.0
        var count = 0
        /// Characters that nobody expects where they stand.
        var odd = 0

        /// Whether most of it is what texts are made of.
        var isText: Bool { 5 * odd <= count }

        mutating func add(_ likelihood: Double, isOdd: Bool) {
            sum += likelihood
            count += 1
            if isOdd { odd += 1 }
        }
    }

    /// By the language in which it is likeliest.
    var score: Score {
        if encoding.isMultiByte { return score(in: nil) }
        let alphabets = encoding == .utf8 ? Alphabet.all : Alphabet.alphabets(of: encoding)
        return alphabets.map { score(in: $0) }.max { $0.sum < $1.sum } ?? Score()
    }

    private func score(in alphabet: Alphabet?) -> Score {
        var score = Score()
        for index in scalars.indices where scalars[index].value >= 0x80 {
            let place = CharacterPlace(scalars, index)
            if let alphabet {
                let likelihood = place.likelihood(in: alphabet)
                score.add(likelihood, isOdd: likelihood <= Alphabet.foreign)
            } else if let likelihood = characters[index] {
                score.add(likelihood + place.likelihoodAmongLatin, isOdd: likelihood <= EastAsianCharacters.rare)
            }
        }
        return score
    }
}

/// A character beyond ASCII and what stands around it.
struct CharacterPlace {
    private let scalar: Unicode.Scalar
    private let before: Unicode.Scalar?
    private let after: Unicode.Scalar?

    init(_ scalars: [Unicode.Scalar], _ index: Int) {
        scalar = scalars[index]
        before = index > 0 ? scalars[index - 1] : nil
        after = index + 1 < scalars.count ? scalars[index + 1] : nil
    }

    func likelihood(in alphabet: Alphabet) -> Double {
        guard scalar.isLetterOfWords else { return likelihoodAsSign }
        var likelihood = alphabet.likelihoods[scalar.value] ?? Alphabet.foreign
        let isCapital = scalar.properties.isUppercase
        if isCapital, before?.isLetterOfWords != true { likelihood -= 1.4 }
        if scalar.isMark, scalar.script == 0, before?.isVowel != true { likelihood -= 8 }
        // A capital letter inside of a word.
        if isCapital, let before, before.properties.isLowercase { likelihood -= 6 }
        if !isCapital, after?.properties.isUppercase == true { likelihood -= 3 }
        for neighbour in [before, after].compactMap(\.self) where neighbour.isLetterOfWords {
            if neighbour.script != scalar.script { likelihood -= 6 }
            // Latin words have most of their letters in ASCII.
            if scalar.script == 0 && neighbour.value >= 0x80 && !neighbour.isMark && !scalar.isMark {
                likelihood -= 1.5
            }
        }
        if before?.isLetterOfWords != true, after?.isLetterOfWords != true {
            likelihood -= isCapital ? 4 : 2
            if before?.isDigit == true || after?.isDigit == true { likelihood -= 3 }
        }
        return likelihood
    }

    /// Signs stand beside words, and seldom in them.
    private var likelihoodAsSign: Double {
        let isInWord = before?.isLetterOfWords == true && after?.isLetterOfWords == true
        let isAtWord = before?.isLetterOfWords == true || after?.isLetterOfWords == true
        if Self.raised.contains(scalar), after?.isLetterOfWords == true { return -8 }
        if Self.quotes.contains(scalar) { return isInWord && !Self.apostrophes.contains(scalar) ? -8 : -3.5 }
        let usual = Self.usualSigns.contains(scalar) ? 0.0 : -4
        return usual + (isInWord ? -10 : isAtWord ? -6 : -3.5)
    }

    /// What it costs an East Asian character to stand in a Latin word.
    var likelihoodAmongLatin: Double {
        let (isBehind, isBefore) = (before?.isASCIILetter == true, after?.isASCIILetter == true)
        return isBehind && isBefore ? -8 : isBehind || isBefore ? -1.5 : 0
    }

    private static let apostrophes = Set("’·\u{A0}\u{AD}".unicodeScalars)
    /// What stands behind words and numbers.
    private static let raised = Set("²³ªº®™".unicodeScalars)
    private static let quotes = Set("’‘“”„‚«»–—…·\u{A0}\u{AD}²³ªº°®™µ".unicodeScalars)
    private static let usualSigns = Set("€£§±½¼¾©×•¿¡‰№".unicodeScalars)
}

extension Unicode.Scalar {
    /// What words are made of, marks on letters included.
    fileprivate var isLetterOfWords: Bool {
        if value < 0x80 { return isASCIILetter }
        if [0xAA, 0xB5, 0xBA, 0x192, 0x2C6].contains(value) { return false }
        return properties.isAlphabetic || isMark
    }

    fileprivate var isVowel: Bool { "aeiouyăâêôơưAEIOUYĂÂÊÔƠƯ".unicodeScalars.contains(self) }
    fileprivate var isMark: Bool { properties.generalCategory == .nonspacingMark }
    fileprivate var isASCIILetter: Bool { (0x41...0x5A).contains(value & ~0x20) }
    fileprivate var isDigit: Bool { (0x30...0x39).contains(value) }

    /// Which letters go together in words; 0 for marks of Latin letters too.
    fileprivate var script: Int {
        switch value {
        case ..<0x370, 0x1E00..<0x1F00: 0
        case ..<0x400: 1
        case ..<0x530: 2
        case ..<0x600: 3
        case ..<0x780: 4
        case 0xE00..<0xE80: 5
        default: 6
        }
    }
}
