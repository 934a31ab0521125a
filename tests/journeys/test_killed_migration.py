"""Killed in the middle of bringing an old database up: the next start does it from the beginning, and nothing is lost."""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
import time
from pathlib import Path
from typing import Any

import pytest

from storage.migrate import migrate
from tests.storage.test_migrate import ask, before
from tests.support.zygote import Zygote

pytestmark = pytest.mark.xdist_group("kills")
KILLS = int(os.environ.get("VESTNIK_ROUNDS", "1")) * 4
PATIENCE_S = 30

CONFIG = """
region: {name: Область, zone: Europe/Moscow}
sandbox: http://127.0.0.1:9
organizations: [{slug: f, name: Федерация, short: Федерация, kind: federation}]
accounts: [{slug: a, messenger: telegram, organization: f, handle: main, key: "sandbox:main", api: sandbox}]
"""


def test_a_migration_killed_anywhere_is_done_anew_and_loses_nothing(
    tmp_path: Path, hatch: Zygote, monkeypatch: pytest.MonkeyPatch
) -> None:
    seed = int(os.environ.get("VESTNIK_SEED", random.SystemRandom().randrange(10**6)))
    print(f"seed {seed} (repeat with VESTNIK_SEED={seed})")
    old, path = tmp_path / "old.db", tmp_path / "vestnik.db"
    (tmp_path / "config.yaml").write_text(CONFIG, encoding="utf-8")
    before(old)
    shutil.copy(old, path)
    with monkeypatch.context() as watched:
        statements = _watch(watched)
        migrate(path)
    path.unlink()
    whole = _content(tmp_path / "whole.db", old)
    chance = random.Random(seed)
    last = max(n for n, statement in enumerate(statements) if statement.startswith("COMMIT"))
    moments = [last, *(chance.randrange(last) for _ in range(KILLS - 1))]
    for moment in moments:
        shutil.copy(old, path)
        _die(hatch, tmp_path, moment)
        migrate(path)
        assert ask(path, "PRAGMA integrity_check") == [("ok",)]
        assert ask(path, "PRAGMA foreign_key_check") == []
        assert _dump(path) == whole, f"killed at {statements[moment]!r}"
        for left in tmp_path.glob("vestnik.db*"):
            left.unlink()


def _die(hatch: Zygote, folder: Path, moment: int) -> None:
    pid = hatch.start(folder, f"statement {moment}")
    ends = time.monotonic() + PATIENCE_S
    while not hatch.is_dead(pid):
        assert time.monotonic() < ends, "it was not killed"
        time.sleep(0.01)


def _watch(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    statements: list[str] = []
    connect: Any = sqlite3.connect

    def watched(*args: Any, **named: Any) -> Any:
        made = connect(*args, **named)
        made.set_trace_callback(statements.append)
        return made

    monkeypatch.setattr(sqlite3, "connect", watched)
    monkeypatch.setattr(sqlite3.dbapi2, "connect", watched)
    return statements


def _content(path: Path, old: Path) -> list[str]:
    shutil.copy(old, path)
    migrate(path)
    return _dump(path)


def _dump(path: Path) -> list[str]:
    connection = sqlite3.connect(path)
    try:
        return list(connection.iterdump())
    finally:
        connection.close()
