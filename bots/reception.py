"""Everything that comes in passes here and goes to the conversation it belongs to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

from sqlalchemy.ext.asyncio import AsyncConnection

from bots import phrases, screens
from bots.phrases import Command
from bots.registry import SCRIPTS
from bots.screens import Limits
from bots.scripts import (
    channels,
    connect,
    forget,
    leave,
    membership,
    secretary,
    smalltalk,
    stop,
    subscribe,
    subscriptions,
)
from bots.settings import Settings
from bots.turn import Effects, Facts, Refused, Turn
from bots.words import Words
from core.incoming import Incoming, IncomingKind
from core.words import ChatKind, ChatState, Reason
from storage import chats, journal, people
from storage import screens as shown_screens
from storage import subscriptions as wishes
from storage.chats import Chat
from storage.inbox import Row
from storage.screens import Screen

LINK_ORGANIZATION = "org-"
LINK_CONNECT = "connect"


@dataclass(frozen=True, slots=True)
class Arrival:
    """One inbox row on its way through, inside one transaction; `now` is ms UTC."""

    connection: AsyncConnection
    settings: Settings
    words: Words
    now: int
    row: Row
    network: str
    limits: Callable[[int], Limits]  # of an account's private chats
    facts: Facts
    effects: Effects = field(default_factory=Effects)

    @property
    def incoming(self) -> Incoming:
        """Return what came in."""
        return self.row.incoming

    async def sender(self) -> int | None:
        """Return the id of the person behind it, made if there is none; None when nobody is named."""
        here = self.incoming
        if here.sender is None:
            return None
        return await people.find_or_add(
            self.connection, self.network, here.sender, here.sender_name, self.now
        )

    async def turn(self, chat: Chat, person_id: int) -> Turn:
        """Return a turn with a person in a private chat."""
        person = await people.get(self.connection, person_id)
        return Turn(
            connection=self.connection,
            settings=self.settings,
            words=self.words,
            now=self.now,
            row_id=self.row.id,
            chat=chat,
            person_id=person_id,
            locale=chat.locale or person.locale,
            incoming=self.incoming,
            facts=self.facts,
            limits=self.limits(chat.account_id),
            effects=self.effects,
        )


async def receive(arrival: Arrival) -> None:
    """Do what an arrival asks for."""
    match arrival.incoming.kind:
        case IncomingKind.MEMBERSHIP:
            await _membership(arrival)
        case IncomingKind.PRESS:
            await _press(arrival)
        case _ if arrival.incoming.chat_kind is not ChatKind.PRIVATE:
            return  # what people say among themselves is none of ours
        case IncomingKind.BLOCKED:
            await _set_state(arrival, ChatState.BLOCKED, Reason.BLOCKED)
        case IncomingKind.ALLOWED:
            await _set_state(arrival, ChatState.ACTIVE, None)
        case IncomingKind.HUMAN_ANSWER:
            await _human_answer(arrival)
        case IncomingKind.START:
            await _start(arrival)
        case IncomingKind.MESSAGE:
            await _message(arrival)


async def _set_state(arrival: Arrival, state: ChatState, reason: Reason | None) -> None:
    here = arrival.incoming
    chat = await chats.find(arrival.connection, arrival.row.account_id, here.chat)
    if chat is not None:
        await chats.set_state(arrival.connection, chat.id, state, reason)


async def _human_answer(arrival: Arrival) -> None:
    here = arrival.incoming
    chat = await chats.find(arrival.connection, arrival.row.account_id, here.chat)
    if chat is None:
        # The human spoke first; whose dialog it is shows when the person answers.
        chat_id = await chats.add(
            arrival.connection,
            arrival.row.account_id,
            here.chat,
            ChatKind.PRIVATE,
            ChatState.ACTIVE,
            "",
            None,
        )
    else:
        chat_id = chat.id
    await chats.fall_silent(arrival.connection, chat_id, arrival.now + secretary.SILENCE_MS)


async def _begin_turn(arrival: Arrival) -> Turn | None:
    """Return a turn with who wrote, in a chat that may be written to from now on."""
    here = arrival.incoming
    person_id = await arrival.sender()
    if person_id is None:
        return None
    chat = await chats.find(arrival.connection, arrival.row.account_id, here.chat)
    if chat is None:
        chat_id = await chats.add(
            arrival.connection,
            arrival.row.account_id,
            here.chat,
            ChatKind.PRIVATE,
            ChatState.ACTIVE,
            here.sender_name,
            person_id,
        )
        chat = await chats.get(arrival.connection, chat_id)
        assert chat is not None
    if chat.person_id is None:
        await chats.own(arrival.connection, chat.id, person_id)
    if chat.state is not ChatState.ACTIVE:
        # Whoever writes to us lets us write back.
        await chats.set_state(arrival.connection, chat.id, ChatState.ACTIVE)
    return await arrival.turn(replace(chat, person_id=person_id), person_id)


async def _note_beginning(turn: Turn) -> None:
    await chats.begin(turn.connection, turn.chat.id, turn.now)
    if turn.chat.began_at is None:
        turn.ring("asking")  # somebody more can be asked now


async def _start(arrival: Arrival) -> None:
    turn = await _begin_turn(arrival)
    if turn is None:
        return
    await _note_beginning(turn)
    payload = arrival.incoming.payload or ""
    if payload.startswith(LINK_ORGANIZATION):
        await subscribe.by_link(turn, payload.removeprefix(LINK_ORGANIZATION))
        await connect.offer_waiting(turn)
    elif payload == LINK_CONNECT:
        if not await connect.offer_waiting(turn):
            await connect.explain(turn)
    elif payload:
        await subscribe.choose(turn, turn.say("link-unknown"))
    elif not await connect.offer_waiting(turn):
        await subscribe.begin(turn)


async def _message(arrival: Arrival) -> None:
    turn = await _begin_turn(arrival)
    if turn is None:
        return
    said = arrival.incoming.text.text
    command = phrases.command(said)
    shared = turn.chat.account_id in turn.settings.shared_dialogs
    silent = turn.chat.silent_until is not None and turn.chat.silent_until > turn.now
    urgent = command in (Command.STOP, Command.FORGET)
    if silent and not (phrases.is_slash(said) or (urgent and turn.chat.began_at is not None)):
        return
    if shared and turn.chat.began_at is None and not phrases.is_slash(said):
        await secretary.greet(turn)
        return
    await _note_beginning(turn)
    await _obey(turn, command, said)


async def _obey(turn: Turn, command: Command | None, said: str) -> None:
    match command:
        case Command.STOP:
            await leave.leave(turn)
        case Command.FORGET:
            await forget.ask(turn)
        case Command.MENU:
            await subscriptions.menu(turn)
        case Command.LATEST:
            await subscriptions.latest(turn)
        case Command.CHANNELS:
            await _channels(turn)
        case Command.BEGIN:
            if not await connect.offer_waiting(turn):
                await subscribe.begin(turn)
        case Command.HALT:
            await _halt(turn, said)
        case None:
            await _chat(turn, said)


async def _chat(turn: Turn, said: str) -> None:
    media = turn.incoming.media if turn.incoming is not None else ()
    kind = phrases.courtesy(said, media)
    known = await wishes.of_chat(turn.connection, turn.chat.id)
    if kind is phrases.Courtesy.GREETING and known is None:
        await subscribe.choose(turn)  # they came to begin
        return
    await smalltalk.answer(turn, kind)


async def _channels(turn: Turn) -> None:
    if await turn.is_administrator() or await chats.connected(turn.connection, turn.person_id):
        await channels.show(turn)
    else:
        await connect.explain(turn)


async def _halt(turn: Turn, said: str) -> None:
    if await turn.is_administrator():
        await stop.menu(turn)
    elif phrases.is_slash(said):
        await smalltalk.answer(turn, phrases.Courtesy.OTHER)
    else:
        await leave.leave(turn)  # whoever is not an administrator means their own


async def _membership(arrival: Arrival) -> None:
    here = arrival.incoming
    if here.chat_kind not in (ChatKind.GROUP, ChatKind.CHANNEL):
        return
    chat = await chats.find(arrival.connection, arrival.row.account_id, here.chat)
    if chat is None and not here.present:
        return
    person_id = await arrival.sender() if here.present else None
    if chat is None:
        chat_id = await chats.add(
            arrival.connection,
            arrival.row.account_id,
            here.chat,
            here.chat_kind,
            ChatState.UNCONFIRMED,
            here.chat_title,
            person_id,
        )
        chat = await chats.get(arrival.connection, chat_id)
        assert chat is not None
    elif person_id is not None and not chat.from_config:
        chat = await _with_owner(arrival, chat, person_id)
    turn = None
    if chat.person_id is not None:
        dialogs = await chats.private_of(arrival.connection, chat.person_id, chat.account_id)
        if dialogs:
            turn = await arrival.turn(dialogs[0], chat.person_id)
    await membership.changed(arrival.connection, chat, here, turn)


async def _with_owner(arrival: Arrival, chat: Chat, sender: int) -> Chat:
    """Return the chat with the sender as its owner where the owner of before cannot be asked."""
    gone = chat.state is ChatState.GONE or chat.person_id is None
    if not gone and chat.state is ChatState.UNCONFIRMED and chat.person_id is not None:
        # Of two who handle it before it is settled, the one who can be spoken to.
        old = await chats.private_of(arrival.connection, chat.person_id, chat.account_id)
        gone = not old and bool(await chats.private_of(arrival.connection, sender, chat.account_id))
    if not gone:
        return chat
    await chats.own(arrival.connection, chat.id, sender)
    return replace(chat, person_id=sender)


async def _press(arrival: Arrival) -> None:
    here = arrival.incoming
    person_id = (
        await people.by_identity(arrival.connection, arrival.network, here.sender)
        if here.sender is not None
        else None
    )
    chat = await chats.find(arrival.connection, arrival.row.account_id, here.chat)
    locale = None
    try:
        # Nothing is made for a press: whoever presses a button of ours is known.
        if person_id is None or chat is None or chat.kind is not ChatKind.PRIVATE:
            raise Refused("unknown presser")
        turn = await arrival.turn(chat, person_id)
        locale = turn.locale
        if chat.state is not ChatState.ACTIVE:
            await chats.set_state(arrival.connection, chat.id, ChatState.ACTIVE)
        screen, index = await _pressed(turn)
        turn = replace(turn, pressed_screen=screen.id)
        if SCRIPTS[_script(screen)].version != screen.version:
            turn.answer(turn.say("button-old"))
            await subscriptions.menu(turn)
            return
        choice = screen.choices[index]
        await SCRIPTS[choice["script"]].press(turn, choice["do"], choice["args"])
    except Refused as refused:
        arrival.effects.answer = arrival.words.say(locale, "button-dead")
        await journal.write(
            arrival.connection,
            arrival.now,
            "button.refused",
            f"chat:{chat.id}" if chat is not None else f"account:{arrival.row.account_id}",
            person_id,
            why=refused.why,
        )


def _script(screen: Screen) -> str:
    return screen.script.partition(".")[0]


async def _pressed(turn: Turn) -> tuple[Screen, int]:
    assert turn.incoming is not None
    pressed = screens.parse(turn.incoming.payload)
    if pressed is None:
        raise Refused("not a button of ours")
    screen = await shown_screens.get(turn.connection, pressed[0])
    if screen is None:
        raise Refused("unknown screen")
    if screen.chat_id != turn.chat.id or screen.person_id not in (None, turn.person_id):
        raise Refused("somebody else's screen")
    if screen.expires_at <= turn.now:
        raise Refused("expired")
    if pressed[1] >= len(screen.choices) or _script(screen) not in SCRIPTS:
        raise Refused("no such button")
    return screen, pressed[1]
