"""A PostgreSQL of one's own on this machine, started for a test and gone after it."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PASSWORD = "pg-S3cret/pass+word%42"

SHOP = (
    "drop table if exists order_lines",
    """create table order_lines (
        order_id text, line_number int, ordered_at timestamptz, customer_id text, email text,
        product_id text, product_name text, quantity numeric(12, 2), unit_price numeric(12, 4),
        discount_amount numeric(12, 2), currency char(3), order_status text,
        refunded_amount numeric(12, 2), country text, updated_at timestamptz, note jsonb,
        primary key (order_id, line_number)
    )""",
    """insert into order_lines
       select 'o' || n, 1, timestamptz '2026-01-01' + n * interval '1 hour', 'C-' || n,
              'p' || n || '@example.com', 'P-1', 'Pen', 2, 1.25, null, 'EUR', 'placed', null, 'DE',
              timestamptz '2026-01-01' + n * interval '1 hour', '{"not": "wanted"}'
       from generate_series(1, 100) as n""",
)


@dataclass(frozen=True)
class Postgres:
    """Where the server listens."""

    port: int

    @property
    def url(self) -> str:
        from urllib.parse import quote

        return f"postgresql://reader:{quote(PASSWORD, safe='')}@127.0.0.1:{self.port}/postgres"

    @contextmanager
    def connection(self) -> Iterator[Any]:
        """A connection that commits at its end."""
        import psycopg

        with psycopg.connect(
            host="127.0.0.1", port=self.port, user="reader", password=PASSWORD, dbname="postgres"
        ) as connection:
            yield connection

    def execute(self, *statements: str) -> None:
        """Run statements as one transaction."""
        with self.connection() as connection:
            for statement in statements:
                connection.execute(statement)


def missing() -> str | None:
    """What keeps PostgreSQL from being started here."""
    for program in ("initdb", "postgres", "pg_ctl"):
        if shutil.which(program) is None:
            return f"{program} is not in PATH; on Debian: apt-get install postgresql"
    return None


@contextmanager
def postgres() -> Iterator[Postgres]:
    """Start a server on a free port; as somebody else where root asks, which it refuses."""
    folder = Path(tempfile.mkdtemp(prefix="pulls-postgres-"))
    somebody: dict[str, Any] = {}
    if os.geteuid() == 0:
        somebody = {"user": "nobody", "group": "nogroup", "extra_groups": []}
        shutil.chown(folder, "nobody", "nogroup")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    def run(*command: str) -> None:
        subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL, **somebody)

    password = folder / "password"
    password.write_text(PASSWORD)
    data, options = str(folder / "data"), f"-p {port} -k {folder} -h 127.0.0.1 -F"
    try:
        run("initdb", "-D", data, "-U", "reader", "-A", "scram-sha-256", "-N", "-E", "UTF8",
            "--locale=C", f"--pwfile={password}")  # fmt: skip
        run("pg_ctl", "-D", data, "-w", "-l", str(folder / "log"), "-o", options, "start")
        try:
            yield Postgres(port)
        finally:
            run("pg_ctl", "-D", data, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder)
