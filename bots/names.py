"""What organizations are called for people: a short name alone does not say whose it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bots.turn import Turn
from core.words import OrganizationKind, RoleKind
from storage.organizations import Organization

# Youth councils and training centres say in their names what they are.
_KINDS: Mapping[OrganizationKind, str] = {
    OrganizationKind.FEDERATION: "kind-federation",
    OrganizationKind.MEMBER: "kind-member",
    OrganizationKind.COUNCIL: "kind-council",
    OrganizationKind.PRIMARY: "kind-primary",
}

_ROLES: Mapping[RoleKind, str] = {
    RoleKind.PRESS: "role-press",
    RoleKind.MODERATOR: "role-moderator",
    RoleKind.YOUTH_AUTHOR: "role-youth-author",
    RoleKind.YOUTH_CHAIR: "role-youth-chair",
    RoleKind.YOUTH_DEPUTY: "role-youth-deputy",
    RoleKind.ADMINISTRATOR: "role-administrator",
}


def described(turn: Turn, organization: Organization) -> str:
    """Return an organization's short name with what kind of organization it is."""
    key = _KINDS.get(organization.kind)
    if key is None:
        return organization.short
    return turn.say("organization-of-kind", name=organization.short, kind=turn.say(key))


def listed(organizations: Iterable[Organization]) -> str:
    """Return short names in a row."""
    return ", ".join(one.short for one in organizations)


def role_name(turn: Turn, kind: RoleKind) -> str:
    """Return what a role is called."""
    return turn.say(_ROLES[kind])


def role_at(turn: Turn, kind: RoleKind, organization: str) -> str:
    """Return a role with the organization it is held in, by its short name."""
    return turn.say("role-at", role=role_name(turn, kind), organization=organization)
