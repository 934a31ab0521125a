"""What several journeys share because it takes seconds to make."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.zygote import Zygote, zygote


@pytest.fixture(scope="session")
def hatch() -> Iterator[Zygote]:
    """Give a process from which the product is started again and again."""
    with zygote() as made:
        yield made
