"""Topics of a forum: bots and people make, name, close and delete them."""

from __future__ import annotations

from typing import Any

from telegram_town import GROUP, IVAN, OLGA, SUPERGROUP, Town, in_town

from sandbox.networks import Wrong
from sandbox.telegram.doings import rights_of
from sandbox.world import Chat, Member

BOT = 7000000001


def forum(town: Town) -> Chat:
    return town.side.find_chat("Завод", None)


async def opened(town: Town, name: str = "Быт") -> int:
    """Make the supergroup a forum and let the bot open a topic."""
    await town.side.do(forum(town), OLGA, "make_forum", {})
    made = await town.call("createForumTopic", chat_id=SUPERGROUP, name=name)
    return int(made["message_thread_id"])


async def told(town: Town) -> list[dict[str, Any]]:
    """Return the service messages that came, without what every message has."""
    common = {"message_id", "from", "chat", "date", "message_thread_id", "is_topic_message"}
    messages = [update["message"] for update in await town.updates()]
    return [{k: v for k, v in message.items() if k not in common} for message in messages]


def test_a_supergroup_becomes_a_forum() -> None:
    async def story(town: Town) -> None:
        refused = await town.refused("createForumTopic", chat_id=SUPERGROUP, name="Быт")
        assert refused == (400, "Bad Request: the chat is not a forum")
        await town.side.do(forum(town), OLGA, "make_forum", {})
        assert (await town.call("getChat", chat_id=SUPERGROUP))["is_forum"] is True
        look = {"name": "Быт", "icon_color": 9367192}
        made = await town.call("createForumTopic", chat_id=SUPERGROUP, **look)
        thread = made.pop("message_thread_id")
        assert made == look
        (update,) = await town.updates()
        assert update["message"]["message_thread_id"] == thread == update["message"]["message_id"]
        assert update["message"]["forum_topic_created"] == look
        sent = await town.call(
            "sendMessage", chat_id=SUPERGROUP, text="x", message_thread_id=thread
        )
        assert (sent["message_thread_id"], sent["is_topic_message"]) == (thread, True)

    in_town(story)


def test_a_topic_is_renamed_closed_and_opened_and_each_time_said_so() -> None:
    async def story(town: Town) -> None:
        thread = await opened(town)
        await town.updates()
        topic = {"chat_id": SUPERGROUP, "message_thread_id": thread}
        steps: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
            ("editForumTopic", {"name": " Наш  быт "}, {"forum_topic_edited": {"name": "Наш быт"}}),
            ("editForumTopic", {"icon_custom_emoji_id": "5"}, {"forum_topic_edited": {"icon_custom_emoji_id": "5"}}),
            ("closeForumTopic", {}, {"forum_topic_closed": {}}),
            ("reopenForumTopic", {}, {"forum_topic_reopened": {}}),
        ]  # fmt: skip
        for method, params, said in steps:
            assert await town.call(method, **topic, **params) is True
            assert await told(town) == [said], method
            again = await town.refused(method, **topic, **params)
            assert again == (400, "Bad Request: TOPIC_NOT_MODIFIED"), method
        assert await town.call("editForumTopic", **topic) is True
        assert await told(town) == []

    in_town(story)


def test_the_general_topic_is_named_closed_and_hidden() -> None:
    async def story(town: Town) -> None:
        await town.side.do(forum(town), OLGA, "make_forum", {})
        steps: list[tuple[str, dict[str, Any], dict[str, Any]]] = [
            ("editGeneralForumTopic", {"name": "Общее"}, {"forum_topic_edited": {"name": "Общее"}}),
            ("closeGeneralForumTopic", {}, {"forum_topic_closed": {}}),
            ("reopenGeneralForumTopic", {}, {"forum_topic_reopened": {}}),
            ("hideGeneralForumTopic", {}, {"general_forum_topic_hidden": {}}),
            ("unhideGeneralForumTopic", {}, {"general_forum_topic_unhidden": {}}),
        ]
        for method, params, said in steps:
            assert await town.call(method, chat_id=SUPERGROUP, **params) is True
            assert await told(town) == [said], method
            again = await town.refused(method, chat_id=SUPERGROUP, **params)
            assert again == (400, "Bad Request: TOPIC_NOT_MODIFIED"), method

    in_town(story)


def test_a_deleted_topic_goes_with_all_that_was_said_in_it() -> None:
    async def story(town: Town) -> None:
        thread = await opened(town)
        topic = {"chat_id": SUPERGROUP, "message_thread_id": thread}
        await town.call("sendMessage", text="в теме", **topic)
        await town.call("sendMessage", chat_id=SUPERGROUP, text="мимо")
        assert await town.call("deleteForumTopic", **topic) is True
        assert [message.text for message in forum(town).messages] == ["мимо"]
        assert await town.refused("sendMessage", text="x", **topic) == (
            400,
            "Bad Request: message thread not found",
        )
        assert await town.refused("closeForumTopic", **topic) == (
            400,
            "Bad Request: TOPIC_ID_INVALID",
        )

    in_town(story)


def test_only_the_pins_of_that_topic_are_taken_off() -> None:
    async def story(town: Town) -> None:
        thread = await opened(town)
        topic = {"chat_id": SUPERGROUP, "message_thread_id": thread}
        inside = (await town.call("sendMessage", text="в теме", **topic))["message_id"]
        outside = (await town.call("sendMessage", chat_id=SUPERGROUP, text="мимо"))["message_id"]
        forum(town).pinned[:] = [inside, outside]
        assert await town.call("unpinAllForumTopicMessages", **topic) is True
        assert forum(town).pinned == [outside]
        await town.call("unpinAllGeneralForumTopicMessages", chat_id=SUPERGROUP)
        assert forum(town).pinned == []

    in_town(story)


NEEDS: list[tuple[str, str, dict[str, Any], str]] = [
    ("createForumTopic", "can_manage_topics", {"name": "x"}, "create a topic"),
    ("editForumTopic", "can_manage_topics", {"name": "x"}, "edit the topic"),
    ("closeForumTopic", "can_manage_topics", {}, "close or open the topic"),
    ("reopenForumTopic", "can_manage_topics", {}, "close or open the topic"),
    ("deleteForumTopic", "can_delete_messages", {}, "delete the topic"),
    ("unpinAllForumTopicMessages", "can_pin_messages", {}, "manage pinned messages in the chat"),
    ("editGeneralForumTopic", "can_manage_topics", {"name": "x"}, "edit the topic"),
    ("closeGeneralForumTopic", "can_manage_topics", {}, "close or open the topic"),
    ("hideGeneralForumTopic", "can_manage_topics", {}, "close or open the topic"),
    (
        "unpinAllGeneralForumTopicMessages",
        "can_pin_messages",
        {},
        "manage pinned messages in the chat",
    ),
]


def test_what_a_bot_may_not_do_in_a_forum_is_refused_in_the_servers_words() -> None:
    async def story(town: Town) -> None:
        own = await opened(town)
        made = await town.side.do(forum(town), OLGA, "create_topic", {"name": "Ольги"})
        for method, right, params, doing in NEEDS:
            lacking = rights_of("supergroup", {right: False})
            forum(town).members[BOT] = Member("administrator", lacking)
            if "General" not in method and method != "createForumTopic":
                params = {"message_thread_id": made["topic"], **params}
            refused = await town.refused(method, chat_id=SUPERGROUP, **params)
            assert refused == (400, f"Bad Request: not enough rights to {doing}"), method
        # Its own topic it manages without the right.
        lacking = rights_of("supergroup", {"can_manage_topics": False})
        forum(town).members[BOT] = Member("administrator", lacking)
        topic = {"chat_id": SUPERGROUP, "message_thread_id": own}
        assert await town.call("closeForumTopic", **topic) is True
        forum(town).members[BOT] = Member("administrator", rights_of("supergroup", None))
        cases: list[tuple[str, dict[str, Any], str]] = [
            ("createForumTopic", {"chat_id": GROUP, "name": "x"}, "the chat is not a forum"),
            ("createForumTopic", {"chat_id": SUPERGROUP, "name": "  "}, "title must be non-empty"),
            ("createForumTopic", {"chat_id": SUPERGROUP, "name": "x", "icon_color": 5}, "invalid icon color specified"),
            ("editForumTopic", {"chat_id": SUPERGROUP, "name": "x"}, "invalid message thread identifier specified"),
            ("editForumTopic", {**topic, "name": "  "}, "title must be non-empty"),
            ("closeForumTopic", {"chat_id": SUPERGROUP, "message_thread_id": 77}, "TOPIC_ID_INVALID"),
            ("hideGeneralForumTopic", {"chat_id": GROUP}, "the chat is not a forum"),
        ]  # fmt: skip
        for method, params, says in cases:
            assert await town.refused(method, **params) == (400, f"Bad Request: {says}"), method

    in_town(story)


def test_members_do_not_write_where_a_topic_is_closed() -> None:
    async def story(town: Town) -> None:
        thread = await opened(town)
        await town.call("closeForumTopic", chat_id=SUPERGROUP, message_thread_id=thread)
        await town.side.do(forum(town), OLGA, "close_topic", {})
        for topic in (thread, None):
            try:
                await town.side.say(forum(town), IVAN, text="x", topic=topic)
            except Wrong as error:
                assert "is closed" in str(error)
            else:
                raise AssertionError("a member wrote into a closed topic")
            assert await town.side.say(forum(town), OLGA, text="x", topic=topic)
        await town.side.do(forum(town), OLGA, "reopen_topic", {"topic": thread})
        assert await town.side.say(forum(town), IVAN, text="x", topic=thread)

    in_town(story)


def test_icons_for_topics_are_stickers() -> None:
    async def story(town: Town) -> None:
        icons = await town.call("getForumTopicIconStickers")
        assert len({icon["custom_emoji_id"] for icon in icons}) == len(icons) >= 6
        assert {icon["type"] for icon in icons} == {"custom_emoji"}
        file = await town.call("getFile", file_id=icons[0]["file_id"])
        assert file["file_size"] == icons[0]["file_size"]

    in_town(story)
