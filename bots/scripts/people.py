"""People and their roles: who has which, inviting by one-time links, taking roles back."""

from __future__ import annotations

from collections.abc import Mapping, Set
from typing import Any

from bots import names
from bots.screens import DANGEROUS_MS, Choice, Screen
from bots.scripts import (
    people_accept,
    people_invite,
    people_join,
    people_open,
    people_scope,
    work,
)
from bots.scripts.people_scope import NAME, VERSION
from bots.turn import Refused, Turn
from core.words import RoleKind
from storage import people, roles
from storage.roles import Role

__all__ = ["NAME", "VERSION", "accept", "join", "menu", "press", "said"]

accept = people_accept.accept
join = people_join.join
said = people_join.said


async def press(turn: Turn, do: str, args: Mapping[str, Any]) -> None:
    """Do what a button of this script says; the right to it is looked up again each time."""
    if do in people_join.DOES:
        await people_join.press(turn, do, args)
        return
    scope = await people_scope.of_person(turn, turn.person_id)
    if not scope:
        raise Refused("not an administrator")
    if do in people_invite.DOES:
        await people_invite.press(turn, scope, do, args)
        return
    if do in people_open.DOES:
        await people_open.press(turn, scope, do, args)
        return
    match do:
        case "menu":
            await _list(turn, scope, args.get("page", 0))
        case "person":
            await _show_person(turn, scope, args["person"], args.get("page", 0))
        case "sure":
            await _ask(turn, scope, args["role"])
        case "revoke":
            await _revoke(turn, scope, args["role"])
        case _:
            raise Refused("unknown action")


async def menu(turn: Turn) -> None:
    """Show who has which role to whoever looks after people."""
    scope = await people_scope.of_person(turn, turn.person_id)
    if scope:
        await _list(turn, scope)
        return
    rows = ((Choice(turn.say("menu-work"), "menu", script=work.NAME),),)
    contacts = turn.say("people-whom-to-ask", contacts=turn.settings.operator_contacts)
    text = turn.text(None, turn.say("people-not-yours"), contacts)
    await turn.show(NAME, VERSION, Screen(text, rows))


async def _by_person(turn: Turn, scope: Set[int]) -> list[tuple[int, str, list[Role]]]:
    """Return (id, name, roles) of everybody with a role in these organizations, by name."""
    found: dict[int, list[Role]] = {}
    for role in await roles.holders(turn.connection, scope, RoleKind):
        found.setdefault(role.person_id, []).append(role)
    called = await people.names(turn.connection, found)
    listed = [(one, people_scope.name_or(turn, called[one]), mine) for one, mine in found.items()]
    return sorted(listed, key=lambda entry: (entry[1].casefold(), entry[0]))


async def _list(turn: Turn, scope: Set[int], page: int = 0) -> None:
    everybody = await _by_person(turn, scope)
    shown, page, more = people_scope.cut(everybody, page)
    lines = [
        turn.say("people-line", name=name, roles=_roles(turn, mine)) for _, name, mine in shown
    ]
    entries = [
        # Of two with one name the organization tells who is who.
        Choice(f"{name}, {mine[0].organization}", "person", {"person": person, "page": page})
        for person, name, mine in shown
    ]
    back = Choice(turn.say("back"), "menu", script=work.NAME)
    rows = (
        *((entry,) for entry in entries),
        (
            Choice(turn.say("people-invite"), "invite"),
            Choice(turn.say("people-open"), "invitations"),
        ),
        people_scope.turning(turn, "menu", {}, page, more, back),
    )
    text = turn.text(
        turn.say("people-title"),
        "\n".join(lines) if lines else turn.say("people-nobody"),
        turn.say("people-hint") if lines else "",
    )
    await turn.show(NAME, VERSION, Screen(text, rows))


def _roles(turn: Turn, held: list[Role]) -> str:
    return "; ".join(names.role_at(turn, one.kind, one.organization) for one in held)


async def _show_person(turn: Turn, scope: Set[int], person_id: int, back_page: int) -> None:
    mine = await roles.of_person(turn.connection, person_id)
    held = sorted((one for one in mine if one.organization_id in scope), key=lambda one: one.id)
    if not held:
        # Since the list was shown the roles were taken back, or the person was joined with another.
        turn.answer(turn.say("people-outdated"))
        await _list(turn, scope, back_page)
        return
    called = await people.names(turn.connection, [person_id])
    entries = [
        Choice(
            turn.say("role-take", role=names.role_at(turn, one.kind, one.organization)),
            "sure",
            {"role": one.id},
        )
        # With more than eight the rest comes up as these go.
        for one in held[:8]
    ]
    back = (Choice(turn.say("back"), "menu", {"page": back_page}),)
    lines = [names.role_at(turn, one.kind, one.organization) for one in held]
    text = turn.text(people_scope.name_or(turn, called[person_id]), "\n".join(lines))
    await turn.show(NAME, VERSION, Screen(text, (*((one,) for one in entries), back)))


async def _role(turn: Turn, scope: Set[int], role_id: int) -> Role | None:
    """Return a live role that the person may take back; None if it was taken back before."""
    role = await roles.get(turn.connection, role_id)
    if role is not None and role.organization_id not in scope:
        raise Refused("outside the scope")
    return role


async def _ask(turn: Turn, scope: Set[int], role_id: int) -> None:
    role = await _role(turn, scope, role_id)
    if role is None:
        turn.answer(turn.say("people-outdated"))
        await _list(turn, scope)
        return
    called = await people.names(turn.connection, [role.person_id])
    rows = (
        (Choice(turn.say("role-take-yes"), "revoke", {"role": role.id}),),
        (Choice(turn.say("back"), "person", {"person": role.person_id}),),
    )
    text = turn.text(
        turn.say("role-take-sure"),
        turn.say(
            "people-line",
            name=people_scope.name_or(turn, called[role.person_id]),
            roles=names.role_at(turn, role.kind, role.organization),
        ),
        turn.say("role-take-text"),
    )
    await turn.show(NAME, VERSION, Screen(text, rows, DANGEROUS_MS))


async def _revoke(turn: Turn, scope: Set[int], role_id: int) -> None:
    role = await _role(turn, scope, role_id)
    if role is None or not await roles.revoke(turn.connection, role.id, turn.person_id, turn.now):
        turn.answer(turn.say("people-outdated"))
        await _list(turn, scope)
        return
    await turn.note(
        "role.revoked",
        f"person:{role.person_id}",
        role=int(role.kind),
        organization=role.organization_id,
    )
    await people_scope.renew_menus(turn, role.person_id)
    turn.answer(turn.say("role-taken"))
    if role.person_id != turn.person_id:
        other = await turn.with_person(role.person_id)
        if other is not None:
            lost = names.role_at(other, role.kind, role.organization)
            await other.tell(other.text(None, other.say("role-lost", role=lost)))
        await _list(turn, scope)
        return
    # With the own role the scope may have gone.
    left = await people_scope.of_person(turn, turn.person_id)
    if left:
        await _list(turn, left)
    else:
        await work.menu(turn)
