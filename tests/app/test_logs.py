"""What a line of the log shows of an error."""

from __future__ import annotations

import logging
import sys

import pytest
import sqlalchemy as sa

from app.logs import OneLine


def line(error: Exception) -> str:
    """Return the line of an error that was raised."""
    try:
        raise error
    except Exception:
        made = logging.LogRecord("n", logging.ERROR, "", 0, "it failed", None, sys.exc_info())
    return OneLine().format(made)


def away(below: Exception) -> Exception:
    return sa.exc.OperationalError("SELECT 1", None, below)


@pytest.mark.parametrize(
    ("error", "has_trace"),
    [
        (away(ConnectionError("ConnectionRefusedError: no server")), False),
        (away(ValueError("something else")), True),
        (ValueError("a mistake of ours"), True),
    ],
)
def test_a_server_that_is_away_is_told_in_a_few_words_and_all_else_with_its_trace(
    error: Exception, has_trace: bool
) -> None:
    told = line(error)
    assert ("Traceback" in told) is has_trace
    assert "\n" not in told
    assert has_trace or told.endswith("it failed | ConnectionRefusedError: no server")
