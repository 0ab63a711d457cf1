"""Writes docs/benchmarks.md of all results, with the machine and the versions."""

import collections
import os
import platform
import shutil
import subprocess
from pathlib import Path

from .report import Results, Row, time, verdict

PREFACE = """# Benchmarks

Written by `make bench`; do not edit.

Each line compares Waybill with the tool you would use instead. Times are wall-clock times of whole processes. The two
tools run alternately, {runs} after a warm-up; the ratio is the median of the paired runs, with minimum and maximum.
Below 1, Waybill is faster. Waybill has its default settings (undo data, ledger, log, validation, durable commits of
each chunk), upserts by the key, and writes into the table that the peer writes into, unless a line says otherwise; what both
wrote is compared. A peer is one process or script of the tool's own; PostgreSQL's server has its default settings. Files are
in the page cache and read just before each run. Memory is measured once, `status` twenty times as often.

The data: {records:,} records of 8 columns with a text key; one in ten has quotes and a newline.

"""

AGAIN = """
## Running the benchmarks

`make bench` installs the peers that it can, builds, and takes about an hour and 25 GB of disk. A tool that cannot be installed is
left out, and its lines say so. `make bench WORKLOADS='csv-sqlite gz'` runs some (`Benchmarks/compare.py --list` names them);
the results of the others stay. `RUNS=9` runs each nine times; `Benchmarks/compare.py` says what else can be set.
"""


def document(results: Results, order: list[str], records: int, versions: list[tuple[str, str]]) -> str:
    measured = [results.of[name] for name in order if name in results.of]
    rows = [Row(**row) for result in measured for row in result["rows"]]
    runs = sorted({result["runs"] for result in measured})
    dates = sorted({result["date"] for result in measured})
    text = PREFACE.format(runs=" or ".join(map(str, runs)) + " times each", records=records)
    verdicts = collections.Counter(verdict(row).strip("*") for row in rows)
    text += ("Lines with a target: " + ", ".join(f"{verdicts[word]} {word}" for word in ["met", "missed"])
             + f"; {verdicts['not measured']} not measured.\n")
    busy = sorted(result["busy"] for result in measured)
    if busy[-1] > 0.05:
        text += "\nThe machine had other work to do at the same time, so that the figures are rough.\n"
    text += "\n| work | peer | Waybill | peer's | ratio (min–max) | target | |\n|---|---|---|---|---|---|---|\n"
    notes: list[str] = []
    for row in rows:
        mark = ""
        if row.note:
            if row.note not in notes:
                notes.append(row.note)
            mark = f" [{notes.index(row.note) + 1}]"
        text += (f"| {row.work}{mark} | {row.peer or '–'} | {row.ours or '–'} | {row.theirs or '–'} | {row.ratio or '–'}"
                 f" | {row.bar or '–'} | {verdict(row)} |\n")
    text += "".join(f"\n[{number}] {note}.\n" for number, note in enumerate(notes, 1))
    text += AGAIN
    text += "\n## Test machine\n\n| | |\n|---|---|\n| date | " + " to ".join(dict.fromkeys([dates[0], dates[-1]])) + " |\n"
    writes = sorted(result["durable_write"] for result in measured)
    text += f"| CPU load from other processes before each measurement | {busy[0]:.0%} to {busy[-1]:.0%} |\n"
    text += f"| a durable write of 4 KiB then | {time(writes[0])} to {time(writes[-1])} |\n"
    text += "".join(f"| {name} | {value} |\n" for name, value in machine() + versions)
    return text


def machine() -> list[tuple[str, str]]:
    def field(path: str, name: str, separator: str) -> str:
        for line in Path(path).read_text().splitlines():
            if line.startswith(name):
                return line.split(separator, 1)[1].strip().strip('"')
        return "unknown"

    memory = int(field("/proc/meminfo", "MemTotal", ":").split()[0]) / 2**20
    return [
        ("processor", f"{field('/proc/cpuinfo', 'model name', ':')}, {os.cpu_count()} cores"),
        ("memory", f"{memory:.0f} GiB"),
        ("system", f"{field('/etc/os-release', 'PRETTY_NAME', '=')}, Linux {platform.release().split('-')[0]}"),
    ]


def system_versions(waybill: str) -> list[tuple[str, str]]:
    """Of Waybill, the tools, and the libraries that Waybill is linked with."""
    def said(*command: str) -> str:
        if not shutil.which(command[0]):
            return "not installed"
        lines = subprocess.run(command, capture_output=True, text=True).stdout.strip().splitlines()
        return lines[0] if lines else "unknown"

    def package(name: str) -> str:
        return said("dpkg-query", "--show", "--showformat=${Version}", name)

    return [
        ("Waybill", said(waybill, "--version")),
        ("sqlite3, and Waybill's SQLite", f"{said('sqlite3', '--version').split()[0]}, {package('libsqlite3-0')}"),
        ("LMDB", package("liblmdb0")),
        ("libpq", package("libpq5")),
        ("PostgreSQL", said("psql", "--version").removeprefix("psql (PostgreSQL) ")),
        ("pgloader", package("pgloader")),
        ("gzip", said("gzip", "--version").removeprefix("gzip ")),
    ]
