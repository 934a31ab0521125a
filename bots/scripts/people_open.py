"""Invitations that nobody has used yet: what each gives, and calling it off."""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import Any

from bots import names
from bots.screens import Choice, Screen
from bots.scripts import people_scope
from bots.scripts.people_scope import NAME, VERSION
from bots.turn import Refused, Turn
from storage import invitations, organizations, people
from storage.invitations import Invitation

DOES = frozenset(["invitations", "invitation", "call-off"])


async def press(turn: Turn, scope: Set[int], do: str, args: Mapping[str, Any]) -> None:
    """Do what a button says, within the organizations that the person looks after now."""
    match do:
        case "invitations":
            await _list(turn, scope, args.get("page", 0))
        case "invitation":
            await _show(turn, scope, args["invitation"])
        case "call-off":
            await _call_off(turn, scope, args["invitation"])
        case _:
            raise Refused("unknown action")


async def _list(turn: Turn, scope: Set[int], page: int = 0) -> None:
    standing = [
        one
        for one in await invitations.open_ones(turn.connection, turn.now)
        if one.organization_id in scope
    ]
    shown, page, more = people_scope.cut(standing, page)
    entries = [
        (Choice(await _what(turn, one), "invitation", {"invitation": one.id}),) for one in shown
    ]
    back = Choice(turn.say("back"), "menu")
    turning = people_scope.turning(turn, "invitations", {}, page, more, back)
    text = turn.text(
        turn.say("people-open"),
        "\n\n".join([await _described(turn, one) for one in shown]),
        turn.say("invitations-hint") if shown else turn.say("invitations-none"),
    )
    await turn.show(NAME, VERSION, Screen(text, (*entries, turning)))


async def _what(turn: Turn, one: Invitation) -> str:
    found = await organizations.by_id(turn.connection, one.organization_id)
    return names.role_at(turn, one.role, found.short if found is not None else "—")


async def _described(turn: Turn, one: Invitation) -> str:
    giver = one.by_person_id or 0
    called = await people.names(turn.connection, [giver])
    return turn.say(
        "invitation-line",
        what=await _what(turn, one),
        until=await people_scope.until_words(turn, one.organization_id, one.expires_at),
        name=people_scope.name_or(turn, called.get(giver, "")),
    )


async def _standing(turn: Turn, scope: Set[int], invitation_id: int) -> Invitation | None:
    """Return an invitation that the person may call off; None if it is not open any more."""
    one = await invitations.get(turn.connection, invitation_id)
    if one is None or one.organization_id not in scope:
        raise Refused("outside the scope")
    closed = one.used_at is not None or one.revoked_at is not None or one.expires_at <= turn.now
    return None if closed else one


async def _show(turn: Turn, scope: Set[int], invitation_id: int) -> None:
    one = await _standing(turn, scope, invitation_id)
    if one is None:
        turn.answer(turn.say("people-outdated"))
        await _list(turn, scope)
        return
    rows = (
        (Choice(turn.say("invitation-call-off"), "call-off", {"invitation": one.id}),),
        (Choice(turn.say("back"), "invitations"),),
    )
    text = turn.text(turn.say("invitation-title"), await _described(turn, one))
    await turn.show(NAME, VERSION, Screen(text, rows))


async def _call_off(turn: Turn, scope: Set[int], invitation_id: int) -> None:
    one = await _standing(turn, scope, invitation_id)
    if one is None or not await invitations.revoke(turn.connection, one.id, turn.now):
        turn.answer(turn.say("people-outdated"))
    else:
        await turn.note("invitation.revoked", f"invitation:{one.id}")
        turn.answer(turn.say("invitation-off"))
    await _list(turn, scope)
