import Readers
import Testing

@Suite struct ForeignFormatTests {
    /// How a file begins, and a word of the name that it is refused by.
    static let foreign: [(head: [UInt8], name: String)] =
        texts.map { (Array($0.utf8), $1) } + binaries
        + texts.prefix(3).map { text, name in
            ([0xFF, 0xFE] + text.utf16.flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }, name)
        }

    private static let texts: [(String, String)] = [
        ("<!DOCTYPE html>\n<html><body>Sign in</body></html>", "HTML page"),
        ("<html><body><table><tr><td>1</td></tr></table>", "HTML page with a table"),
        ("\u{FEFF}\n <HTML>\n<HEAD><TITLE>504</TITLE></HEAD></HTML>", "HTML page"),
        ("<!-- x -->\n<html></html>", "HTML page"), ("<p>Please <a href=\"/\">log in</a></p>", "HTML page"),
        ("<?xml version=\"1.0\"?>\n<Error><Code>AccessDenied</Code></Error>", "XML document"),
        ("<rows>\n<row a=\"1\"/>\n</rows>", "XML document"),
        (
            "<?xml version=\"1.0\"?><Workbook xmlns=\"urn:schemas-microsoft-com:office:spreadsheet\"/>",
            "XML spreadsheet"
        ),
        ("<?xml version=\"1.0\"?><office:document xmlns:office=\"u\"/>", "OpenDocument"),
        ("callback([{\"a\":1}]);", "JSONP"), ("/**/cb({\"a\":1})", "JSONP"), ("jQuery1_2({\"a\":[]})", "JSONP"),
        ("// exported\n[{\"a\":1}]", "after a comment"), ("/* x */ {\"a\":1}", "after a comment"),
        ("# a\n# b\n[\n {\"a\":1}]", "after a comment"), (")]}',\n[{\"a\":1}]", "after a prefix"),
        ("while(1);[{\"a\":1}]", "after a prefix"), ("var data = [{\"a\":1}];", "JavaScript with JSON"),
        ("window.YTD.tweets.part0 = [ {\n\"a\": 1}]", "JavaScript with JSON"), ("{'a': 1}", "Python"),
        ("[{'a': 1}]", "Python"), ("{a: 1}", "JSON5"), ("[\n {a: 1}]", "JSON5"),
        ("Warning: x in /y.php on line 3\n[{\"a\":1}]", "after a warning"),
        ("<br />\n<b>Notice</b>: x in y on line 3<br />\n{\"a\":1}", "after a warning"),
        ("HTTP/1.1 200 OK\r\nContent-Type: text/csv\r\n\r\na,b", "HTTP response"), ("%PDF-1.4\n", "PDF"),
        ("{\\rtf1\\ansi x}", "RTF"), ("ID;PWXL;N;E\nC;Y1;X1;K\"a\"\nE\n", "SYLK"), ("BEGIN:VCARD\n", "vCard"),
        ("(lp0\n(dp1\n", "pickle"),
        ("version https://git-lfs.github.com/spec/v1\noid sha256:4d\nsize 12\n", "Git LFS"),
        ("-----BEGIN CERTIFICATE-----\nMIIB\n", "PEM"), ("UNA:+.? 'UNB+UNOA:2+A+B'\n", "EDIFACT"),
        ("ISA*00*          *00*\nGS*PO*A\n", "X12"), (":20:STARTUMSE\r\n:25:123/0\r\n:28C:1/1\r\n", "MT940"),
        ("{1:F01AAAABB99BSMK3513951576}{2:O94}\n:20:01\n", "SWIFT"), ("MSH|^~\\&|A|B\rPID|1\r", "HL7"),
        ("From: a@b.c\r\nTo: d\r\nSubject: x, y\r\n\r\na,b\r\n", "e-mail"),
        ("From a@b.c Mon Jan  1\nFrom: a@b.c\n\nx\n", "e-mail"), ("dn: cn=a,dc=x\ncn: a\n", "LDIF"),
        ("\\documentclass{article}\n", "LaTeX"), ("#!/bin/sh\necho a, b\n", "script"),
        ("@prefix ex: <http://x/> .\n", "Turtle"), ("<http://a> <http://b> \"c, d\" .\n", "N-Triples"),
        ("diff --git a/x b/x\n", "patch"), ("--- a/x\n+++ b/x\n@@ -1 +1 @@\n", "patch"),
        ("@article{x,\n  author = {A, B},\n}\n", "BibTeX"), ("@relation x\n@attribute a numeric\n", "ARFF"),
        ("##fileformat=VCFv4.2\n#CHROM\tPOS\n1\t100\n", "VCF"), ("begin 644 x.csv\n#8V%T\n`\nend\n", "uuencoded"),
        ("---\nid: 1\nname: a, b\n", "YAML"), ("---\n- id: 1\n", "YAML"),
        ("[[users]]\nid = 1\nname = \"x, y\"\n", "TOML"),
        ("; c\n[section]\nkey=value, b\n", "INI"), (" id | name \n----+------\n  1 | a\n(1 row)\n", "psql"),
        ("+----+---+\n| id | n |\n+----+---+\n", "mysql"), ("# T\n\n| id | n |\n|----|:---|\n| 1 | a |\n", "Markdown"),
        ("┌────┬───┐\n│ id │ n │\n", "drawn"),
        ("1.2.3.4 - - [10/Oct/2000:13:55:36 -0700] \"GET /a,b\" 200\n", "web server"),
        ("Nov 29 10:00:01 host cron[1]: (root) CMD\nNov 29 10:00:02 host cron[2]: (root)\n", "system log"),
        ("2024-01-01 10:00:00,123 INFO [main] a, b\n", "program's log"), ("404: Not Found", "error message"),
        ("Access Denied\n", "error message"), ("upstream connect error or disconnect\n", "error message"),
        ("Error 503: Service Unavailable", "error message"),
        (
            "#Software: Microsoft Internet Information Services 10.0\r\n#Version: 1.0\r\n#Fields: date time\r\n2024-01-01 1\r\n",
            "W3C"
        ),
        ("2024-01-01T10:00:00Z INFO start\n2024-01-01T10:00:01Z INFO stop\n", "program's log"),
        ("2024-01-01 10:00:00 INFO start a=1\n", "program's log"),
        ("2024-01-01 10:00:00.5 +0100 [WARN] x, y\n", "program's log"),
        ("ORA-00942: table or view does not exist\n", "error message"),
        ("psql: error: connection to server at \"x\", port 5432 failed: FATAL:  x\n", "error message"),
        ("curl: (6) Could not resolve host: x\n", "error message"),
        ("bash: mysqldump: command not found\n", "error message"),
        ("An error occurred (AccessDenied) when calling the GetObject operation: Access Denied\n", "error message"),
        ("Msg 208, Level 16, State 1, Server X, Line 1\nInvalid object name 'x'.\n", "error message"),
        ("Traceback (most recent call last):\n  File \"x\", line 1\n", "error message"),
        ("Unauthorized", "error message"), ("no rows selected\n\n", "error message"), ("null", "the word `null`"),
    ]

    private static func bytes(_ text: String, _ rest: [UInt8] = [0, 1, 2]) -> [UInt8] { Array(text.utf8) + rest }

    private static let binaries: [([UInt8], String)] = [
        (bytes("PAR1"), "Parquet"), (bytes("ORC"), "ORC"), (bytes("Obj\u{1}"), "Avro"),
        (bytes("ARROW1\0\0"), "Feather"),
        ([0xFF, 0xFF, 0xFF, 0xFF, 0x10, 0, 0, 0], "Arrow stream"), (bytes("SQLite format 3\0"), "SQLite database"),
        ([0x37, 0x7A, 0xBC, 0xAF, 0x27, 0x1C, 0, 4], "7-Zip"), (bytes("Rar!\u{1A}\u{7}\u{1}\0"), "RAR"),
        ([0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1, 0, 0], ".xls"), ([0x80, 4, 0x95, 1, 0], "pickle"),
        ([0x89] + bytes("PNG\r\n\u{1A}\n"), "PNG"), ([0xFF, 0xD8, 0xFF, 0xE0, 0, 0x10], "JPEG"),
        (bytes("GIF89a"), "GIF"), (bytes("PGDMP"), "pg_dump"), ([0, 1, 0, 0] + bytes("Standard Jet DB\0"), "Access"),
        ([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3], "gzip data inside"),
        (bytes("PK\u{3}\u{4}\u{14}\0"), "zip archive inside"),
        ([0x04, 0x22, 0x4D, 0x18, 0x64], "lz4"), ([0xFF, 0xFE, 0, 0, 0x61, 0, 0, 0], "UTF-32"),
        ([0x61, 0, 0, 0, 0x2C, 0, 0, 0], "UTF-32"),
        (
            [3, 124, 5, 6, 1, 0, 0, 0, 65, 0, 11, 0] + [UInt8](repeating: 0, count: 20) + bytes("NAME")
                + [UInt8](repeating: 0, count: 32), "dBase"
        ),
    ]

    @Test("a foreign format is known by its first bytes", arguments: foreign)
    func known(_ head: [UInt8], name: String) throws {
        let format = try #require(ForeignFormat(head: head), "\(String(decoding: head, as: UTF8.self))")
        #expect(format.name.contains(name))
        #expect(!format.remedy.isEmpty)
    }

    @Test(
        "a table or a document whose beginning looks a little like something else is none of it",
        arguments: [
            "<b>,<c>\n1,2\n", "<TICKER>;<PER>;<DATE>\nX;1;2\n", "<b>bold</b>,x\n1,2\n", "<b>\n<i>1</i>\n",
            "\"<html>\",b\n",
            "%PDF,%b\n1,2\n", "{a},{b}\n1,2\n", "[id],[name]\n1,x\n", "[title],[name]\n1,x\n", "{6F96-11},x\n",
            "ORCID,name\n1,2\n", "BM,MZ\n1,2\n", "PAR1,PAR2\n", "GIF89a,RIFF\n", "ID;PREIS\n1;2\n", "# c,d\n1,2\n",
            "//x,b\n1,2\n", "name(x),b\n1,2\n", "warning,note\n1,2\n", "a=[1],b\n", "070701,2\n", "http/1.1 status,n\n",
            "TABLE,x\n0,1\n", "id\tjson\n1\t{\"a\":1}\n", "[{\"a\":1}]", "{\"a\":1}\n{\"a\":2}", "", "a",
            "\u{1E}{\"a\":1}\n",
            "[section]\nkey,value\n", "[a],[b]\nx=1,2\n", "---,b\n1,2\n", "a|b\n-|-\n1|2\n", "From,To\nx,y\n",
            "Date: day,To\nx,y\n", "ISA,NO\n1,2\n", "ISA|12|x\n1|2|3\n", "version,oid\n1,2\n", "Not Found,n\n",
            "404,x\n",
            "error\n", "Error code\n1\n2\n", "2024-01-01 10:00:00,123,INFO,x\n", "begin 644,x\n", "@id,@type\n1,2\n",
            "Nov 29 10:00:01 a,b\n", "dn,cn\n1,2\n", "id\n---\n1\n", "1.2.3.4,[10/Oct/2000:1]\n",
            "id,json\n1,\"{\"\"a\"\":1}\"\n", "-- x\ninsert into t values (1);", "a,b\n1,<html>\n",
            "2024-01-01T10:00:00Z,INFO,x\n", "2024-01-01T10:00:00Z\tINFO\tx\n", "null\n1\n", "unauthorized\n5\n",
            "#Version: 1.0\na,b\n", "msg,level\n1,2\n", "curl,psql\n1,2\n",
            "mysqldump: [Warning] Using a password\nINSERT INTO t VALUES (1);\n",
        ])
    func unknown(_ text: String) {
        #expect(ForeignFormat(head: Array(text.utf8)) == nil)
    }

    @Test("a server's word that it is HTML is taken where the text begins with a tag")
    func mediaType() {
        let text = Array("<x-app>Please log in".utf8)
        #expect(ForeignFormat(head: text, mediaType: "text/html; charset=utf-8")?.name == "an HTML page")
        #expect(ForeignFormat(head: text, mediaType: "text/csv") == nil)
        #expect(ForeignFormat(head: Array("a,b\n1,2\n".utf8), mediaType: "text/html") == nil)
    }

    @Test(
        "JSON is told with a damaged or cut beginning",
        arguments: [
            "{", "[", " [\n", "{#a\":1}", "x[{\"a\":1}]", "#\"a\":1,\"b\":2}", "\"a\":1}", "{\"a\" : 1", "[\"a\": 1",
        ])
    func brokenJSON(_ text: String) {
        let head = HeadText(Array(text.utf8))
        #expect(head.beginsJSON || head.beginsBrokenJSON)
    }
}
