"""A channel connects itself: rights, whose it is, which news, how, how many, and only then «Включить»."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from bots import pickers
from bots.pickers import Picker
from bots.screens import Choice, Screen
from bots.times import hours
from bots.turn import Refused, Turn
from core.errors import MessengerError
from core.words import ChatKind, ChatState, Mode, Reason
from storage import chats, dialogs, organizations, rubrics, subscriptions
from storage.chats import Chat

NAME = "connect"
VERSION = 1
GAP_S = 3600  # between two posts in one channel
LIMITS = (1, 3, 5, 10)
DEFAULT_LIMIT = 3

MODE_WORDS: Mapping[Mode, str] = {
    Mode.AT_ONCE: "channel-mode-at-once",
    Mode.ASK: "channel-mode-ask",
    Mode.URGENT_ONLY: "channel-mode-urgent",
}

# The messenger's words for what is missing, as people know them.
_MISSING: Mapping[str, str] = {
    "member": "right-member",
    "administrator": "right-administrator",
    "can_post_messages": "right-post",
    "can_send_messages": "right-write",
}


@dataclass(frozen=True, slots=True)
class Draft:
    """What the owner has said so far; `organizations` and `rubrics` are ids."""

    channel: int
    organization: int | None = None
    organizations: tuple[int, ...] = ()
    rubrics: tuple[int, ...] = ()
    mode: int = int(Mode.AT_ONCE)
    limit: int = DEFAULT_LIMIT


async def press(turn: Turn, do: str, args: Mapping[str, Any]) -> None:
    """Do what a button of this script says."""
    chat = await may_settle(turn, args["channel"])
    if do == "check":
        await offer(turn, chat)
        return
    if do == "later":
        await dialogs.drop(turn.connection, turn.chat.id)
        await turn.show(NAME, VERSION, Screen(turn.text(None, turn.say("connect-later"))))
        return
    draft = await _draft(turn, chat)
    if draft is None and do == "enable" and chat.state is ChatState.ACTIVE:
        turn.answer(turn.say("enabled-already"))
        return
    if draft is None:
        await offer(turn, chat, turn.say("connect-anew"))
        return
    await _step(turn, chat, draft, do, args)


async def _step(turn: Turn, chat: Chat, draft: Draft, do: str, args: Mapping[str, Any]) -> None:
    match do:
        case "whose":
            await _ask_whose(turn, chat)
        case "whose-group":
            picker = _whose_picker(chat)
            rows = await pickers.members(turn, picker, args["group"], args["page"])
            text = turn.text(turn.say("connect-whose", title=chat.title))
            await turn.show(NAME, VERSION, Screen(text, tuple(rows)))
        case "owner":
            await _set_owner(turn, chat, draft, args["organization"])
        case "which":
            await _ask_which(turn, chat, draft)
        case "organizations":
            await _ask_organizations(turn, chat, draft)
        case "group":
            await _ask_members(turn, draft, args["group"], args["page"])
        case "organization":
            chosen = _toggled(draft.organizations, args["organization"], args["on"])
            draft = await _keep(turn, replace(draft, organizations=chosen))
            if "group" in args:
                await _ask_members(turn, draft, args["group"], args["page"])
            else:
                await _ask_organizations(turn, chat, draft)
        case "rubrics":
            await _ask_rubrics(turn, chat, draft, args.get("page", 0))
        case "rubric":
            chosen = _toggled(draft.rubrics, args["rubric"], args["on"])
            draft = await _keep(turn, replace(draft, rubrics=chosen))
            await _ask_rubrics(turn, chat, draft, args["page"])
        case "how":
            await _ask_how(turn, chat)
        case "mode":
            draft = await _keep(turn, replace(draft, mode=int(Mode(args["mode"]))))
            if draft.mode == Mode.URGENT_ONLY:
                await _show_summary(turn, chat, draft)
            else:
                await _ask_limit(turn, chat, draft)
        case "limit":
            if args["limit"] not in LIMITS:
                raise Refused("unknown limit")
            draft = await _keep(turn, replace(draft, limit=args["limit"]))
            await _show_summary(turn, chat, draft)
        case "enable":
            await _enable(turn, chat, draft)
        case _:
            raise Refused("unknown action")


async def offer(turn: Turn, chat: Chat, remark: str = "") -> None:
    """Look at the rights in a chat and begin to ask about it."""
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
    if chat.state is ChatState.UNCONFIRMED and chat.reason is not None:
        await chats.set_state(turn.connection, chat.id, ChatState.UNCONFIRMED)
    chat = replace(chat, title=title)
    draft = await _keep(turn, await _drafted(turn, chat))
    if draft.organization is not None and draft.organizations:
        await _show_summary(turn, chat, draft)
    else:
        await _ask_whose(turn, chat, remark or turn.say("connect-hello"))


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


async def _draft(turn: Turn, chat: Chat) -> Draft | None:
    dialog = await dialogs.get(turn.connection, turn.chat.id)
    if dialog is None or (dialog.script, dialog.version) != (NAME, VERSION):
        return None
    if dialog.data["channel"] != chat.id:
        return None
    lists = {key: tuple(dialog.data[key]) for key in ("organizations", "rubrics")}
    return Draft(**{**dialog.data, **lists})


async def _drafted(turn: Turn, chat: Chat) -> Draft:
    # What was settled once is offered again as it was.
    wish = await subscriptions.of_chat(turn.connection, chat.id)
    if wish is None or wish.mode not in MODE_WORDS:
        return Draft(chat.id, organization=chat.organization_id)
    return Draft(
        chat.id,
        organization=chat.organization_id,
        organizations=tuple(sorted(wish.organizations)),
        rubrics=tuple(sorted(wish.rubrics)),
        mode=int(wish.mode),
        limit=wish.day_limit or DEFAULT_LIMIT,
    )


async def _keep(turn: Turn, draft: Draft) -> Draft:
    await dialogs.put(turn.connection, turn.chat.id, NAME, VERSION, asdict(draft), turn.now)
    return draft


def _toggled(chosen: tuple[int, ...], one: int, on: bool) -> tuple[int, ...]:
    rest = tuple(other for other in chosen if other != one)
    return (*rest, one) if on else rest


async def _say_missing(
    turn: Turn, chat: Chat, title: str, missing: str, *rows: tuple[Choice, ...]
) -> None:
    usual = "right-post" if chat.kind is ChatKind.CHANNEL else "right-write"
    right = turn.say(_MISSING.get(missing, usual))
    where = "where-channel" if chat.kind is ChatKind.CHANNEL else "where-group"
    text = turn.text(None, turn.say("connect-no-right", title=title, right=right), turn.say(where))
    await turn.show(NAME, VERSION, Screen(text, rows))


# The steps


def _whose_picker(chat: Chat) -> Picker:
    return Picker(open="whose-group", pick="owner", home="whose", args={"channel": chat.id})


async def _ask_whose(turn: Turn, chat: Chat, hello: str = "") -> None:
    rows = await pickers.groups(turn, _whose_picker(chat))
    text = turn.text(
        turn.say("connect-whose", title=chat.title), hello, turn.say("connect-whose-text")
    )
    await turn.show(NAME, VERSION, Screen(text, tuple(rows)))


async def _set_owner(turn: Turn, chat: Chat, draft: Draft, organization_id: int) -> None:
    organization = await organizations.by_id(turn.connection, organization_id)
    if organization is None:
        raise Refused("organization gone")
    federation = await organizations.federation(turn.connection)
    both = tuple(sorted({organization.id, federation.id}))
    draft = await _keep(turn, replace(draft, organization=organization.id, organizations=both))
    await _ask_which(turn, chat, draft)


async def _ask_which(turn: Turn, chat: Chat, draft: Draft) -> None:
    rows = (
        (Choice(turn.say("which-own"), "rubrics", {"channel": chat.id}),),
        (Choice(turn.say("which-choose"), "organizations", {"channel": chat.id}),),
        (Choice(turn.say("back"), "whose", {"channel": chat.id}),),
    )
    text = turn.text(turn.say("which-title"), await _chosen_line(turn, draft))
    await turn.show(NAME, VERSION, Screen(text, rows))


def _organizations_picker(draft: Draft) -> Picker:
    return Picker(
        open="group",
        pick="organization",
        home="organizations",
        ticked=draft.organizations,
        args={"channel": draft.channel},
    )


async def _ask_organizations(turn: Turn, chat: Chat, draft: Draft) -> None:
    rows = await pickers.groups(turn, _organizations_picker(draft))
    steps = (
        Choice(turn.say("back"), "which", {"channel": chat.id}),
        Choice(turn.say("next-step"), "rubrics", {"channel": chat.id}),
    )
    text = turn.text(
        turn.say("which-title"), await _chosen_line(turn, draft), turn.say("tick-hint")
    )
    await turn.show(NAME, VERSION, Screen(text, (*rows, steps)))


async def _ask_members(turn: Turn, draft: Draft, group: str, page: int) -> None:
    rows = await pickers.members(turn, _organizations_picker(draft), group, page)
    text = turn.text(turn.say("which-title"), turn.say("tick-hint"))
    await turn.show(NAME, VERSION, Screen(text, tuple(rows)))


async def _ask_rubrics(turn: Turn, chat: Chat, draft: Draft, page: int) -> None:
    if not draft.organizations:
        turn.answer(turn.say("choose-one"))
        await _ask_organizations(turn, chat, draft)
        return
    names = {one.id: one.name for one in await rubrics.living(turn.connection)}
    picker = Picker(
        open="rubrics",
        pick="rubric",
        home="which",
        ticked=draft.rubrics,
        args={"channel": chat.id},
    )
    rows = await pickers.topics(turn, picker, page)
    if len(rows[-1]) == 1:
        # The way on stands on the last page; a list of one page is the rule.
        rows[-1] = (*rows[-1], Choice(turn.say("next-step"), "how", {"channel": chat.id}))
    chosen = ", ".join(names[one] for one in draft.rubrics if one in names)
    line = turn.say("line-topics", names=chosen) if chosen else turn.say("topics-all-hint")
    text = turn.text(turn.say("topics-title"), line)
    await turn.show(NAME, VERSION, Screen(text, tuple(rows)))


async def _ask_how(turn: Turn, chat: Chat) -> None:
    rows = [
        (Choice(turn.say(key), "mode", {"channel": chat.id, "mode": int(mode)}),)
        for mode, key in MODE_WORDS.items()
    ]
    back = (Choice(turn.say("back"), "rubrics", {"channel": chat.id}),)
    text = turn.text(turn.say("how-title"), turn.say("how-text"))
    await turn.show(NAME, VERSION, Screen(text, (*rows, back)))


async def _ask_limit(turn: Turn, chat: Chat, draft: Draft) -> None:
    row = tuple(
        Choice(
            f"✓ {limit}" if limit == draft.limit else str(limit),
            "limit",
            {"channel": chat.id, "limit": limit},
        )
        for limit in LIMITS
    )
    back = (Choice(turn.say("back"), "how", {"channel": chat.id}),)
    text = turn.text(turn.say("limit-title"), turn.say("limit-text", minutes=GAP_S // 60))
    await turn.show(NAME, VERSION, Screen(text, (row, back)))


async def _show_summary(turn: Turn, chat: Chat, draft: Draft) -> None:
    night = turn.settings.channel_night
    lines = [
        await _owner_line(turn, draft),
        await _chosen_line(turn, draft),
        await _topics_line(turn, draft),
        turn.say("line-way", way=turn.say(MODE_WORDS[Mode(draft.mode)])),
        "" if draft.mode == Mode.URGENT_ONLY else turn.say("line-limit", count=draft.limit),
        turn.say("line-night", hours=hours(night)) if night else turn.say("line-no-night"),
    ]
    rows = (
        (Choice(turn.say("enable"), "enable", {"channel": chat.id}),),
        (
            Choice(turn.say("change"), "whose", {"channel": chat.id}),
            Choice(turn.say("not-now"), "later", {"channel": chat.id}),
        ),
    )
    text = turn.text(
        turn.say("summary-title", title=chat.title),
        "\n".join(line for line in lines if line),
        turn.say("summary-text"),
    )
    await turn.show(NAME, VERSION, Screen(text, rows))


async def _enable(turn: Turn, chat: Chat, draft: Draft) -> None:
    found = turn.rights(chat)
    if isinstance(found, MessengerError) or not found.can_post:
        await offer(turn, chat)
        return
    if draft.organization is None or not draft.organizations:
        await _ask_whose(turn, chat)
        return
    await chats.assign(turn.connection, chat.id, draft.organization)
    await chats.set_state(turn.connection, chat.id, ChatState.ACTIVE)
    await subscriptions.put(
        turn.connection,
        chat.id,
        mode=Mode(draft.mode),
        digest_minute=turn.settings.digest_minute,
        night=turn.settings.channel_night,
        organizations=draft.organizations,
        rubrics=draft.rubrics,
        day_limit=draft.limit,
        gap_s=GAP_S,
        now=turn.now,
    )
    await dialogs.drop(turn.connection, turn.chat.id)
    await turn.note("channel.enabled", f"chat:{chat.id}", mode=draft.mode, limit=draft.limit)
    text = turn.text(None, turn.say("enabled", title=chat.title))
    rows = ((Choice(turn.say("my-channels"), "list", script="channels"),),)
    await turn.show(NAME, VERSION, Screen(text, rows))
    turn.ring("asking")


async def switch_off(turn: Turn, chat: Chat) -> None:
    """Let nothing go to a channel any more, without leaving it."""
    wish = await subscriptions.of_chat(turn.connection, chat.id)
    if wish is not None and wish.ended_at is None:
        await subscriptions.end(turn.connection, wish.id, turn.now)
    await chats.set_state(turn.connection, chat.id, ChatState.UNCONFIRMED, Reason.OTHER)
    await turn.note("channel.disabled", f"chat:{chat.id}")


async def _owner_line(turn: Turn, draft: Draft) -> str:
    named = await organizations.named(turn.connection, [draft.organization or 0])
    return turn.say("line-owner", name=named[0].name) if named else ""


async def _chosen_line(turn: Turn, draft: Draft) -> str:
    named = await organizations.named(turn.connection, draft.organizations)
    if not named:
        return turn.say("line-nobody")
    return turn.say("line-organizations", names=", ".join(one.short for one in named))


async def _topics_line(turn: Turn, draft: Draft) -> str:
    names = [one.name for one in await rubrics.living(turn.connection) if one.id in draft.rubrics]
    return turn.say("line-topics", names=", ".join(names)) if names else turn.say("line-all-topics")
