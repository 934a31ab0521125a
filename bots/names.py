"""What organizations are called for people: a short name alone does not say whose it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bots.turn import Turn
from core.words import OrganizationKind
from storage.organizations import Organization

# Youth councils and training centres say in their names what they are.
_KINDS: Mapping[OrganizationKind, str] = {
    OrganizationKind.FEDERATION: "kind-federation",
    OrganizationKind.MEMBER: "kind-member",
    OrganizationKind.COUNCIL: "kind-council",
    OrganizationKind.PRIMARY: "kind-primary",
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
