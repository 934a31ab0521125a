"""`try when`: a phrase or JSON lines in, one answer a line whatever the line."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from app.try_when import run, zone_of

ROOT = Path(__file__).parents[2]
MOSCOW = ZoneInfo("Europe/Moscow")
NOON = "2026-11-23T12:00"


def ask(*lines: str | bytes, zone: ZoneInfo = MOSCOW, now: str | None = None) -> list[Any]:
    data = b"".join((line.encode() if isinstance(line, str) else line) + b"\n" for line in lines)
    out = io.BytesIO()
    assert run(None, now, zone, io.BytesIO(data), out) == 0
    answers = [json.loads(line) for line in out.getvalue().decode().splitlines()]
    assert len(answers) == len(lines)
    return answers


def line(text: Any, now: Any = NOON) -> str:
    return json.dumps({"text": text, "now": now})


def test_a_moment_a_question_and_no_time() -> None:
    sure, asked, nothing = ask(line("завтра в 18:00"), line("завтра"), line("привет"))
    assert sure == {"at": "2026-11-24T18:00:00+03:00", "ask": None, "grain": "minute"}
    assert asked["at"] is None
    assert "Во сколько" in asked["ask"]
    assert asked["grain"] == "day"
    assert nothing == {"at": None, "ask": None, "grain": None}


@pytest.mark.parametrize(
    ("now", "at"),
    [
        ("2026-11-23T12:00", "2026-11-24T18:00:00+05:00"),
        ("2026-11-23 12:00:30", "2026-11-24T18:00:00+05:00"),
        ("2026-11-23T12:00:00Z", "2026-11-24T18:00:00+05:00"),
        ("2026-11-23T23:00:00-01:00", "2026-11-25T18:00:00+05:00"),  # 05:00 on the 24th in the zone
    ],
)
def test_now_is_in_the_region_unless_it_has_an_offset(now: str, at: str) -> None:
    (answer,) = ask(line("завтра в 18:00", now), zone=ZoneInfo("Asia/Yekaterinburg"))
    assert answer["at"] == at


@pytest.mark.parametrize(
    "bad",
    [
        "не json", "", "[1]", "null", "{}", '{"text": 5}', '{"text": "завтра"', line("завтра", "вчера"),
        line("завтра", 5), line("завтра", "0001-01-01T00:00"), line("завтра", "9999-12-31T23:59"),
        b"\xff\xfe{", "[" * 100_000, line(None),
    ],
    ids=lambda bad: repr(bad)[:40],
)  # fmt: skip
def test_a_bad_line_is_answered_in_russian_and_the_rest_goes_on(bad: str | bytes) -> None:
    first, spoiled, last = ask(line("завтра в 9:00"), bad, line("завтра в 10:00"))
    assert (first["at"], last["at"]) == ("2026-11-24T09:00:00+03:00", "2026-11-24T10:00:00+03:00")
    assert (spoiled["at"], spoiled["ask"], spoiled["grain"]) == (None, None, None)
    assert any("а" <= letter <= "я" for letter in spoiled["error"])


def test_the_option_gives_the_moment_of_lines_without_one() -> None:
    (answer,) = ask(json.dumps({"text": "через час"}), now=NOON)
    assert answer["at"] == "2026-11-23T13:00:00+03:00"


def test_without_any_now_the_machine_s_clock_is_read() -> None:
    (answer,) = ask(json.dumps({"text": "через час"}))
    assert answer["at"].endswith("+03:00")


def test_a_phrase_is_answered_by_one_line_of_plain_russian() -> None:
    out = io.BytesIO()
    assert run("завтра", NOON, MOSCOW, io.BytesIO(), out) == 0
    assert out.getvalue().decode().count("\n") == 1
    assert "Во сколько" in out.getvalue().decode()


def test_a_bad_now_for_a_phrase_is_an_error() -> None:
    out = io.BytesIO()
    assert run("завтра", "полдень", MOSCOW, io.BytesIO(), out) == 1
    assert json.loads(out.getvalue())["error"]


def test_without_a_config_the_zone_is_moscow(tmp_path: Path) -> None:
    assert zone_of(tmp_path / "config.yaml").key == "Europe/Moscow"


@pytest.mark.parametrize("phrase", ["завтра в 18", "  завтра к 18 часам"])
def test_the_command_answers_in_utf8(phrase: str, tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, ROOT / "main.py", "try", "when", phrase, "--now", NOON,
         "--config", tmp_path / "none.yaml"],
        capture_output=True, check=True, cwd=tmp_path, env={"PYTHONIOENCODING": "ascii"},
    )  # fmt: skip
    assert json.loads(done.stdout.decode())["at"] == "2026-11-24T18:00:00+03:00"
