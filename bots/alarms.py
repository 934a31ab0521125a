"""What is wrong is told to those who can mend it: once, once a day while it lasts, and when it is over.

How often is what storage.alarms says; here are the words, and who hears them.
"""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType

from bots.times import moment_words
from bots.turn import Turn
from bots.watch import Duty
from core.words import AlarmKind, Reason, RoleKind
from newsroom.reasons import REASONS
from storage import alarms, chats, organizations, people, roles
from storage.alarms import Alarm, id_of
from storage.chats import Chat

LOOK_MS = 60_000
# By kind: what is said when it begins, what is to be done, and what is said when it is over.
_SAID = MappingProxyType(
    {
        AlarmKind.ACCOUNT: ("alarm-account", "alarm-account-remedy", "alarm-account-over"),
        AlarmKind.SILENT: ("alarm-silent", "alarm-silent-remedy", "alarm-silent-over"),
        AlarmKind.STUCK: ("alarm-stuck", "alarm-stuck-remedy", "alarm-stuck-over"),
        AlarmKind.UNKNOWNS: ("alarm-unknowns", "alarm-unknowns-remedy", "alarm-unknowns-over"),
        AlarmKind.DISK: ("alarm-disk", "alarm-disk-remedy", "alarm-disk-over"),
        AlarmKind.CHAT: ("alarm-chat", "alarm-chat-remedy", "alarm-chat-over"),
    }
)
# Of these the account itself carries no words while they last.
_MUTE = (AlarmKind.ACCOUNT, AlarmKind.SILENT)
_CHAT_REMEDIES = MappingProxyType(
    {
        Reason.NO_RIGHTS: "alarm-chat-rights",
        Reason.CHAT_NOT_FOUND: "alarm-chat-lost",
        Reason.TOPIC_CLOSED: "alarm-chat-topic",
    }
)


async def look(duty: Duty) -> int | None:
    """Tell of every alarm that is due to be told; where nobody can be spoken to, it is tried again."""
    for alike in _together(await alarms.untold(duty.connection, duty.now)):
        async with duty.apart(f"alarm {alike[0].id}"):
            turns = await _whom(duty, alike)
            for turn in turns:
                await turn.tell(turn.text(*await _words(turn, alike)))
            for one in alike if turns else ():
                await alarms.told(duty.connection, one, duty.now)
    again = await alarms.next_moment(duty.connection)
    return again if again is not None and again > duty.now else None


def _together(untold: Sequence[Alarm]) -> list[list[Alarm]]:
    """Return alarms with those that are one matter: all accounts of a messenger that is down."""
    groups: dict[tuple[object, ...], list[Alarm]] = {}
    for one in untold:
        silent = one.kind is AlarmKind.SILENT
        key = (one.kind, one.detail, one.cleared_at is None) if silent else (one.id,)
        groups.setdefault(key, []).append(one)
    return list(groups.values())


async def _words(turn: Turn, alike: Sequence[Alarm]) -> tuple[str, ...]:
    one = alike[0]
    head, remedy, over = _SAID[one.kind]
    values = await _values(turn, one)
    if len(alike) > 1:
        values["title"] = turn.settings.networks.get(one.detail, one.detail)
    if one.cleared_at is not None:
        return (turn.say(over, **values),)
    if one.kind is AlarmKind.CHAT:
        remedy = _CHAT_REMEDIES.get(Reason(int(one.detail)), remedy)
    return turn.say(head, **values), _since(turn, one), turn.say(remedy)


def _since(turn: Turn, one: Alarm) -> str:
    """Return when it began, where people are reminded of it."""
    if turn.now - one.raised_at < alarms.AGAIN_MS:
        return ""
    return turn.say("alarm-since", when=moment_words(one.raised_at, turn.settings.zone))


async def _values(turn: Turn, one: Alarm) -> dict[str, str | int]:
    """Return what an alarm's sentences speak of."""
    if one.kind is AlarmKind.CHAT:
        chat = await chats.get(turn.connection, id_of(one))
        if chat is None:
            return {"title": "", "network": "", "why": REASONS[Reason(int(one.detail))]}
        account = await turn.account(chat.account_id)
        return {
            "title": chat.title or chat.external,
            "network": turn.settings.networks.get(account.network, account.network),
            "why": REASONS[Reason(int(one.detail))],
        }
    if one.kind in (AlarmKind.DISK, AlarmKind.UNKNOWNS):
        return {"count": int(one.detail or 0)}
    account = await turn.account(id_of(one))
    count = int(one.detail) if one.detail.isdecimal() else 0
    network = turn.settings.networks.get(account.network, account.network)
    return {
        "title": f"{account.title or account.slug}, {network}",
        "why": one.detail,
        "count": count,
    }


async def _whom(duty: Duty, alike: Sequence[Alarm]) -> list[Turn]:
    """Return turns with the administrators; of a chat, with those who see to its organization, if there are any."""
    one = alike[0]
    persons: list[int] = []
    if one.kind is AlarmKind.CHAT:
        persons = await _keepers(duty, await chats.get(duty.connection, id_of(one)))
    administrators = await people.having(duty.connection, duty.settings.administrators)
    # Where people heard of it they hear that it is over, not on the account that has come back.
    avoided = await _troubled(duty) | {id_of(it) for it in alike if it.kind in _MUTE}
    for group in (persons, administrators):
        found = [await _turn(duty, person_id, avoided) for person_id in group]
        turns = [turn for turn in found if turn is not None]
        if turns:
            return turns
    return []


async def _keepers(duty: Duty, chat: Chat | None) -> list[int]:
    """Return the owner of a chat and the press officers and administrators of its organization."""
    if chat is None:
        return []
    owner = [] if chat.person_id is None else [chat.person_id]
    if chat.organization_id is None:
        return owner
    line = [one.id for one in await organizations.line_up(duty.connection, chat.organization_id)]
    own = await roles.holders(duty.connection, line[:1], (RoleKind.PRESS, RoleKind.ADMINISTRATOR))
    return list(dict.fromkeys([*owner, *(role.person_id for role in own)]))


async def _troubled(duty: Duty) -> frozenset[int]:
    """Return the accounts that carry no words just now."""
    return frozenset(
        id_of(one) for one in await alarms.standing(duty.connection) if one.kind in _MUTE
    )


async def _turn(duty: Duty, person_id: int, avoided: frozenset[int]) -> Turn | None:
    mine = await chats.private_of(duty.connection, person_id)
    where = sorted(mine, key=lambda chat: chat.account_id in avoided)
    return await duty.turn_in(where[0]) if where else None
