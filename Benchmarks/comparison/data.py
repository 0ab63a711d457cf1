"""Generates the data, the same on every machine, and keeps it for the next time."""

import csv
import gzip
import itertools
import json
import multiprocessing
import os
import shutil
from pathlib import Path
from typing import Callable, Iterable

COLUMNS = "sku,name,description,category,price,stock,created,url".split(",")
WORDS = ("alpha bravo charlie delta echo foxtrot golf hotel india juliett kilo lima mike november oscar papa quebec romeo "
         "sierra tango").split()


def record(number: int, changed: bool) -> list[str]:
    """A catalogue record; one in ten has quotes and a newline, one in ten a comma. Changed: another price and stock."""
    seed = (number * 2654435761) & 0xFFFFFFFF
    description = " ".join(WORDS[(seed >> shift) % 20] for shift in range(0, 20, 3))
    if seed % 10 == 0:
        description = f'said "{description}", then\nleft'
    elif seed % 10 == 1:
        description += ", and more"
    more = 1 if changed else 0
    return [
        f"SKU-{number:09d}", f"{WORDS[seed % 20]} {WORDS[(seed >> 7) % 20]} {seed % 1000}", description,
        WORDS[(seed >> 9) % 20], f"{(seed % 100000 + more) / 100:.2f}", str(seed % 500 + more),
        f"2026-{seed % 12 + 1:02d}-{seed % 28 + 1:02d}T{seed % 24:02d}:{seed % 60:02d}:00",
        f"https://example.org/items/{seed:08x}",
    ]


def write_csv(path: Path, records: int, changed: bool) -> None:
    with open(path, "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(record(number, changed) for number in range(records))


def write_json(path: Path, records: int, lines: bool) -> None:
    with open(path, "w") as file:
        file.write("" if lines else "[\n")
        for number in range(records):
            file.write("" if number == 0 else "\n" if lines else ",\n")
            file.write(json.dumps(dict(zip(COLUMNS, record(number, False)))))
        file.write("\n" if lines else "\n]\n")


LARGE = b"y" * 1_000_000

# What must not take more memory than any other source: records beyond the limit of 16 MiB, and rejects only.
UNFRIENDLY: dict[str, Callable[[], Iterable[bytes]]] = {
    "record-of-500-MB.csv": lambda: [b"a,b\n1,x\n2,", *[LARGE] * 500, b"\n3,z\n"],
    "open-quote.csv": lambda: itertools.chain(
        [b'a,b\n1,x\n2,"open\n'], (b"%d,value %d\n" % (number, number) for number in range(5_000_000))),
    "string-of-100-MB.json": lambda: [b'[{"a":1},{"a":"', *[LARGE] * 100, b'"},{"a":3}]'],
    "string-of-100-MB.ndjson": lambda: [b'{"a":1}\n{"a":"', *[LARGE] * 100, b'"}\n{"a":3}\n'],
    "literal-of-100-MB.sql": lambda: [b"INSERT INTO t (a) VALUES (1),('", *[LARGE] * 100, b"'),(3);\n"],
    "rejects.csv": lambda: itertools.chain(
        [b"a,b\n"], (b"%d,x,too many %d\n" % (number, number) for number in range(1_000_000))),
}


def write_pieces(path: Path, pieces: Iterable[bytes]) -> None:
    with open(path, "wb") as file:
        for piece in pieces:
            file.write(piece)


def write_gzip(path: Path, source: Path) -> None:
    with open(source, "rb") as plain, gzip.GzipFile(path, "wb", compresslevel=6, mtime=0) as packed:
        shutil.copyfileobj(plain, packed, 1 << 20)


def write_repeated(path: Path, source: Path, enough: Callable[[int, int], bool]) -> None:
    """The records of `source` again and again with keys that go on, until there are enough by their number and bytes.

    Making each of them anew would take ten times as long.
    """
    header, body = source.read_bytes().split(b"\n", 1)
    # No field but the key has the text: a record ends where the next key begins.
    rests = [text[9:].rstrip(b"\n") for text in body.removeprefix(b"SKU-").split(b"\nSKU-")]
    with open(path, "wb", buffering=1 << 20) as file:
        size = file.write(header + b"\n")
        for number, rest in zip(itertools.count(), itertools.cycle(rests)):
            if enough(number, size):
                return
            size += file.write(b"SKU-%09d%b\n" % (number, rest))


class Data:
    """Files by what they hold; each is made when it is first asked for."""

    def __init__(self, directory: Path, records: int):
        self.directory = directory
        self.records = records
        directory.mkdir(parents=True, exist_ok=True)

    def csv(self) -> Path:
        return self._made(f"{self.records}.csv", lambda path: write_csv(path, self.records, False))

    def changed(self) -> Path:
        return self._made(f"{self.records}-changed.csv", lambda path: write_csv(path, self.records, True))

    def ndjson(self, records: int = 0) -> Path:
        records = records or self.records
        return self._made(f"{records}.ndjson", lambda path: write_json(path, records, True))

    def json(self, records: int = 0) -> Path:
        records = records or self.records
        return self._made(f"{records}.json", lambda path: write_json(path, records, False))

    def gzip(self) -> Path:
        source = self.csv()
        return self._made(f"{self.records}.csv.gz", lambda path: write_gzip(path, source))

    def xlsx(self, records: int, python: str) -> Path:
        script = Path(__file__).with_name("write_workbook.py")
        return self._made(f"{records}.xlsx", lambda path: os.execv(python, [python, str(script), str(path), str(records)]))

    def unfriendly(self, name: str) -> Path:
        return self._made(name, lambda path: write_pieces(path, UNFRIENDLY[name]()))

    def csv_of_records(self, records: int) -> Path:
        source = self.csv()
        return self._made(f"{records}-repeated.csv",
                          lambda path: write_repeated(path, source, lambda number, _: number >= records))

    def csv_of_bytes(self, size: int) -> Path:
        source = self.csv()
        return self._made(f"{size}-bytes.csv", lambda path: write_repeated(path, source, lambda _, done: done >= size))

    def _made(self, name: str, write: Callable[[Path], None]) -> Path:
        path = self.directory / name
        if not path.exists():
            print(f"    making {name}", flush=True)
            unfinished = self.directory / f"unfinished-{name}"
            # In a process of its own: what this one once had in memory would count as every peer's peak (measure.py).
            process = multiprocessing.get_context("fork").Process(target=write, args=(unfinished,))
            process.start()
            process.join()
            if process.exitcode != 0:
                raise RuntimeError(f"{name} could not be made")
            unfinished.rename(path)
        return path
