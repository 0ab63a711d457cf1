"""What was measured, as rows of a table."""

import datetime
import json
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
    met: Optional[bool] = None  # None: there is no bar, or it was not measured.
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


def missing(work: str, why: object) -> Row:
    return Row(work, note=f"Not measured: {why}")


def time(seconds: float) -> str:
    if seconds < 0.01:
        return f"{seconds * 1000:.2f} ms"
    return f"{seconds * 1000:.0f} ms" if seconds < 0.2 else f"{seconds:.2f} s"


def verdict(row: Row) -> str:
    if row.note.startswith("Not measured"):
        return "not measured"
    return {True: "met", False: "**missed**", None: "–"}[row.met]


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
