"""Measures other senders, each in the environment it is installed in."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from bench.house import TEXT
from bench.load import Job
from bench.process import ROOT, ask, core, serving
from bench.table import Row, spread

# Name, the environment's folder, the module that sends; aiogram is a dependency of our own.
_PEERS = (
    ("pyTelegramBotAPI", ".venv-peers", "telebot_sender"),
    ("aiogram", "", "aiogram_sender"),
    ("python-telegram-bot", ".venv-clients", "ptb_sender"),
)


def measure(messages: int, runs: int) -> Row:
    """Send so many texts with every peer that is installed, 64 in flight, to an unlimited echo."""
    lines = [_line("raw socket", [_raw(messages) for _ in range(runs)])]
    for name, environment, module in _PEERS:
        python = ROOT / environment / "bin" / "python" if environment else Path(sys.executable)
        if not python.exists():
            print(f"peers: {name}: not measured, there is no {environment} (make bench makes it)")
            continue
        command = (str(python), "-m", f"bench.peers.{module}")
        lines.append(_line(name, [_ask(command, messages) for _ in range(runs)]))
    return Row(
        "CPU of a peer's delivery, nothing recorded, ms",
        "",
        "",
        "pyTelegramBotAPI 0.37, aiogram 0.53, raw 0.02",
        "; ".join(lines),
        f"{messages} texts in each of {runs} runs, 64 in flight, imports not counted",
    )


def _line(name: str, told: Sequence[dict[str, Any]]) -> str:
    line = f"{name} {spread([one['cpu_ms'] for one in told])}"
    rates = spread([one["rate"] for one in told], ".0f")
    print(f"peers: {line} ms CPU, {rates}/s on the wall, peak {told[0]['peak_mb']:.0f} MB")
    return line


def _ask(command: Sequence[str], messages: int) -> dict[str, Any]:
    with serving("bench.echo", core=core(0)) as echo:
        job = {"url": echo.url, "messages": messages, "in_flight": 64, "text": TEXT}
        return ask(job | {"core": core(1)}, *command)


def _raw(messages: int) -> dict[str, Any]:
    with serving("bench.echo", core=core(0)) as echo:
        job = Job(echo.port, "telegram", "json", messages, echo.targets["telegram"], TEXT)
        told = ask(asdict(job) | {"core": core(1)}, "-m", "bench.load")
    return {
        "cpu_ms": told["cpu_s"] / messages * 1000,
        "rate": messages / told["seconds"],
        "peak_mb": told["peak_mb"],
    }
