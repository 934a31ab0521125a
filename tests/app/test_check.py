"""The `check` command: what an administrator reads."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import pytest

from app.check import counted, run

ROOT = Path(__file__).parents[2]


def test_the_demos_file_is_fine_and_what_real_messengers_need_is_listed() -> None:
    out = io.StringIO()

    assert run(ROOT / "config.yaml", out) == 0
    summary, links, missing = out.getvalue().split("\n\n")
    assert summary.startswith("Всё в порядке: ")
    assert "3 аккаунта, 2 канала, 1 стена" in summary
    assert "https://t.me/vestnik_bot?start=org-federation" in links
    assert "https://vk.me/club200000002?ref=org-education" in links
    title, *lines = missing.splitlines()
    assert title == "Перед работой с настоящими мессенджерами:"
    assert "operator" in lines[0] and all(
        line.startswith("  config.yaml, строка ") for line in lines
    )


def test_mistakes_are_listed_and_counted_and_fail_the_command(tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    path.write_text("region: {name: Область, zone: Mars}\nacounts: []\n", encoding="utf-8")
    out = io.StringIO()

    assert run(path, out) == 1
    assert out.getvalue().splitlines() == [
        "config.yaml, строка 1: часового пояса «Mars» нет. Напишите, например, Europe/Moscow.",
        "config.yaml, строка 1: не хватает настройки «organizations». "
        "Добавьте её, например «organizations: …».",
        "config.yaml, строка 1: не хватает настройки «accounts». "
        "Добавьте её, например «accounts: …».",
        "config.yaml, строка 2: настройки «acounts» здесь нет. "
        "Возможно, вы имели в виду «accounts».",
        "",
        "Исправьте 4 ошибки и проверьте ещё раз.",
    ]


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (1, "1 тема"),
        (2, "2 темы"),
        (5, "5 тем"),
        (11, "11 тем"),
        (14, "14 тем"),
        (21, "21 тема"),
        (112, "112 тем"),
        (0, "0 тем"),
    ],
)
def test_numbers_agree_with_their_nouns(number: int, expected: str) -> None:
    assert counted(number, ("тема", "темы", "тем")) == expected


def test_checking_imports_neither_clients_nor_the_database() -> None:
    program = (
        "import sys, app.check\n"
        "print(sorted({'sqlalchemy', 'aiogram', 'vk_api', 'httpx', 'pyreqwest'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert done.stdout.strip() == "[]"
