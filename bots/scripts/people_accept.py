"""Taking an invitation: whoever opens the link first gets the role, everybody else hears why not."""

from __future__ import annotations

from collections.abc import Mapping

from bots import names
from bots.screens import Choice, Screen
from bots.scripts import people_scope, work
from bots.scripts.people_scope import NAME, VERSION
from bots.turn import Turn
from core.words import RoleKind
from storage import invitations, organizations, people, roles
from storage.invitations import Invitation
from storage.organizations import Organization

_NEXT: Mapping[RoleKind, str] = {
    RoleKind.PRESS: "next-press",
    RoleKind.MODERATOR: "next-moderator",
    RoleKind.YOUTH_AUTHOR: "next-youth-author",
    RoleKind.YOUTH_CHAIR: "next-youth-judge",
    RoleKind.YOUTH_DEPUTY: "next-youth-judge",
    RoleKind.ADMINISTRATOR: "next-administrator",
}


async def accept(turn: Turn, token: str) -> None:
    """Take an invitation that a link brought, or say in a sentence why that cannot be."""
    found = await invitations.by_token(turn.connection, token)
    if found is None:
        await turn.note("invitation.forged", f"chat:{turn.chat.id}")
        ask = turn.say("people-whom-to-ask", contacts=turn.settings.operator_contacts)
        await _say(turn, turn.say("invitation-unknown"), ask)
        return
    organization = await organizations.by_id(turn.connection, found.organization_id)
    held = await _held(turn, found)
    if found.used_by_person_id == turn.person_id and held and organization is not None:
        what = names.role_at(turn, found.role, organization.short)
        await _say(turn, turn.say("invitation-yours", what=what))
        return
    why = await _obstacle(turn, found, organization)
    if why is None and held and organization is not None:
        what = names.role_at(turn, found.role, organization.short)
        await _say(turn, turn.say("invitation-had", what=what))
        return
    if why is None and not await invitations.use(
        turn.connection, found.id, turn.person_id, turn.now
    ):
        why = "invitation-used"
    if why is not None or organization is None:
        await turn.note("invitation.refused", f"invitation:{found.id}", why=why)
        await _say(turn, turn.say(why or "invitation-gone"), await _whom_to_ask(turn, found))
        return
    await _grant(turn, found, organization)


async def _held(turn: Turn, found: Invitation) -> bool:
    mine = await roles.of_person(turn.connection, turn.person_id)
    return (found.organization_id, found.role) in [(one.organization_id, one.kind) for one in mine]


async def _obstacle(turn: Turn, found: Invitation, organization: Organization | None) -> str | None:
    """Return the sentence for what stands in the way, None when nothing does."""
    if found.used_at is not None:
        return "invitation-used"
    if found.revoked_at is not None or organization is None:
        return "invitation-gone"
    if found.expires_at <= turn.now:
        return "invitation-expired"
    giver = found.by_person_id
    if giver is None or organization.id not in await people_scope.of_person(turn, giver):
        # Whoever may not invite any more has not invited.
        return "invitation-powerless"
    return None


async def _whom_to_ask(turn: Turn, found: Invitation) -> str:
    """Return whose invitation it was, as long as they may write another; else who answers for us all."""
    giver = found.by_person_id
    if giver is not None and found.organization_id in await people_scope.of_person(turn, giver):
        called = await people.names(turn.connection, [giver])
        if called.get(giver):
            return turn.say("invitation-ask-giver", name=called[giver])
    return turn.say("people-whom-to-ask", contacts=turn.settings.operator_contacts)


async def _grant(turn: Turn, found: Invitation, organization: Organization) -> None:
    await roles.grant(
        turn.connection,
        turn.person_id,
        organization.id,
        found.role,
        found.by_person_id,
        turn.now,
    )
    await turn.note(
        "role.granted",
        f"person:{turn.person_id}",
        role=int(found.role),
        organization=organization.id,
        invitation=found.id,
    )
    await people_scope.renew_menus(turn, turn.person_id)
    now = turn.say("role-given", what=names.role_at(turn, found.role, organization.short))
    await _say(turn, now, turn.say(_NEXT[found.role]))
    if found.by_person_id in (None, turn.person_id):
        return
    giver = await turn.with_person(found.by_person_id or 0)
    if giver is not None:
        called = await people.names(turn.connection, [turn.person_id])
        name = people_scope.name_or(giver, called[turn.person_id])
        what = names.role_at(giver, found.role, organization.short)
        await giver.tell(giver.text(None, giver.say("invitation-taken", name=name, what=what)))


async def _say(turn: Turn, *lines: str) -> None:
    rows = (
        (Choice(turn.say("menu-work"), "menu", script=work.NAME),),
        (Choice(turn.say("menu-button"), "menu", script="subscriptions"),),
    )
    await turn.show(NAME, VERSION, Screen(turn.text(None, *lines), rows))
