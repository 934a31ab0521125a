"""Who may do what with a post: a role covers its organization and the subtree below it."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncConnection

from core.words import OrganizationKind, Reach, RoleKind
from storage import organizations, roles
from storage.organizations import Organization
from storage.roles import Role

AUTHORS = (RoleKind.PRESS, RoleKind.YOUTH_AUTHOR, RoleKind.YOUTH_CHAIR, RoleKind.YOUTH_DEPUTY)
YOUTH_JUDGES = (RoleKind.YOUTH_CHAIR, RoleKind.YOUTH_DEPUTY)
JUDGES = (RoleKind.MODERATOR,)


def judging_kinds(organization: Organization) -> tuple[RoleKind, ...]:
    """Return which roles decide what an organization says: a youth council has a chair."""
    return YOUTH_JUDGES if organization.kind is OrganizationKind.YOUTH else JUDGES


def plans(kind: RoleKind) -> bool:
    """Tell whether people in this role plan posts for a moment."""
    return kind in (RoleKind.YOUTH_AUTHOR, *YOUTH_JUDGES)


async def covers(connection: AsyncConnection, role: Role, organization_id: int) -> bool:
    """Tell whether a role reaches an organization."""
    line = await organizations.line_up(connection, organization_id)
    return any(one.id == role.organization_id for one in line)


async def desk_for(connection: AsyncConnection, organization_id: int, level: Reach) -> int:
    """Return the organization whose desk decides about a post of another at this level.

    Its own desk about its own channels, the municipality's council about the territory, the
    federation about the region, and wherever there is no council.
    """
    if level is Reach.OWN:
        return organization_id
    line = await organizations.line_up(connection, organization_id)
    if level is Reach.TERRITORY and line and line[0].territory:
        council = await organizations.council_of(connection, line[0].territory)
        if council is not None:
            return council.id
    return line[-1].id if line else organization_id


async def judges(connection: AsyncConnection, desk_id: int) -> list[int]:
    """Return the persons who may decide at a desk, each once, the nearest first."""
    line = await organizations.line_up(connection, desk_id)
    if not line:
        return []
    found = await roles.holders(connection, [one.id for one in line], judging_kinds(line[0]))
    near = {one.id: distance for distance, one in enumerate(line)}
    ordered = sorted(found, key=lambda role: near[role.organization_id])
    return list(dict.fromkeys(role.person_id for role in ordered))


async def may_judge(connection: AsyncConnection, person_id: int, desk_id: int) -> bool:
    """Tell whether a person may decide at a desk, as roles stand now."""
    return person_id in await judges(connection, desk_id)


async def desks_of(connection: AsyncConnection, person_id: int) -> set[int]:
    """Return the organizations at whose desks a person may decide."""
    found: set[int] = set()
    for role in await roles.of_person(connection, person_id):
        if role.kind not in (*JUDGES, *YOUTH_JUDGES):
            continue
        below = await organizations.subtree(connection, role.organization_id)
        for one in await organizations.named(connection, below):
            if role.kind in judging_kinds(one):
                found.add(one.id)
    return found


async def authors(connection: AsyncConnection, person_id: int) -> list[Role]:
    """Return the roles in which a person may submit or plan, the last used first."""
    return [one for one in await roles.of_person(connection, person_id) if one.kind in AUTHORS]


async def managed(connection: AsyncConnection, person_id: int) -> set[int]:
    """Return the organizations to which a person invites and from which they take roles back, by role."""
    found: set[int] = set()
    for role in await roles.of_person(connection, person_id):
        if role.kind is RoleKind.ADMINISTRATOR:
            found |= await organizations.subtree(connection, role.organization_id)
    return found


def fits(kind: RoleKind, organization: Organization) -> bool:
    """Tell whether a role means anything within an organization."""
    if kind is RoleKind.MODERATOR or plans(kind):
        # A youth council's chair decides what it says; nobody else has one.
        return plans(kind) == (organization.kind is OrganizationKind.YOUTH)
    return True
