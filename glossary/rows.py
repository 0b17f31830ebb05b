"""Many rows written at once, past the model layer: what a pass over all published text needs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connection, models

__all__ = ["insert"]


def insert(model: type[models.Model], fields: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Insert rows of plain values; ``fields`` are attribute names (``entry_id``).

    PostgreSQL takes them by COPY, other databases by one prepared statement. Constraints hold as
    always; defaults of the model do not: a field that is left out has to be one the database fills.
    """
    ready = list(rows)
    if not ready:
        return
    quote = connection.ops.quote_name
    by_name = {field.attname: str(field.column) for field in model._meta.concrete_fields}
    columns = ", ".join(quote(by_name[name]) for name in fields)
    table = quote(model._meta.db_table)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                for row in ready:
                    copy.write_row(row)
        else:
            places = ", ".join(["%s"] * len(fields))
            statement = f"INSERT INTO {table} ({columns}) VALUES ({places})"  # noqa: S608 - names only
            cursor.executemany(statement, ready)
