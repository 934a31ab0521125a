"""A day in which every method of VK's API is called with success, told area by area."""

from __future__ import annotations

import asyncio
import json
from typing import Any

from tests.sandbox.vk_town import ANNA, BORIS, COMMUNITY_KEY, GROUP, USER_KEY, Town, picture

CHAT = 2_000_000_001
BUTTON = {"action": {"type": "callback", "label": "Да", "payload": "{}"}, "color": "primary"}
BUTTONS = json.dumps({"inline": True, "one_time": False, "buttons": [[BUTTON]]})


async def uploaded(
    town: Town, server: str, key: str, field: str, file: tuple[str, bytes], **params: Any
) -> Any:
    """Ask for an address and send a file there; return what the upload answered."""
    where = await town.ok(server, key, **params)
    answer = await town.http.post(where["upload_url"], files={field: file})
    return answer.json()


async def community(town: Town) -> None:
    """The community itself: settings, servers, members."""
    ok, mine = town.ok, {"group_id": GROUP}
    await ok("groups.getById", fields="members_count,status,description")
    await ok("groups.getLongPollServer", **mine)
    await ok("groups.setLongPollSettings", enabled=1, message_new=1, **mine)
    await ok("groups.getLongPollSettings", **mine)
    await ok("groups.getTokenPermissions")
    await ok("groups.enableOnline", **mine)
    await ok("groups.getOnlineStatus", **mine)
    await ok("groups.disableOnline", **mine)
    await ok("groups.getMembers", **mine)
    await ok("groups.getMembers", USER_KEY, fields="sex", sort="id_asc", **mine)
    await ok("groups.isMember", user_id=ANNA, **mine)
    await ok("groups.isMember", user_ids=ANNA, **mine)
    await ok("groups.isMember", user_ids=ANNA, extended=1, **mine)
    await town.vk.do(town.dialog(BORIS), BORIS, "block_by_admin", {})
    await ok("groups.getBanned", **mine)
    await town.vk.do(town.dialog(BORIS), BORIS, "unblock_by_admin", {})
    await ok("groups.getCallbackConfirmationCode", **mine)
    server = {"url": "http://127.0.0.1:9/hook", "title": "Сервер", "secret_key": "тайна"}
    made = await ok("groups.addCallbackServer", **server, **mine)
    number = {"server_id": made["server_id"], **mine}
    await ok("groups.getCallbackServers", **mine)
    await ok("groups.setCallbackSettings", message_new=1, api_version="5.199", **number)
    await ok("groups.getCallbackSettings", **number)
    await ok("groups.editCallbackServer", **{**server, "title": "Другой"}, **number)
    await ok("groups.deleteCallbackServer", **number)
    await ok("users.get", user_ids=ANNA, fields="sex,online,timezone,photo_50")


async def utilities(town: Town) -> None:
    """Links, names, time, scripts."""
    await town.ok("utils.resolveScreenName", screen_name=f"club{GROUP}")
    await town.ok("utils.resolveScreenName", screen_name="nobody_at_all")
    await town.ok("utils.getServerTime")
    await town.ok("utils.getShortLink", url="https://example.org/", private=0)
    await town.ok("utils.checkLink", url="https://example.org/")
    await town.ok("execute", code="return API.utils.getServerTime();")


async def files(town: Town) -> None:
    """Pictures, documents and films, from the address to what is kept."""
    photo = ("лист.png", picture(800, 600))
    sent = await uploaded(
        town, "photos.getMessagesUploadServer", COMMUNITY_KEY, "photo", photo, peer_id=ANNA
    )
    (saved,) = await town.ok("photos.saveMessagesPhoto", **sent)
    await town.send(attachment=f"photo{saved['owner_id']}_{saved['id']}", message="Лист")
    sent = await uploaded(
        town, "photos.getWallUploadServer", USER_KEY, "photo", photo, group_id=GROUP
    )
    (saved,) = await town.ok("photos.saveWallPhoto", USER_KEY, group_id=GROUP, **sent)
    name = f"photo{saved['owner_id']}_{saved['id']}"
    await town.ok("wall.post", USER_KEY, owner_id=-GROUP, from_group=1, attachments=name)
    paper = ("приказ.pdf", b"%PDF")
    for server, key, place in (
        ("docs.getMessagesUploadServer", COMMUNITY_KEY, {"peer_id": ANNA}),
        ("docs.getWallUploadServer", COMMUNITY_KEY, {"group_id": GROUP}),
        ("docs.getUploadServer", USER_KEY, {"group_id": GROUP}),
    ):
        sent = await uploaded(town, server, key, "file", paper, **place)
        saved = (await town.ok("docs.save", key, title="Приказ", **sent))["doc"]
    name = f"{saved['owner_id']}_{saved['id']}"
    await town.ok("docs.getById", USER_KEY, docs=name)
    await town.ok("wall.post", USER_KEY, owner_id=-GROUP, message="Файл", attachments=f"doc{name}")
    voice = {"peer_id": ANNA, "type": "audio_message"}
    sent = await uploaded(
        town, "docs.getMessagesUploadServer", COMMUNITY_KEY, "file", ("речь.ogg", b"OggS"), **voice
    )
    saved = (await town.ok("docs.save", **sent))["audio_message"]
    await town.send(attachment=f"doc{saved['owner_id']}_{saved['id']}", message="Речь")
    film = await town.ok("video.save", USER_KEY, group_id=GROUP, name="Съезд")
    await town.http.post(film["upload_url"], files={"video_file": ("съезд.mp4", b"mp4")})
    name = f"{film['owner_id']}_{film['video_id']}"
    await town.ok("video.get", USER_KEY, owner_id=-GROUP, videos=name)
    await town.ok(
        "wall.post", USER_KEY, owner_id=-GROUP, message="Кино", attachments=f"video{name}"
    )


async def dialogs(town: Town) -> None:
    """Messages to people: sent, changed, read, searched, deleted."""
    ok, peer = town.ok, {"peer_id": ANNA}
    await town.send(keyboard=BUTTONS)
    await town.send(text="", forward_messages="1")
    number = await town.send(text="Ответ", reply_to=1, random_id=5)
    await ok("messages.send", peer_ids=f"{ANNA},777", message="!", random_id=0)
    await ok("messages.edit", message_id=number, message="Иначе", **peer)
    await ok("messages.markAsRead", **peer)
    await ok("messages.markAsAnsweredConversation", answered=1, **peer)
    await ok("messages.markAsImportantConversation", important=1, **peer)
    await ok("messages.setActivity", type="typing", **peer)
    for extended in (0, 1):
        await ok("messages.getById", message_ids="1,2,3,4", extended=extended)
        cmids = {"conversation_message_ids": "1,2", "extended": extended}
        await ok("messages.getByConversationMessageId", **cmids, **peer)
        await ok("messages.getConversations", extended=extended)
        await ok("messages.getConversationsById", peer_ids=f"{ANNA},{BORIS}", extended=extended)
        await ok("messages.getHistory", extended=extended, **peer)
        await ok("messages.search", q="Ответ", extended=extended, **peer)
    await ok("messages.isMessagesFromGroupAllowed", group_id=GROUP, user_id=ANNA)
    reaction = {"cmid": 1, "reaction_id": 1, **peer}
    await ok("messages.sendReaction", **reaction)
    await ok("messages.getMessagesReactions", cmids="1", **peer)
    await ok("messages.getReactedPeers", cmid=1, **peer)
    await ok("messages.deleteReaction", cmid=1, **peer)
    await town.vk.do(town.dialog(), ANNA, "react", {"message": 2, "reaction": 1})
    await ok("messages.delete", cmids="2,99", delete_for_all=1, **peer)
    await ok("messages.deleteConversation", peer_id=BORIS)


async def conversations(town: Town) -> None:
    """A conversation of several people and the community."""
    ok = town.ok
    made = await ok("messages.createChat", user_ids=f"{ANNA},{BORIS}", title="Совет")
    number = made["chat_id"]
    peer = {"peer_id": 2_000_000_000 + number}
    await ok("messages.editChat", chat_id=number, title="Новый совет")
    await ok("messages.getInviteLink", **peer)
    sent = await ok("messages.send", peer_ids=peer["peer_id"], message="Тема", random_id=0)
    cmid = sent[0]["conversation_message_id"]
    await ok("messages.pin", cmid=cmid, **peer)
    for extended in (0, 1):
        await ok("messages.getConversationMembers", extended=extended, **peer)
        await ok("messages.getConversationsById", peer_ids=peer["peer_id"], extended=extended)
        await ok("messages.getHistory", extended=extended, **peer)
    await ok("messages.getConversations", extended=1)
    await ok("messages.unpin", **peer)
    await ok("messages.removeChatUser", chat_id=number, member_id=BORIS)
    await ok("messages.getHistory", **peer)


async def presses(town: Town) -> None:
    """A press on a callback button, answered."""
    await town.send(keyboard=BUTTONS)
    message = town.last()
    press = await pressed(town, message.id)
    event = town.events("message_event")[-1]
    shown = json.dumps({"type": "show_snackbar", "text": "Принято"})
    await town.ok(
        "messages.sendMessageEventAnswer",
        event_id=event["event_id"],
        user_id=ANNA,
        peer_id=ANNA,
        event_data=shown,
    )
    await press


async def walls(town: Town) -> None:
    """Posts, comments, polls and what they reached."""
    post, wall = town.ok, {"owner_id": -GROUP}
    poll = await post(
        "polls.create", USER_KEY, question="Идём?", add_answers='["Да","Нет"]', **wall
    )
    ids = {"poll_id": poll["id"], **wall}
    first = poll["answers"][0]["id"]
    attached = f"poll{poll['owner_id']}_{poll['id']}"
    made = await post(
        "wall.post", USER_KEY, message="Опрос", attachments=attached, guid="g", **wall
    )
    await post("polls.addVote", USER_KEY, answer_ids=first, **ids)
    for extended in (0, 1):
        await post("polls.getById", USER_KEY, extended=extended, **ids)
    await post("polls.getVoters", USER_KEY, answer_ids=first, **ids)
    await post("polls.deleteVote", USER_KEY, **ids)
    await post("polls.edit", USER_KEY, question="Пойдём?", **ids)
    this = {"post_id": made["post_id"], **wall}
    await post("wall.edit", USER_KEY, message="Опрос!", attachments=attached, **this)
    await post("wall.pin", USER_KEY, **this)
    comment = await post("wall.createComment", message="Первый", from_group=GROUP, **this)
    assert comment["comment_id"]
    for extended in (0, 1):
        await post("wall.getComments", USER_KEY, extended=extended, **this)
        await post("wall.get", USER_KEY, extended=extended, **wall)
        await post("wall.getById", USER_KEY, posts=f"-{GROUP}_{made['post_id']}", extended=extended)
    await post("wall.closeComments", USER_KEY, **this)
    await post("wall.openComments", USER_KEY, **this)
    await post("wall.unpin", USER_KEY, **this)
    await post("stats.getPostReach", USER_KEY, post_ids=made["post_id"], **wall)
    await post("stats.get", USER_KEY, group_id=GROUP, intervals_count=2)
    await post("wall.delete", USER_KEY, **this)
    await post("wall.restore", USER_KEY, **this)
    later = int(town.clock.now()) + 3600
    await post("wall.post", USER_KEY, message="Потом", publish_date=later, **wall)
    await post("wall.get", USER_KEY, filter="postponed", **wall)


async def pressed(town: Town, message: int) -> Any:
    """Begin a press of the first button and return it when the community knows of it."""
    press = asyncio.create_task(town.vk.press(town.dialog(), ANNA, message, 0, 0))
    await asyncio.sleep(0)
    return press


AREAS = (community, utilities, files, dialogs, conversations, presses, walls)
