import ImportEngine
import ImportLog
import Records
import Testing

@Suite struct ImportOptionsTests {
    private func plan(_ change: (inout ImportOptions) -> Void) throws -> ImportPlan {
        var options = ImportOptions(destination: "sqlite:/tmp/shop.db")
        change(&options)
        return try options.plan(for: "items.csv")
    }

    @Test func theKeyAndTheColumnsAreNamesBetweenCommas() throws {
        let plan = try plan {
            $0.section.key = ImportOptions.names("country, sku")
            $0.section.columns = ImportOptions.names("country,sku , price")
        }
        #expect(plan.section.key == ["country", "sku"])
        #expect(plan.section.columns == ["country", "sku", "price"])
    }

    @Test func typesAreGuessedOrTextOrGivenByColumn() throws {
        #expect(try plan { _ in }.section.types == .inferred)
        #expect(try plan { $0.section.types = "text" }.section.types == .text)
        #expect(
            try plan { $0.section.types = "price=numeric,qty=integer" }.section.types
                == .given(["price": .numeric, "qty": .integer]))
        #expect(
            try plan { $0.section.types = "a=b=real" }.section.types == .given(["a=b": .real]),
            "a name may have an equals sign"
        )
    }

    @Test(
        arguments: [
            ("paid=bolean", "Did you mean boolean?"), ("at=timestamp_tz", "Did you mean timestamptz?"),
            ("a=json", "Did you mean jsonb?"), ("a=int", "Did you mean integer?"), ("a=Bool", "Did you mean boolean?"),
            ("a=datetime", "Did you mean timestamp?"), ("a=timestamp with time zone", "Did you mean timestamptz?"),
            ("a=zzzz", "--types does not take 'a=zzzz'."),
            ("txt", "--types does not take 'txt'."), ("a=", "--types does not take 'a='."),
        ])
    func anUnknownTypeIsRefusedWithTheOneThatIsMeant(_ types: String, _ ending: String) {
        let error = #expect(throws: DataError.self) { try plan { $0.section.types = types } }
        #expect(error?.message.hasSuffix(ending) == true, "\(error?.message ?? "")")
        #expect(error?.remedy?.contains("timestamptz, jsonb, uuid") == true)
    }

    @Test func everyTypeIsTaken() throws {
        for type in ColumnType.allCases {
            #expect(try plan { $0.section.types = "a=\(type.rawValue)" }.section.types == .given(["a": type]))
        }
    }

    @Test(arguments: [("3", 3 as UInt64?, nil as Double?), ("5%", nil, 5), ("0.5%", nil, 0.5)])
    func rejectsAreLimitedByNumberOrShare(_ text: String, _ count: UInt64?, _ percent: Double?) throws {
        let limits = try Limits(plan { $0.limits.set(.maxRejects, text, by: "--max-rejects") }.limits)
            .applied(to: ImportSubmitted.Limits())
        #expect(limits.maxRejects == count)
        #expect(limits.maxRejectPercent == percent)
    }

    @Test(arguments: ["", "sqlite:", "postgres:x", "shop.db"])
    func anUnknownDestinationIsRefusedWithWhatIsTaken(_ text: String) {
        let error = #expect(throws: DataError.self) { try ImportOptions(destination: text).plan(for: "x.csv") }
        #expect(error?.code == .unusableOption)
        #expect(error?.remedy?.contains("sqlite:PATH") == true)
    }

    @Test func anErrorOfAnyLayerComesOutWithItsRemedyAndWhoseMistakeItIs() {
        let ofData = ImportFailure(DataError(.unusableOption, "what", remedy: "do"))
        #expect(ofData.message == "what" && ofData.remedy == "do" && ofData.isUsersMistake)
        let ofLog = ImportFailure(ImportLogError(.noSpace, "what"))
        #expect(ofLog.message == "what" && ofLog.remedy == nil && !ofLog.isUsersMistake)
    }
}
