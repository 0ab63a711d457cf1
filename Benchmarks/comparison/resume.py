"""How soon an import goes on after a kill."""

import json
import os
import signal
import sqlite3
import subprocess
import time

from .bench import Bench
from .measure import median
from .report import Row
from .report import time as shown

KILLED_AT = 90  # Percent.


def resume(bench: Bench) -> list[Row]:
    source = bench.data.csv_of_bytes(bench.large)
    bench.fresh()
    command = bench.importing("waybill", source).command
    importing = start(bench, command)
    try:
        while percent(bench) < KILLED_AT:
            if importing.poll() is not None:
                raise RuntimeError("the import ended before it could be killed")
            time.sleep(0.2)
    finally:
        kill(importing)
    reached = percent(bench)
    print(f"    killed at {reached:.1f} %", flush=True)

    times = []
    for round in range(bench.runs + 1):
        taken = first_chunk(bench, [bench.waybill, "resume", "1", "--quiet", "--log-dir", "log"])
        print(f"    first new chunk                  {taken:8.3f} s" + ("  (warm-up)" if round == 0 else ""), flush=True)
        if round > 0:
            times.append(taken)
    bench.wipe()
    return [Row(f"resume at {reached:.0f} % of a CSV of {source.stat().st_size / 1e9:.2g} GB: first new chunk committed",
                "≤ 0.3 s", shown(median(times)), ratio=f"{shown(min(times))} to {shown(max(times))}",
                met=median(times) <= 0.3, note="Killed again and again just after; from the start of the process to when "
                "another connection sees the row in the ledger")]


def first_chunk(bench: Bench, command: list[str]) -> float:
    """The database is opened only once the process runs: who opens it first after a kill also recovers its journal, and
    that belongs to what is measured."""
    os.sync()
    began = time.perf_counter()
    resuming = start(bench, command)
    connection = sqlite3.connect(f"file:{bench.database}?mode=ro", uri=True, timeout=0)
    try:
        before = None
        while resuming.poll() is None:
            try:
                chunk = connection.execute("SELECT max(chunk) FROM _waybill_ledger").fetchone()[0]
            except sqlite3.OperationalError:  # It is being recovered.
                continue
            before = before or chunk
            if chunk > before:
                return time.perf_counter() - began
            time.sleep(0.0005)
    finally:
        connection.close()
        kill(resuming)
    raise RuntimeError("the import ended before a new chunk was seen")


def start(bench: Bench, command: list[str]) -> subprocess.Popen:
    return subprocess.Popen(command, cwd=bench.directory, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)


def kill(process: subprocess.Popen) -> None:
    process.send_signal(signal.SIGKILL)
    process.wait()


def percent(bench: Bench) -> float:
    said = subprocess.run([bench.waybill, "status", "1", "--json", "--log-dir", "log"], cwd=bench.directory,
                          capture_output=True, text=True).stdout
    return json.loads(said).get("percent") or 0 if said else 0  # At first there is neither log nor import.
