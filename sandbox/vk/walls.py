"""Methods that write on walls: posts now and later, their changes, and the limits of a day."""

from __future__ import annotations

from typing import Any

from sandbox.vk import media, posts
from sandbox.vk.ask import Ask
from sandbox.vk.errors import NO_RIGHT, invalid, refuse
from sandbox.vk.posts import release
from sandbox.vk.spec import ANY, USER, method
from sandbox.world import Account, Chat, Message

GUID_LIVES = 3600  # seconds in which a repeated guid makes no second post
MAX_AHEAD = 365 * 86400  # seconds; how far a publish_date may lie ahead
_MOSCOW = 3 * 3600  # seconds; VK counts the postponed posts of a day of its own
_FLAGS = {"mark_as_ads": "ads", "close_comments": "closed"}  # parameter, key in Message.extra


def post(ask: Ask) -> dict[str, int]:
    """wall.post: publishes, or postpones with publish_date; a guid posts once an hour.

    With post_id a postponed post is published now.
    """
    account, wall = _writable(ask)
    if ask.params.given("post_id"):
        return _publish_now(ask, account, wall)
    holds = posts.content(ask, account)
    guid = ask.params.text("guid")
    ask.call.key, ask.call.digest = guid or None, media.digest(holds.text, holds.files)
    before = _posted_before(wall, guid, ask.now)
    if before is not None:
        ask.call.messages.append(before)
        return {"post_id": before}
    if ask.params.given("donut_paid_duration"):
        raise refuse(225)
    at, details = _publish_date(ask), _details(ask)
    _spare(ask, account, wall, at)
    by_group = ask.params.flag("from_group")
    said = Message(
        id=wall.next_id(),
        at=ask.now,
        sender=account.id if by_group else ask.caller.person,
        by_account=by_group,
        key=guid or None,
        extra={"by_api": True, "created_by": ask.caller.person, **details},
    )
    posts.fill(said, holds)
    _sign(ask, said)
    if guid:
        wall.extra.setdefault("guids", []).append([guid, said.id, ask.now])
    if at is None:
        posts.publish(account, wall, said)
    else:
        posts.postpone(account, wall, said, at)
    ask.changed(wall, said.id)
    return {"post_id": said.id}


def edit(ask: Ask) -> dict[str, int]:
    """wall.edit: text and attachments are replaced together; what waits may get another time."""
    account, wall = _writable(ask)
    said = _there(ask, wall)
    holds = posts.content(ask, account)
    at, details = _publish_date(ask), _details(ask)
    if at is not None:
        _check_free(wall, at, said.id)
    posts.fill(said, holds)
    said.extra |= details
    _sign(ask, said)
    if said in wall.messages:
        said.edited = ask.now
    else:
        posts.postpone(account, wall, said, int(said.at) if at is None else at)
    ask.call.digest = media.digest(holds.text, holds.files)
    ask.changed(wall, said.id)
    return {"post_id": said.id}


def delete(ask: Ask) -> int:
    """wall.delete."""
    account, wall = _writable(ask)
    said = _there(ask, wall)
    posts.remove(account, wall, said)
    ask.changed(wall, said.id)
    return 1


def restore(ask: Ask) -> int:
    """wall.restore: a post comes back in its place."""
    account, wall = _writable(ask)
    number = ask.params.need_whole("post_id")
    posts.restore(account, wall, number)
    ask.changed(wall, number)
    return 1


def pin(ask: Ask) -> int:
    """wall.pin: one post at a time; what waits cannot be pinned."""
    _, wall = _writable(ask)
    said = wall.find(ask.params.need_whole("post_id"))
    if said is None:
        raise refuse(210)
    set_pin(wall, said)
    ask.changed(wall, said.id)
    return 1


def unpin(ask: Ask) -> int:
    """wall.unpin."""
    _, wall = _writable(ask)
    said = _there(ask, wall)
    if said.id not in wall.pinned:
        raise refuse(100, "post is not pinned")
    set_pin(wall, None)
    ask.changed(wall, said.id)
    return 1


def close_comments(ask: Ask) -> int:
    """wall.closeComments: 0 if they are closed already."""
    return _comments(ask, closed=True)


def open_comments(ask: Ask) -> int:
    """wall.openComments: 0 if they are open already."""
    return _comments(ask, closed=False)


def set_pin(wall: Chat, said: Message | None) -> None:
    """Pin a post in the place of the one that was; None leaves none."""
    for other in wall.messages:
        other.extra.pop("pinned", None)
    wall.pinned = [] if said is None else [said.id]
    if said is not None:
        said.extra["pinned"] = True


def _comments(ask: Ask, *, closed: bool) -> int:
    _, wall = ask.wall()
    said = wall.find(ask.params.need_whole("post_id"))
    if said is None or said.extra.get("closed", False) is closed:
        return 0
    said.extra["closed"] = closed
    ask.changed(wall, said.id)
    return 1


def _writable(ask: Ask) -> tuple[Account, Chat]:
    account, wall = ask.wall()
    if not account.wall_rights:
        raise refuse(15, NO_RIGHT, error_subcode=1133)
    release(ask.world, account, wall)
    return account, wall


def _there(ask: Ask, wall: Chat) -> Message:
    number = ask.params.need_whole("post_id")
    for said in [*wall.messages, *posts.waiting(wall)]:
        if said.id == number:
            return said
    raise refuse(210)


def _publish_now(ask: Ask, account: Account, wall: Chat) -> dict[str, int]:
    number = ask.params.need_whole("post_id")
    said = next((one for one in posts.waiting(wall) if one.id == number), None)
    if said is None:
        raise refuse(210)
    _spare(ask, account, wall, None)
    release(ask.world, account, wall, said)
    ask.changed(wall, said.id)
    return {"post_id": said.id}


def _details(ask: Ask) -> dict[str, Any]:
    """Return what else a call says about a post."""
    params = ask.params
    details: dict[str, Any] = {
        key: params.flag(name) for name, key in _FLAGS.items() if params.given(name)
    }
    link = params.text("copyright")
    if link:
        if not link.startswith(("http://", "https://")):
            raise invalid("copyright")
        host = link.partition("://")[2].partition("/")[0]
        details["copyright"] = {"link": link, "name": host, "type": "link"}
    if params.given("lat") or params.given("long"):
        point = f"{params.number('lat', 90)} {params.number('long', 180)}"
        details["geo"] = {"type": "point", "coordinates": point, "showmap": 1}
    return details


def _sign(ask: Ask, said: Message) -> None:
    """Put the name of the human under a post of the community, or take it away; as it was if nothing is said."""
    if said.by_account and ask.params.flag("signed"):
        said.extra["signer_id"] = ask.caller.person
    elif ask.params.given("signed"):
        said.extra.pop("signer_id", None)


def _publish_date(ask: Ask) -> int | None:
    at = ask.params.whole("publish_date")
    if at is not None and not ask.now < at <= ask.now + MAX_AHEAD:
        raise invalid("publish_date")
    return at


def _posted_before(wall: Chat, guid: str, now: float) -> int | None:
    memory = [row for row in wall.extra.get("guids", []) if now - row[2] < GUID_LIVES]
    wall.extra["guids"] = memory
    return next((int(row[1]) for row in memory if row[0] == guid), None) if guid else None


def _spare(ask: Ask, account: Account, wall: Chat, at: int | None) -> None:
    """Hold to the limits of posts a day, or of those that wait (error 214)."""
    limits = ask.gate.limits
    if at is not None:
        _check_free(wall, at)
        same_day = [one for one in posts.waiting(wall) if _day(one.at) == _day(at)]
        for name, shelf in (("postponed", same_day), ("postponed_all", posts.waiting(wall))):
            most = limits.rate("vk", name)
            if most is not None and len(shelf) >= most.count:
                when = " on a day" if name == "postponed" else ""
                raise refuse(214, f"you can only schedule {most.count} posts{when}")
        return
    rate = limits.rate("vk", "wall")
    if rate is not None and limits.allow(("vk", "wall", account.name), rate.count, rate.per_s):
        raise refuse(214, f"you can only add {rate.count} posts a day")


def _check_free(wall: Chat, at: int, but: int = 0) -> None:
    if any(int(one.at) == at and one.id != but for one in posts.waiting(wall)):
        raise refuse(214, "a post is already scheduled for this time")


def _day(at: float) -> int:
    return int(at + _MOSCOW) // 86400


METHODS = {
    "wall.closeComments": method(close_comments, ANY, "owner_id post_id"),
    "wall.delete": method(delete, USER, "owner_id post_id"),
    "wall.edit": method(
        edit, USER,
        "owner_id post_id message attachments signed publish_date mark_as_ads close_comments copyright lat long",
        missing="backgrounds, topics, donut",
    ),
    "wall.openComments": method(open_comments, ANY, "owner_id post_id"),
    "wall.pin": method(pin, USER, "owner_id post_id"),
    "wall.post": method(
        post, USER,
        "owner_id from_group message attachments signed publish_date post_id guid mark_as_ads close_comments "
        "copyright lat long donut_paid_duration",
        missing="walls of people, suggested posts, export to other services, titles and pictures of links",
    ),
    "wall.restore": method(restore, USER, "owner_id post_id"),
    "wall.unpin": method(unpin, USER, "owner_id post_id"),
}  # fmt: skip
