"""What is asked of the log, and what it costs."""

import json
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from .bench import Bench
from .measure import Contender, Missing, median, seconds
from .report import Row, ratio, time

FEW = 1_000  # Events.


@dataclass
class Said:
    """A line of log-bench: what it is of, a number with its unit, and the range."""

    number: float
    unit: str
    range: str

    @property
    def shown(self) -> str:
        return f"{self.number:g} million/s" if self.unit == "M/s" else f"{self.per_second:,.0f}/s"

    @property
    def per_second(self) -> float:
        return self.number * {"M/s": 1e6, "k/s": 1e3}[self.unit]


def log_bench(bench: Bench, *words: str) -> dict[str, Said]:
    """What log-bench says, by the words each line begins with; a ratio's by those of the line that it is of, too."""
    if not bench.log_bench.exists():
        raise Missing("log-bench is not built (scripts/build --package-path Benchmarks --product log-bench)")
    environment = {**os.environ, "ROUNDS": str(bench.runs), "TMPDIR": str(bench.directory)}
    done = subprocess.run([str(bench.log_bench), *words], capture_output=True, text=True, env=environment)
    if done.returncode != 0:
        raise RuntimeError(f"log-bench {words[0]} failed: {done.stderr.strip()}")
    lines: dict[str, Said] = {}
    of = ""
    for line in done.stdout.splitlines():
        print(f"    {line}", flush=True)
        found = re.match(r"( *)(\S.*?)  +([0-9.]+)(?: (M/s|k/s|µs))?(?: +\((.*)\))?$", line)
        if found:
            indent, name, number, unit, spread = found.groups()
            of = of if indent else name
            lines[f"{of}: {name}" if indent else name] = Said(float(number), unit or "", spread or "")
    return lines


def made_log(bench: Bench, events: int) -> Path:
    path = bench.data.directory / f"log-{events}"
    if not path.exists():
        unfinished = path.with_name(f"unfinished-log-{events}")
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir()
        log_bench(bench, "make", str(unfinished), str(events))
        unfinished.rename(path)
    return path


def append(bench: Bench) -> list[Row]:
    bench.wipe()
    said = log_bench(bench, "append")
    rows = []
    for events, bar in [(1, 0.5), (100, 0.5), (10_000, 0.25)]:
        for name, judged in [(f"log, {events} a commit", True), (f"log, {events} single appends a commit", False)]:
            compared = said.get(f"{name}: of C's speed")
            if compared:
                work = f"durable log appends, {events:,} event{'s' if events > 1 else ''} a commit"
                rows.append(Row(
                    work + ("" if judged else ", each an append of its own"), f"≥ {bar:g}" if judged else "",
                    said[name].shown, "C program that only puts", said[f"C, {events} a commit"].shown,
                    f"{compared.number:.2f} ({compared.range})", compared.number >= bar if judged else None,
                    "Events with the hash chain and all projections; the ratio is of speeds: above 1 Waybill is faster"))
    return rows


def scan(bench: Bench) -> list[Row]:
    said = log_bench(bench, "scan", str(made_log(bench, bench.events)), "replay", "verify")
    return [
        Row(f"{work}, {bench.events:,} chunk events", "≥ 1 million/s", said[name].shown, ratio=said[name].range,
            met=said[name].per_second >= 1e6)
        for name, work in [("replay", "replay of all projections"), ("verify", "`log verify`")]
    ]


def status(bench: Bench) -> list[Row]:
    """An import's and a group's, of many processes: each is a matter of milliseconds."""
    large = made_log(bench, bench.events)
    few = made_log(bench, FEW)
    contenders = [
        Contender(f"{' '.join(words)}, {name}", [bench.waybill, *words, "--log-dir", str(path)], accepted=(0, 3, 4))
        for words in [["status", "1"], ["group", "status", "batch-0"]] for path, name in [(few, "few"), (large, "many")]]
    results = {name: seconds(runs) for name, runs in bench.alternate(*contenders, runs=max(20 * bench.runs, 50)).items()}
    said = log_bench(bench, "queries", str(large))

    rows = []
    for command, library in [("status 1", "status"), ("group status batch-0", "group status")]:
        times = results[f"{command}, many"]
        work = f"`{library}`, {bench.events:,} events in the log"
        rows.append(Row(f"{work}: the process", "≤ 30 ms", time(median(times)),
                        ratio=f"{time(min(times))} to {time(max(times))}", met=median(times) <= 0.03))
        rows.append(ratio(f"{work}: the process", times, f"the same with {FEW:,} events", results[f"{command}, few"], 1.1,
                          "≤ 1.1 (not slower)"))
        inside = said[library].number / 1e6
        rows.append(Row(f"{work}: in the library", "≤ 1 ms", time(inside), met=inside <= 0.001))
    return rows


def log_share(bench: Bench) -> list[Row]:
    """The log cannot be switched off. But its events take no longer in an import than one after the other, each on disk
    before the next: most of that goes on while the import does other things."""
    appended = log_bench(bench, "append")["log, 1 a commit"]
    run_time = median(seconds(bench.alternate(bench.importing("waybill", bench.data.csv()))["waybill"]))
    verified = subprocess.run([bench.waybill, "log", "verify", "--json", "--log-dir", str(bench.directory / "log")],
                              capture_output=True, check=True)
    events = json.loads(verified.stdout)["head"]["position"]
    appends = events / appended.per_second
    share = appends / run_time
    return [Row("the log's share of an import's wall time (CSV → SQLite)", "≤ 3 %", f"at most {share:.1%}",
                f"its {events} events appended one by one, each on disk before the next", time(appends),
                f"of {time(run_time)}", share <= 0.03,
                "As if the import waited for each event; it goes on with the next chunk meanwhile")]
