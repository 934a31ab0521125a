"""A channel connects itself: rights, whose it is, which news, how, how many, and only then «Включить»."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from bots import pickers
from bots.screens import Choice, Screen
from bots.scripts import connect_steps as steps
from bots.turn import Refused, Turn
from core.errors import MessengerError
from core.words import ChatKind, ChatState, Mode, Reason
from storage import chats, dialogs, outgoing, screens, subscriptions
from storage.chats import Chat

NAME = steps.NAME
VERSION = steps.VERSION

# The messenger's words for what is missing, as people know them.
_MISSING: Mapping[str, str] = {
    "member": "right-member",
    "administrator": "right-administrator",
    "can_post_messages": "right-post",
    "can_send_messages": "right-write",
}


async def press(turn: Turn, do: str, args: Mapping[str, Any]) -> None:
    """Do what a button of this script says."""
    chat = await may_settle(turn, args["channel"])
    if do == "check":
        await _check(turn, chat)
        return
    if do == "later":
        await dialogs.drop(turn.connection, turn.chat.id)
        await turn.show(NAME, VERSION, Screen(turn.text(None, turn.say("connect-later"))))
        return
    draft = await steps.load(turn, chat)
    if draft is None and do == "enable" and chat.state is ChatState.ACTIVE:
        turn.answer(turn.say("enabled-already"))
        return
    if draft is None:
        await offer(turn, chat, turn.say("connect-anew"))
        return
    await _step(turn, chat, draft, do, args)


async def _step(
    turn: Turn, chat: Chat, draft: steps.Draft, do: str, args: Mapping[str, Any]
) -> None:
    match do:
        case "whose":
            await steps.ask_whose(turn, chat)
        case "whose-group":
            picker = steps.whose_picker(chat)
            rows = await pickers.members(turn, picker, args["group"], args["page"])
            text = turn.text(steps.whose_title(turn, chat))
            await turn.show(NAME, VERSION, Screen(text, tuple(rows)))
        case "owner":
            await steps.set_owner(turn, chat, draft, args["organization"])
        case "own":
            await steps.set_own(turn, chat, draft)
        case "which":
            await steps.ask_which(turn, chat, draft)
        case "organizations":
            await steps.ask_organizations(turn, chat, draft)
        case "group":
            await steps.ask_members(turn, draft, args["group"], args["page"])
        case "organization":
            chosen = _toggled(draft.organizations, args["organization"], args["on"])
            draft = await steps.keep(turn, replace(draft, organizations=chosen))
            if "group" in args:
                await steps.ask_members(turn, draft, args["group"], args["page"])
            else:
                await steps.ask_organizations(turn, chat, draft)
        case "rubrics":
            await steps.ask_rubrics(turn, chat, draft, args.get("page", 0))
        case "rubric":
            chosen = _toggled(draft.rubrics, args["rubric"], args["on"])
            draft = await steps.keep(turn, replace(draft, rubrics=chosen))
            await steps.ask_rubrics(turn, chat, draft, args["page"])
        case "how":
            await steps.ask_how(turn, chat)
        case "mode":
            draft = await steps.keep(turn, replace(draft, mode=int(Mode(args["mode"]))))
            if draft.mode == Mode.URGENT_ONLY:
                await steps.show_summary(turn, chat, draft)
            else:
                await steps.ask_limit(turn, chat, draft)
        case "limit":
            if args["limit"] not in steps.LIMITS:
                raise Refused("unknown limit")
            draft = await steps.keep(turn, replace(draft, limit=args["limit"]))
            await steps.show_summary(turn, chat, draft)
        case "enable":
            await _enable(turn, chat, draft)
        case _:
            raise Refused("unknown action")


async def _check(turn: Turn, chat: Chat) -> None:
    found = turn.rights(chat)
    if isinstance(found, MessengerError):
        turn.answer(turn.say("check-unreachable"))
    elif not found.can_post:
        turn.answer(turn.say("check-missing", right=_right(turn, chat, found.missing)))
    await offer(turn, chat)


async def offer(turn: Turn, chat: Chat, remark: str = "") -> None:
    """Look at the rights in a chat and ask about it, in one message and no other."""
    await _ask_or_say_missing(turn, chat, remark)
    for message in await _overtaken(turn, chat):
        text = turn.text(None, turn.say("connect-elsewhere", title=chat.title))
        await turn.change(message, text)


async def _overtaken(turn: Turn, chat: Chat) -> list[str]:
    """Return the other messages that ask about this channel; their buttons mean nothing any more."""
    others = await screens.other_messages(
        turn.connection, turn.chat.id, NAME, turn.now, turn.pressed_message
    )
    about = [
        (screen, message)
        for screen, message in others
        if any(choice["args"].get("channel") == chat.id for choice in screen.choices)
    ]
    for screen, _ in about:
        await screens.close(turn.connection, screen.id, turn.now)
    return [message for _, message in about]


async def _ask_or_say_missing(turn: Turn, chat: Chat, remark: str) -> None:
    found = turn.rights(chat)
    again = Choice(turn.say("check-again"), "check", {"channel": chat.id})
    later = Choice(turn.say("not-now"), "later", {"channel": chat.id})
    if isinstance(found, MessengerError):
        text = turn.text(None, turn.say("connect-unreachable", title=chat.title))
        await turn.show(NAME, VERSION, Screen(text, ((again,), (later,))))
        return
    title = found.title or chat.title
    if found.title and found.title != chat.title:
        await chats.rename(turn.connection, chat.id, found.title)
    if not found.can_post:
        await _say_missing(turn, chat, title, found.missing, (again,), (later,))
        return
    if chat.state is ChatState.UNCONFIRMED and chat.reason is Reason.NO_RIGHTS:
        await chats.set_state(turn.connection, chat.id, ChatState.UNCONFIRMED)
    chat = replace(chat, title=title)
    begun = await steps.load(turn, chat) or await steps.begin(turn, chat)
    draft = await steps.keep(turn, begun)
    if draft.organization is not None and draft.organizations:
        await steps.show_summary(turn, chat, draft)
    else:
        await steps.ask_whose(turn, chat, remark or turn.say("connect-hello"))


async def offer_waiting(turn: Turn) -> bool:
    """Ask about a channel that waits for its owner's word; False if there is none."""
    waiting = [
        chat
        for chat in await chats.unconfirmed(turn.connection, turn.chat.account_id, turn.person_id)
        if not await _switched_off(turn, chat)
    ]
    if not waiting:
        return False
    await offer(turn, waiting[0])
    return True


async def explain(turn: Turn) -> None:
    """Say how a channel is connected."""
    await turn.tell(turn.text(turn.say("connect-how-title"), turn.say("connect-how")))


async def may_settle(turn: Turn, chat_id: int) -> Chat:
    """Return the channel if this person may settle things in it. Raises Refused otherwise."""
    chat = await chats.get(turn.connection, chat_id)
    if chat is None or chat.kind is ChatKind.PRIVATE or chat.state is ChatState.GONE:
        raise Refused("channel gone")
    if chat.from_config:
        raise Refused("channel of the configuration")
    if chat.person_id != turn.person_id and not await turn.is_administrator():
        raise Refused("not the owner")
    return chat


async def _switched_off(turn: Turn, chat: Chat) -> bool:
    wish = await subscriptions.of_chat(turn.connection, chat.id)
    return wish is not None and wish.ended_at is not None


def _toggled(chosen: tuple[int, ...], one: int, on: bool) -> tuple[int, ...]:
    rest = tuple(other for other in chosen if other != one)
    return (*rest, one) if on else rest


def _right(turn: Turn, chat: Chat, missing: str) -> str:
    usual = "right-post" if chat.kind is ChatKind.CHANNEL else "right-write"
    return turn.say(_MISSING.get(missing, usual))


async def _say_missing(
    turn: Turn, chat: Chat, title: str, missing: str, *rows: tuple[Choice, ...]
) -> None:
    right = _right(turn, chat, missing)
    account = await turn.account(chat.account_id)
    bot = account.title or account.handle or turn.say("our-account")
    where = "where-channel" if chat.kind is ChatKind.CHANNEL else "where-group"
    text = turn.text(
        None,
        turn.say("connect-no-right", title=title, right=right),
        turn.say(where, bot=bot),
    )
    await turn.show(NAME, VERSION, Screen(text, rows))


async def _enable(turn: Turn, chat: Chat, draft: steps.Draft) -> None:
    found = turn.rights(chat)
    if isinstance(found, MessengerError) or not found.can_post:
        await offer(turn, chat)
        return
    if draft.organization is None or not draft.organizations:
        await steps.ask_whose(turn, chat)
        return
    await chats.assign(turn.connection, chat.id, draft.organization)
    await chats.set_state(turn.connection, chat.id, ChatState.ACTIVE)
    await subscriptions.put(
        turn.connection,
        chat.id,
        mode=Mode(draft.mode),
        digest_minute=turn.settings.digest_minute,
        night=None,  # readers mute a channel in the messenger
        organizations=draft.organizations,
        rubrics=draft.rubrics,
        day_limit=draft.limit,
        gap_s=steps.GAP_S,
        now=turn.now,
    )
    await dialogs.drop(turn.connection, turn.chat.id)
    await turn.note("channel.enabled", f"chat:{chat.id}", mode=draft.mode, limit=draft.limit)
    text = turn.text(None, turn.say("enabled", title=chat.title))
    rows = ((Choice(turn.say("my-channels"), "list", script="channels"),),)
    await turn.show(NAME, VERSION, Screen(text, rows))
    turn.ring("asking")


async def switch_off(turn: Turn, chat: Chat) -> None:
    """Let nothing go to a channel any more, without leaving it; what is off stays as it is."""
    if chat.state is not ChatState.ACTIVE:
        return
    wish = await subscriptions.of_chat(turn.connection, chat.id)
    if wish is not None and wish.ended_at is None:
        await subscriptions.end(turn.connection, wish.id, turn.now)
    await outgoing.call_off_chat(turn.connection, chat.id, turn.now)
    await chats.set_state(turn.connection, chat.id, ChatState.UNCONFIRMED, Reason.OTHER)
    await turn.note("channel.disabled", f"chat:{chat.id}")
