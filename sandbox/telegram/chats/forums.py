"""What people do with the topics of a forum in the app."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from sandbox.networks import Wrong
from sandbox.telegram.access import is_admin
from sandbox.telegram.chats.happenings import by_person
from sandbox.telegram.chats.moderation import Args, Doing, must_be_supergroup, must_have
from sandbox.telegram.chats.seats import permissions_of
from sandbox.telegram.chats.topics import close_topic, general_of, make_topic, topics_of
from sandbox.telegram.people import People
from sandbox.world import Chat


def _make_forum(people: People, chat: Chat, person: int, args: Args) -> None:
    must_be_supergroup(chat)
    must_have(people, chat, person, "can_change_info")
    chat.extra["forum"] = True
    people.world.touch(chat)


def _create_topic(people: People, chat: Chat, person: int, args: Args) -> dict[str, Any]:
    """{name?}; a supergroup without topics becomes a forum."""
    if chat.kind != "supergroup":
        raise Wrong("only a supergroup has topics")
    people.check_present(chat, person)
    member = chat.members[person]
    if not is_admin(member) and not permissions_of(chat)["can_manage_topics"]:
        raise Wrong(f"person {person} may not make topics in {chat.title}")
    name, by = str(args.get("name") or "Тема"), by_person(people.world, person)
    return {"topic": make_topic(people.world, people.updates, chat, name, by)}


def _close_topic(people: People, chat: Chat, person: int, args: Args) -> None:
    _open(people, chat, person, args, closed=True)


def _reopen_topic(people: People, chat: Chat, person: int, args: Args) -> None:
    _open(people, chat, person, args, closed=False)


def _open(people: People, chat: Chat, person: int, args: Args, *, closed: bool) -> None:
    """{topic?}: the general one unless a topic is named."""
    people.check_present(chat, person)
    if args.get("topic") is None and chat.extra.get("forum"):
        must_have(people, chat, person, "can_manage_topics")
        general_of(chat)["closed"] = closed
        if closed:
            people.service(chat, person, forum_topic_closed={})
        else:
            people.service(chat, person, forum_topic_reopened={})
        return
    topics = topics_of(chat)
    if str(args.get("topic")) not in topics:
        there = ", ".join(topics) or "none"
        raise Wrong(f"{chat.title} has no topic {args.get('topic')}; there are: {there}")
    thread = int(args["topic"])
    if topics[str(thread)].get("by") != person:
        must_have(people, chat, person, "can_manage_topics")
    by = by_person(people.world, person)
    close_topic(people.world, people.updates, chat, thread, by, closed=closed)


FORUM: Mapping[str, Doing] = MappingProxyType(
    {
        "make_forum": _make_forum,
        "create_topic": _create_topic,
        "close_topic": _close_topic,
        "reopen_topic": _reopen_topic,
    }
)
