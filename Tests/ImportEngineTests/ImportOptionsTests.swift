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
            ("a=zzzz", "'a=zzzz' is not a valid value for --types."),
            ("txt", "'txt' is not a valid value for --types."), ("a=", "'a=' is not a valid value for --types."),
        ])
    func anUnknownTypeIsRefusedWithTheOneThatIsMeant(_ types: String, _ ending: String) {
        let error = #expect(throws: DataError.self) { try plan { $0.section.types = types } }
        #expect(error?.message.hasSuffix(ending) == true, "\(error?.message ?? "")")
        #expect(error?.remedy?.contains("timestamptz, jsonb, uuid") == true)
    }

    @Test(
        arguments: [
            ("insert", "skip", false, nil, "insert"), ("insert", "update", true, "i", "upsert"),
            ("insert", "reject", false, nil, "insert"),
            (nil, "update", false, nil, "upsert"), ("upsert", "update", false, nil, "upsert"),
            ("update", nil, true, "i", "update"),
            ("insert", "skip", false, "i", "insert"),
        ] as [(String?, String?, Bool, String?, String)])
    func whatIsSaidOfDuplicatesAndItsMode(
        _ mode: String?, _ onDuplicate: String?, _ keeps: Bool, _ index: String?, _ result: String
    ) throws {
        let plan = try plan {
            $0.section.key = ["id"]
            ($0.section.mode, $0.section.onDuplicate, $0.section.keyIndex) = (mode, onDuplicate, index)
            if keeps { $0.section.keepsNonNull = true }
        }
        #expect(plan.section.mode.rawValue == result && plan.section.writing.keepsNonNull == keeps)
        #expect(plan.section.writing.skipsDuplicates == (onDuplicate == "skip"))
        #expect(plan.section.writing.keyIndex == index ?? "")
    }

    @Test(
        arguments: [
            ("delete", "skip", false, nil, "--on-duplicate skip does not apply to --mode delete."),
            ("upsert", "reject", false, nil, "--on-duplicate reject does not apply to --mode upsert."),
            ("update", "update", false, nil, "--on-duplicate update does not apply to --mode update."),
            ("insert", "ignore", false, nil, "'ignore' is not a valid value for --on-duplicate."),
            ("insert", nil, true, nil, "--keep-non-null does not apply to --mode insert."),
            ("insert", "skip", true, nil, "--keep-non-null does not apply to --mode insert."),
            ("versioned", nil, true, nil, "--keep-non-null does not apply to --mode versioned."),
            ("insert", nil, false, "i", "--key-index i does not apply to --mode insert."),
            ("delete", nil, false, "i", "--key-index i does not apply to --mode delete."),
            ("replace", nil, false, nil, "'replace' is not a valid value for --mode."),
        ] as [(String, String?, Bool, String?, String)])
    func whatDoesNotApplyToAModeIsRefused(
        _ mode: String, _ onDuplicate: String?, _ keeps: Bool, _ index: String?, _ message: String
    ) {
        let error = #expect(throws: DataError.self) {
            try plan {
                $0.section.key = ["id"]
                ($0.section.mode, $0.section.onDuplicate, $0.section.keyIndex) = (mode, onDuplicate, index)
                if keeps { $0.section.keepsNonNull = true }
            }
        }
        #expect(error?.code == .unusableOption && error?.message == message)
    }

    @Test(
        arguments: [
            ("insert", "skip", "--on-duplicate skip"), ("insert", "update", "--on-duplicate update"),
            ("update", nil, "--mode update"),
        ] as [(String, String?, String)])
    func whatFindsRowsNeedsTheirKey(_ mode: String, _ onDuplicate: String?, _ flag: String) {
        let error = #expect(throws: DataError.self) {
            try plan { ($0.section.mode, $0.section.onDuplicate) = (mode, onDuplicate) }
        }
        #expect(error?.message == "\(flag) needs the row's key.")
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
