"""«Удалить мои данные»: asked once, then nothing is left that leads to the person."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from bots.screens import DANGEROUS_MS, Choice, Screen
from bots.turn import Refused, Turn
from core.words import SubmissionState
from storage import (
    chats,
    consents,
    dialogs,
    inbox,
    invitations,
    joinings,
    journal,
    manuscripts,
    outgoing,
    people,
    roles,
    screens,
    submissions,
    subscriptions,
)
from storage.chats import Chat

NAME = "forget"
VERSION = 1
_EVERY = 1_000_000  # submissions of one person


async def press(turn: Turn, do: str, args: Mapping[str, Any]) -> None:
    """Do what a button of this script says."""
    match do:
        case "forget":
            await _forget(turn)
        case "keep":
            await turn.close_screen()
            await turn.show(NAME, VERSION, Screen(turn.text(None, turn.say("forget-kept"))))
        case _:
            raise Refused("unknown action")


async def ask(turn: Turn) -> None:
    """Say what will be gone and ask for one press."""
    channels = await chats.connected(turn.connection, turn.person_id)
    rest = turn.say("forget-channels", count=len(channels)) if channels else ""
    held = await roles.of_person(turn.connection, turn.person_id)
    lost = turn.say("forget-roles", count=len(held)) if held else ""
    text = turn.text(turn.say("forget-title"), turn.say("forget-text"), lost, rest)
    rows = (
        (Choice(turn.say("forget-yes"), "forget"),),
        (Choice(turn.say("forget-no"), "keep"),),
    )
    await turn.show(NAME, VERSION, Screen(text, rows, DANGEROUS_MS))


async def _forget(turn: Turn) -> None:
    for chat in await chats.all_private(turn.connection, turn.person_id):
        await _forget_chat(turn, chat)
    await chats.disown(turn.connection, turn.person_id)
    await _forget_work(turn)
    await consents.withdraw(turn.connection, turn.person_id, turn.now)
    await people.forget(turn.connection, turn.person_id)
    # The fact alone: neither who nor from where.
    await journal.write(turn.connection, turn.now, "person.forgotten", f"chat:{turn.chat.id}")
    # The chat has lost its address, so no row can carry the last word.
    turn.effects.farewell = turn.text(None, turn.say("forgotten"))
    turn.answer(turn.say("forgotten-short"))


async def _forget_chat(turn: Turn, chat: Chat) -> None:
    await outgoing.call_off_chat(turn.connection, chat.id, turn.now)
    await subscriptions.forget(turn.connection, chat.id)
    await dialogs.drop(turn.connection, chat.id)
    await screens.forget(turn.connection, chat.id)
    await inbox.forget(turn.connection, chat.account_id, chat.external, turn.row_id, turn.now)
    await chats.forget(turn.connection, chat.id, f"forgotten-{secrets.token_hex(8)}")


async def _forget_work(turn: Turn) -> None:
    """End the roles; what was published stays, without a name."""
    person_id = turn.person_id
    await roles.forget(turn.connection, person_id, turn.now)
    await invitations.forget(turn.connection, person_id)
    await joinings.forget(turn.connection, person_id)
    for one in await submissions.of_author(
        turn.connection, person_id, tuple(SubmissionState), limit=_EVERY
    ):
        # Revisions keep what was sent in; nobody composes it from the dialog any more.
        await manuscripts.drop(turn.connection, one.post_id)
    await submissions.forget(turn.connection, person_id)
