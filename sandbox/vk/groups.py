"""Methods about communities and people: who they are, who is a member, what the long poll reports."""

from __future__ import annotations

from typing import Any

from sandbox.vk import events, longpoll, objects
from sandbox.vk.ask import Ask
from sandbox.vk.errors import invalid, refuse
from sandbox.vk.spec import ANY, method
from sandbox.world import Account, World


def by_id(ask: Ask) -> dict[str, Any]:
    """groups.getById: by id or short name, the key's own community without any."""
    words = ask.params.words("group_ids") or ask.params.words("group_id")
    if not words and ask.caller.key == "user":
        raise refuse(100, "group_ids is undefined")
    found = [_named(ask.world, word) for word in words] if words else [ask.account]
    if not any(found):
        raise invalid("group_ids")
    fields = ask.params.words("fields")
    groups = [objects.group(one, fields, len(members(ask.world, one))) for one in found if one]
    return {"groups": groups, "profiles": []}


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
    """groups.getMembers: ids in ascending order."""
    account = _group(ask)
    people = sorted(members(ask.world, account))
    offset, count = ask.params.page(1000, 1000)
    page = people[offset : offset + count]
    if ask.params.given("fields"):
        fields = ask.params.words("fields")
        shown = [objects.user(ask.world.people[id_], fields) for id_ in page]
        return {"count": len(people), "items": shown}
    return {"count": len(people), "items": page}


def is_member(ask: Ask) -> Any:
    """groups.isMember: 1 or 0 for user_id, a list for user_ids."""
    people = members(ask.world, _group(ask))
    if ask.params.given("user_ids"):
        ids = ask.params.wholes("user_ids", 500)
        return [{"user_id": id_, "member": int(id_ in people)} for id_ in ids]
    return int(ask.params.need_whole("user_id") in people)


def users(ask: Ask) -> list[dict[str, Any]]:
    """users.get: known people by id or `id<number>`; the key's owner without ids."""
    words = ask.params.words("user_ids")
    if not words and ask.caller.key == "user":
        words = [str(ask.caller.person)]
    if len(words) > 1000:
        raise refuse(100, "user_ids should contain at most 1000 elements")
    ids = [int(number) for word in words if (number := word.removeprefix("id")).isdigit()]
    people = [ask.world.people[id_] for id_ in ids if id_ in ask.world.people]
    fields = ask.params.words("fields")
    return [objects.user(person, fields) for person in people if "vk" in person.messengers]


def resolve(ask: Ask) -> Any:
    """utils.resolveScreenName: a community or a person; an empty list for a name nobody has."""
    name = ask.params.need_text("screen_name")
    account = _named(ask.world, name) if not name.isdigit() else None
    if account is not None:
        return {"type": "group", "object_id": account.id, "group_id": account.id}
    number = name.removeprefix("id")
    if name.startswith("id") and number.isdigit() and int(number) in ask.world.people:
        return {"type": "user", "object_id": int(number)}
    return []


def members(world: World, account: Account) -> list[int]:
    """Return the ids of the people who are in a community."""
    wall = world.chat("vk", -account.id)
    return (
        [id_ for id_, member in wall.members.items() if member.status == "member"] if wall else []
    )


def _group(ask: Ask) -> Account:
    word = ask.params.text("group_id")
    account = _named(ask.world, word) if word else ask.account
    if account is None:
        raise refuse(125)
    return account


def _named(world: World, word: str) -> Account | None:
    """Return the community of that id (also as club5 or public5) or short name."""
    number = word.removeprefix("club").removeprefix("public")
    for account in world.accounts.values():
        if account.network == "vk" and (account.username == word or str(account.id) == number):
            return account
    return None


METHODS = {
    "groups.getById": method(by_id, ANY, "group_ids group_id fields"),
    "groups.getLongPollServer": method(long_poll_server, ANY, "group_id"),
    "groups.getLongPollSettings": method(long_poll_settings, ANY, "group_id"),
    "groups.getMembers": method(member_list, ANY, "group_id offset count fields"),
    "groups.isMember": method(is_member, ANY, "group_id user_id user_ids extended"),
    "groups.setLongPollSettings": method(
        set_long_poll_settings, ANY, " ".join(("group_id enabled api_version", *events.NAMES))
    ),
    "users.get": method(users, ANY, "user_ids fields"),
    "utils.resolveScreenName": method(resolve, ANY, "screen_name"),
}
