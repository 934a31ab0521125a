"""Methods that read walls: wall.get and wall.getById."""

from __future__ import annotations

from typing import Any

from sandbox.values import whole
from sandbox.vk import objects, posts
from sandbox.vk.ask import Ask
from sandbox.vk.errors import invalid
from sandbox.vk.posts import release
from sandbox.vk.spec import USER, method
from sandbox.world import Account, Chat, Message


def get(ask: Ask) -> dict[str, Any]:
    """wall.get: of any community, the pinned post first, then newest first; what waits only for its managers."""
    account, wall = _read(ask)
    release(ask.world, account, wall)
    shelf = _filtered(ask, account, wall)
    offset, count = ask.params.page(100, 20)
    items = [objects.post(account, said) for said in shelf[offset : offset + count]]
    return {"count": len(shelf), "items": items} | _extended(ask, account)


def by_id(ask: Ask) -> dict[str, Any]:
    """wall.getById: those of the named posts (`-1_2`) that are there."""
    ask.params.need_text("posts")
    items = []
    for word in ask.params.words("posts"):
        owner, _, number = word.removeprefix("wall").partition("_")
        owner_id, post_id = whole(owner), whole(number.partition("_")[0])
        if owner_id is None or post_id is None:
            raise invalid("posts")
        account, wall = ask.world.account_by_id("vk", -owner_id), ask.world.chat("vk", owner_id)
        if account is not None and wall is not None:
            release(ask.world, account, wall)
            said = wall.find(post_id)
            items += [objects.post(account, said)] if said else []
    return {"items": items} | _extended(ask, ask.account)


def _read(ask: Ask) -> tuple[Account, Chat]:
    named = ask.params.text("domain").removeprefix("club").removeprefix("public")
    if named and not ask.params.given("owner_id"):
        wall = ask.world.chat("vk", -(whole(named) or 0))
        account = ask.world.account("vk", (wall.account or "") if wall else "")
        if wall is None or account is None:
            raise invalid("domain")
        return account, wall
    return ask.anyones_wall()


def _filtered(ask: Ask, account: Account, wall: Chat) -> list[Message]:
    which = ask.params.text("filter") or "all"
    if which in ("postponed", "suggests", "donut"):
        ask.managed(account.id)
        return posts.waiting(wall)[::-1] if which == "postponed" else []
    if which not in ("all", "owner", "others"):
        raise invalid("filter")
    fits = {"all": (True, False), "owner": (True,), "others": (False,)}[which]
    newest = [said for said in wall.messages[::-1] if said.by_account in fits]
    return sorted(newest, key=lambda said: said.id not in wall.pinned)


def _extended(ask: Ask, account: Account) -> dict[str, Any]:
    if not ask.params.flag("extended"):
        return {}
    return {"profiles": [], "groups": [objects.group(account, ask.params.words("fields"), 0)]}


METHODS = {
    "wall.get": method(get, USER, "owner_id domain offset count filter extended fields"),
    "wall.getById": method(by_id, USER, "posts extended fields"),
}
