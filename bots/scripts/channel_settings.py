"""One change of a channel that is switched on: it holds at once, nothing else is asked again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bots import pickers
from bots.pickers import Picker
from bots.screens import Choice, Screen, tick
from bots.scripts import channels, connect
from bots.scripts import connect_steps as steps
from bots.turn import Refused, Turn
from core.words import ChatState, Mode
from storage import organizations, rubrics, subscriptions
from storage.chats import Chat
from storage.subscriptions import Subscription

NAME = "channel"
VERSION = 1


@dataclass(frozen=True, slots=True)
class _Channel:
    """The channel that is changed, and what it wishes for now."""

    turn: Turn
    chat: Chat
    wish: Subscription

    @property
    def args(self) -> dict[str, Any]:
        """Return what every button carries."""
        return {"channel": self.chat.id}

    def choice(self, key: str, do: str, **args: Any) -> Choice:
        """Return a button about this channel."""
        return Choice(self.turn.say(key), do, {**self.args, **args})

    async def show(self, title: str, line: str, *rows: tuple[Choice, ...]) -> None:
        """Show a screen with the way back to all that can be changed."""
        back = (self.choice("back", "change"),)
        text = self.turn.text(title, line)
        await self.turn.show(NAME, VERSION, Screen(text, (*rows, back)))

    async def anew(self) -> _Channel:
        """Return the channel with its wish as it is by now, once that change is noted."""
        await self.turn.note("channel.changed", f"chat:{self.chat.id}")
        wish = await subscriptions.of_chat(self.turn.connection, self.chat.id)
        assert wish is not None
        self.turn.answer(self.turn.say("saved"))
        return _Channel(self.turn, self.chat, wish)


async def press(turn: Turn, do: str, args: Mapping[str, Any]) -> None:
    """Do what a button of this script says."""
    chat = await connect.may_settle(turn, args["channel"])
    wish = await subscriptions.of_chat(turn.connection, chat.id)
    if chat.state is not ChatState.ACTIVE or wish is None or wish.ended_at is not None:
        turn.answer(turn.say("channel-off"))
        await channels.show_channel(turn, chat)
        return
    await _step(_Channel(turn, chat, wish), do, args)


async def _step(channel: _Channel, do: str, args: Mapping[str, Any]) -> None:
    match do:
        case "change":
            await _show_changes(channel)
        case "organizations":
            await _show_groups(channel)
        case "group":
            await _show_members(channel, args["group"], args["page"])
        case "organization":
            await _choose_organization(channel, args)
        case "rubrics":
            await _show_rubrics(channel, args["page"])
        case "rubric":
            await _choose_rubric(channel, args)
        case "ways":
            await _show_ways(channel)
        case "way":
            await _choose_way(channel, Mode(args["mode"]))
        case "limits":
            await _show_limits(channel)
        case "limit":
            await _choose_limit(channel, args["limit"])
        case _:
            raise Refused("unknown action")


async def _show_changes(channel: _Channel) -> None:
    turn, chat = channel.turn, channel.chat
    limit = (
        () if channel.wish.mode is Mode.URGENT_ONLY else (channel.choice("menu-limit", "limits"),)
    )
    rows = (
        (
            channel.choice("menu-organizations", "organizations"),
            channel.choice("menu-topics", "rubrics", page=0),
        ),
        (channel.choice("menu-publishing", "ways"), *limit),
        (Choice(turn.say("switch-off"), "off", channel.args, script=channels.NAME),),
        (Choice(turn.say("back"), "channel", channel.args, script=channels.NAME),),
    )
    lines = await steps.lines(turn, chat, await steps.begin(turn, chat))
    text = turn.text(turn.say("change-title", title=chat.title), "\n".join(lines))
    await turn.show(NAME, VERSION, Screen(text, rows))


def _picker(channel: _Channel) -> Picker:
    return Picker(
        open="group",
        pick="organization",
        home="organizations",
        ticked=channel.wish.organizations,
        args=channel.args,
    )


async def _show_groups(channel: _Channel) -> None:
    turn = channel.turn
    rows = await pickers.groups(turn, _picker(channel))
    now = await steps.now_line(turn, channel.wish.organizations)
    await channel.show(turn.say("which-title"), f"{now}\n\n{turn.say('tick-hint')}", *rows)


async def _show_members(channel: _Channel, group: str, page: int) -> None:
    turn = channel.turn
    rows = await pickers.members(turn, _picker(channel), group, page)
    text = turn.text(turn.say("which-title"), turn.say("tick-hint"))
    await turn.show(NAME, VERSION, Screen(text, tuple(rows)))


async def _choose_organization(channel: _Channel, args: Mapping[str, Any]) -> None:
    turn, on = channel.turn, bool(args["on"])
    organization = await organizations.by_id(turn.connection, args["organization"])
    if organization is None:
        raise Refused("organization gone")
    if not on and channel.wish.organizations <= {organization.id}:
        # Without any the channel would be on and silent.
        turn.answer(turn.say("choose-one"))
    else:
        await subscriptions.set_organization(turn.connection, channel.wish.id, organization.id, on)
        channel = await channel.anew()
    if "group" in args:
        await _show_members(channel, args["group"], args["page"])
    else:
        await _show_groups(channel)


async def _show_rubrics(channel: _Channel, page: int) -> None:
    turn = channel.turn
    picker = Picker(
        open="rubrics",
        pick="rubric",
        home="change",
        ticked=channel.wish.rubrics,
        args=channel.args,
    )
    rows = await pickers.topics(turn, picker, page)
    names = [
        one.name for one in await rubrics.living(turn.connection) if one.id in channel.wish.rubrics
    ]
    line = turn.say("line-topics", names=", ".join(names)) if names else turn.say("topics-all-hint")
    await turn.show(NAME, VERSION, Screen(turn.text(turn.say("topics-title"), line), tuple(rows)))


async def _choose_rubric(channel: _Channel, args: Mapping[str, Any]) -> None:
    await subscriptions.set_rubric(
        channel.turn.connection, channel.wish.id, args["rubric"], bool(args["on"])
    )
    await _show_rubrics(await channel.anew(), args["page"])


async def _show_ways(channel: _Channel) -> None:
    turn = channel.turn
    rows = [
        (
            Choice(
                tick(turn.say(key), mode is channel.wish.mode),
                "way",
                {**channel.args, "mode": mode},
            ),
        )
        for mode, key in steps.MODE_BUTTONS.items()
    ]
    await channel.show(turn.say("how-title"), turn.say("how-text"), *rows)


async def _choose_way(channel: _Channel, mode: Mode) -> None:
    if mode not in steps.MODE_BUTTONS:
        raise Refused("unknown way")
    await subscriptions.set_mode(channel.turn.connection, channel.wish.id, mode)
    await _show_changes(await channel.anew())


async def _show_limits(channel: _Channel) -> None:
    turn = channel.turn
    row = tuple(
        Choice(
            tick(str(limit), limit == channel.wish.day_limit),
            "limit",
            {**channel.args, "limit": limit},
        )
        for limit in steps.LIMITS
    )
    await channel.show(turn.say("limit-title"), steps.limit_text(turn), row)


async def _choose_limit(channel: _Channel, limit: int) -> None:
    if limit not in steps.LIMITS:
        raise Refused("unknown limit")
    await subscriptions.set_day_limit(channel.turn.connection, channel.wish.id, limit)
    await _show_changes(await channel.anew())
