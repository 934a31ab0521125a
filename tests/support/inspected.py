"""Sandboxes whose whole traffic is held against the platforms' published descriptions.

The descriptions are not part of the repository: they are looked for where VESTNIK_SPECS points, else
in `shared/specs` beside the checkout. Without them the sandboxes are only strict. What does not fit
is kept until `take`, with which tests/conftest.py fails the test that caused it.
"""

from __future__ import annotations

import os
from functools import cache
from pathlib import Path
from typing import Any

from sandbox.server import Sandbox
from sandbox.specs import Finding, NoSpecs, SpecInspector

HOUSE = Path(__file__).parent.parent.parent
FOLDER = Path(os.environ.get("VESTNIK_SPECS") or HOUSE.parent / "shared" / "specs")
ABSENT = (
    f"the platforms' descriptions are not at {FOLDER}: put api.json of github.com/PaulSonOfLars/telegram-bot-api-spec "
    "there as telegram/api.json and github.com/VKCOM/vk-api-schema as vk/, or let VESTNIK_SPECS name their folder"
)


@cache
def _found() -> list[Finding]:
    return []


@cache
def inspector() -> SpecInspector | None:
    """Return this process's inspector, None without the descriptions."""
    try:
        return SpecInspector(FOLDER, _found().append)
    except NoSpecs:
        return None


def take() -> list[Finding]:
    """Return what was found since the last time, and forget it."""
    found = list(_found())
    _found().clear()
    return found


def inspected(*, strict: bool = True, **options: Any) -> Sandbox:
    """Make a sandbox that is strict and inspected."""
    return Sandbox(strict=strict, inspector=inspector(), **options)


def flags() -> list[str]:
    """Return the arguments that make a sandbox in a process of its own strict and inspected."""
    return ["--strict", *(["--specs", str(FOLDER)] if inspector() else [])]
