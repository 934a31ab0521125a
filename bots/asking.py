"""Deliveries that wait for a person's word: the owner's yes, or whether something arrived."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bots.screens import Choice, Screen, shorten
from bots.settings import Settings
from bots.turn import Effects, Refused, Turn
from bots.words import Words
from core.bell import Bell
from core.words import DeliveryState
from storage import chats, outgoing, people, screens
from storage.chats import Chat
from storage.database import Database
from storage.outgoing import Question

NAME = "asking"
VERSION = 1
AT_ONCE = 50  # questions in one transaction
FIRST_LINES = 280  # code points of the post on a card


async def ask(db: Database, settings: Settings, bell: Bell, now: int) -> int:
    """Ask about every delivery that nobody was asked about yet; return how many could be asked about.

    Where nobody can be spoken to, the delivery stays as it is and is tried the next time.
    """
    words = Words()
    effects = Effects()
    asked = 0
    async with db.write() as connection:
        for question in await outgoing.unasked(connection, AT_ONCE):
            turns = await _whom(connection, settings, words, effects, question, now)
            for turn in turns:
                await _show_card(turn, question)
            if turns:
                await outgoing.asked(connection, question.delivery_id, now)
                asked += 1
    bell.ring(*effects.rings)
    return asked


async def press(turn: Turn, do: str, args: Mapping[str, Any]) -> None:
    """Do what a button on a card says."""
    question = await outgoing.question(turn.connection, args["delivery"])
    if question is None:
        raise Refused("delivery gone")
    if question.owner_id != turn.person_id and not await turn.is_administrator():
        raise Refused("not the owner")
    if do in ("publish", "decline") and question.state is DeliveryState.ASKING:
        await _answer_owner(turn, do, question)
    elif do in ("arrived", "again") and question.state is DeliveryState.UNKNOWN:
        await _answer_unknown(turn, do, question)
    else:
        turn.answer(turn.say("settled-already"))


async def _answer_owner(turn: Turn, do: str, question: Question) -> None:
    if do == "publish" and await _is_outdated(turn, question):
        # Nobody approves what they did not see.
        turn.answer(turn.say("ask-changed"))
        await _show_card(turn, question)
        return
    if do == "publish":
        await outgoing.release(turn.connection, question.delivery_id)
    else:
        await outgoing.decline(turn.connection, question.delivery_id, turn.now)
    await turn.note(f"delivery.{do}", f"delivery:{question.delivery_id}")
    key = "ask-published" if do == "publish" else "ask-declined"
    await _close(turn, turn.say(key, title=question.channel), question)


async def _is_outdated(turn: Turn, question: Question) -> bool:
    screen = await screens.get(turn.connection, turn.pressed_screen or 0)
    return screen is not None and screen.revision_id != question.revision_id


async def _answer_unknown(turn: Turn, do: str, question: Question) -> None:
    if do == "arrived":
        await outgoing.arrived(turn.connection, question.delivery_id, turn.now)
    else:
        await outgoing.again(turn.connection, question.delivery_id)
    await turn.note(f"delivery.{do}", f"delivery:{question.delivery_id}")
    key = "unknown-arrived" if do == "arrived" else "unknown-again"
    await _close(turn, turn.say(key, title=question.channel), question)


async def _close(turn: Turn, said: str, question: Question) -> None:
    turn.ring(("courier", question.account_id))
    await turn.show(NAME, VERSION, Screen(turn.text(question.title or None, said)))


async def _whom(
    connection: AsyncConnection,
    settings: Settings,
    words: Words,
    effects: Effects,
    question: Question,
    now: int,
) -> list[Turn]:
    """Return turns with the owner, or with the administrators where the owner cannot be spoken to."""
    where: list[Chat] = []
    if question.owner_id is not None:
        mine = await chats.private_of(connection, question.owner_id)
        # In the same account if possible: that is where they connected it.
        where = sorted(mine, key=lambda chat: chat.account_id != question.account_id)[:1]
    if not where:
        for person_id in await people.having(connection, settings.administrators):
            where += (await chats.private_of(connection, person_id))[:1]
    turns = []
    for chat in where:
        assert chat.person_id is not None
        person = await people.get(connection, chat.person_id)
        turns.append(
            Turn(
                connection=connection,
                settings=settings,
                words=words,
                now=now,
                row_id=0,
                chat=chat,
                person_id=person.id,
                locale=chat.locale or person.locale,
                effects=effects,
            )
        )
    return turns


async def _show_card(turn: Turn, question: Question) -> None:
    args = {"delivery": question.delivery_id}
    lines = shorten(question.body.text.strip(), FIRST_LINES)
    if question.state is DeliveryState.ASKING:
        head, yes, no = "ask-publish", ("ask-yes", "publish"), ("ask-no", "decline")
    else:
        head, yes, no = "ask-arrived", ("unknown-yes", "arrived"), ("unknown-no", "again")
    rows = tuple((Choice(turn.say(key), do, args),) for key, do in (yes, no))
    pictures = turn.say("ask-pictures", count=question.pictures) if question.pictures else ""
    text = turn.text(turn.say(head, title=question.channel), question.title, lines, pictures)
    await turn.show(NAME, VERSION, Screen(text, rows), revision_id=question.revision_id)
