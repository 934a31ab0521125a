"""Which zone an organization lives in: its own, or that of the nearest above it, at last the region's."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from sqlalchemy.ext.asyncio import AsyncConnection

from newsroom.desk import DeskRules
from storage import organizations


async def zone_of(connection: AsyncConnection, rules: DeskRules, organization_id: int) -> ZoneInfo:
    """Return the zone in which an organization's moments are said."""
    for one in await organizations.line_up(connection, organization_id):
        if one.zone:
            return ZoneInfo(one.zone)
    return rules.zone
