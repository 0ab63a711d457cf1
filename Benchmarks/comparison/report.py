"""What was measured, as rows of a table, on the terminal and in docs/benchmarks.md."""

import collections
import datetime
import json
import math
import os
import platform
import shutil
import subprocess
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Optional

from .measure import Run, median


@dataclass
class Row:
    work: str
    bar: str = ""
    ours: str = ""
    peer: str = ""
    theirs: str = ""
    ratio: str = ""
    met: Optional[bool] = None  # None: there is no bar, it was not measured, or the noise is larger than the bar.
    note: str = ""


def ratio(work: str, ours: list[float], peer: str, theirs: list[float], at_most: Optional[float], bar: str = "",
          note: str = "") -> Row:
    """A row of wall times; each run of ours is compared with the peer's run beside it."""
    ratios = sorted(mine / other for mine, other in zip(ours, theirs))
    middle = median(ratios)
    return Row(
        work, bar or (f"≤ {at_most:g}" if at_most else ""), time(median(ours)), peer, time(median(theirs)),
        f"{middle:.2f} ({ratios[0]:.2f}–{ratios[-1]:.2f})", None if at_most is None else middle <= at_most, note)


def peak(work: str, runs: list[Run], mebibytes: float) -> Row:
    largest = max(run.peak for run in runs) / 2**20
    return Row(work, f"≤ {mebibytes:g} MiB", f"{largest:.1f} MiB", met=largest <= mebibytes)


def median_range(values: list[float]) -> tuple[float, float]:
    """Where the median lies with a certainty of 95 %, whatever the values' distribution; all of them where they are few."""
    count, below, ordered = len(values), 0.0, sorted(values)
    for rank in range((count - 1) // 2):
        below += math.comb(count, rank) / 2**count
        if below > 0.025:
            return ordered[max(rank - 1, 0)], ordered[count - max(rank, 1)]
    return ordered[0], ordered[-1]


def missing(work: str, why: object) -> Row:
    return Row(work, note=f"Not measured: {why}")


def time(seconds: float) -> str:
    if seconds < 0.01:
        return f"{seconds * 1000:.2f} ms"
    return f"{seconds * 1000:.0f} ms" if seconds < 0.2 else f"{seconds:.2f} s"


def verdict(row: Row) -> str:
    if row.note.startswith("Not measured"):
        return "not measured"
    return {True: "met", False: "**missed**", None: "unclear" if row.bar else "–"}[row.met]


def text_table(rows: list[Row]) -> str:
    heads = ["work", "peer", "Waybill", "peer's", "ratio (min–max)", "bar", ""]
    cells = [heads] + [[row.work, row.peer, row.ours, row.theirs, row.ratio, row.bar, verdict(row).strip("*")]
                       for row in rows]
    widths = [max(len(line[column]) for line in cells) for column in range(len(heads))]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(line, widths)).rstrip() for line in cells)


class Results:
    """The last result of each workload, kept in a file, so that one can be measured again without the others."""

    def __init__(self, path: Path):
        self.path = path
        self.of: dict[str, dict] = json.loads(path.read_text()) if path.exists() else {}

    def put(self, workload: str, runs: int, around: dict[str, float], rows: list[Row]) -> None:
        now = datetime.datetime.now(datetime.timezone.utc).date().isoformat()
        self.of[workload] = {"date": now, "runs": runs, **around, "rows": [asdict(row) for row in rows]}
        self.path.write_text(json.dumps(self.of, indent=1, ensure_ascii=False))


PREFACE = """# Benchmarks

Written by `make bench`; do not edit.

Each line compares Waybill with the tool that one would use instead. Wall time of whole processes; the two take turns, {runs}
after a warm-up, and each run is compared with the one beside it: the ratio is the median of these, with the least and the
largest. Below 1 Waybill is faster. Waybill has its default settings (undo data, ledger, log, validation, durable commits of
each chunk), upserts by the key, and writes into the table that the peer writes into, unless a line says otherwise; what both
wrote is compared. A peer is one process or script of the tool's own; PostgreSQL's server has its default settings. Files are
in the page cache.

The data: {records:,} records of 8 columns with a text key; one in ten has quotes and a newline.

"""

AGAIN = """
## Measure again

`make bench` installs the peers that it can, builds, and takes about an hour and 25 GB of disk. One that cannot be had is left
out, and said so. `make bench WORKLOADS='csv-sqlite gz'` runs some (`Benchmarks/compare.py --list` names them); the results of
the others stay. `RUNS=9` runs each nine times; `Benchmarks/compare.py` says what else can be set.
"""


def document(results: Results, order: list[str], records: int, versions: list[tuple[str, str]]) -> str:
    measured = [results.of[name] for name in order if name in results.of]
    rows = [Row(**row) for result in measured for row in result["rows"]]
    runs = sorted({result["runs"] for result in measured})
    dates = sorted({result["date"] for result in measured})
    text = PREFACE.format(runs=" or ".join(map(str, runs)) + " runs each", records=records)
    verdicts = collections.Counter(verdict(row).strip("*") for row in rows)
    text += ("Lines with a bar: " + ", ".join(f"{verdicts[word]} {word}" for word in ["met", "missed", "unclear"])
             + f"; {verdicts['not measured']} not measured.\n")
    text += "\n| work | peer | Waybill | peer's | ratio (min–max) | bar | |\n|---|---|---|---|---|---|---|\n"
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
    text += "\n## Measured on\n\n| | |\n|---|---|\n| date | " + " to ".join(dict.fromkeys([dates[0], dates[-1]])) + " |\n"
    busy = sorted(result["busy"] for result in measured)
    writes = sorted(result["durable_write"] for result in measured)
    text += f"| processor busy with others' work before a line was measured | {busy[0]:.0%} to {busy[-1]:.0%} |\n"
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
