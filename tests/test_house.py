"""What the house demands of every room, read off its source."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

HOUSE = Path(__file__).parent.parent
ROOMS = (
    "app",
    "bench",
    "bots",
    "broadcaster",
    "core",
    "messengers",
    "newsroom",
    "sandbox",
    "storage",
)
ABOVE_THE_ADAPTERS = ("bots", "newsroom", "broadcaster")
NAMES = re.compile(
    r"telegram|вконтакте|телеграм|(?<![a-z])vk(?![a-z])|(?<![a-z])max_?bot", re.IGNORECASE
)


def sources(*rooms: str) -> list[Path]:
    """Return the Python files of rooms."""
    return sorted(path for room in rooms for path in (HOUSE / room).rglob("*.py"))


def words(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Yield identifiers and literals with their lines; docstrings and comments may say what they like."""
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=text) | ast.Attribute(attr=text) | ast.alias(name=text):
                yield getattr(node, "lineno", 0), text
            case ast.arg(arg=text) | ast.keyword(arg=str(text)):
                yield node.lineno, text
            case (
                ast.FunctionDef(name=text)
                | ast.AsyncFunctionDef(name=text)
                | ast.ClassDef(name=text)
            ):
                yield node.lineno, text
            case ast.Constant(value=str(text)) if id(node) not in docstrings:
                yield node.lineno, text


@pytest.mark.parametrize(
    "path", sources(*ABOVE_THE_ADAPTERS), ids=lambda p: str(p.relative_to(HOUSE))
)
def test_no_messenger_is_named_above_the_adapters(path: Path) -> None:
    found = [
        f"{path.name}:{line} {text!r}"
        for line, text in words(ast.parse(path.read_text(encoding="utf-8")))
        if NAMES.search(text)
    ]
    assert not found


def test_no_messenger_is_named_in_texts_for_people() -> None:
    found = [
        f"{path.name}:{number} {line.strip()}"
        for path in (HOUSE / "bots").rglob("*.ftl")
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if NAMES.search(line)
    ]
    assert not found


@pytest.mark.parametrize("path", sources(*ROOMS), ids=lambda p: str(p.relative_to(HOUSE)))
def test_a_module_is_short_and_says_what_it_is(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    if "migrations/versions" not in str(path):  # a schema is data
        assert len(text.splitlines()) <= 400
    if text.strip():
        assert ast.get_docstring(ast.parse(text)), (
            "a module begins with one sentence on its purpose"
        )


def test_nothing_names_a_package_index_or_this_machine() -> None:
    lock = "".join(
        (HOUSE / name).read_text() for name in ("requirements.lock", "requirements-dev.lock")
    )
    assert "http" not in re.sub(r"^\w*http\w*==", "", lock, flags=re.MULTILINE)
    assert "--index" not in lock
    assert "file:" not in lock
