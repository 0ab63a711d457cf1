"""Reading without writing, and memory."""

from .bench import Bench
from .data import UNFRIENDLY
from .measure import Contender, Missing, median, run, run_sampling, seconds, tell
from .peers import tool
from .report import Row, missing, peak, time

ALONE = ["taskset", "--cpu-list", "0"]  # On one core.


def reading(bench: Bench) -> list[Row]:
    rows = []
    for kind, source, duckdb, bar in [
            ("CSV", bench.data.csv(), "read_csv(?, all_varchar = true)", 400),
            ("NDJSON", bench.data.ndjson(), "read_json(?, format = 'newline_delimited')", 250)]:
        dry = [bench.waybill, "import", "--quiet", "--dry-run", "--log-dir", "log", "--into", "sqlite:no.db", "--table", "t",
               "--types", "text", str(source)]
        contenders = [Contender("waybill", dry, bench.wipe), Contender("waybill, one core", [*ALONE, *dry], bench.wipe),
                      Contender("wc -l", [tool("wc"), "-l", str(source)])]
        try:
            script = ("import duckdb, sys\n"
                      f"duckdb.execute('''SELECT count(COLUMNS(*)) FROM {duckdb}''', [sys.argv[1]]).fetchall()")
            command = [bench.python.having("duckdb"), "-c", script, str(source)]
            contenders += [Contender("DuckDB", command), Contender("DuckDB, one core", [*ALONE, *command])]
        except Missing as why:
            rows.append(missing(f"{kind}, reading only, DuckDB", why))
        results = {name: median(seconds(runs)) for name, runs in bench.alternate(*contenders).items()}
        megabytes = source.stat().st_size / 1e6
        for name in ["waybill", "waybill, one core"]:
            peer = name.replace("waybill", "DuckDB")
            work = f"{kind}, reading only" + (", on one core" if "one core" in name else "")
            rate = megabytes / results[name]
            beside = [(each, results[each]) for each in [peer, "wc -l"] if each in results]
            rows.append(Row(
                work, f"≥ {bar} MB/s", f"{rate:.0f} MB/s, {time(results[name])}", ", ".join(each for each, _ in beside),
                ", ".join(time(seconds) for _, seconds in beside), met=rate >= bar,
                note="`import --dry-run --types text` without a key; DuckDB counts every column's values, and its Python "
                "has to start"))
    return rows


def memory(bench: Bench) -> list[Row]:
    changed = bench.data.changed()
    contenders = [
        (f"CSV of {bench.data.csv().stat().st_size / 1e6:.0f} MB", bench.importing("CSV", bench.data.csv())),
        (f"CSV of {bench.large / 1e9:g} GB", bench.importing("CSV, large", bench.data.csv_of_bytes(bench.large))),
        ("CSV, all of the rows exist and change", bench.importing("CSV, changed", changed, prepare=bench.existing)),
        ("CSV, gzip", bench.importing("CSV, gzip", bench.data.gzip())),
        ("NDJSON", bench.importing("NDJSON", bench.data.ndjson())),
        ("JSON array", bench.importing("JSON array", bench.data.json())),
    ]
    rows = []
    for source, contender in contenders:
        result = run(contender, bench.directory)
        tell(contender.name, result)
        rows.append(peak(f"peak memory: {source} → SQLite", [result], 64))
    for name in UNFRIENDLY:
        command = [bench.waybill, "import", "--quiet", "--log-dir", "log", "--into", "sqlite:shop.db", "--table", "t", "--yes",
                   str(bench.data.unfriendly(name))]
        contender = Contender(name, command, bench.wipe, accepted=(3,))
        result = run_sampling(contender, bench.directory)
        tell(contender.name, result)
        rows.append(peak(f"peak memory of its own: {name} → SQLite", [result], 64))
    return rows
