#!/usr/bin/env python3
"""Runs Waybill and the tools one would use instead, in turn, and prints a table of ratios.

    Benchmarks/compare.py [WORKLOAD ...]    measures these workloads, or all
    Benchmarks/compare.py --list            names them
    Benchmarks/compare.py --report          measures nothing and writes the document anew

The last results of each workload are kept, and docs/benchmarks.md is written of them. From the environment: WAYBILL (the
binary, .build/release/waybill), LOG_BENCH (Benchmarks/.build/release/log-bench, used if it is there), BENCH_DIRECTORY
(Benchmarks/.data: data, databases, results; 25 GB while the large file is there), BENCH_PEERS (a virtual environment with
the Python peers, made if it is not there), RUNS (5), RECORDS (1000000), GROWTH_RECORDS (10000000), LARGE_BYTES (5000000000),
LOG_EVENTS (5000000), REPORT (docs/benchmarks.md).
"""

import os
import signal
import sys
import traceback
from pathlib import Path

from comparison import into_postgresql, into_sqlite, log, reading, resume
from comparison.bench import Bench
from comparison.document import document, system_versions
from comparison.measure import Missing, surroundings
from comparison.peers import PythonPeers
from comparison.report import Results, Row, missing, text_table

ROOT = Path(__file__).resolve().parent.parent

# In the order of the table.
WORKLOADS = {
    "csv-sqlite": ("CSV → SQLite, fresh table", into_sqlite.csv_sqlite),
    "upsert-sqlite": ("CSV → SQLite, all of the rows exist and change", into_sqlite.upsert_sqlite),
    "csv-postgres": ("CSV → PostgreSQL, fresh table", into_postgresql.postgres),
    "pgloader": ("CSV → PostgreSQL, beside pgloader", into_postgresql.pgloader),
    "upsert-postgres": ("CSV → PostgreSQL, all of the rows exist and change", into_postgresql.upsert_postgres),
    "json-sqlite": ("NDJSON and JSON array → SQLite", into_sqlite.json_sqlite),
    "xlsx": ("XLSX → SQLite", into_sqlite.xlsx),
    "gz": ("CSV, gzip → SQLite", into_sqlite.gz),
    "reading": ("reading only", reading.reading),
    "memory": ("peak memory", reading.memory),
    "append": ("durable log appends", log.append),
    "scan": ("replay and `log verify`", log.scan),
    "status": ("`status` and `group status`", log.status),
    "resume": ("resume of a large import", resume.resume),
    "log-share": ("the log's share of an import's wall time", log.log_share),
    "growth": ("time per record in a large import", into_sqlite.growth),
}


def main(names: list[str]) -> int:
    if names == ["--list"]:
        print("\n".join(WORKLOADS))
        return 0
    only_report = names == ["--report"]
    unknown = [] if only_report else [name for name in names if name not in WORKLOADS]
    if unknown:
        print(f"There is no workload {', '.join(unknown)}; there are {', '.join(WORKLOADS)}.", file=sys.stderr)
        return 2
    waybill = path("WAYBILL", ROOT / ".build/release/waybill")
    if not waybill.exists():
        print(f"{waybill} is not there: scripts/build", file=sys.stderr)
        return 2

    directory = path("BENCH_DIRECTORY", ROOT / "Benchmarks/.data")
    directory.mkdir(parents=True, exist_ok=True)
    results = Results(directory / "results.json")
    peers = PythonPeers(path("BENCH_PEERS", directory / "peers"))
    records = number("RECORDS", 1_000_000)
    failed = False
    if not only_report:
        bench = Bench(
            str(waybill), path("LOG_BENCH", ROOT / "Benchmarks/.build/release/log-bench"), directory, peers,
            number("RUNS", 5), records, number("GROWTH_RECORDS", 10_000_000), number("LARGE_BYTES", 5_000_000_000),
            number("LOG_EVENTS", 5_000_000))
        failed = run(bench, names or list(WORKLOADS), results)

    versions = system_versions(str(waybill)) + peers.versions()
    path("REPORT", ROOT / "docs/benchmarks.md").write_text(document(results, list(WORKLOADS), records, versions))
    return 1 if failed else 0


def run(bench: Bench, names: list[str], results: Results) -> bool:
    """Whether one failed; the others are still worth having."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # So that the server is stopped.
    measured: list[Row] = []
    failed = False
    for name in names:
        title, measure = WORKLOADS[name]
        print(f"{name}: {title}", flush=True)
        around = surroundings(bench.directory)
        try:
            rows = measure(bench)
        except Missing as why:
            rows = [missing(title, why)]
        except Exception:
            traceback.print_exc()
            rows = [missing(title, f"{name} failed")]
            failed = True
        bench.stop_server()
        for row in rows:
            if row.note.startswith("Not measured"):
                print(f"    {row.work}: {row.note}", flush=True)
        results.put(name, bench.runs, around, rows)
        measured += rows
    bench.clean()
    print("\n" + text_table(measured))
    return failed


def path(name: str, default: Path) -> Path:
    return Path(os.environ.get(name) or default).absolute()


def number(name: str, default: int) -> int:
    return int(os.environ.get(name) or default)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
