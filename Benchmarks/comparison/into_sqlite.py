"""Imports into SQLite, of each kind of source."""

from .bench import ON_CONFLICT, SCHEMA, Bench, quoted
from .measure import Contender, Missing, median, seconds
from .peers import tool
from .report import Row, missing, ratio

LESS = 200_000  # Records for a peer that takes half a minute for a million.


def csv_sqlite(bench: Bench) -> list[Row]:
    source = bench.data.csv()
    results = bench.alternate(
        bench.importing("waybill", source), bench.sqlite3_import(source),
        bench.importing("waybill --no-undo", source, "--no-undo"))
    theirs = seconds(results["sqlite3 .import"])
    return [
        ratio("CSV → SQLite, fresh table with primary key", seconds(results["waybill"]), "sqlite3 .import", theirs, 0.75),
        ratio("the same with --no-undo", seconds(results["waybill --no-undo"]), "sqlite3 .import", theirs, 0.65),
    ]


def upsert_sqlite(bench: Bench) -> list[Row]:
    changed = bench.data.changed()
    staging = SCHEMA.replace("TABLE t", "TEMP TABLE staging").replace(" PRIMARY KEY", "")
    script = [staging, f".import --csv --skip 1 {quoted(changed)} staging",
              f"INSERT INTO t SELECT * FROM staging WHERE true {ON_CONFLICT}"]
    results = bench.alternate(
        bench.importing("waybill", changed, prepare=bench.existing),
        Contender("sqlite3 script", bench.sqlite3(*script), bench.existing, bench.wrote))
    return [ratio("CSV → SQLite, all of the rows exist and change", seconds(results["waybill"]),
                  "sqlite3: .import into staging, INSERT … ON CONFLICT", seconds(results["sqlite3 script"]), 1.0)]


def json_sqlite(bench: Bench) -> list[Row]:
    lines, array = bench.data.ndjson(), bench.data.json()
    contenders = [bench.importing("waybill csv", bench.data.csv()), bench.importing("waybill ndjson", lines),
                  bench.importing("waybill json", array)]
    absent = None
    try:
        bench.python.having("sqlite_utils")
        program = str(bench.python.directory / "bin" / "sqlite-utils")
        insert = [program, "insert", "shop.db", "t"]
        contenders += [
            Contender("sqlite-utils --version", [program, "--version"]),
            Contender("sqlite-utils ndjson", [*insert, str(bench.data.ndjson(LESS)), "--nl", "--pk", "sku"], bench.wipe),
            Contender("sqlite-utils json", [*insert, str(bench.data.json(LESS)), "--pk", "sku"], bench.wipe),
        ]
    except Missing as why:
        absent = why
    results = {name: seconds(runs) for name, runs in bench.alternate(*contenders).items()}

    rows = []
    for name, kind in [("ndjson", "NDJSON"), ("json", "JSON array")]:
        ours = results[f"waybill {name}"]
        rows.append(ratio(f"{kind} → SQLite", ours, "Waybill's own CSV", results["waybill csv"], 1.4))
        work = f"{kind} → SQLite, beside sqlite-utils"
        if absent:
            rows.append(missing(work, absent))
            continue
        start = median(results["sqlite-utils --version"])
        scaled = [(time - start) * bench.data.records / LESS + start for time in results[f"sqlite-utils {name}"]]
        rows.append(ratio(work, ours, "sqlite-utils insert --pk", scaled, 1 / 12, "≤ 0.083 (12 × faster)",
                          f"sqlite-utils reads {LESS:,} records; its time but for its start is scaled to "
                          f"{bench.data.records:,}"))
    return rows


def xlsx(bench: Bench) -> list[Row]:
    work = "XLSX, 200,000 × 8 → SQLite"
    try:
        source = bench.data.xlsx(200_000, bench.python.having("openpyxl"))
    except Missing as why:
        return [missing(work, why)]
    contenders = [bench.importing("waybill", source), Contender("openpyxl", [bench.python.python, "-c", (
        "import openpyxl, sys\n"
        "for row in openpyxl.load_workbook(sys.argv[1], read_only=True).active.iter_rows(values_only=True): pass"
    ), str(source)])]
    absent = None
    try:
        contenders.append(Contender("calamine", [bench.python.having("python_calamine"), "-c", (
            "import python_calamine, sys\n"
            "python_calamine.CalamineWorkbook.from_path(sys.argv[1]).get_sheet_by_index(0).to_python()"
        ), str(source)]))
    except Missing as why:
        absent = why
    results = {name: seconds(runs) for name, runs in bench.alternate(*contenders).items()}
    return [
        missing(work, absent) if absent else
        ratio(work, results["waybill"], "python-calamine, only reading", results["calamine"], 1.3),
        ratio(work, results["waybill"], "openpyxl, only reading", results["openpyxl"], 0.2, "≤ 0.2 (5 × faster)"),
    ]


def gz(bench: Bench) -> list[Row]:
    plain, packed = bench.data.csv(), bench.data.gzip()
    results = {name: seconds(runs) for name, runs in bench.alternate(
        bench.importing("waybill gz", packed), bench.importing("waybill csv", plain),
        Contender("gzip -dc", [tool("gzip"), "-dc", str(packed)])).items()}
    slower = [max(pair) for pair in zip(results["gzip -dc"], results["waybill csv"])]
    return [ratio("CSV, gzip → SQLite", results["waybill gz"], "the slower of `gzip -dc` and Waybill's CSV", slower, 1.1)]


def growth(bench: Bench) -> list[Row]:
    few, many = bench.data.csv(), bench.data.csv_of_records(bench.growth)
    contenders = []
    for source, records in [(few, bench.data.records), (many, bench.growth)]:
        for contender in [bench.importing("waybill", source), bench.sqlite3_import(source)]:
            contender.name = f"{contender.name}, {records:,}"
            contender.outcome = lambda records=records: bench.wrote()[0] == records
            contenders.append(contender)
    results = bench.alternate(*contenders)
    ours, theirs, ours_large, theirs_large = (median(seconds(results[contender.name])) for contender in contenders)
    times = bench.growth / bench.data.records
    ours, theirs = ours_large / times / ours, theirs_large / times / theirs
    left = ours - max(theirs - 1, 0)
    return [Row(
        f"time per record at {bench.growth:,} records ÷ at {bench.data.records:,}", "≤ 1.1", f"{ours:.2f}",
        "sqlite3 .import's own growth", f"{theirs:.2f}", f"{left:.2f}", left <= 1.1,
        "Growth of the medians; the target applies to Waybill's growth minus the part of sqlite3's growth above 1")]
