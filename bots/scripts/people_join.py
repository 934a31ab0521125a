"""One person in two messengers: a one-time code from the one, typed in the other."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bots.screens import DANGEROUS_MS, Choice, Screen
from bots.scripts import people_scope, work
from bots.scripts.people_scope import NAME, VERSION
from bots.turn import Refused, Turn
from storage import chats, dialogs, joinings, journal, people, roles

DOES = frozenset(["join", "merge", "not-me"])
ALPHABET = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"  # without what looks like something else
LENGTH = 8
VALID_MS = 15 * 60_000
WRONG = 5  # wrong codes in one dialog, and then …
WRONG_MS = 3_600_000  # … none is looked at for so long

# Letters that a Russian keyboard has for the same look.
_LOOK = str.maketrans("АВЕКМНРСТУХ", "ABEKMHPCTYX")
_CODE = re.compile(f"[{ALPHABET}]{{{LENGTH}}}")


async def press(turn: Turn, do: str, args: Mapping[str, Any]) -> None:
    """Do what a button says."""
    match do:
        case "join":
            await _offer(turn)
        case "merge":
            await _merge(turn, args["joining"])
        case "not-me":
            turn.answer(turn.say("join-kept"))
            await work.menu(turn)
        case _:
            raise Refused("unknown action")


async def join(turn: Turn, said: str) -> None:
    """Give a one-time code, or take the one that stands behind the command."""
    _, _, rest = said.strip().partition(" ")
    if rest.strip():
        await _take(turn, _clean(rest))
    else:
        await _offer(turn)


async def said(turn: Turn, data: Mapping[str, Any]) -> bool:
    """Take a code that was asked for; False for words that are none."""
    text = turn.incoming.text.text if turn.incoming is not None else ""
    code = _clean(text)
    if not _CODE.fullmatch(code):
        return False
    await _take(turn, code)
    return True


def _clean(text: str) -> str:
    return re.sub(r"[\s\W_]", "", text).upper().translate(_LOOK)


async def _offer(turn: Turn) -> None:
    code = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
    await joinings.add(
        turn.connection,
        code=code,
        person_id=turn.person_id,
        now=turn.now,
        expires_at=turn.now + VALID_MS,
    )
    await dialogs.put(turn.connection, turn.chat.id, NAME, VERSION, {"ask": "code"}, turn.now)
    here = turn.settings.networks.get(turn.chat.network, turn.chat.network)
    others = [name for name in turn.settings.networks.values() if name != here]
    back = (Choice(turn.say("back"), "menu", script=work.NAME),)
    shown = f"{code[:4]}-{code[4:]}"
    text = turn.text(
        turn.say("join-title"),
        turn.say("join-text", where=", ".join(others) or turn.say("join-elsewhere")),
        f"/join {shown}",
        turn.say("join-valid", minutes=VALID_MS // 60_000),
        turn.say("join-other-way"),
    )
    await turn.show(NAME, VERSION, Screen(text, (back,), VALID_MS))


async def _take(turn: Turn, code: str) -> None:
    subject = f"chat:{turn.chat.id}"
    since = turn.now - WRONG_MS
    if await journal.count(turn.connection, "joining.wrong", subject, since) >= WRONG:
        await turn.tell(turn.text(None, turn.say("join-wait")))
        return
    found = await joinings.find(turn.connection, code, turn.now)
    if found is None:
        await turn.note("joining.wrong", subject)
        await turn.tell(turn.text(None, turn.say("join-wrong")))
        return
    joining_id, other_id = found
    why = await _obstacle(turn, other_id)
    if why is not None:
        await turn.tell(turn.text(None, turn.say(why)))
        return
    await dialogs.drop(turn.connection, turn.chat.id)
    await _ask(turn, joining_id, other_id)


async def _networks(turn: Turn, person_id: int) -> set[str]:
    return {network for network, _ in await people.identities(turn.connection, person_id)}


async def _obstacle(turn: Turn, other_id: int) -> str | None:
    """Return the sentence for what keeps two persons apart, None when nothing does."""
    if other_id == turn.person_id:
        return "join-own"
    mine, others = await _networks(turn, turn.person_id), await _networks(turn, other_id)
    if mine & others:
        return "join-same"  # two in one messenger are two people
    # Whoever has rights gives the code and never types one: else a stranger's code would take them.
    rights = await turn.is_administrator() or await roles.of_person(turn.connection, turn.person_id)
    return "join-role" if rights else None


async def _ask(turn: Turn, joining_id: int, other_id: int) -> None:
    known = await people.names(turn.connection, [turn.person_id, other_id])
    where = [turn.settings.networks.get(one, one) for one in await _networks(turn, other_id)]
    rows = (
        (Choice(turn.say("join-yes"), "merge", {"joining": joining_id}),),
        (Choice(turn.say("join-no"), "not-me"),),
    )
    text = turn.text(
        turn.say(
            "join-sure",
            here=people_scope.name_or(turn, known[turn.person_id]),
            there=people_scope.name_or(turn, known[other_id]),
            where=", ".join(sorted(where)),
        ),
        turn.say("join-sure-text"),
    )
    await turn.show(NAME, VERSION, Screen(text, rows, DANGEROUS_MS))


async def _merge(turn: Turn, joining_id: int) -> None:
    other_id = await joinings.use(turn.connection, joining_id, turn.now)
    if other_id is None or await _obstacle(turn, other_id) is not None:
        turn.answer(turn.say("join-late"))
        await work.menu(turn)
        return
    kept, gone = sorted((turn.person_id, other_id))
    await people.merge(turn.connection, kept, gone, turn.now)
    turn = replace(turn, person_id=kept, chat=replace(turn.chat, person_id=kept))
    await turn.note("person.joined", f"person:{kept}", other=gone)
    await people_scope.renew_menus(turn, kept)
    await turn.close_screen()
    rows = ((Choice(turn.say("menu-work"), "menu", script=work.NAME),),)
    text = turn.text(turn.say("join-done"), turn.say("join-done-text"))
    await turn.show(NAME, VERSION, Screen(text, rows))
    for chat in await chats.private_of(turn.connection, kept):
        if chat.network != turn.chat.network:
            there = await turn.towards(chat)
            here = turn.settings.networks.get(turn.chat.network, turn.chat.network)
            await there.tell(there.text(None, there.say("join-done-there", where=here)))
