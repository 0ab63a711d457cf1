"""Finds the tools to compare with, or installs those that are Python's; and a PostgreSQL server of our own."""

import atexit
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from .measure import Missing

PACKAGES = ["duckdb", "sqlite-utils", "python-calamine", "openpyxl"]


def tool(name: str) -> str:
    path = shutil.which(name)
    if path is None:
        raise Missing(f"{name} is not installed (apt-get install {name})")
    return path


class PythonPeers:
    """A virtual environment with the Python packages, made when the first of them is asked for."""

    def __init__(self, directory: Path):
        self.directory = directory
        self.python = str(directory / "bin" / "python")

    def having(self, module: str) -> str:
        """The Python that can import the module."""
        self._install()
        if subprocess.run([self.python, "-c", f"import {module}"], capture_output=True).returncode != 0:
            raise Missing(f"the Python module {module} could not be installed")
        return self.python

    def versions(self) -> list[tuple[str, str]]:
        script = ("import importlib.metadata as m, sys\n"
                  "for name in sys.argv[1:]:\n"
                  "    try: print(name, m.version(name))\n"
                  "    except m.PackageNotFoundError: pass\n")
        installed = {}
        if Path(self.python).exists():
            said = subprocess.run([self.python, "-c", script, *PACKAGES], capture_output=True, text=True).stdout
            installed = dict(line.split() for line in said.splitlines())
        return [(package, installed.get(package, "not installed")) for package in PACKAGES]

    def _install(self) -> None:
        if Path(self.python).exists():
            return
        print(f"    installing {', '.join(PACKAGES)}", flush=True)
        made = subprocess.run([sys.executable, "-m", "venv", str(self.directory)], capture_output=True, text=True)
        if made.returncode != 0:
            shutil.rmtree(self.directory, ignore_errors=True)
            raise Missing("no virtual environment could be made (apt-get install python3-venv)")
        for package in PACKAGES:  # One by one: one that cannot be had shall not cost the others.
            subprocess.run([self.python, "-m", "pip", "install", "--quiet", package])


class PostgreSQL:
    """A server with default settings in a directory of its own, reached by a Unix socket; it ends with this process."""

    def __init__(self) -> None:
        self.psql = tool("psql")
        versions = [path for path in Path("/usr/lib/postgresql").glob("*/bin/postgres")]
        if not versions:
            raise Missing("no PostgreSQL server is installed (apt-get install postgresql)")
        self.binaries = max(versions, key=lambda path: int(path.parent.parent.name)).parent
        # Not below our own directory, which the user postgres may not be able to reach; and a socket's path is short.
        self.directory = Path(tempfile.mkdtemp(prefix="waybill-bench-", dir="/var/tmp"))
        atexit.register(self.stop)
        if os.getuid() == 0:
            shutil.chown(self.directory, "postgres")
        data = str(self.directory / "data")
        self._as_postgres("initdb", "-D", data, "-U", "postgres", "--auth=trust", "-E", "UTF8", "--locale=C")
        self._as_postgres("pg_ctl", "-D", data, "-w", "-l", str(self.directory / "log"),
                          "-o", f"-c listen_addresses='' -c unix_socket_directories='{self.directory}'", "start")

    @property
    def url(self) -> str:
        return f"postgres://postgres@{str(self.directory).replace('/', '%2F')}/postgres"

    @property
    def pgloader_url(self) -> str:
        return f"postgresql://postgres@unix:{self.directory}:5432/postgres"

    def command(self, *arguments: str) -> list[str]:
        return [self.psql, "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", *arguments, self.url]

    def sql(self, *statements: str) -> str:
        arguments = [word for statement in statements for word in ("-c", statement)]
        done = subprocess.run(self.command(*arguments), capture_output=True, text=True)
        if done.returncode != 0:
            raise RuntimeError(done.stderr.strip())
        return done.stdout.strip()

    def stop(self) -> None:
        if (self.directory / "data" / "postmaster.pid").exists():
            self._as_postgres("pg_ctl", "-D", str(self.directory / "data"), "-w", "-m", "immediate", "stop")
        shutil.rmtree(self.directory, ignore_errors=True)

    def _as_postgres(self, program: str, *arguments: str) -> None:
        user = ["runuser", "-u", "postgres", "--"] if os.getuid() == 0 else []  # The server refuses to run as root.
        with open(self.directory / "said", "w+") as said:  # A file: the server would keep a pipe open.
            command = [*user, str(self.binaries / program), *arguments]
            if subprocess.run(command, stdin=subprocess.DEVNULL, stdout=said, stderr=said, cwd="/").returncode != 0:
                said.seek(0)
                raise RuntimeError(f"{program} failed: {said.read()}")
