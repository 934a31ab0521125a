"""Methods about communities and people: who they are and who is a member; the long poll and the key itself."""

from __future__ import annotations

from typing import Any

from sandbox.values import whole
from sandbox.vk import events, longpoll, objects
from sandbox.vk.ask import Ask
from sandbox.vk.errors import invalid, refuse
from sandbox.vk.spec import ANY, COMMUNITY, method
from sandbox.world import Account, World

# What a community key may do (dev.vk.com, rights of access): the bits of groups.getTokenPermissions.
_RIGHTS = (("photos", 4), ("wall", 8192), ("messages", 4096), ("docs", 131072), ("manage", 262144))


def by_id(ask: Ask) -> Any:
    """groups.getById: by id or short name, the key's own community without any; a bare list before 5.139."""
    words = ask.params.words("group_ids") or ask.params.words("group_id")
    if not words and ask.caller.key == "user":
        raise refuse(100, "group_ids is undefined")
    found = [named(ask.world, word) for word in words] if words else [ask.account]
    if not any(found):
        raise invalid("group_ids")
    fields = ask.params.words("fields")
    groups = [
        objects.group(one, fields, len(members(ask.world, one))) | _own_part(ask, one, fields)
        for one in found
        if one
    ]
    return {"groups": groups, "profiles": []} if ask.version >= (5, 139) else groups


def long_poll_server(ask: Ask) -> dict[str, str]:
    """groups.getLongPollServer: address, a key for an hour, and where to begin."""
    account = ask.community(needed=True)
    if not account.settings["long_poll"]["enabled"]:
        raise refuse(100, "longpoll for this group is not enabled")
    return {
        "key": longpoll.open_door(account, ask.now),
        "server": f"{ask.base}/vk/longpoll/{account.id}",
        "ts": str(account.update_seq),
    }


def long_poll_settings(ask: Ask) -> dict[str, Any]:
    """groups.getLongPollSettings."""
    settings = ask.community(needed=True).settings["long_poll"]
    return {
        "is_enabled": settings["enabled"],
        "api_version": settings["api_version"],
        "events": dict(settings["events"]),
    }


def set_long_poll_settings(ask: Ask) -> int:
    """groups.setLongPollSettings: only what is named changes; applies to events from now on."""
    settings = ask.community(needed=True).settings["long_poll"]
    if ask.params.given("enabled"):
        settings["enabled"] = ask.params.flag("enabled")
    if ask.params.given("api_version"):
        settings["api_version"] = ask.params.text("api_version")
    for name in events.NAMES:
        if ask.params.given(name):
            settings["events"][name] = int(ask.params.flag(name))
    ask.changed(None)
    return 1


def member_list(ask: Ask) -> dict[str, Any]:
    """groups.getMembers: sorted by id or by when they joined; with filter=managers who runs the community."""
    account = _group(ask)
    which, fields = ask.params.text("filter"), ask.params.words("fields")
    offset, count = ask.params.page(1000, 1000)
    if which == "managers":
        ask.managed(account.id)
        people = list(account.admins)
    elif which in ("friends", "unsure", "donut"):
        people = []  # nobody here has friends, doubts or subscriptions
    elif which:
        raise invalid("filter")
    else:
        people = _sorted(members(ask.world, account), ask.params.text("sort") or "id_asc")
    page = people[offset : offset + count]
    roles = {id_: {"role": _role(account, id_)} for id_ in page} if which == "managers" else {}
    if fields:
        shown = [objects.user(ask.world.people[id_], fields) | roles.get(id_, {}) for id_ in page]
        return {"count": len(people), "items": shown}
    return {"count": len(people), "items": [{"id": i, **roles[i]} for i in page] if roles else page}


def is_member(ask: Ask) -> Any:
    """groups.isMember: 1 or 0 for user_id, a list for user_ids; objects with `extended`."""
    people = set(members(ask.world, _group(ask)))
    extended = ask.params.flag("extended")
    if ask.params.words("user_ids"):
        ids = ask.params.wholes("user_ids", 500)
        if any(id_ <= 0 for id_ in ids):
            raise invalid("user_ids")
        return [{"user_id": id_, **_membership(id_ in people, extended)} for id_ in ids]
    inside = ask.params.need_whole("user_id") in people
    return _membership(inside, extended) if extended else int(inside)


def banned(ask: Ask) -> dict[str, Any]:
    """groups.getBanned: the people on the community's blacklist."""
    account = ask.community(needed=True)
    dialogs = (chat for chat in ask.world.chats_on("vk") if chat.account == account.name)
    people = [chat.person for chat in dialogs if chat.person and chat.extra.get("blacklisted")]
    owner = ask.params.whole("owner_id")
    if owner is not None and owner not in people:
        raise refuse(104)
    offset, count = ask.params.page(200, 20)
    page = people[offset : offset + count] if owner is None else [owner]
    fields = ask.params.words("fields")
    items = [
        {"type": "profile", "profile": objects.user(ask.world.people[id_], fields), "ban_info": {}}
        for id_ in page
    ]
    return {"count": len(people), "items": items}


def online(ask: Ask) -> dict[str, Any]:
    """groups.getOnlineStatus."""
    there = ask.community(needed=True).settings.get("online", False)
    return {"status": "online" if there else "none"}


def go_online(ask: Ask) -> int:
    """groups.enableOnline: refused (100) when it is on already, as VK does."""
    return _set_online(ask, True)


def go_offline(ask: Ask) -> int:
    """groups.disableOnline: refused (100) when it is off already, as VK does."""
    return _set_online(ask, False)


def token_permissions(ask: Ask) -> dict[str, Any]:
    """groups.getTokenPermissions: a community key here has every right that VK lets one tick."""
    rights = [{"name": name, "setting": bit} for name, bit in _RIGHTS]
    return {"mask": sum(bit for _, bit in _RIGHTS), "permissions": rights}


def users(ask: Ask) -> list[dict[str, Any]]:
    """users.get: known people by id or `id<number>`; the key's owner without ids.

    Numbers that nobody has are left out; names that nobody has are refused (113) if nothing else came.
    """
    words = ask.params.words("user_ids")
    if not words and ask.caller.key == "user":
        words = [str(ask.caller.person)]
    if len(words) > 1000:
        raise refuse(100, "user_ids should contain at most 1000 elements")
    numbers = [whole(word.removeprefix("id")) for word in words]
    ids = [number for number in numbers if number is not None and number > 0]
    if words and not ids:
        raise refuse(113)
    people = [ask.world.people[id_] for id_ in ids if id_ in ask.world.people]
    fields = ask.params.words("fields")
    shown = []
    for person in people:
        dialog = ask.world.dialog(ask.account, person.id)
        gone = dialog is not None and dialog.extra.get("deactivated")
        deleted = {"deactivated": "deleted"} if gone else {}
        if "vk" in person.messengers:
            shown.append(objects.user(person, fields) | deleted)
    return shown


def members(world: World, account: Account) -> list[int]:
    """Return the ids of the people who are in a community."""
    wall = world.chat("vk", -account.id)
    return (
        [id_ for id_, member in wall.members.items() if member.status == "member"] if wall else []
    )


def named(world: World, word: str) -> Account | None:
    """Return the community of that id (also as club5 or public5) or short name."""
    number = word.removeprefix("club").removeprefix("public")
    for account in world.accounts.values():
        if account.network == "vk" and (account.username == word or str(account.id) == number):
            return account
    return None


def _own_part(ask: Ask, account: Account, fields: list[str]) -> dict[str, int]:
    """Return what a community is to the human whose key it is."""
    if ask.caller.key == "community":
        return {}
    # A community that names no administrators has somebody all the same.
    runs = ask.caller.person in (account.admins or [0])
    known = {"is_admin": int(runs), "can_post": int(runs)} | ({"admin_level": 3} if runs else {})
    return {name: known[name] for name in fields if name in known}


def _group(ask: Ask) -> Account:
    word = ask.params.text("group_id")
    account = named(ask.world, word) if word else ask.account
    if account is None:
        raise refuse(125)
    return account


def _sorted(people: list[int], order: str) -> list[int]:
    """Sort members, who come in the order in which they joined."""
    by, _, direction = order.partition("_")
    if by not in ("id", "time") or direction not in ("asc", "desc"):
        raise invalid("sort")
    ordered = sorted(people) if by == "id" else people
    return ordered if direction == "asc" else ordered[::-1]


def _role(account: Account, person: int) -> str:
    return "creator" if person == account.admins[0] else "administrator"


def _membership(inside: bool, extended: bool) -> dict[str, int]:
    details = {"request": 0, "invitation": 0, "can_invite": int(not inside), "can_recall": 0}
    return {"member": int(inside)} | (details if extended else {})


def _set_online(ask: Ask, wanted: bool) -> int:
    settings = ask.community(needed=True).settings
    if settings.get("online", False) is wanted:
        raise refuse(100, f"online is already {'enabled' if wanted else 'disabled'}")
    settings["online"] = wanted
    ask.changed(None)
    return 1


METHODS = {
    "groups.disableOnline": method(go_offline, ANY, "group_id"),
    "groups.enableOnline": method(go_online, ANY, "group_id"),
    "groups.getBanned": method(banned, ANY, "group_id offset count fields owner_id", missing="when and why"),
    "groups.getById": method(by_id, ANY, "group_ids group_id fields"),
    "groups.getLongPollServer": method(long_poll_server, ANY, "group_id"),
    "groups.getLongPollSettings": method(long_poll_settings, ANY, "group_id"),
    "groups.getMembers": method(member_list, ANY, "group_id sort offset count fields filter"),
    "groups.getOnlineStatus": method(online, ANY, "group_id"),
    "groups.getTokenPermissions": method(token_permissions, COMMUNITY, missing="keys with fewer rights"),
    "groups.isMember": method(is_member, ANY, "group_id user_id user_ids extended"),
    "groups.setLongPollSettings": method(
        set_long_poll_settings, ANY, " ".join(("group_id enabled api_version", *events.NAMES))
    ),
    "users.get": method(users, ANY, "user_ids fields"),
}  # fmt: skip
