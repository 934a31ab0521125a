"""Which database a network uses, and that its password is shown nowhere."""

from __future__ import annotations

import asyncio
import io
import logging
from pathlib import Path

import pytest
import sqlalchemy as sa

from app import logs
from app.config import Config, load
from app.start import deliveries_command, migrate_command, print_troubles
from app.where import VARIABLE, database_of
from core.errors import ConfigError, StorageError
from storage import tables
from storage.database import open_database
from storage.rows import insert
from tests.support.postgres import server

REST = """\
region: {name: Область, zone: Europe/Moscow}
sandbox: http://127.0.0.1:8081
organizations: [{slug: f, name: Ф, short: Ф, kind: federation}]
accounts: [{slug: tg, messenger: telegram, organization: f, handle: news, key: "env:A"}]
"""
SECRET = "Parol-1!@"


def config(folder: Path, *lines: str) -> Config:
    """Return what a file with these lines says."""
    path = folder / "config.yaml"
    path.write_text("\n".join((*lines, REST)), encoding="utf-8")
    return load(path)


def test_without_an_address_it_is_a_file_of_the_data_folder(tmp_path: Path) -> None:
    assert database_of(config(tmp_path), tmp_path) == tmp_path / "vestnik.db"


def test_an_address_in_the_file_takes_its_password_from_elsewhere(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PASSWORD", SECRET)
    (tmp_path / "word").write_text(SECRET + "\n", encoding="utf-8")
    (tmp_path / "word").chmod(0o600)
    line = "database: postgresql://vestnik@db.example.ru:5433/news?sslmode=require"
    for where in ("env:PASSWORD", "file:word"):
        found = database_of(config(tmp_path, line, f"database_password: {where}"), tmp_path)
        assert isinstance(found, sa.URL)
        assert (found.username, found.host, found.port) == ("vestnik", "db.example.ru", 5433)
        assert (found.database, found.query["sslmode"]) == ("news", "require")
        assert found.password == SECRET
        assert SECRET not in f"{found} {found!r}"
    bare = database_of(config(tmp_path, line), tmp_path)
    assert isinstance(bare, sa.URL)
    assert bare.password is None


def test_the_environment_goes_before_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, f"postgres://u:{SECRET.replace('@', '%40')}@h/there")
    found = database_of(config(tmp_path, "database: postgresql://u@h/here"), tmp_path)
    assert isinstance(found, sa.URL)
    assert (found.database, found.password) == ("there", SECRET)


def test_the_password_is_in_no_line_of_the_log(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, "postgresql://u:Parol1@h/there")
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.OneLine())
    root = logging.getLogger()
    root.addHandler(handler)
    try:
        database_of(config(tmp_path), tmp_path)
        logs.hide(["another"])  # the keys of accounts are hidden later
        root.error("Parol1 and another")
    finally:
        root.removeHandler(handler)
    assert stream.getvalue().strip().endswith("••• and •••")


@pytest.mark.parametrize(
    ("lines", "tells"),
    [
        (["database: mysql://u@h/d"], "адрес базы не читается"),
        (["database: postgresql://u@h"], "адрес базы не читается"),
        (["database: vestnik.db"], "адрес базы не читается"),
        (["database: postgresql://u:Parol1@h/d"], "пароли хранить нельзя"),
        (["database: postgresql://u@h/d?password=Parol1"], "пароли хранить нельзя"),
        (["database_password: Parol1"], "ключи хранить нельзя"),
        (["database_password: sandbox:main"], "в песочнице нет"),
        (
            ["database: postgresql://u@h/d", "database_password: env:NOT_THERE"],
            "NOT_THERE не задана",
        ),
        (["database: postgresql://u@h/d", "database_password: file:not-there"], "нет. Создайте"),
    ],
)
def test_a_mistake_is_told_and_no_password_repeated(
    tmp_path: Path, lines: list[str], tells: str
) -> None:
    with pytest.raises(ConfigError) as caught:
        database_of(config(tmp_path, *lines), tmp_path)
    assert tells in str(caught.value)
    assert "config.yaml, строка" in str(caught.value)
    assert "Parol1" not in str(caught.value)


def test_a_mistake_in_the_environment_names_the_variable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, "postgresql:u:Parol1@h")
    with pytest.raises(StorageError, match=VARIABLE) as caught:
        database_of(config(tmp_path), tmp_path)
    assert "Parol1" not in str(caught.value)


def test_commands_work_with_the_database_of_the_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    where = server().empty()
    path = tmp_path / "config.yaml"
    config(tmp_path, f"database: {where}")
    out = io.StringIO()
    print_troubles(path, tmp_path, out)
    assert "пуста" in out.getvalue()
    assert migrate_command(path, tmp_path, out) == 0
    assert not (tmp_path / "vestnik.db").exists()

    async def fail() -> None:
        db = open_database(where)
        async with db.write() as connection:
            root = {"slug": "f", "name": "Ф", "short": "Ф", "kind": 1}
            owner = await insert(connection, tables.organization, **root)
            account = {"slug": "tg", "network": "telegram", "trouble": "ключ отозван"}
            await insert(connection, tables.account, organization_id=owner, **account)
        await db.close()

    asyncio.run(fail())
    print_troubles(path, tmp_path, out)
    assert "Аккаунт «tg»: ключ отозван" in out.getvalue()


def test_a_database_that_is_away_is_told_in_a_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config(tmp_path, "database: postgresql:///news?host=/nowhere")
    path = tmp_path / "config.yaml"
    assert migrate_command(path, tmp_path, io.StringIO()) == 1
    assert "не отвечает" in capsys.readouterr().err
    out = io.StringIO()
    print_troubles(path, tmp_path, out)
    assert "не отвечает" in out.getvalue()
    assert deliveries_command(path, tmp_path, "last", out) == 1
    assert "не отвечает" in capsys.readouterr().err
