"""Posts of a community's wall: what they may hold, those that wait, and those that were deleted."""

from __future__ import annotations

from bisect import insort
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sandbox.vk import events, media, objects, votes
from sandbox.vk.ask import Ask
from sandbox.vk.errors import invalid, missing, refuse
from sandbox.world import Account, Chat, Media, Message, Poll, World

MAX_PICTURES, MAX_AUDIOS = 10, 10  # photos and videos together; tracks (dev.vk.com, wall.post)
_KEPT_DELETED = 100  # posts that may be restored
_LOOK = 1.0  # seconds of the machine's time between two looks at the clock for what waits


@dataclass(frozen=True, slots=True)
class Content:
    """What a post consists of."""

    text: str
    files: list[Media]
    links: list[str]
    poll: Poll | None


def content(ask: Ask, account: Account) -> Content:
    """Return what a call wants a post to hold.

    Raises Refusal 100 for too much of a kind and for a poll alone: at most ten photos and videos, ten
    tracks, one document, one link, one poll beside something else.
    """
    text, named = ask.params.text("message"), ask.params.words("attachments")
    links = [word for word in named if word.startswith(("http://", "https://"))]
    polls = [word for word in named if word.startswith("poll")]
    others = [word for word in named if word not in links and word not in polls]
    files = media.attached(account, others, ask.caller.accounts)
    _check_numbers(files, links, polls)
    if not text and not named:
        raise missing("message")
    if polls and not text and not files and not links:
        raise refuse(100, "a poll cannot be posted alone")
    found = votes.known(ask.caller.accounts, polls[0]) if polls else None
    if polls and found is None:
        raise refuse(100, "attachment is invalid")
    return Content(text, files, links, found[1] if found else None)


def fill(said: Message, holds: Content) -> None:
    """Let a post hold something else."""
    said.text, said.media, said.poll = holds.text, holds.files, holds.poll
    said.extra["links"] = holds.links


def publish(account: Account, wall: Chat, said: Message) -> None:
    """Put a post on the wall and tell the community."""
    wall.messages.append(said)
    events.emit(account, "wall_post_new", objects.post(account, said))


def write(
    world: World, account: Account, wall: Chat, person: int, text: str, files: Sequence[Media]
) -> Message:
    """A human administrator posts in the community's name."""
    said = Message(
        id=wall.next_id(),
        at=world.clock.now(),
        sender=account.id,
        by_account=True,
        text=text,
        media=list(files),
        extra={"created_by": person},
    )
    publish(account, wall, said)
    world.touch(wall)
    return said


# those that wait


def waiting(wall: Chat) -> list[Message]:
    """Return the postponed posts, the earliest first; they are kept as plain data, out of people's sight."""
    rows = wall.extra.get("postponed", {}).values()
    return sorted((_loaded(row) for row in rows), key=lambda said: said.at)


def postpone(account: Account, wall: Chat, said: Message, at: int) -> None:
    """Let a post wait, or wait until another time, and tell the community."""
    again = str(said.id) in wall.extra.get("postponed", {})
    if again:  # VK tells of a change as of a deletion and a new one
        events.emit(account, "wall_schedule_post_delete", _scheduled(said))
    said.at, said.extra["post_type"] = float(at), "postpone"
    wall.extra.setdefault("postponed", {})[str(said.id)] = asdict(said)
    events.emit(account, "wall_schedule_post_new", _scheduled(said))


def release(world: World, account: Account, wall: Chat, only: Message | None = None) -> None:
    """Publish the postponed posts that have come due, or a single one at once.

    A published post gets a new id and names its old one.
    """
    now = world.clock.now()
    due = [said for said in waiting(wall) if said.at <= now] if only is None else [only]
    for said in due:
        del wall.extra["postponed"][str(said.id)]
        said.extra |= {"post_type": "post", "postponed_id": said.id}
        said.at, said.id = min(said.at, now), wall.next_id()
        publish(account, wall, said)
    if due:
        world.touch(wall)


async def in_time(world: World) -> None:
    """Publish for ever what comes due on any wall, and close the polls whose time is over."""
    while True:
        for account in [a for a in world.accounts.values() if a.network == "vk"]:
            wall = world.chat("vk", -account.id)
            if wall is not None:
                release(world, account, wall)
            votes.close_due(world, account)
        await world.clock.wait_moved(_LOOK)


# those that are gone


def remove(account: Account, wall: Chat, said: Message) -> None:
    """Delete a post, waiting or published; the last hundred may be restored."""
    if said in wall.messages:
        wall.messages.remove(said)
        wall.pinned = [number for number in wall.pinned if number != said.id]
        said.extra.pop("pinned", None)
    else:
        del wall.extra["postponed"][str(said.id)]
        events.emit(account, "wall_schedule_post_delete", _scheduled(said))
    gone = wall.extra.setdefault("deleted", {})
    gone[str(said.id)] = asdict(said)
    for old in list(gone)[:-_KEPT_DELETED]:
        del gone[old]


def restore(account: Account, wall: Chat, number: int) -> None:
    """Put a deleted post back in its place; raises Refusal 210 if there is none."""
    row = wall.extra.get("deleted", {}).pop(str(number), None)
    if row is None:
        raise refuse(210)
    said = _loaded(row)
    if said.extra.get("post_type") == "postpone":
        postpone(account, wall, said, int(said.at))
    else:
        insort(wall.messages, said, key=lambda other: (other.at, other.id))


def _check_numbers(files: Sequence[Media], links: Sequence[str], polls: Sequence[str]) -> None:
    words = [media.name_of(file) for file in files]
    if any(word.startswith(("audio_message", "graffiti")) for word in words):
        raise invalid("attachments")
    pictures = sum(word.startswith(("photo", "video")) for word in words)
    docs = sum(word.startswith("doc") for word in words)
    tracks = len(words) - pictures - docs
    many = pictures > MAX_PICTURES or tracks > MAX_AUDIOS
    if many or max(docs, len(links), len(polls)) > 1:
        raise refuse(100, "too many attachments")


def _scheduled(said: Message) -> dict[str, int]:
    return {"id": said.id, "schedule_time": int(said.at)}


def _loaded(row: dict[str, Any]) -> Message:
    files = [Media(**item) for item in row["media"]]
    poll = votes.loaded(row["poll"]) if row.get("poll") else None
    return Message(**{**row, "media": files, "poll": poll})
