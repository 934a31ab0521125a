"""Bots and people over members: ban, restrict, promote; who is told, and what is refused."""

from __future__ import annotations

from typing import Any

from telegram_town import ANNA, CHANNEL, GROUP, IVAN, OLGA, SUPERGROUP, Town, in_town

from sandbox.networks import Wrong
from sandbox.telegram.doings import rights_of
from sandbox.world import Member, Person

BOSS, STRANGER = 1004, 1005
BOT, SECOND = 7000000001, 7000000002
ALL_KINDS = ["message", "chat_member", "my_chat_member", "channel_post", "chat_join_request"]


async def settled(town: Town) -> None:
    """Let the bot hear of members, and put an administrator it did not appoint and a stranger into the world."""
    for number, name in ((BOSS, "Пётр"), (STRANGER, "Мария")):
        town.world.people[number] = Person(number, name)
    for chat in (CHANNEL, SUPERGROUP, GROUP):
        kind = town.side.find_chat(str(chat), None).kind
        town.side.find_chat(str(chat), None).members[BOSS] = Member(
            "administrator", rights_of(kind, None)
        )
    await town.call("getUpdates", allowed_updates=ALL_KINDS)


def seat(town: Town, chat: int, person: int) -> str:
    found = town.side.find_chat(str(chat), None).members.get(person)
    return found.status if found else "none"


async def statuses(town: Town, bot: str = "vestnik") -> list[tuple[str, int, str, str]]:
    """Fetch what was told of members: the kind of update, whose, from and to."""
    told = []
    for update in await town.updates(bot):
        for kind in ("chat_member", "my_chat_member"):
            if kind in update:
                old, new = update[kind]["old_chat_member"], update[kind]["new_chat_member"]
                told.append((kind, new["user"]["id"], old["status"], new["status"]))
    return told


def rights(town: Town, chat: int, *without: str) -> None:
    """Leave the bot all rights but these."""
    place = town.side.find_chat(str(chat), None)
    place.members[BOT] = Member(
        "administrator", rights_of(place.kind, dict.fromkeys(without, False))
    )


REFUSED: list[tuple[str, dict[str, Any], str]] = [
    ("banChatMember", {"chat_id": SUPERGROUP, "user_id": 0}, "invalid user_id specified"),
    ("banChatMember", {"chat_id": OLGA, "user_id": IVAN}, "can't ban members in private chats"),
    ("banChatMember", {"chat_id": SUPERGROUP, "user_id": OLGA}, "can't remove chat owner"),
    ("banChatMember", {"chat_id": SUPERGROUP, "user_id": BOT}, "can't restrict self"),
    ("banChatMember", {"chat_id": SUPERGROUP, "user_id": BOSS}, "user is an administrator of the chat"),
    ("banChatMember", {"chat_id": SUPERGROUP, "user_id": 404}, "member not found"),
    ("banChatMember", {"chat_id": GROUP, "user_id": ANNA}, "USER_NOT_PARTICIPANT"),
    ("banChatMember", {"chat_id": GROUP, "user_id": BOSS}, "CHAT_ADMIN_REQUIRED"),
    ("unbanChatMember", {"chat_id": GROUP, "user_id": IVAN}, "method is available only in supergroup and channel chats"),
    ("unbanChatMember", {"chat_id": SUPERGROUP, "user_id": OLGA}, "can't remove chat owner"),
    ("restrictChatMember", {"chat_id": CHANNEL, "user_id": IVAN, "permissions": {}}, "method is available only in supergroups"),
    ("restrictChatMember", {"chat_id": GROUP, "user_id": IVAN, "permissions": {}}, "method is available only in supergroups"),
    ("restrictChatMember", {"chat_id": SUPERGROUP, "user_id": OLGA, "permissions": {}}, "can't remove chat owner"),
    ("restrictChatMember", {"chat_id": SUPERGROUP, "user_id": BOT, "permissions": {}}, "can't restrict self"),
    ("restrictChatMember", {"chat_id": SUPERGROUP, "user_id": IVAN, "permissions": "{"}, "can't parse permissions JSON object"),
    ("restrictChatMember", {"chat_id": SUPERGROUP, "user_id": IVAN}, "can't parse permissions JSON object"),
    ("restrictChatMember", {"chat_id": SUPERGROUP, "user_id": IVAN, "permissions": "[]"}, "object expected as permissions"),
    (
        "restrictChatMember",
        {"chat_id": SUPERGROUP, "user_id": IVAN, "permissions": {"can_send_polls": "no"}},
        'can\'t parse chat permissions: Field "can_send_polls" must be of type Boolean',
    ),
    ("promoteChatMember", {"chat_id": GROUP, "user_id": IVAN}, "method is available only in supergroup and channel chats"),
    ("promoteChatMember", {"chat_id": SUPERGROUP, "user_id": OLGA, "can_pin_messages": True}, "can't remove chat owner"),
    ("promoteChatMember", {"chat_id": SUPERGROUP, "user_id": BOT, "can_pin_messages": True}, "can't promote self"),
    ("promoteChatMember", {"chat_id": SUPERGROUP, "user_id": STRANGER, "can_pin_messages": True}, "USER_NOT_MUTUAL_CONTACT"),
    ("promoteChatMember", {"chat_id": SUPERGROUP, "user_id": STRANGER}, "bots can't add new chat members"),
    ("promoteChatMember", {"chat_id": SUPERGROUP, "user_id": BOSS, "can_pin_messages": True}, "CHAT_ADMIN_REQUIRED"),
    ("promoteChatMember", {"chat_id": SUPERGROUP, "user_id": BOSS}, "CHAT_ADMIN_REQUIRED"),
    ("promoteChatMember", {"chat_id": SUPERGROUP, "user_id": 404, "can_pin_messages": True}, "member not found"),
    ("setChatAdministratorCustomTitle", {"chat_id": CHANNEL, "user_id": IVAN, "custom_title": "x"}, "method is available only in supergroups"),
    ("setChatAdministratorCustomTitle", {"chat_id": SUPERGROUP, "user_id": OLGA, "custom_title": "x"}, "only the owner can edit their custom title"),
    ("setChatAdministratorCustomTitle", {"chat_id": SUPERGROUP, "user_id": IVAN, "custom_title": "x"}, "user is not an administrator"),
    (
        "setChatAdministratorCustomTitle",
        {"chat_id": SUPERGROUP, "user_id": BOSS, "custom_title": "x"},
        "not enough rights to change custom title of the user",
    ),
    ("banChatSenderChat", {"chat_id": GROUP, "sender_chat_id": CHANNEL}, "can't ban chats in basic groups"),
    ("banChatSenderChat", {"chat_id": SUPERGROUP, "sender_chat_id": -5}, "chat not found"),
    ("setChatPermissions", {"chat_id": OLGA, "permissions": {}}, "can't change private chat permissions"),
    ("setChatPermissions", {"chat_id": CHANNEL, "permissions": {}}, "can't change channel chat permissions"),
]  # fmt: skip


def test_what_cannot_be_done_to_a_member_is_refused_in_the_servers_words() -> None:
    async def story(town: Town) -> None:
        await settled(town)
        await town.started()
        for method, params, says in REFUSED:
            refused = await town.refused(method, **params)
            assert refused == (400, f"Bad Request: {says}"), (method, params)
        assert await statuses(town) == []

    in_town(story)


WITHOUT_RIGHT: list[tuple[str, str, dict[str, Any], str]] = [
    ("can_restrict_members", "banChatMember", {"user_id": IVAN}, "not enough rights to restrict/unrestrict chat member"),
    ("can_restrict_members", "unbanChatMember", {"user_id": IVAN}, "not enough rights to restrict/unrestrict chat member"),
    (
        "can_restrict_members",
        "restrictChatMember",
        {"user_id": IVAN, "permissions": {}},
        "not enough rights to restrict/unrestrict chat member",
    ),
    (
        "can_restrict_members",
        "banChatSenderChat",
        {"sender_chat_id": CHANNEL},
        "not enough rights to restrict/unrestrict chat member",
    ),
    ("can_restrict_members", "setChatPermissions", {"permissions": {}}, "not enough rights to change chat permissions"),
    ("can_promote_members", "promoteChatMember", {"user_id": IVAN, "can_pin_messages": True}, "not enough rights"),
    ("can_pin_messages", "promoteChatMember", {"user_id": IVAN, "can_pin_messages": True}, "RIGHT_FORBIDDEN"),
]  # fmt: skip


def test_a_bot_needs_the_right_for_each_of_it() -> None:
    async def story(town: Town) -> None:
        for right, method, params, says in WITHOUT_RIGHT:
            rights(town, SUPERGROUP, right)
            refused = await town.refused(method, chat_id=SUPERGROUP, **params)
            assert refused == (400, f"Bad Request: {says}"), (right, method)
            rights(town, SUPERGROUP)
            assert await town.call(method, chat_id=SUPERGROUP, **params) is True
            town.side.find_chat(str(SUPERGROUP), None).members[IVAN] = Member("member")

    in_town(story)


def test_a_ban_ends_by_the_sandboxs_clock_and_keeps_people_out_until_then() -> None:
    async def story(town: Town) -> None:
        await settled(town)
        group = town.side.find_chat("Завод", None)
        until = int(town.world.clock.now()) + 3600
        ban = {"chat_id": SUPERGROUP, "user_id": IVAN, "until_date": until}
        assert await town.call("banChatMember", **ban) is True
        got = await town.updates()
        assert got[0]["chat_member"]["new_chat_member"]["until_date"] == until
        assert got[0]["chat_member"]["from"]["id"] == BOT
        assert got[1]["message"]["left_chat_member"]["id"] == IVAN
        try:
            await town.side.do(group, IVAN, "join", {})
        except Wrong as error:
            assert "is banned" in str(error)
        else:
            raise AssertionError("who is banned came in")
        town.world.clock.set(advance_s=3601)
        member = await town.call("getChatMember", chat_id=SUPERGROUP, user_id=IVAN)
        assert member["status"] == "left"
        await town.side.do(group, IVAN, "join", {})
        assert seat(town, SUPERGROUP, IVAN) == "member"

    in_town(story)


def test_dates_too_near_or_too_far_mean_for_ever() -> None:
    async def story(town: Town) -> None:
        for seconds, kept in ((10, False), (60, True), (365 * 86400, True), (367 * 86400, False)):
            until = int(town.world.clock.now()) + seconds
            ban = {"chat_id": SUPERGROUP, "user_id": IVAN, "until_date": until}
            await town.call("banChatMember", **ban)
            member = await town.call("getChatMember", chat_id=SUPERGROUP, user_id=IVAN)
            assert member["until_date"] == (until if kept else 0), seconds

    in_town(story)


def test_a_basic_group_keeps_no_list_of_the_banned() -> None:
    async def story(town: Town) -> None:
        await town.call("banChatMember", chat_id=GROUP, user_id=IVAN)
        assert seat(town, GROUP, IVAN) == "left"
        await town.side.do(town.side.find_chat("Цех", None), IVAN, "join", {})
        assert seat(town, GROUP, IVAN) == "member"

    in_town(story)


def test_an_unban_lets_back_in_and_removes_who_is_there_unless_told_otherwise() -> None:
    async def story(town: Town) -> None:
        await settled(town)
        who = {"chat_id": SUPERGROUP, "user_id": IVAN}
        await town.call("unbanChatMember", only_if_banned=True, **who)
        assert seat(town, SUPERGROUP, IVAN) == "member"
        await town.call("banChatMember", **who)
        await town.call("unbanChatMember", only_if_banned=True, **who)
        assert seat(town, SUPERGROUP, IVAN) == "left"
        await town.side.do(town.side.find_chat("Завод", None), IVAN, "join", {})
        await town.call("unbanChatMember", **who)
        assert seat(town, SUPERGROUP, IVAN) == "left"
        assert [told[2:] for told in await statuses(town)] == [
            ("member", "kicked"), ("kicked", "left"), ("left", "member"), ("member", "left"),
        ]  # fmt: skip

    in_town(story)


def test_who_is_restricted_writes_only_what_is_allowed_and_stays_so_after_coming_back() -> None:
    async def story(town: Town) -> None:
        group = town.side.find_chat("Завод", None)
        limits = {
            "chat_id": SUPERGROUP,
            "user_id": IVAN,
            "permissions": {"can_send_messages": True},
        }
        await town.call("restrictChatMember", **limits)
        await town.side.say(group, IVAN, text="можно")
        for _ in range(2):
            try:
                await town.side.say(group, IVAN, media=[town.media(b"x", "document")])
            except Wrong as error:
                assert "may not send documents" in str(error)
            else:
                raise AssertionError("a restricted member sent a document")
            await town.side.do(group, IVAN, "leave", {})
            member = await town.call("getChatMember", chat_id=SUPERGROUP, user_id=IVAN)
            assert (member["status"], member["is_member"]) == ("restricted", False)
            await town.side.do(group, IVAN, "join", {})
        everything = {**limits, "permissions": dict.fromkeys(member, True)}
        named = {name for name in member if name.startswith("can_")}
        everything["permissions"] = dict.fromkeys(named, True)
        await town.call("restrictChatMember", **everything)
        assert seat(town, SUPERGROUP, IVAN) == "member"

    in_town(story)


def test_wider_permissions_imply_narrower_ones_unless_they_are_independent() -> None:
    async def story(town: Town) -> None:
        for independent, photos in ((False, True), (True, False)):
            await town.call(
                "restrictChatMember",
                chat_id=SUPERGROUP,
                user_id=IVAN,
                permissions={"can_send_other_messages": True},
                use_independent_chat_permissions=independent,
            )
            member = await town.call("getChatMember", chat_id=SUPERGROUP, user_id=IVAN)
            assert member["can_send_photos"] is member["can_send_messages"] is photos

    in_town(story)


def test_a_restriction_ends_by_itself() -> None:
    async def story(town: Town) -> None:
        until = int(town.world.clock.now()) + 60
        who = {"chat_id": SUPERGROUP, "user_id": IVAN}
        await town.call("restrictChatMember", permissions={}, until_date=until, **who)
        town.world.clock.set(advance_s=59)
        assert (await town.call("getChatMember", **who))["status"] == "restricted"
        town.world.clock.set(advance_s=2)
        assert (await town.call("getChatMember", **who))["status"] == "member"

    in_town(story)


def test_bans_end_each_at_its_own_time() -> None:
    async def story(town: Town) -> None:
        now = int(town.world.clock.now())
        for person, seconds in ((IVAN, 120), (ANNA, 60), (STRANGER, 180)):
            town.world.people.setdefault(person, Person(person, "Мария"))
            ban = {"chat_id": SUPERGROUP, "user_id": person, "until_date": now + seconds}
            await town.call("banChatMember", **ban)
        for banned in ({IVAN, STRANGER}, {STRANGER}, set()):
            town.world.clock.set(advance_s=61)
            seen = {
                person: (await town.call("getChatMember", chat_id=SUPERGROUP, user_id=person))[
                    "status"
                ]
                for person in (IVAN, ANNA, STRANGER)
            }
            assert {person for person, status in seen.items() if status == "kicked"} == banned

    in_town(story)


def test_a_bot_appoints_names_and_dismisses_administrators() -> None:
    async def story(town: Town) -> None:
        await settled(town)
        who = {"chat_id": SUPERGROUP, "user_id": IVAN}
        await town.call("promoteChatMember", can_pin_messages=True, **who)
        await town.call("setChatAdministratorCustomTitle", custom_title="Редактор", **who)
        member = await town.call("getChatMember", **who)
        assert (member["status"], member["can_be_edited"]) == ("administrator", True)
        assert (member["can_pin_messages"], member["can_manage_chat"]) == (True, True)
        assert (member["can_promote_members"], member["custom_title"]) == (False, "Редактор")
        for title, says in (("x" * 17, "INVALID"), ("Босс 😀", "EMOJI_NOT_ALLOWED")):
            refused = await town.refused(
                "setChatAdministratorCustomTitle", custom_title=title, **who
            )
            assert refused == (400, f"Bad Request: CUSTOM_TITLE_{says}")
        await town.call("promoteChatMember", **who)
        assert (await town.call("getChatMember", **who))["status"] == "member"
        assert [told[2:] for told in await statuses(town)] == [
            ("member", "administrator"),
            ("administrator", "administrator"),
            ("administrator", "member"),
        ]

    in_town(story)


def test_a_bot_learns_of_its_own_place_and_administrators_of_others_places() -> None:
    async def story(town: Town) -> None:
        await settled(town)
        await town.call("getUpdates", "second", allowed_updates=ALL_KINDS)
        group = town.side.find_chat("Завод", None)
        await town.side.do(group, OLGA, "add_bot", {"account": "second"})
        assert await statuses(town) == [("chat_member", SECOND, "left", "member")]
        assert await statuses(town, "second") == [("my_chat_member", SECOND, "left", "member")]
        await town.side.do(group, OLGA, "ban", {"person": IVAN})
        assert await statuses(town) == [("chat_member", IVAN, "member", "kicked")]
        assert await statuses(town, "second") == []
        await town.call("getUpdates", allowed_updates=["message"])
        await town.side.do(group, OLGA, "unban", {"person": IVAN})
        assert await statuses(town) == []

    in_town(story)


def test_people_who_run_a_group_change_its_members_and_bots_see_it() -> None:
    async def story(town: Town) -> None:
        await settled(town)
        group = town.side.find_chat("Завод", None)
        told: list[tuple[str, dict[str, Any], str]] = [
            ("restrict", {"permissions": ["can_send_messages"]}, "restricted"),
            ("restrict", {"permissions": {"can_send_polls": True}}, "restricted"),
            ("promote", {"rights": ["can_pin_messages"], "title": "Дежурный"}, "administrator"),
            ("demote", {}, "member"),
            ("ban", {}, "kicked"),
            ("unban", {}, "left"),
        ]
        for what, args, status in told:
            await town.side.do(group, OLGA, what, {"person": IVAN, **args})
            got = await statuses(town)
            assert [(one[1], one[3]) for one in got] == [(IVAN, status)], what

    in_town(story)


def test_what_people_may_not_do_to_each_other_is_explained() -> None:
    async def story(town: Town) -> None:
        await settled(town)
        cases: list[tuple[str, int, str, dict[str, Any], str]] = [
            ("Завод", IVAN, "ban", {"person": BOSS}, "lacks the right can_restrict_members"),
            ("Завод", BOSS, "ban", {"person": OLGA}, "never to the owner"),
            ("Завод", OLGA, "ban", {"person": 404}, "give person"),
            ("Завод", OLGA, "ban", {}, "give person"),
            ("Завод", OLGA, "unban", {"person": IVAN}, "is not banned"),
            ("Завод", OLGA, "demote", {"person": IVAN}, "is no administrator"),
            ("Завод", OLGA, "promote", {"person": STRANGER}, "do join first"),
            ("Завод", OLGA, "promote", {"person": IVAN, "rights": ["fly"]}, "rights is a list"),
            ("Завод", OLGA, "restrict", {"person": IVAN, "permissions": ["fly"]}, "is a list or"),
            ("Завод", OLGA, "ban", {"person": IVAN, "until_date": "soon"}, "a whole number"),
            ("Новости", OLGA, "restrict", {"person": IVAN}, "only in a supergroup"),
            ("Новости", OLGA, "set_permissions", {"permissions": []}, "no permissions"),
            ("Завод", OLGA, "set_permissions", {"permissions": 5}, "is a list or"),
            ("vestnik", OLGA, "set_title", {"title": "x"}, "not in a dialog"),
            ("Завод", OLGA, "approve", {"person": IVAN}, "has not asked"),
            ("Завод", BOSS, "delete_group", {}, "only the owner"),
        ]
        for chat, person, what, args, says in cases:
            try:
                await town.side.do(town.side.find_chat(chat, OLGA), person, what, args)
            except Wrong as error:
                assert says in str(error), (what, args)
            else:
                raise AssertionError(f"{what} {args} was done")

    in_town(story)


def test_a_sender_chat_is_banned_and_let_back() -> None:
    async def story(town: Town) -> None:
        who = {"chat_id": SUPERGROUP, "sender_chat_id": CHANNEL}
        for method, kept in (("banChatSenderChat", [CHANNEL]), ("unbanChatSenderChat", [])):
            for _ in range(2):
                assert await town.call(method, **who) is True
                extra = town.side.find_chat("Завод", None).extra
                assert extra["banned_senders"] == kept

    in_town(story)
