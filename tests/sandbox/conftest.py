"""Servers that the cases of one file share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from sandbox.connection import Patience
from tests.sandbox.served import Served, serving


@pytest.fixture(scope="module")
def server() -> Iterator[Served]:
    """A patient server, shared by the cases."""
    with serving() as served:
        yield served


@pytest.fixture(scope="module")
def hasty() -> Iterator[Served]:
    """A server that gives clients fractions of a second."""
    with serving(Patience(idle=0.3, head=0.3, body=0.3, unread=0.3)) as served:
        yield served
