"""Community walls: posts now and later, their changes, and the limit of fifty a day."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from sandbox.vk import events, media, objects
from sandbox.vk.ask import Ask
from sandbox.vk.errors import NO_RIGHT, invalid, missing, refuse
from sandbox.vk.spec import USER, method
from sandbox.world import Account, Chat, Media, Message, World

GUID_LIVES = 3600  # seconds in which a repeated guid makes no second post
MAX_ATTACHMENTS = 10
MAX_AHEAD = 365 * 86400  # seconds; how far a publish_date may lie ahead
_LOOK = 1.0  # seconds of the machine's time between two looks at the clock for a postponed post


def post(ask: Ask) -> dict[str, int]:
    """wall.post: publishes, or postpones with publish_date; a guid posts once an hour."""
    account, wall = _writable(ask)
    text, files, links = _content(ask, account)
    guid = ask.params.text("guid")
    ask.call.key, ask.call.digest = guid or None, media.digest(text, files)
    before = _posted_before(wall, guid, ask.now)
    if before is not None:
        ask.call.messages.append(before)
        return {"post_id": before}
    at = ask.params.whole("publish_date")
    if at is not None and not ask.now < at <= ask.now + MAX_AHEAD:
        raise invalid("publish_date")
    _spare(ask, account)
    by_group = ask.params.flag("from_group")
    said = Message(
        id=wall.next_id(),
        at=ask.now,
        sender=account.id if by_group else ask.caller.person,
        by_account=by_group,
        text=text,
        media=files,
        key=guid or None,
        extra={"links": links, "by_api": True, "created_by": ask.caller.person},
    )
    if by_group and ask.params.flag("signed"):
        said.extra["signer_id"] = ask.caller.person
    if guid:
        wall.extra.setdefault("guids", []).append([guid, said.id, ask.now])
    if at is None:
        _publish(account, wall, said)
    else:
        _postpone(ask, account, wall, said, at)
    ask.changed(wall, said.id)
    return {"post_id": said.id}


def edit(ask: Ask) -> dict[str, int]:
    """wall.edit: text and attachments are replaced together."""
    account, wall = _writable(ask)
    said = _there(ask, account, wall)
    text, files, links = _content(ask, account)
    said.text, said.media, said.extra["links"] = text, files, links
    if said in wall.messages:
        said.edited = ask.now
    else:
        _shelve(wall, said)
    ask.call.digest = media.digest(text, files)
    ask.changed(wall, said.id)
    return {"post_id": said.id}


def delete(ask: Ask) -> int:
    """wall.delete."""
    account, wall = _writable(ask)
    said = _there(ask, account, wall)
    if said in wall.messages:
        wall.messages.remove(said)
    else:
        _unshelve(wall, said)
    ask.changed(wall, said.id)
    return 1


def get(ask: Ask) -> dict[str, Any]:
    """wall.get: newest first; with filter=postponed those that wait."""
    account, wall = ask.wall()
    release(ask.world, account, wall)
    shelf = _postponed(wall) if ask.params.text("filter") == "postponed" else wall.messages
    offset, count = ask.params.page(100, 20)
    items = [objects.post(account, said) for said in shelf[::-1][offset : offset + count]]
    return {"count": len(shelf), "items": items} | _extended(ask, account)


def by_id(ask: Ask) -> dict[str, Any]:
    """wall.getById: those of the named posts (`-1_2`) that are there; others' walls are not shown."""
    ask.params.need_text("posts")
    items = []
    for word in ask.params.words("posts"):
        owner, _, number = word.removeprefix("wall").partition("_")
        if not owner.lstrip("-").isdigit() or not number.partition("_")[0].isdigit():
            raise invalid("posts")
        for account in ask.caller.accounts:
            wall = ask.world.chat("vk", -account.id)
            if account.id == -int(owner) and wall is not None:
                release(ask.world, account, wall)
                said = wall.find(int(number.partition("_")[0]))
                items += [objects.post(account, said)] if said else []
    return {"items": items} | _extended(ask, ask.account)


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
    _publish(account, wall, said)
    world.touch(wall)
    return said


def _publish(account: Account, wall: Chat, said: Message) -> None:
    wall.messages.append(said)
    events.emit(account, "wall_post_new", objects.post(account, said))


def _postpone(ask: Ask, account: Account, wall: Chat, said: Message, at: int) -> None:
    said.at, said.extra["post_type"] = float(at), "postpone"
    _shelve(wall, said)
    # The loop holds tasks weakly. Losing one is no harm: what is due goes out before the next look too.
    asyncio.get_running_loop().create_task(_publish_in_time(ask.world, account, wall, said.id))


async def _publish_in_time(world: World, account: Account, wall: Chat, number: int) -> None:
    while not world.stopping.is_set():
        waiting = next((said for said in _postponed(wall) if said.id == number), None)
        if waiting is None:
            return
        left = waiting.at - world.clock.now()
        if left <= 0:
            release(world, account, wall)
            return
        await world.clock.wait_moved(min(left, _LOOK) if world.clock.mode == "real" else _LOOK)


def release(world: World, account: Account, wall: Chat) -> None:
    """Publish the postponed posts that have come due; a published post gets a new id and names its old one."""
    due = [said for said in _postponed(wall) if said.at <= world.clock.now()]
    for said in due:
        _unshelve(wall, said)
        said.extra |= {"post_type": "post", "postponed_id": said.id}
        said.id = wall.next_id()
        _publish(account, wall, said)
    if due:
        world.touch(wall)


def _postponed(wall: Chat) -> list[Message]:
    """Return the posts that wait, the earliest first; they are kept as plain data, out of people's sight."""
    kept = wall.extra.get("postponed", {}).values()
    waiting = [
        Message(**{**row, "media": [Media(**item) for item in row["media"]]}) for row in kept
    ]
    return sorted(waiting, key=lambda said: said.at)


def _shelve(wall: Chat, said: Message) -> None:
    wall.extra.setdefault("postponed", {})[str(said.id)] = asdict(said)


def _unshelve(wall: Chat, said: Message) -> None:
    wall.extra["postponed"].pop(str(said.id))


def _writable(ask: Ask) -> tuple[Account, Chat]:
    account, wall = ask.wall()
    if not account.wall_rights:
        raise refuse(15, NO_RIGHT, error_subcode=1133)
    release(ask.world, account, wall)
    return account, wall


def _there(ask: Ask, account: Account, wall: Chat) -> Message:
    number = ask.params.need_whole("post_id")
    for said in [*wall.messages, *_postponed(wall)]:
        if said.id == number:
            return said
    raise refuse(210)


def _content(ask: Ask, account: Account) -> tuple[str, list[Media], list[str]]:
    """Return text, files and links of a post; at most one link, as VK shows only one."""
    text, named = ask.params.text("message"), ask.params.words("attachments")
    links = [word for word in named if word.startswith(("http://", "https://"))]
    if len(named) > MAX_ATTACHMENTS or len(links) > 1:
        raise refuse(100, "too many attachments")
    files = media.attached(account, [word for word in named if word not in links])
    if not text and not named:
        raise missing("message")
    return text, files, links


def _posted_before(wall: Chat, guid: str, now: float) -> int | None:
    memory = [row for row in wall.extra.get("guids", []) if now - row[2] < GUID_LIVES]
    wall.extra["guids"] = memory
    return next((int(row[1]) for row in memory if row[0] == guid), None) if guid else None


def _spare(ask: Ask, account: Account) -> None:
    limits = ask.gate.limits
    rate = limits.rate("vk", "wall")
    if rate is not None and limits.allow(("vk", "wall", account.name), rate.count, rate.per_s):
        raise refuse(214, f"you can only add {rate.count} posts a day")


def _extended(ask: Ask, account: Account) -> dict[str, Any]:
    if not ask.params.flag("extended"):
        return {}
    return {"profiles": [], "groups": [objects.group(account, ask.params.words("fields"), 0)]}


METHODS = {
    "wall.delete": method(delete, USER, "owner_id post_id"),
    "wall.edit": method(edit, USER, "owner_id post_id message attachments signed publish_date"),
    "wall.get": method(get, USER, "owner_id offset count filter extended fields"),
    "wall.getById": method(by_id, USER, "posts extended fields"),
    "wall.post": method(post, USER, "owner_id from_group message attachments signed publish_date post_id guid"),
}  # fmt: skip
