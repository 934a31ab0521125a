"""The questions about a channel, one screen each, and the draft that gathers the answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, replace

from bots import pickers
from bots.names import described, listed
from bots.pickers import Picker
from bots.screens import Choice, Screen, tick
from bots.turn import Refused, Turn
from core.words import ChatKind, Mode
from storage import dialogs, organizations, rubrics, subscriptions
from storage.chats import Chat

NAME = "connect"
VERSION = 1
GAP_S = 3600  # between two posts in one channel
LIMITS = (1, 3, 5, 10)
DEFAULT_LIMIT = 3

MODE_BUTTONS: Mapping[Mode, str] = {
    Mode.AT_ONCE: "channel-mode-at-once",
    Mode.ASK: "channel-mode-ask",
    Mode.URGENT_ONLY: "channel-mode-urgent",
}
_MODE_WORDS: Mapping[Mode, str] = {
    Mode.AT_ONCE: "mode-at-once",
    Mode.ASK: "mode-ask",
    Mode.URGENT_ONLY: "mode-urgent",
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


async def load(turn: Turn, chat: Chat) -> Draft | None:
    """Return what the owner has said about this channel so far; None when that is gone or of an older version."""
    dialog = await dialogs.get(turn.connection, turn.chat.id)
    if dialog is None or (dialog.script, dialog.version) != (NAME, VERSION):
        return None
    if dialog.data["channel"] != chat.id:
        return None
    lists = {key: tuple(dialog.data[key]) for key in ("organizations", "rubrics")}
    return Draft(**{**dialog.data, **lists})


async def begin(turn: Turn, chat: Chat) -> Draft:
    """Return the draft to begin with: what was settled once is offered again as it was."""
    wish = await subscriptions.of_chat(turn.connection, chat.id)
    if wish is None or wish.mode not in MODE_BUTTONS:
        return Draft(chat.id, organization=chat.organization_id)
    return Draft(
        chat.id,
        organization=chat.organization_id,
        organizations=tuple(sorted(wish.organizations)),
        rubrics=tuple(sorted(wish.rubrics)),
        mode=int(wish.mode),
        limit=wish.day_limit or DEFAULT_LIMIT,
    )


async def keep(turn: Turn, draft: Draft) -> Draft:
    """Keep the draft and return it."""
    await dialogs.put(turn.connection, turn.chat.id, NAME, VERSION, asdict(draft), turn.now)
    return draft


def whose_picker(chat: Chat) -> Picker:
    """Return the picker of the organization behind a channel."""
    return Picker(open="whose-group", pick="owner", home="whose", args={"channel": chat.id})


def whose_title(turn: Turn, chat: Chat) -> str:
    """Return the question whose channel or group it is."""
    return turn.say("connect-whose", title=chat.title, kind=kind_of(chat))


def kind_of(chat: Chat) -> str:
    """Return which of two the texts speak of."""
    return "group" if chat.kind is ChatKind.GROUP else "channel"


async def ask_whose(turn: Turn, chat: Chat, hello: str = "") -> None:
    """Ask whose channel it is."""
    rows = await pickers.groups(turn, whose_picker(chat))
    text = turn.text(whose_title(turn, chat), hello, turn.say("connect-whose-text"))
    await turn.show(NAME, VERSION, Screen(text, tuple(rows)))


async def set_owner(turn: Turn, chat: Chat, draft: Draft, organization_id: int) -> None:
    """Take the organization; its own news and the region's are chosen until the owner says otherwise."""
    organization = await organizations.by_id(turn.connection, organization_id)
    if organization is None:
        raise Refused("organization gone")
    draft = replace(draft, organization=organization.id)
    draft = await keep(turn, replace(draft, organizations=await _own(turn, draft)))
    await ask_which(turn, chat, draft)


async def set_own(turn: Turn, chat: Chat, draft: Draft) -> None:
    """Take the organization's own news and the region's, whatever was ticked before."""
    draft = await keep(turn, replace(draft, organizations=await _own(turn, draft)))
    await ask_rubrics(turn, chat, draft, 0)


async def _own(turn: Turn, draft: Draft) -> tuple[int, ...]:
    federation = await organizations.federation(turn.connection)
    return tuple(sorted({draft.organization or federation.id, federation.id}))


async def ask_which(turn: Turn, chat: Chat, draft: Draft) -> None:
    """Ask which organizations' news to publish."""
    rows = (
        (Choice(turn.say("which-own"), "own", {"channel": chat.id}),),
        (Choice(turn.say("which-choose"), "organizations", {"channel": chat.id}),),
        (Choice(turn.say("back"), "whose", {"channel": chat.id}),),
    )
    text = turn.text(turn.say("which-title"), await now_line(turn, draft.organizations))
    await turn.show(NAME, VERSION, Screen(text, rows))


def _organizations_picker(draft: Draft) -> Picker:
    return Picker(
        open="group",
        pick="organization",
        home="organizations",
        ticked=draft.organizations,
        args={"channel": draft.channel},
    )


async def ask_organizations(turn: Turn, chat: Chat, draft: Draft) -> None:
    """Let organizations be ticked."""
    rows = await pickers.groups(turn, _organizations_picker(draft))
    steps = (
        Choice(turn.say("back"), "which", {"channel": chat.id}),
        Choice(turn.say("next-step"), "rubrics", {"channel": chat.id}),
    )
    text = turn.text(
        turn.say("which-title"),
        await now_line(turn, draft.organizations),
        turn.say("tick-hint"),
    )
    await turn.show(NAME, VERSION, Screen(text, (*rows, steps)))


async def ask_members(turn: Turn, draft: Draft, group: str, page: int) -> None:
    """Let the organizations of one group be ticked."""
    rows = await pickers.members(turn, _organizations_picker(draft), group, page)
    text = turn.text(turn.say("which-title"), turn.say("tick-hint"))
    await turn.show(NAME, VERSION, Screen(text, tuple(rows)))


async def ask_rubrics(turn: Turn, chat: Chat, draft: Draft, page: int) -> None:
    """Let topics be ticked, once there is an organization."""
    if not draft.organizations:
        turn.answer(turn.say("choose-one"))
        await ask_organizations(turn, chat, draft)
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


async def ask_how(turn: Turn, chat: Chat) -> None:
    """Ask how to publish."""
    rows = [
        (Choice(turn.say(key), "mode", {"channel": chat.id, "mode": int(mode)}),)
        for mode, key in MODE_BUTTONS.items()
    ]
    back = (Choice(turn.say("back"), "rubrics", {"channel": chat.id}),)
    text = turn.text(turn.say("how-title"), turn.say("how-text"))
    await turn.show(NAME, VERSION, Screen(text, (*rows, back)))


async def ask_limit(turn: Turn, chat: Chat, draft: Draft) -> None:
    """Ask how many a day."""
    row = tuple(
        Choice(
            tick(str(limit), limit == draft.limit),
            "limit",
            {"channel": chat.id, "limit": limit},
        )
        for limit in LIMITS
    )
    back = (Choice(turn.say("back"), "how", {"channel": chat.id}),)
    text = turn.text(turn.say("limit-title"), limit_text(turn))
    await turn.show(NAME, VERSION, Screen(text, (row, back)))


def limit_text(turn: Turn) -> str:
    """Return what happens to news beyond the ceiling."""
    return turn.say("limit-text", minutes=GAP_S // 60)


async def show_summary(turn: Turn, chat: Chat, draft: Draft) -> None:
    """Show all that was said, with the one button that switches it on."""
    rows = (
        (Choice(turn.say("enable"), "enable", {"channel": chat.id}),),
        (
            Choice(turn.say("change"), "whose", {"channel": chat.id}),
            Choice(turn.say("not-now"), "later", {"channel": chat.id}),
        ),
    )
    text = turn.text(
        turn.say("summary-title", title=chat.title),
        "\n".join(await lines(turn, chat, draft)),
        turn.say("summary-text"),
    )
    await turn.show(NAME, VERSION, Screen(text, rows))


async def lines(turn: Turn, chat: Chat, draft: Draft) -> list[str]:
    """Return all that is settled about a channel, a line each."""
    found = [
        await _owner_line(turn, chat, draft),
        await _chosen_line(turn, draft),
        await _topics_line(turn, draft),
        turn.say("line-publishing", way=turn.say(_MODE_WORDS[Mode(draft.mode)])),
        "" if draft.mode == Mode.URGENT_ONLY else turn.say("line-limit", count=draft.limit),
    ]
    return [line for line in found if line]


async def _owner_line(turn: Turn, chat: Chat, draft: Draft) -> str:
    named = await organizations.named(turn.connection, [draft.organization or 0])
    if not named:
        return ""
    return turn.say("line-owner", name=described(turn, named[0]), kind=kind_of(chat))


async def _chosen_line(turn: Turn, draft: Draft) -> str:
    named = await organizations.named(turn.connection, draft.organizations)
    if not named:
        return turn.say("line-nobody")
    return turn.say("line-organizations", names=listed(named))


async def now_line(turn: Turn, chosen: Iterable[int]) -> str:
    """Return whose news are chosen now, to stand above the list of them."""
    named = await organizations.named(turn.connection, chosen)
    return turn.say("line-now", names=listed(named)) if named else turn.say("line-nobody")


async def _topics_line(turn: Turn, draft: Draft) -> str:
    names = [one.name for one in await rubrics.living(turn.connection) if one.id in draft.rubrics]
    return turn.say("line-topics", names=", ".join(names)) if names else turn.say("line-all-topics")
