"""Imports into PostgreSQL, by one client on the server's machine."""

from .bench import FINGERPRINT, ON_CONFLICT, SCHEMA, Bench
from .data import COLUMNS
from .measure import Contender, Missing, seconds
from .peers import tool
from .report import Row, missing, ratio

EMPTY = ["DROP SCHEMA IF EXISTS _waybill CASCADE", "DROP TABLE IF EXISTS t"]


def postgres(bench: Bench) -> list[Row]:
    server, source = bench.server, bench.data.csv()
    results = {name: seconds(runs) for name, runs in bench.alternate(
        importing(bench, source, fresh),
        Contender("psql copy", server.command("-c", f"\\copy t FROM '{source}' CSV HEADER"), lambda: fresh(bench),
                  lambda: wrote(bench))).items()}
    return [ratio("CSV → PostgreSQL, fresh table with primary key", results["waybill"], "psql \\copy", results["psql copy"],
                  1.15)]


def pgloader(bench: Bench) -> list[Row]:
    server, source = bench.server, bench.data.csv()
    script = bench.data.directory / "pgloader.load"
    work = "CSV → PostgreSQL, beside pgloader"
    try:
        command = [tool("pgloader"), str(script)]
    except Missing as why:
        return [missing(work, why)]
    script.write_text(
        f"LOAD CSV FROM '{source}' ({', '.join(COLUMNS)}) INTO {server.pgloader_url} TARGET TABLE t ({', '.join(COLUMNS)})\n"
        "WITH skip header = 1, fields optionally enclosed by '\"', fields escaped by double-quote,"
        " fields terminated by ',';\n")
    results = {name: seconds(runs) for name, runs in bench.alternate(
        importing(bench, source, fresh),
        Contender("pgloader", command, lambda: fresh(bench), lambda: wrote(bench))).items()}
    return [ratio(work, results["waybill"], "pgloader", results["pgloader"], 1 / 8, "≤ 0.125 (8 × faster)")]


def upsert_postgres(bench: Bench) -> list[Row]:
    server, changed = bench.server, bench.data.changed()
    server.sql("DROP TABLE IF EXISTS base, t", SCHEMA.replace("TABLE t", "TABLE base"))
    server.sql(f"\\copy base FROM '{bench.data.csv()}' CSV HEADER")

    def existing(bench: Bench) -> None:
        fresh(bench)
        server.sql("INSERT INTO t SELECT * FROM base", "VACUUM ANALYZE t", "CHECKPOINT")

    script = ["BEGIN", "CREATE TEMP TABLE staging (LIKE t) ON COMMIT DROP",
              f"\\copy staging FROM '{changed}' CSV HEADER",
              f"INSERT INTO t SELECT * FROM staging {ON_CONFLICT}", "COMMIT"]
    words = [word for statement in script for word in ("-c", statement)]
    results = {name: seconds(runs) for name, runs in bench.alternate(
        importing(bench, changed, existing),
        Contender("psql script", server.command(*words), lambda: existing(bench), lambda: wrote(bench))).items()}
    server.sql("DROP TABLE base")
    return [ratio("CSV → PostgreSQL, all of the rows exist and change", results["waybill"],
                  "psql: COPY to staging, INSERT … ON CONFLICT, one transaction", results["psql script"], 1.1)]


def importing(bench: Bench, source, prepare) -> Contender:
    return bench.importing("waybill", source, into=bench.server.url, prepare=lambda: prepare(bench),
                           outcome=lambda: wrote(bench))


def fresh(bench: Bench) -> None:
    bench.wipe()
    bench.server.sql(*EMPTY, SCHEMA, "CHECKPOINT")


def wrote(bench: Bench) -> str:
    return bench.server.sql(FINGERPRINT)
