"""How columns are written, the same way in every table."""

from __future__ import annotations

from enum import IntEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Column, ForeignKey

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite gives rowids only to INTEGER; PostgreSQL wants 64 bits.
Key = sa.BigInteger().with_variant(sa.Integer, "sqlite")
Moment = sa.BigInteger
Text = sa.Text


def key() -> Column[Any]:
    """Return an integer primary key."""
    return Column("id", Key, primary_key=True)


def ref(name: str, to: str, **kwargs: Any) -> Column[Any]:
    """Return a column that points at another table's id."""
    return Column(name, Key, ForeignKey(f"{to}.id"), **{"nullable": False, **kwargs})


def enum(name: str, kind: type[IntEnum], **kwargs: Any) -> tuple[Column[Any], sa.CheckConstraint]:
    """Return an integer column and the CHECK that it holds a member of `kind`."""
    allowed = ", ".join(str(int(member)) for member in kind)
    return (
        Column(name, sa.SmallInteger, **{"nullable": False, **kwargs}),
        sa.CheckConstraint(f"{name} IN ({allowed})", name=f"{name}_known"),
    )


def flag(name: str, default: bool = False) -> Column[Any]:
    """Return a yes-no column."""
    return Column(
        name, sa.Boolean, nullable=False, server_default=sa.true() if default else sa.false()
    )
