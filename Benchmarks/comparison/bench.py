"""What all workloads share: where things are, Waybill's commands, and tables to write into."""

import shutil
import sqlite3
from functools import cached_property
from pathlib import Path
from typing import Any, Callable

from .data import COLUMNS, Data
from .measure import Contender, Run, alternate, run
from .peers import PostgreSQL, PythonPeers, tool

SCHEMA = f"CREATE TABLE t (sku TEXT PRIMARY KEY, {', '.join(f'{name} TEXT' for name in COLUMNS[1:])})"
UPDATES = ", ".join(f"{name} = excluded.{name}" for name in COLUMNS[1:])
ON_CONFLICT = f"ON CONFLICT (sku) DO UPDATE SET {UPDATES}"

# The same of two tables: the same records, the changed ones among them.
FINGERPRINT = "SELECT count(*), sum(CAST(stock AS integer)), sum(length(description)) FROM t"


class Bench:
    def __init__(self, waybill: str, log_bench: Path, directory: Path, python: PythonPeers, runs: int, records: int,
                 growth: int, large: int, events: int):
        self.waybill = waybill
        self.log_bench = log_bench
        self.runs = runs
        self.growth = growth  # Records.
        self.large = large  # Bytes.
        self.events = events
        self.data = Data(directory / "data", records)
        self.python = python
        self.directory = directory / "run"
        self.wipe()

    @cached_property
    def server(self) -> PostgreSQL:
        return PostgreSQL()

    def stop_server(self) -> None:
        """What a server has still to do must not be in the way of what is measured next."""
        if "server" in vars(self):
            self.server.stop()
            del self.server

    @property
    def database(self) -> Path:
        return self.directory / "shop.db"

    def wipe(self) -> None:
        """Between runs nothing of the last one stays."""
        shutil.rmtree(self.directory, ignore_errors=True)
        self.directory.mkdir(parents=True)

    def fresh(self) -> None:
        """An SQLite database with an empty table with a primary key."""
        self.wipe()
        with_database(self.database, SCHEMA)

    def existing(self) -> None:
        """The same with all records in it, before they change."""
        base = self.data.directory / f"{self.data.records}.db"
        if not base.exists():
            run(self.sqlite3_import(self.data.csv()), self.directory)
            shutil.move(self.database, base)
        self.wipe()
        shutil.copyfile(base, self.database)

    def wrote(self) -> Any:
        return with_database(self.database, FINGERPRINT)

    def alternate(self, *contenders: Contender, runs: int = 0) -> dict[str, list[Run]]:
        return alternate(list(contenders), runs or self.runs, self.directory)

    def importing(self, name: str, source: Path, *options: str, into: str = "sqlite:shop.db",
                  prepare: Callable[[], None] | None = None, outcome: Callable[[], Any] | None = None) -> Contender:
        """Waybill's import of all of a source into the table `t`, by default a fresh one in SQLite."""
        command = [self.waybill, "import", "--quiet", "--log-dir", "log", "--into", into, "--table", "t", "--key", "sku",
                   "--mode", "upsert", "--yes", *options, str(source)]
        return Contender(name, command, prepare or self.fresh, outcome or self.wrote)

    def sqlite3(self, *commands: str) -> list[str]:
        return [tool("sqlite3"), "-batch", "-bail", str(self.database), *commands]

    def sqlite3_import(self, source: Path) -> Contender:
        return Contender("sqlite3 .import", self.sqlite3(f".import --csv --skip 1 {quoted(source)} t"), self.fresh,
                         self.wrote)

    def clean(self) -> None:
        self.wipe()
        for pattern in ["*-repeated.csv", "*-bytes.csv"]:
            for path in self.data.directory.glob(pattern):
                path.unlink()
        for path in self.data.directory.glob("log-*"):
            shutil.rmtree(path)


def with_database(path: Path, statement: str) -> Any:
    connection = sqlite3.connect(path)
    try:
        return connection.execute(statement).fetchone()
    finally:
        connection.commit()
        connection.close()


def quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
