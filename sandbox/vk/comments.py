"""Comments under the posts of a wall: of people, of the community, and what the community hears of them."""

from __future__ import annotations

from typing import Any

from sandbox.networks import Wrong
from sandbox.vk import events, media, objects
from sandbox.vk.ask import Ask
from sandbox.vk.errors import invalid, missing, refuse
from sandbox.vk.spec import ANY, USER, method
from sandbox.world import Account, Chat, Message, World

MAX_ATTACHMENTS = 2  # dev.vk.com, wall.createComment


def create(ask: Ask) -> dict[str, Any]:
    """wall.createComment: in the name of the community or of the human; a guid comments once."""
    account, wall = ask.anyones_wall()
    said = wall.find(ask.params.need_whole("post_id"))
    if said is None or said.extra.get("closed"):
        raise refuse(213)
    text, named = ask.params.text("message"), ask.params.words("attachments")
    if not text and not named:
        raise missing("message")
    if len(named) > MAX_ATTACHMENTS:
        raise refuse(100, "too many attachments")
    files = media.attached(ask.account, named, ask.caller.accounts)
    replied = ask.params.whole("reply_to_comment")
    if replied is not None and replied not in [one["id"] for one in of_post(said)]:
        raise invalid("reply_to_comment")
    guid = ask.params.text("guid")
    ask.call.key, ask.call.digest = guid or None, media.digest(text, files)
    before = [one["id"] for one in of_post(said) if guid and one["guid"] == guid]
    if before:
        return {"comment_id": before[0], "parents_stack": []}
    made = add(account, wall, said, _author(ask), text, ask.now)
    made |= {"attachments": [media.wire(file) for file in files], "guid": guid}
    made |= {} if replied is None else {"reply_to_comment": replied}
    _tell(account, said, made)
    ask.changed(wall, made["id"])
    return {"comment_id": made["id"], "parents_stack": []}


def get(ask: Ask) -> dict[str, Any]:
    """wall.getComments: oldest first, newest first with sort=desc."""
    account, wall = ask.anyones_wall()
    said = wall.find(ask.params.need_whole("post_id"))
    if said is None:
        raise refuse(212)
    found = of_post(said)
    if ask.params.text("sort") == "desc":
        found = found[::-1]
    offset, count = ask.params.page(100, 10)
    answer = {
        "count": len(found),
        "items": [_shown(account, said, one) for one in found[offset : offset + count]],
        "current_level_count": len(found),
        "can_post": not said.extra.get("closed"),
        "show_reply_button": True,
        "groups_can_post": True,
    }
    if not ask.params.flag("extended"):
        return answer
    fields, authors = ask.params.words("fields"), {one["from_id"] for one in found}
    people = [person for id_, person in ask.world.people.items() if id_ in authors]
    profiles = [objects.user(person, fields) for person in people]
    return answer | {"profiles": profiles, "groups": [objects.group(account, fields, 0)]}


def write(
    world: World, account: Account, chat: Chat, person: int, args: dict[str, Any]
) -> dict[str, Any]:
    """A person comments on a post of a wall in VK's app; raises Wrong where that is impossible."""
    number, text = args.get("message"), args.get("text")
    said = chat.find(number) if isinstance(number, int) and chat.kind == "wall" else None
    if said is None:
        raise Wrong(f"there is no post {number!r}: name a wall as chat and a post's id as message")
    if said.extra.get("closed"):
        raise Wrong("comments under this post are closed")
    if not isinstance(text, str) or not text:
        raise Wrong("give the words of the comment as text")
    made = add(account, chat, said, person, text, world.clock.now())
    _tell(account, said, made)
    return {"comment": made["id"]}


def of_post(said: Message) -> list[dict[str, Any]]:
    """Return the comments under a post, oldest first."""
    comments: list[dict[str, Any]] = said.extra.setdefault("comments", [])
    return comments


def add(
    account: Account, wall: Chat, said: Message, author: int, text: str, now: float
) -> dict[str, Any]:
    """Put a comment under a post; comments and posts share their numbers."""
    made = {"id": wall.next_id(), "from_id": author, "date": int(now), "text": text, "guid": ""}
    of_post(said).append(made)
    return made


def _author(ask: Ask) -> int:
    group = ask.params.whole("from_group") or 0
    if ask.caller.key == "community":
        return -ask.account.id
    return -ask.managed(group).id if group else ask.caller.person


def _tell(account: Account, said: Message, comment: dict[str, Any]) -> None:
    shown = _shown(account, said, comment)
    events.emit(account, "wall_reply_new", shown | {"post_owner_id": -account.id})


def _shown(account: Account, said: Message, comment: dict[str, Any]) -> dict[str, Any]:
    kept = {name: value for name, value in comment.items() if name != "guid"}
    return {**kept, "post_id": said.id, "owner_id": -account.id, "parents_stack": []}


METHODS = {
    "wall.createComment": method(
        create, ANY, "owner_id post_id from_group message reply_to_comment attachments guid",
        missing="stickers, threads",
    ),
    "wall.getComments": method(
        get, USER, "owner_id post_id offset count sort extended fields", missing="likes, threads"
    ),
}  # fmt: skip
