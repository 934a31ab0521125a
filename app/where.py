"""Where the network keeps what it knows: VESTNIK_DATABASE, config.yaml, or a file of the data folder."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncConnection

from app import logs
from app.config import Config, load
from app.keys import database_password
from core.errors import ConfigError, StorageError
from storage.database import Where, address, away, is_empty, open_database

VARIABLE = "VESTNIK_DATABASE"


def file_of(data: Path) -> Path:
    """Return where a data folder keeps its own database."""
    return data / "vestnik.db"


def database_of(config: Config, data: Path) -> Where:
    """Return the database of a network; its password is in no log from then on.

    Raises ConfigError for a password that cannot be had, StorageError for an address in the
    environment that cannot be read.
    """
    where = _of_environment()
    if where is None and config.database is not None:
        where = address(config.database)
        if (password := database_password(config)) is not None:
            where = where.set(password=password.reveal())
    if where is None:
        return file_of(data)
    if where.password:
        logs.hide([str(where.password)])
    return where


def database_to_look_at(config_path: Path, data: Path) -> Where | None:
    """Return the database that a command looks into; None where there is none yet.

    A config.yaml that cannot be used hides nothing that lies in the data folder.
    """
    try:
        where = database_of(load(config_path), data)
    except ConfigError:
        where = _of_environment() or file_of(data)
    return None if isinstance(where, Path) and not where.exists() else where


@asynccontextmanager
async def looked_into(where: Where) -> AsyncIterator[AsyncConnection]:
    """Give a reading connection for a command; raises StorageError where there is nothing to read."""
    db = open_database(where)
    try:
        async with db.read() as connection:
            if await is_empty(connection):
                raise StorageError(f"База {where} пуста: Вестник с ней ещё не запускался.")
            yield connection
    except OperationalError as error:
        raise away(where, error) from error
    finally:
        await db.close()


def _of_environment() -> sa.URL | None:
    text = os.environ.get(VARIABLE, "").strip()
    try:
        return address(text) if text else None
    except StorageError as error:
        raise StorageError(f"{VARIABLE}: {error}") from None
