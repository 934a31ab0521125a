"""The demo's staff: who has which role from the start, so that every role can be tried at once."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncConnection

from core.words import RoleKind
from storage import organizations, people, roles

# The sandbox knows a person by one number in all its messengers, so they are one person here too.
NETWORKS = ("telegram", "vk")
STAFF = (
    ("1003", "Марина Белова", "education", RoleKind.PRESS),
    ("1006", "Пётр Соколов", "education", RoleKind.MODERATOR),
    ("1004", "Сергей Волков", "federation", RoleKind.MODERATOR),
    ("1005", "Анна Лебедева", "youth", RoleKind.YOUTH_AUTHOR),
    ("1007", "Денис Орлов", "youth", RoleKind.YOUTH_CHAIR),
)


async def engage(connection: AsyncConnection, now: int) -> None:
    """Give the staff their roles the first time; whoever is known already is left as they are."""
    for number, name, slug, kind in STAFF:
        if await people.by_identity(connection, NETWORKS[0], number) is not None:
            continue
        organization = await organizations.by_slug(connection, slug)
        if organization is None:
            continue  # the demo may run with a config.yaml of one's own
        person_id = await people.find_or_add(connection, NETWORKS[0], number, name, now)
        for network in NETWORKS[1:]:
            await people.add_identity(connection, person_id, network, number)
        await roles.grant(connection, person_id, organization.id, kind, None, now)
