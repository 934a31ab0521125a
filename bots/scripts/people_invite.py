"""Inviting: role, organization, how long, and the links to pass on."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Set
from typing import Any

from bots import names, pickers
from bots.phrases import INVITATION
from bots.pickers import Picker
from bots.screens import DAY_MS, PAGE, Choice, Screen
from bots.scripts import people_scope
from bots.scripts.people_scope import NAME, VERSION
from bots.turn import Refused, Turn
from core.words import RoleKind
from newsroom import access
from storage import accounts, invitations, organizations
from storage.organizations import Organization

DOES = frozenset(["invite", "whom", "group", "organization", "give"])
BYTES = 24  # of chance in a link: nobody guesses it
_DAYS = ((1, "invite-day"), (7, "invite-week"), (30, "invite-month"))

_ROLES: Mapping[RoleKind, str] = {
    RoleKind.PRESS: "pick-press",
    RoleKind.MODERATOR: "pick-moderator",
    RoleKind.YOUTH_AUTHOR: "pick-youth-author",
    RoleKind.YOUTH_CHAIR: "pick-youth-chair",
    RoleKind.YOUTH_DEPUTY: "pick-youth-deputy",
    RoleKind.ADMINISTRATOR: "pick-administrator",
}


async def press(turn: Turn, scope: Set[int], do: str, args: Mapping[str, Any]) -> None:
    """Do what a button says, within the organizations that the person looks after now."""
    match do:
        case "invite":
            await _ask_role(turn, scope)
        case "whom":
            await _ask_organization(turn, scope, RoleKind(args["role"]))
        case "group":
            kind = RoleKind(args["role"])
            picker = _picker(kind, await _fitting(turn, scope, kind))
            rows = await pickers.members(turn, picker, args["group"], args["page"])
            await turn.show(NAME, VERSION, Screen(_whom_text(turn, kind), tuple(rows)))
        case "organization":
            kind = RoleKind(args["role"])
            await _ask_days(turn, kind, await _allowed(turn, scope, kind, args["organization"]))
        case "give":
            kind = RoleKind(args["role"])
            if args["days"] not in dict(_DAYS):
                raise Refused("unknown time")
            organization = await _allowed(turn, scope, kind, args["organization"])
            await _give(turn, kind, organization, args["days"])
        case _:
            raise Refused("unknown action")


async def _fitting(turn: Turn, scope: Set[int], kind: RoleKind) -> list[Organization]:
    known = await organizations.named(turn.connection, scope)
    return [one for one in known if access.fits(kind, one)]


async def _allowed(
    turn: Turn, scope: Set[int], kind: RoleKind, organization_id: int
) -> Organization:
    """Return an organization to which the person may invite in this role. Raises Refused otherwise."""
    for one in await _fitting(turn, scope, kind):
        if one.id == organization_id:
            return one
    raise Refused("outside the scope")


async def _ask_role(turn: Turn, scope: Set[int]) -> None:
    known = await organizations.named(turn.connection, scope)
    entries = [
        (Choice(turn.say(key), "whom", {"role": int(kind)}),)
        for kind, key in _ROLES.items()
        if any(access.fits(kind, one) for one in known)
    ]
    back = (Choice(turn.say("back"), "menu"),)
    text = turn.text(turn.say("invite-title"), turn.say("invite-text"))
    await turn.show(NAME, VERSION, Screen(text, (*entries, back)))


def _picker(kind: RoleKind, fitting: list[Organization]) -> Picker:
    return Picker(
        open="group",
        pick="organization",
        home="whom",
        args={"role": int(kind)},
        within=frozenset(one.id for one in fitting),
    )


def _whom_text(turn: Turn, kind: RoleKind) -> Any:
    return turn.text(turn.say(_ROLES[kind]), turn.say("invite-whom"))


async def _ask_organization(turn: Turn, scope: Set[int], kind: RoleKind) -> None:
    fitting = await _fitting(turn, scope, kind)
    if not fitting:
        raise Refused("outside the scope")
    picker = _picker(kind, fitting)
    if len(fitting) > PAGE:
        rows = await pickers.groups(turn, picker)
    else:
        rows = [
            (picker.entry(names.described(turn, one), "organization", one.id),) for one in fitting
        ]
    back = (Choice(turn.say("back"), "invite"),)
    await turn.show(NAME, VERSION, Screen(_whom_text(turn, kind), (*rows, back)))


async def _ask_days(turn: Turn, kind: RoleKind, organization: Organization) -> None:
    args = {"role": int(kind), "organization": organization.id}
    rows = (
        tuple(Choice(turn.say(key), "give", {**args, "days": days}) for days, key in _DAYS),
        (Choice(turn.say("back"), "whom", {"role": int(kind)}),),
    )
    title = names.role_at(turn, kind, organization.short)
    text = turn.text(title, turn.say("invite-days"))
    await turn.show(NAME, VERSION, Screen(text, rows))


async def _give(turn: Turn, kind: RoleKind, organization: Organization, days: int) -> None:
    token = secrets.token_urlsafe(BYTES)
    expires_at = turn.now + days * DAY_MS
    invitation_id = await invitations.add(
        turn.connection,
        token=token,
        role=kind,
        organization_id=organization.id,
        by_person_id=turn.person_id,
        now=turn.now,
        expires_at=expires_at,
    )
    await turn.note(
        "invitation.given",
        f"invitation:{invitation_id}",
        role=int(kind),
        organization=organization.id,
        until=expires_at,
    )
    # Once a screen: a second tap makes no second invitation.
    await turn.close_screen()
    rows = (
        (Choice(turn.say("people-open"), "invitations"),),
        (Choice(turn.say("back"), "menu"),),
    )
    text = turn.text(turn.say("invite-ready"), turn.say("invite-forward"))
    await turn.show(NAME, VERSION, Screen(text, rows))
    what = names.role_at(turn, kind, organization.short)
    until = await people_scope.until_words(turn, organization.id, expires_at)
    payload = INVITATION + token
    await turn.tell(
        turn.text(
            None,
            turn.say("invitation-to", what=what),
            "\n".join(await _links(turn, payload)),
            turn.say("invitation-code", code=payload),
            turn.say("invitation-until", until=until),
        )
    )


async def _links(turn: Turn, payload: str) -> list[str]:
    """Return a line for each account that a link leads to, the one spoken with first."""
    known = await accounts.active(turn.connection)
    found = []
    for one in sorted(known, key=lambda one: one.id != turn.chat.account_id):
        link = turn.abilities.entry(one.id, one.handle, payload)
        if link is not None:
            network = turn.settings.networks.get(one.network, one.network)
            where = f"{network}, {one.title}" if one.title else network
            found.append(f"{where}: {link}")
    return [turn.say("invitation-open"), *found] if found else []
