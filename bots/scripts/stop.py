"""Stopping the whole network, one messenger or one organization; administrators only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bots import pickers
from bots.pickers import Picker
from bots.screens import DANGEROUS_MS, Choice, Screen
from bots.turn import Refused, Turn
from core.words import HoldScope
from storage import holds, organizations, outgoing
from storage.holds import Hold

NAME = "stop"
VERSION = 2

_PICKER = Picker(open="group", pick="sure", home="organizations")


@dataclass(frozen=True, slots=True)
class Scope:
    """What a stop covers, and what it is called for people."""

    scope: HoldScope
    network: str | None
    organization: int | None
    title: str


async def press(turn: Turn, do: str, args: Mapping[str, Any]) -> None:
    """Do what a button of this script says; the right to it is looked up again each time."""
    if not await turn.is_administrator():
        raise Refused("not an administrator")
    match do:
        case "menu":
            await menu(turn)
        case "organizations":
            back = (Choice(turn.say("back"), "menu"),)
            rows = await pickers.groups(turn, _PICKER)
            text = turn.text(turn.say("halt-organization-title"))
            await turn.show(NAME, VERSION, Screen(text, (*rows, back), DANGEROUS_MS))
        case "group":
            rows = await pickers.members(turn, _PICKER, args["group"], args["page"])
            text = turn.text(turn.say("halt-organization-title"))
            await turn.show(NAME, VERSION, Screen(text, tuple(rows), DANGEROUS_MS))
        case "sure":
            await _ask(turn, await _scope(turn, args))
        case "halt":
            await _halt(turn, await _scope(turn, args), args["before"])
        case "look" | "lift":
            await _go_on(turn, do, args["hold"])
        case _:
            raise Refused("unknown action")


async def _go_on(turn: Turn, do: str, hold_id: int) -> None:
    hold = next((one for one in await holds.live(turn.connection) if one.id == hold_id), None)
    if hold is None:
        await _outdated(turn, "halt-outdated")
    elif do == "look":
        await _show_waiting(turn, hold)
    else:
        await _lift(turn, hold)


async def _outdated(turn: Turn, why: str) -> None:
    turn.answer(turn.say(why))
    await menu(turn)


async def menu(turn: Turn) -> None:
    """Offer what can be stopped, and what stands to be lifted."""
    rows: list[tuple[Choice, ...]] = []
    standing = await holds.live(turn.connection)
    lines = []
    for hold in standing[:3]:
        title = await _title(turn, hold)
        label = turn.say("halt-lift", what=title)
        rows.append((Choice(label, "look", {"hold": hold.id}),))
        lines.append(turn.say("halt-stands", what=title))
    if not any(hold.scope is HoldScope.ALL for hold in standing):
        rows.append((Choice(turn.say("halt-all"), "sure", {}),))
    stopped = {hold.network for hold in standing}
    networks = [item for item in turn.settings.networks.items() if item[0] not in stopped][:3]
    rows.append(tuple(Choice(title, "sure", {"network": name}) for name, title in networks))
    rows.append((Choice(turn.say("halt-organization"), "organizations"),))
    rows.append((Choice(turn.say("back"), "menu", script="work"),))
    text = turn.text(turn.say("halt-title"), "\n".join(lines), turn.say("halt-text"))
    await turn.show(NAME, VERSION, Screen(text, tuple(rows), DANGEROUS_MS))


async def _scope(turn: Turn, args: Mapping[str, Any]) -> Scope:
    if "network" in args:
        title = turn.settings.networks.get(args["network"])
        if title is None:
            raise Refused("unknown network")
        return Scope(HoldScope.MESSENGER, args["network"], None, title)
    if "organization" in args:
        organization = await organizations.by_id(turn.connection, args["organization"])
        if organization is None:
            raise Refused("organization gone")
        return Scope(HoldScope.ORGANIZATION, None, organization.id, organization.short)
    return Scope(HoldScope.ALL, None, None, turn.say("halt-everything"))


async def _title(turn: Turn, hold: Hold) -> str:
    if hold.scope is HoldScope.MESSENGER:
        return turn.settings.networks.get(hold.network or "", hold.network or "")
    if hold.scope is HoldScope.ORGANIZATION:
        named = await organizations.named(turn.connection, [hold.organization_id or 0])
        return named[0].short if named else str(hold.organization_id)
    return turn.say("halt-everything")


async def _ask(turn: Turn, scope: Scope) -> None:
    if await _stands(turn, scope):
        await _outdated(turn, "halt-already")
        return
    # How many such stops there were tells later whether this card is still of today.
    before = await holds.count(turn.connection, scope.scope, scope.network, scope.organization)
    args: dict[str, Any] = {"before": before}
    if scope.network is not None:
        args["network"] = scope.network
    if scope.organization is not None:
        args["organization"] = scope.organization
    rows = (
        (Choice(turn.say("halt-yes"), "halt", args),),
        (Choice(turn.say("halt-no"), "menu"),),
    )
    sure = (
        turn.say("halt-sure-all")
        if scope.scope is HoldScope.ALL
        else turn.say("halt-sure", what=scope.title)
    )
    text = turn.text(sure, turn.say("halt-sure-text"))
    await turn.show(NAME, VERSION, Screen(text, rows, DANGEROUS_MS))


async def _stands(turn: Turn, scope: Scope) -> bool:
    wanted = (scope.scope, scope.network, scope.organization)
    return any(
        (hold.scope, hold.network, hold.organization_id) == wanted
        for hold in await holds.live(turn.connection)
    )


async def _halt(turn: Turn, scope: Scope, before: int) -> None:
    if await _stands(turn, scope):
        await _outdated(turn, "halt-already")
        return
    count = await holds.count(turn.connection, scope.scope, scope.network, scope.organization)
    if count != before:
        # Stopped and gone on since this card was shown: nobody stops twice by an old card.
        await _outdated(turn, "halt-outdated")
        return
    hold_id = await holds.place(
        turn.connection, scope.scope, scope.network, scope.organization, turn.person_id, turn.now
    )
    await turn.note("hold.placed", f"hold:{hold_id}", scope=int(scope.scope))
    await _ring_all(turn)
    waits = await outgoing.waiting(turn.connection, scope.scope, scope.network, scope.organization)
    text = turn.text(
        turn.say("halted", what=scope.title),
        turn.say("halted-waiting", count=waits.deliveries),
        turn.say("halted-text"),
    )
    label = turn.say("halt-go-on")
    rows = ((Choice(label, "look", {"hold": hold_id}),),)
    await turn.show(NAME, VERSION, Screen(text, rows))


async def _show_waiting(turn: Turn, hold: Hold) -> None:
    waits = await outgoing.waiting(turn.connection, hold.scope, hold.network, hold.organization_id)
    line = (
        turn.say("waiting", posts=waits.posts, chats=waits.chats, count=waits.deliveries)
        if waits.deliveries
        else turn.say("waiting-nothing")
    )
    rows = (
        (Choice(turn.say("lift-yes"), "lift", {"hold": hold.id}),),
        (Choice(turn.say("not-now"), "menu"),),
    )
    title = (
        turn.say("lift-title-all")
        if hold.scope is HoldScope.ALL
        else turn.say("lift-title", what=await _title(turn, hold))
    )
    text = turn.text(title, line)
    await turn.show(NAME, VERSION, Screen(text, rows, DANGEROUS_MS))


async def _lift(turn: Turn, hold: Hold) -> None:
    await holds.lift(turn.connection, hold.id, turn.person_id, turn.now)
    await turn.note("hold.lifted", f"hold:{hold.id}")
    await _ring_all(turn)
    rest = await holds.live(turn.connection)
    more = turn.say("lifted-rest", count=len(rest)) if rest else ""
    text = turn.text(turn.say("lifted", what=await _title(turn, hold)), more)
    rows = ((Choice(turn.say("menu-halt"), "menu"),),)
    await turn.show(NAME, VERSION, Screen(text, rows))


async def _ring_all(turn: Turn) -> None:
    turn.ring(*(("courier", one) for one in await outgoing.accounts(turn.connection)))
