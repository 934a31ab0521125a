"""Numbers and JSON from outside: what cannot be kept or sent on is not taken."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from sandbox.values import MAX_DEPTH, is_deep, loaded, whole


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("0", 0), ("-17", -17), ("+3", 3), ("007", 7), (str(2**63 - 1), 2**63 - 1), (str(-(2**63)), -(2**63)),
        (str(2**63), None), (str(-(2**63) - 1), None), ("9" * 5000, None), ("", None), ("-", None), (" 1", None),
        ("1.0", None), ("1_000", None), ("²", None), ("٣", None), ("0x1", None), ("1\n", None),
    ],
)  # fmt: skip
def test_a_number_has_ascii_digits_and_64_bits(text: str, number: int | None) -> None:
    assert whole(text) == number


def nested(depth: int) -> str:
    return "[" * depth + "]" * depth


@pytest.mark.parametrize(
    "source",
    ['"\\ud800"', "NaN", "[1,]", "", nested(MAX_DEPTH + 1), nested(100_000), '{"a":' * 5000],
)
def test_json_that_could_not_be_written_again_is_refused(source: str) -> None:
    with pytest.raises(ValueError):
        loaded(source)


@pytest.mark.parametrize("source", [nested(MAX_DEPTH), '[{"a": [1, null]}, "я"]', str(2**70)])
def test_other_json_comes_back_as_it_can_be_written(source: str) -> None:
    assert orjson.dumps(loaded(source))
    assert loaded(source) == loaded(source.encode())


def test_what_is_inside_itself_is_deep() -> None:
    inside: list[Any] = []
    inside.append({"a": inside})
    assert is_deep(inside) and not is_deep([[1], {"a": 2}], 2) and is_deep([[[]]], 2)
