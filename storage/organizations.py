"""The federation's tree."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from core.words import OrganizationKind
from storage.tables import organization


@dataclass(frozen=True, slots=True)
class Organization:
    """A node of the tree; `short` is its name on a button."""

    id: int
    slug: str
    name: str
    short: str
    kind: OrganizationKind
    parent_id: int | None
    territory: str | None = None
    zone: str | None = None
    approvals: int | None = None


_living = sa.select(organization).where(sa.not_(organization.c.archived))


def _read(row: Any) -> Organization:
    return Organization(
        row.id,
        row.slug,
        row.name,
        row.short,
        OrganizationKind(row.kind),
        row.parent_id,
        row.territory,
        row.zone,
        row.approvals,
    )


async def by_slug(connection: AsyncConnection, slug: str) -> Organization | None:
    """Return a living organization by its slug, or None."""
    # What a link names.
    row = (await connection.execute(_living.where(organization.c.slug == slug))).first()
    return None if row is None else _read(row)


async def by_id(connection: AsyncConnection, organization_id: int) -> Organization | None:
    """Return a living organization, or None."""
    # What a button names.
    row = (await connection.execute(_living.where(organization.c.id == organization_id))).first()
    return None if row is None else _read(row)


async def named(connection: AsyncConnection, ids: Iterable[int]) -> list[Organization]:
    """Return these organizations in the order of the tree, archived ones left out."""
    # To be listed by name.
    rows = await connection.execute(
        _living.where(organization.c.id.in_(sorted(set(ids)))).order_by(
            organization.c.kind, organization.c.position, organization.c.short
        )
    )
    return [_read(row) for row in rows]


async def of_kinds(
    connection: AsyncConnection, kinds: Iterable[OrganizationKind]
) -> list[Organization]:
    """Return the living organizations of some kinds, in the order people expect."""
    # A list to choose from.
    rows = await connection.execute(
        _living.where(organization.c.kind.in_([int(kind) for kind in kinds])).order_by(
            organization.c.position, organization.c.short
        )
    )
    return [_read(row) for row in rows]


async def federation(connection: AsyncConnection) -> Organization:
    """Return the root of the tree; a database without one is a mistake of its owner."""
    # The whole region.
    row = (
        await connection.execute(
            _living.where(organization.c.kind == OrganizationKind.FEDERATION)
            .order_by(organization.c.id)
            .limit(1)
        )
    ).one()
    return _read(row)


async def subtree(connection: AsyncConnection, organization_id: int) -> set[int]:
    """Return the ids of an organization and all below it."""
    # The tree is a few hundred rows at most.
    rows = list(await connection.execute(sa.select(organization.c.id, organization.c.parent_id)))
    found, grown = {organization_id}, 0
    while grown != len(found):
        grown = len(found)
        found |= {row.id for row in rows if row.parent_id in found}
    return found


_node = sa.select(organization.c.id, organization.c.parent_id)
_line = _node.where(organization.c.id == sa.bindparam("lowest")).cte("line", recursive=True)
_line = _line.union(_node.join(_line, organization.c.id == _line.c.parent_id))
_line_up = sa.select(organization).join(_line, _line.c.id == organization.c.id)


async def line_up(connection: AsyncConnection, organization_id: int) -> list[Organization]:
    """Return an organization and all above it, the federation last; archived ones too."""
    # Asked many times by one press: only the few rows on the way up are read.
    found_rows = await connection.execute(_line_up, {"lowest": organization_id})
    rows = {row.id: _read(row) for row in found_rows}
    found: list[Organization] = []
    here = rows.get(organization_id)
    while here is not None and here not in found:
        found.append(here)
        here = rows.get(here.parent_id or 0)
    return found


async def council_of(connection: AsyncConnection, territory: str) -> Organization | None:
    """Return the coordination council of a municipality, None where there is none."""
    # The first by the order of config.yaml.
    row = (
        await connection.execute(
            _living.where(
                organization.c.kind == OrganizationKind.COUNCIL,
                organization.c.territory == territory,
            )
            .order_by(organization.c.position)
            .limit(1)
        )
    ).first()
    return None if row is None else _read(row)
