"""Runs commands in turn and measures each: wall time and peak memory of the whole process."""

import os
import re
import statistics
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Callable, Optional


class Missing(Exception):
    """Something that is needed to measure is not here; says what."""


@dataclass(frozen=True)
class Run:
    seconds: float
    peak: int  # bytes resident


@dataclass
class Contender:
    """A command, what comes before each run of it, and what shows that it did its work; only the command is timed."""

    name: str
    command: list[str]
    prepare: Callable[[], None] = lambda: None
    # Contenders that do the same work give the same value, or they are not compared.
    outcome: Optional[Callable[[], Any]] = None
    accepted: tuple[int, ...] = (0,)


def run(contender: Contender, directory: Path) -> Run:
    """Times one run, from before the process is started until it is gone, what it prints thrown away.

    The peak is the kernel's for the process and those it waited for. It is never less than what this process has had
    itself, because a new process begins as a copy: so nothing large may be held here (data.py works in another process).
    """
    contender.prepare()
    read_files(contender.command)
    os.sync()  # What others have yet to write is not to be this run's burden.
    with open(directory / "errors", "w+b") as errors:
        began = time.perf_counter()
        process = subprocess.Popen(
            contender.command, cwd=directory, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=errors)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in contender.accepted:
            errors.seek(0)
            said = errors.read().decode(errors="replace").strip()
            raise RuntimeError(f"{contender.name} ended with {process.returncode}: {said}")
    return Run(seconds, usage.ru_maxrss * 1024)


def run_sampling(contender: Contender, directory: Path) -> Run:
    """Like `run`, but the peak is of the memory that is the process's own (`RssAnon`), sampled: pages of files, such as those of
    the log that are mapped into memory, are the kernel's to take back."""
    contender.prepare()
    read_files(contender.command)
    with open(directory / "errors", "w+b") as errors:
        began = time.perf_counter()
        process = subprocess.Popen(
            contender.command, cwd=directory, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=errors)
        peak = 0
        while process.poll() is None:
            with open(f"/proc/{process.pid}/status") as status:
                sizes = re.search(r"RssAnon:\s+(\d+)", status.read())
            peak = max(peak, int(sizes[1]) * 1024 if sizes else 0)
            time.sleep(0.003)
        seconds = time.perf_counter() - began
        if process.returncode not in contender.accepted:
            errors.seek(0)
            said = errors.read().decode(errors="replace").strip()
            raise RuntimeError(f"{contender.name} ended with {process.returncode}: {said}")
    return Run(seconds, peak)


def read_files(command: list[str]) -> None:
    """Reads the files that a command names: where a virtual machine's host takes memory back that was not used for a while,
    the first one to read what is in the page cache waits for it, some tenths of a second for 250 MB."""
    for word in re.split(r"[\s'\"]+", " ".join(command)):
        if os.path.isabs(word) and os.path.isfile(word):
            with open(word, "rb", buffering=0) as file:
                while file.read(1 << 20):
                    pass


def alternate(contenders: list[Contender], runs: int, directory: Path) -> dict[str, list[Run]]:
    """All contenders once to warm up, then in turn so many times: A B A B …, so that a slow minute is everybody's."""
    results: dict[str, list[Run]] = {contender.name: [] for contender in contenders}
    for round in range(runs + 1):
        outcomes = {}
        for contender in contenders:
            result = run(contender, directory)
            if contender.outcome:
                outcomes[contender.name] = contender.outcome()
            if round > 0:
                results[contender.name].append(result)
            if runs <= 20:
                tell(contender.name, result, "(warm-up)" if round == 0 else "")
        if len(set(map(repr, outcomes.values()))) > 1:
            raise RuntimeError(f"They did not do the same: {outcomes}")
    if runs > 20:
        for name, each in results.items():
            tell(name, Run(median(seconds(each)), max(run.peak for run in each)), f"(median of {runs})")
    return results


def tell(name: str, result: Run, remark: str = "") -> None:
    print(f"    {name:<32} {result.seconds:8.3f} s {result.peak / 2**20:8.1f} MiB  {remark}".rstrip(), flush=True)


def surroundings(directory: Path) -> dict[str, float]:
    """How much of the processor others use, while nothing of ours runs, and how long the disk takes to keep 4 KiB."""
    def ticks() -> tuple[int, int]:
        with open("/proc/stat") as file:
            fields = [int(word) for word in file.readline().split()[1:9]]
        return sum(fields), fields[3] + fields[4]  # All, and idle or waiting for the disk.

    os.sync()
    (before, idle_before), _, (after, idle_after) = ticks(), time.sleep(2), ticks()
    writes = []
    with open(directory / "durable", "wb", buffering=0) as file:
        for _ in range(21):
            began = time.perf_counter()
            file.write(bytes(4096))
            os.fdatasync(file.fileno())
            writes.append(time.perf_counter() - began)
    return {"busy": 1 - (idle_after - idle_before) / (after - before), "durable_write": median(writes)}


def seconds(runs: list[Run]) -> list[float]:
    return [run.seconds for run in runs]


def median(values: list[float]) -> float:
    return statistics.median(values)
