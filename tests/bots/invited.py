"""What stories about people share: an invitation is asked for in chat and read as its receiver reads it."""

from __future__ import annotations

import re

from storage import tables
from tests.bots.house import ADMIN, House, Shown

PRESS_OF_1 = ("Пресс-секретарь", "По отраслям", "Отрасль 01")


async def invite(
    house: House, *labels: str, days: str = "7 дней", person: str = ADMIN
) -> tuple[str, Shown]:
    """Let an administrator make an invitation; returns what its link carries, and the text to forward."""
    await house.say("/people", person)
    await house.walk("Пригласить", *(labels or PRESS_OF_1), days, person=person)
    text = await house.screen(person)
    found = re.search(r"inv-[\w-]+", text.text)
    assert found, text.text
    return found[0], text


async def person_id(house: House, person: str) -> int:
    """Return the id of a person who has begun."""
    row = await house.row(tables.identity, network=house.messenger.network, external=person)
    return int(row.person_id)


async def refusals(house: House) -> list[str]:
    """Return why buttons were refused, in order."""
    rows = await house.rows(tables.journal, action="button.refused")
    return [row.detail["why"] for row in rows]


async def live_roles(house: House) -> list[tuple[int, int, int]]:
    """Return (person, organization, kind) of every role that is live."""
    rows = await house.rows(tables.role, revoked_at=None)
    return [(row.person_id, row.organization_id, row.kind) for row in rows]
