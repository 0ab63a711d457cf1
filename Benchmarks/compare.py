#!/usr/bin/env python3
"""Runs Waybill and the tools one would use instead, in turn, and prints a table of ratios.

    Benchmarks/compare.py [--list] [WORKLOAD ...]

Without names, all workloads. The results of each are kept, and docs/benchmarks.md is written of the last of each. From the
environment: WAYBILL (the binary, .build/release/waybill), LOG_BENCH (Benchmarks/.build/release/log-bench, used if it is
there), BENCH_DIRECTORY (Benchmarks/.data: data, databases, results; 25 GB while the large file is there), BENCH_PEERS (a
virtual environment with the Python peers, made if it is not there), RUNS (5), RECORDS (1000000), GROWTH_RECORDS
(10000000), LARGE_BYTES (5000000000), REPORT (docs/benchmarks.md).
"""

import os
import signal
import sys
from pathlib import Path

from comparison import into_postgresql, into_sqlite, log, reading
from comparison.bench import Bench
from comparison.measure import Missing
from comparison.peers import PACKAGES
from comparison.report import Results, Row, document, missing, system_versions, text_table

ROOT = Path(__file__).resolve().parent.parent

# In the order of the table.
WORKLOADS = {
    "csv-sqlite": into_sqlite.csv_sqlite,
    "upsert-sqlite": into_sqlite.upsert_sqlite,
    "csv-postgres": into_postgresql.postgres,
    "pgloader": into_postgresql.pgloader,
    "upsert-postgres": into_postgresql.upsert_postgres,
    "json-sqlite": into_sqlite.json_sqlite,
    "xlsx": into_sqlite.xlsx,
    "gz": into_sqlite.gz,
    "reading": reading.reading,
    "log-share": log.log_share,
    "growth": into_sqlite.growth,
    "memory": reading.memory,
    "resume": log.resume,
}


def main(names: list[str]) -> int:
    if "--list" in names:
        print("\n".join(WORKLOADS))
        return 0
    unknown = [name for name in names if name not in WORKLOADS]
    if unknown:
        print(f"There is no workload {', '.join(unknown)}; there are {', '.join(WORKLOADS)}.", file=sys.stderr)
        return 2

    def path(name: str, default: Path) -> Path:
        return Path(os.environ.get(name) or default).absolute()

    def number(name: str, default: int) -> int:
        return int(os.environ.get(name) or default)

    waybill = path("WAYBILL", ROOT / ".build/release/waybill")
    if not waybill.exists():
        print(f"{waybill} is not there: swift build -c release --product waybill", file=sys.stderr)
        return 2
    directory = path("BENCH_DIRECTORY", ROOT / "Benchmarks/.data")
    runs, records = number("RUNS", 5), number("RECORDS", 1_000_000)
    bench = Bench(str(waybill), path("LOG_BENCH", ROOT / "Benchmarks/.build/release/log-bench"), directory,
                  path("BENCH_PEERS", directory / "peers"), runs, records,
                  number("GROWTH_RECORDS", 10_000_000), number("LARGE_BYTES", 5_000_000_000))
    results = Results(directory / "results.json")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # So that the server is stopped.

    measured: list[Row] = []
    for name in names or WORKLOADS:
        print(name, flush=True)
        try:
            rows = WORKLOADS[name](bench)
        except Missing as why:
            rows = [missing(name, why)]
        for row in rows:
            if row.note.startswith("not measured"):
                print(f"    {row.work}: {row.note}", flush=True)
        results.put(name, runs, rows)
        measured += rows
    bench.clean()

    print("\n" + text_table(measured))
    versions = system_versions(str(waybill))
    if "server" in vars(bench):
        versions.append(("PostgreSQL server", bench.server.sql("SHOW server_version")))
    installed = bench.python.versions()
    versions += [(package, installed.get(package, "not installed")) for package in PACKAGES]
    path("REPORT", ROOT / "docs/benchmarks.md").write_text(document(results, list(WORKLOADS), records, versions))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
