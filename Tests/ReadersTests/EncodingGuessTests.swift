import Readers
import Testing

/// Texts of many languages, written by iconv in the encodings that are usual there.
@Suite struct EncodingGuessTests {
    static let texts: [(name: String, encodings: [TextEncoding], words: String)] = [
        (
            "German", [.windows1252, .cp850, .latin9, .latin1, .cp437],
            "Größe Straße Müller Köln Düsseldorf Jäger Schröder Weiß Bäckerei Österreich über für Übung München Grüße natürlich Mädchen schön "
                + "Förster Universität Würzburg Lübeck"
        ),
        (
            "French", [.windows1252, .latin9],
            "Société Générale Économie française élève où déjà Noël François Hélène forêt Besançon château naïve cœur être à côté très "
                + "près Béatrice Zoé garçon hôpital Orléans référence quantité prénom adresse été"
        ),
        (
            "Spanish", [.windows1252, .cp850, .latin1],
            "España niño Málaga José María García Muñoz teléfono dirección Córdoba Ibáñez año mañana corazón Peña también número código "
                + "descripción Núñez Martínez Pérez González ¿qué"
        ),
        (
            "Portuguese", [.windows1252, .cp850],
            "São Paulo João Conceição Brasília endereço coração não informação código ação preço avó mãe português Goiânia três açúcar "
                + "descrição número emissão razão"
        ),
        (
            "Italian", [.windows1252, .cp850],
            "città perché Forlì qualità è più società università caffè lunedì però già quantità Nicolò così virtù attività proprietà"
        ),
        (
            "Swedish", [.windows1252, .cp850],
            "Malmö Göteborg Åsa Söderström Björn Växjö Västerås människa Håkan Sjöberg Östergötland räkning köp från är på också även får"
        ),
        (
            "Danish", [.windows1252, .cp850, .cp865],
            "København Århus Søren Kierkegård Jørgensen Ærø blåbær smørrebrød Færøerne på år Åse Næstved købmand Østergård Bjørn Lars Håkon "
                + "Tromsø"
        ),
        (
            "Icelandic", [.windows1252],
            "Þórður Jón Sigurðsson Reykjavík Ísafjörður það Guðmundsdóttir Akureyri Hafnarfjörður því maður ég ætla Björk Guðmundur "
                + "Sæmundsson við með"
        ),
        (
            "Polish", [.windows1250, .latin2, .cp852],
            "Łódź Kraków Wałęsa Józef Żółć Śląsk Gdańsk Wrocław ulica Świętokrzyska imię nazwisko ilość mąka Paweł Stanisław Małgorzata "
                + "książka źródło łąka część że się są"
        ),
        (
            "Czech", [.windows1250, .latin2, .cp852],
            "číslo jméno město Jiří Dvořák Plzeň Zdeněk Šťastný České Budějovice příjmení ulice náměstí řeka žluťoučký kůň úpěl "
                + "ďábelské ódy Hradec Králové Novák Černý Němec Růžička množství"
        ),
        (
            "Slovak", [.windows1250, .latin2],
            "Žilina Košice Ľubomír Šťastný Bánska Bystrica číslo meno mesto priezvisko Nováková ulica vôľa môj päť kôň Trenčín Prešov Ďuriš"
        ),
        (
            "Hungarian", [.windows1250, .latin2, .cp852],
            "Győr Székesfehérvár Kovács Szűcs Tóth név város cím szám összeg Pécs Őrség fűtő árvíztűrő tükörfúrógép Nagykőrös "
                + "Hódmezővásárhely Horváth László Gyöngyösi"
        ),
        (
            "Croatian", [.windows1250, .latin2, .cp852],
            "Šibenik Čakovec Đorđe Žarko Ivić Petrović Požega Marić broj ime prezime mjesto količina tvrtka žena čovjek Poreč Đakovo Kovačević "
                + "Horvatinčić"
        ),
        (
            "Romanian", [.windows1250, .latin2, .cp852],
            "Timişoara Constanţa Iaşi Braşov Bucureşti număr oraş adresă Ştefan cantitate preţ bucăţi şi în român Bărbulescu Ionuţ Gheorghiţă "
                + "învăţător"
        ),
        (
            "Turkish", [.windows1254, .latin5, .cp857],
            "Ayşe Yılmaz İstanbul Çağrı Gündoğdu Muğla şehir adı soyadı müşteri Şanlıurfa Özgür Işık Kırşehir ağaç güneş çiçek "
                + "Diyarbakır numara satış"
        ),
        (
            "Lithuanian", [.windows1257, .latin7, .cp775],
            "Vilnius Šiauliai Panevėžys Kęstutis Žemaitis ūkis ąžuolas įmonė čia šešių vardas pavardė kiekis miestas Jurgita Petrauskienė Šilutė "
                + "Mažeikiai ėjo"
        ),
        (
            "Latvian", [.windows1257, .latin7, .cp775],
            "Rīga Jūrmala Liepāja Jānis Bērziņš Kārlis Ozoliņš vārds uzvārds pilsēta daudzums Ķekava Ļaudona ģimene čūska šķūnis Ventspils "
                + "Cēsis"
        ),
        (
            "Russian", [.windows1251, .koi8r, .cyrillic, .cp866],
            "Иван Петров Москва улица Ленина номер имя город количество Санкт-Петербург "
                + "Екатеринбург цена товар адрес фамилия Сергей Щукин объём Юлия Новосибирск "
                + "Рабочий"
        ),
        (
            "Russian capitals", [.windows1251, .koi8r, .cp866],
            "МОСКВА ПЕТРОВ ИВАН УЛИЦА ЛЕНИНА СЕРГЕЙ ЕКАТЕРИНБУРГ НОМЕР КОЛИЧЕСТВО ЦЕНА ТОВАР "
                + "АДРЕС"
        ),
        (
            "Ukrainian", [.windows1251, .koi8u],
            "Київ Шевченко Тарас вулиця Хрещатик Львів Запоріжжя Їжакевич ім'я місто "
                + "кількість ціна Олена Харків Євген ґанок Дніпро"
        ),
        (
            "Bulgarian", [.windows1251],
            "София Пловдив Иван Димитров улица име град количество цена Бургас Цветелина "
                + "Стоянов Ъглова Велико Търново Щерев"
        ),
        (
            "Serbian", [.windows1251, .cyrillic],
            "Београд Јован Ђорђевић Нови Сад Љиљана име презиме град количина цена Ниш Његош "
                + "Џаковић Јовановић"
        ),
        (
            "Greek", [.windows1253, .greek, .cp737],
            "αριθμός όνομα Γιώργος Παπαδόπουλος Μαρία Νικολάου Αθήνα Θεσσαλονίκη Ελλάδα πόλη "
                + "διεύθυνση ποσότητα τιμή Κώστας Χρήστος Ιωάννης"
        ),
        (
            "Hebrew", [.windows1255, .hebrew, .cp862],
            "שלום תל אביב ירושלים דוד כהן משה לוי שם עיר כתובת מספר כמות מחיר חיפה באר שבע רחוב "
                + "הרצל"
        ),
        (
            "Arabic", [.windows1256, .arabic],
            "محمد أحمد القاهرة الرياض الاسم المدينة العنوان الرقم الكمية السعر فاطمة علي دمشق "
                + "بغداد شارع الملك فيصل عبد الله"
        ),
        (
            "Thai", [.cp874, .thai],
            "กรุงเทพ เชียงใหม่ สมชาย ใจดี ชื่อ นามสกุล จังหวัด "
                + "ที่อยู่ จำนวน ราคา ถนน สุขุมวิท ขอนแก่น ภูเก็ต บริษัท "
                + "จำกัด วันที่ หมายเลข"
        ),
        (
            "Japanese", [.cp932, .eucJP],
            "山田太郎 ヤマダ 東京都千代田区 タカハシ 大阪府大阪市 鈴木一郎 スズキ 北海道札幌市 名前 住所 電話番号 "
                + "株式会社 商品コード 数量 単価 佐藤さくら 京都市 横浜市中区 日本語 テスト ください"
        ),
        (
            "half-width kana", [.cp932],
            "ﾔﾏﾀﾞ ﾀﾛｳ ﾀｶﾊｼ ﾊﾅｺ ｽｽﾞｷ ｲﾁﾛｳ ﾄｳｷｮｳ ｵｵｻｶ ｶ)ﾔﾏﾀﾞ ﾌﾘｺﾐ"
        ),
        (
            "Chinese", [.gbk, .gb18030],
            "编号 姓名 张三 李四 北京市朝阳区 上海 数量 价格 地址 电话 王小明 广州 深圳市南山区 公司 产品名称 订单 "
                + "日期 陈静 刘洋 中华人民共和国 联系人"
        ),
        (
            "traditional Chinese", [.big5],
            "編號 姓名 張三 李四 臺北市 高雄 數量 價格 地址 電話 王小明 新竹 公司 產品名稱 訂單 日期 陳美麗 林志玲 "
                + "中華民國 聯絡人"
        ),
        (
            "Korean", [.cp949, .eucKR],
            "번호 이름 도시 김철수 서울특별시 강남구 이영희 부산광역시 해운대구 박지성 대구 수량 가격 주소 전화번호 "
                + "주식회사 상품명 최민수 정우성 대한민국"
        ),
        (
            "Western names", [.windows1252],
            "Müller Søren François Peña Göteborg João città Jørgensen Hélène Åse Straße Conceição Håkon"
        ),
    ]

    private func file(_ words: [String], _ encoding: TextEncoding) -> (text: String, bytes: [UInt8]) {
        let rows = words.enumerated().map { "\($0),\($1),x\r\n" }
        let text = "id,name,kind\r\n" + rows.joined()
        return (text, encoding.bytes(of: text))
    }

    @Test("an encoding that is named reads the text, and is found where there is enough of it", arguments: texts)
    func everyLanguage(_ name: String, _ encodings: [TextEncoding], _ words: String) {
        let words = words.split(separator: " ").map(String.init)
        var wrong: [String] = []
        for encoding in encodings {
            let whole = file(words, encoding)
            let guess = EncodingGuess(of: whole.bytes)
            #expect(
                guess.encodings.contains { $0.bytes(of: whole.text) == whole.bytes },
                "\(name) in \(encoding.rawValue): \(guess.words)")
            for seed in 0..<5 {
                var random = SplitMix(state: UInt64(seed) + 7_000)
                let few = file((0..<12).map { _ in words.randomElement(using: &random)! }, encoding)
                if few.bytes.allSatisfy({ $0 < 0x80 }) { continue }
                let guess = EncodingGuess(of: few.bytes)
                // Several are names to try, one is what it is.
                if guess.encodings.count == 1, guess.encodings[0].bytes(of: few.text) != few.bytes {
                    wrong.append("\(name) in \(encoding.rawValue), seed \(seed): \(guess.words)")
                }
            }
        }
        // Encodings that share most letters are told apart by a few: in some 300 such small files one is taken for another.
        #expect(wrong.count <= 1, "\(wrong)")
    }

    @Test(
        "what few bytes cannot tell is not told",
        arguments: [[0x41, 0xB3, 0x0A], [0xC5, 0x0A], [0xA4, 0x2C, 0xA8, 0x0A]] as [[UInt8]])
    func tooLittle(_ bytes: [UInt8]) {
        let guess = EncodingGuess(of: bytes)
        #expect(guess.encodings.count != 1 && guess.flag == nil, "\(guess.words)")
        #expect(guess.remedy.contains("waybill inspect FILE --encoding"))
    }

    @Test(
        "a text that is UTF-8 is told from one that is so by chance",
        arguments: [
            ("M\u{FC}ller", TextEncoding.windows1252, true), ("Gr\u{F6}\u{DF}e \u{E4}", .gbk, true),
            ("Москва", .windows1251, true),
            ("東京", .cp932, true), ("5 €", .windows1252, true),
        ] as [(String, TextEncoding, Bool)])
    func unicode(_ text: String, _ encoding: TextEncoding, _ isUTF8: Bool) {
        #expect(EncodingGuess.isUTF8(Array("1,\(text)\n".utf8), ratherThan: encoding) == isUTF8)
    }

    /// Whatever an encoding makes of them: also one that no language here is written in.
    @Test("words of every language that are UTF-8 are no text of any other encoding", arguments: TextEncoding.allCases)
    func everyEncoding(_ encoding: TextEncoding) {
        guard !encoding.isUTF16, encoding != .utf8 else { return }
        for (name, _, words) in Self.texts {
            #expect(EncodingGuess.isUTF8(Array("1,\(words)\n".utf8), ratherThan: encoding), "\(name)")
        }
    }

    @Test(
        "what an encoding says is not UTF-8 because its bytes may be",
        arguments: [("模", TextEncoding.gbk), ("แดง", .cp874), ("Вј", .windows1251)] as [(String, TextEncoding)])
    func chance(_ text: String, _ encoding: TextEncoding) {
        let bytes = encoding.bytes(of: "1,\(text)\n")
        #expect(String(validating: bytes, as: UTF8.self) != nil)
        #expect(!EncodingGuess.isUTF8(bytes, ratherThan: encoding))
    }
}
