internal import Glibc

/// How likely characters of an East Asian encoding are.
///
/// The encodings have their frequent characters in one part of their table and the rare ones in another. What is read in the
/// wrong one lands in both.
struct EastAsianCharacters {
    let encoding: TextEncoding
    private let frequent: Set<Unicode.Scalar>
    private let frequentLikelihood: Double

    static let rare = -12.5
    private static let usual = log(0.45 / 3_000)

    init(_ encoding: TextEncoding) {
        self.encoding = encoding
        switch encoding {
        case .cp932, .eucJP, .shiftJIS: frequent = Self.japanese
        case .cp949, .eucKR: frequent = Self.korean
        case .big5, .big5hkscs: frequent = Self.traditional
        default: frequent = Self.simplified
        }
        frequentLikelihood = log(0.5 / Double(frequent.count))
    }

    /// - Parameter bytes: the character as the encoding writes it.
    func likelihood(of scalar: Unicode.Scalar, _ bytes: Slice<UnsafeRawBufferPointer>) -> Double {
        let isJapanese = encoding == .cp932 || encoding == .shiftJIS || encoding == .eucJP
        if isJapanese && (0x3041...0x30FE).contains(scalar.value) { return -4.5 }
        if frequent.contains(scalar) { return frequentLikelihood }
        let lead = bytes.first ?? 0
        let isInRows = bytes.count == 2 && bytes.last! >= 0xA1
        switch scalar.value {
        case 0x3001...0x3002, 0xFF01...0xFF5E: return -6
        // Half-width kana.
        case 0xFF61...0xFF9F: return isJapanese && bytes.count == 1 ? -4.2 : Self.rare
        case 0xAC00...0xD7A3: return isInRows ? log(0.45 / 2_350) : -10.5
        case 0x3400...0x9FFF: break
        default: return Self.rare
        }
        let isUsual =
            switch encoding {
            case .cp932, .shiftJIS: (0x88...0x98).contains(lead)
            case .eucJP: isInRows && (0xB0...0xCF).contains(lead)
            case .big5, .big5hkscs: (0xA4...0xC6).contains(lead)
            case .gbk, .gb18030: isInRows && (0xB0...0xD7).contains(lead)
            default: false
            }
        return isUsual ? Self.usual : Self.rare
    }

    private static let simplified = Set(
        "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家种事成方多经么去法学如都同现当没动面起看定天分还进好小部其些主样理心本前开但因只从想实日军者意无力它与长把机十民第公此已工使情明性知全三又关点正业外将两高间由问很最重并物手应战向头文体政美相见被利什二等产或新己制身果加西斯月话合回特代内信表化老给世位次度门任常先海通教儿原东声提立及比员解水名真论处走义各入几口认条平系气题活尔更别打女变四神总何电数安少报才结反受目太量再感建务做接必场件计管期市直德资命山金指克许统区保至队形社便空决治展马科司五基眼书非则听白却界达光放强即像难且权思王象完设式色路记南品住告类求据程北边死张该交规万取拉格望觉术领共确传师观清今切院让识候带导争运县省号姓编址价李刘陈杨赵黄周吴徐孙胡朱林郭罗梁宋郑谢韩唐冯董萧曹袁邓沈曾彭吕苏卢蒋蔡京州江村镇街乡楼店商付款单订客户职别籍箱邮"
            .unicodeScalars)
    private static let traditional = Set(
        "的一是不了在人有我他這個們中來上大為和國地到以說時要就出會可也你對生能而子那得於著下自之年過發後作裡用道行所然家種事成方多經麼去法學如都同現當沒動面起看定天分還進好小部其些主樣理心本前開但因只從想實日軍者意無力它與長把機十民第公此已工使情明性知全三又關點正業外將兩高間由問很最重並物手應戰向頭文體政美相見被利什二等產或新己制身果加西斯月話合回特代內信表化老給世位次度門任常先海通教兒原東聲提立及比員解水名真論處走義各入幾口認條平系氣題活爾更別打女變四神總何電數安少報才結反受目太量再感建務做接必場件計管期市直德資命山金指克許統區保至隊形社便空決治展馬科司五基眼書非則聽白卻界達光放強即像難且權思王象完設式色路記南品住告類求據程北邊張交規萬取縣省號姓編址價李劉陳楊趙黃周吳徐孫胡朱林郭羅梁宋鄭謝韓唐馮董蕭曹袁鄧沈曾彭呂蘇盧蔣蔡臺台灣京州江村鎮街鄉樓店商付款單訂客戶職籍箱郵"
            .unicodeScalars)
    private static let japanese = Set(
        "日一国会人年大十二本中長出三同時政事自行社見月分議後前民生連五発間対上部東者党地合市業内相方四定今回新場金員九入選立開手米力学問高代明実円関決子動京全目表戦経通外最言氏現理調体化田当八六約主題下首意法不来作性的要用制治度務強気小七成期公野協取都和統以機平総加山思家話世受区領多県続進正安設保改数記院女初北午指権心界支第産結百派点教報済書府活原先共得解名交資予川向際査勝面委告軍文反元重近千考判認画海参売利組知案道信策集在件団別物側任引使求所次水半品昨論計死官増係感特情投示変打男基私各始島直価式確村提運終台広容必応演電歳住争談能無再位置町番号住姓郎藤佐鈴木橋渡辺伊村林斎井松清丘森池阿石岡郵便県区丁目店客商注購数量単髙﨑①②③④⑤⑥⑦⑧⑨⑩㈱㈲々"
            .unicodeScalars)
    private static let korean = Set(
        "이다는에의가고하을로지한사도인기자어는정시리아대서부나일구해제수전으은과보주를장상그들원스조여성선동관게국세우비적유공민방안만위용라미신생문내오발계트당개거화소학경면마회분재통김박최강윤임호영현준진희연철순북남울산광역특별번름업체명주소전화품격량"
            .unicodeScalars)
}
