"""Everything that comes in passes here and goes to the conversation it belongs to."""

from __future__ import annotations

from dataclasses import replace

from bots import phrases, presses
from bots.arrival import Arrival
from bots.phrases import Command
from bots.registry import SCRIPTS
from bots.scripts import (
    channels,
    connect,
    forget,
    leave,
    membership,
    mine,
    people,
    plan,
    review,
    secretary,
    smalltalk,
    stop,
    submit,
    subscribe,
    subscriptions,
    work,
)
from bots.turn import Turn
from core.incoming import IncomingKind
from core.words import ChatKind, ChatState, Reason
from storage import chats, dialogs, roles
from storage import subscriptions as wishes

LINK_ORGANIZATION = "org-"
LINK_CONNECT = "connect"
ASKED_MS = 24 * 3_600_000  # words that were asked for are waited for so long


async def receive(arrival: Arrival) -> None:
    """Do what an arrival asks for."""
    match arrival.incoming.kind:
        case IncomingKind.MEMBERSHIP:
            await membership.receive(arrival)
        case IncomingKind.PRESS:
            await presses.press(arrival)
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
        case IncomingKind.EDITED:
            await _edited(arrival)


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
    await chats.hear(arrival.connection, chat.id, arrival.now)
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
    turn.effects.menus.add(turn.chat.id)
    payload = arrival.incoming.payload or ""
    if payload.startswith(phrases.INVITATION):
        await people.accept(turn, payload.removeprefix(phrases.INVITATION))
    elif payload.startswith(LINK_ORGANIZATION):
        await subscribe.by_link(turn, payload.removeprefix(LINK_ORGANIZATION))
        await connect.offer_waiting(turn)
    elif payload == LINK_CONNECT:
        if not await connect.offer_waiting(turn):
            await connect.explain(turn)
    elif payload:
        await subscribe.choose(turn, turn.say("link-unknown"))
    elif not await connect.offer_waiting(turn):
        if await roles.of_person(turn.connection, turn.person_id):
            await work.menu(turn)  # who works here came to work
        else:
            await subscribe.begin(turn)


async def _message(arrival: Arrival) -> None:
    turn = await _begin_turn(arrival)
    if turn is None:
        return
    said = arrival.incoming.text.text
    token = phrases.invitation(said)
    if token is not None:
        await _note_beginning(turn)
        await people.accept(turn, token)
        return
    command = phrases.command(said)
    shared = turn.chat.account_id in turn.settings.shared_dialogs
    # Whoever works here is heard even after a human of the community answered them.
    silent = (
        turn.chat.silent_until is not None
        and turn.chat.silent_until > turn.now
        and not await roles.of_person(turn.connection, turn.person_id)
    )
    urgent = command in (Command.STOP, Command.FORGET)
    if silent and not (phrases.is_slash(said) or (urgent and turn.chat.began_at is not None)):
        return
    if shared and turn.chat.began_at is None and not phrases.is_slash(said):
        await secretary.greet(turn)
        return
    await _note_beginning(turn)
    on_purpose = command is not None and (phrases.is_slash(said) or urgent)
    if not on_purpose and await _answers(turn):
        return
    if command is None and not phrases.is_slash(said) and await submit.take(turn):
        return
    await _obey(turn, command, said)


async def _answers(turn: Turn) -> bool:
    """Give words to the script that asked for them, if one did."""
    dialog = await dialogs.get(turn.connection, turn.chat.id)
    if dialog is None or dialog.updated_at < turn.now - ASKED_MS or dialog.script not in SCRIPTS:
        return False
    script = SCRIPTS[dialog.script]
    if script.said is None or script.version != dialog.version:
        return False
    return await script.said(turn, dialog.data)


async def _edited(arrival: Arrival) -> None:
    """Hear an edit only of what was taken into a submission: the rest was answered as it stood."""
    here = arrival.incoming
    chat = await chats.find(arrival.connection, arrival.row.account_id, here.chat)
    if chat is None or chat.person_id is None or here.message is None:
        return
    if await arrival.sender() == chat.person_id:
        await submit.edited(await arrival.turn(chat, chat.person_id))


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
        case Command.HELP:
            await smalltalk.help_out(turn)
        case Command.NUMBER:
            await smalltalk.tell_number(turn)
        case Command.HALT:
            await _halt(turn, said)
        case Command.WORK:
            await work.menu(turn)
        case Command.PEOPLE:
            await people.menu(turn)
        case Command.QUEUE:
            await review.queue(turn)
        case Command.PLAN:
            await plan.menu(turn)
        case Command.MINE:
            await mine.menu(turn)
        case Command.HISTORY:
            await mine.history(turn, said)
        case Command.JOIN:
            await people.join(turn, said)
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
