"""The sandbox's answers fit the official response schemas (VKCOM/vk-api-schema 5.199), where they lie at hand.

Known gaps of the schema, from its own issues: message_id is required beside an error in messages.send;
the map that messages.delete gives for message_ids and the `[]` of an unknown screen name are not in it.
"""

from __future__ import annotations

import asyncio
import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from vk_town import ANNA, BORIS, COMMUNITY_KEY, GROUP, USER_KEY, Town, picture

from sandbox.world import Media

SCHEMA = Path("/work/shared/specs/vk")
pytestmark = pytest.mark.skipif(not SCHEMA.is_dir(), reason="the schemas are not on this machine")
TYPES: dict[str, type | tuple[type, ...]] = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
}


@cache
def document(path: Path) -> Any:
    return json.loads(path.read_text("utf-8"))


def resolved(ref: str, home: Path) -> tuple[Any, Path]:
    where, _, inside = ref.partition("#/")
    path = (home.parent / where).resolve() if where else home
    found = document(path)
    for step in inside.split("/"):
        found = found[step]
    return found, path


def troubles(value: Any, schema: Any, home: Path, at: str = "") -> list[str]:
    """Check types, required fields, enums and minimums; `required` stands inside a property here."""
    found: list[str] = []
    if "$ref" in schema:
        inner, path = resolved(schema["$ref"], home)
        found += troubles(value, inner, path, at)
    for part in schema.get("allOf", ()):
        # A part that forbids further fields would forbid those of the other parts.
        inner_found = troubles(value, part, home, at)
        found += [trouble for trouble in inner_found if not trouble.endswith("is unknown")]
    if "oneOf" in schema and all(troubles(value, one, home, at) for one in schema["oneOf"]):
        found.append(f"{at}: fits none of its kinds")
    kind = schema.get("type")
    kinds = kind if isinstance(kind, list) else [kind] if kind else []
    fits = any(
        isinstance(value, TYPES[one]) and (one == "boolean" or not isinstance(value, bool))
        for one in kinds
    )
    if kinds and not fits:
        return [*found, f"{at}: {value!r} is no {kind}"]
    if "enum" in schema and value not in schema["enum"]:
        found.append(f"{at}: {value!r} is none of {schema['enum']}")
    if "minimum" in schema and value < schema["minimum"]:
        found.append(f"{at}: {value!r} is too small")
    if isinstance(value, dict):
        for name, inner in schema.get("properties", {}).items():
            if name in value:
                found += troubles(value[name], inner, home, f"{at}.{name}")
            elif inner.get("required") is True:
                found.append(f"{at}.{name} is missing")
        if schema.get("additionalProperties") is False:
            surplus = set(value) - set(schema.get("properties", {}))
            found += [f"{at}.{name} is unknown" for name in sorted(surplus)]
    if isinstance(value, list) and "items" in schema:
        for number, item in enumerate(value):
            found += troubles(item, schema["items"], home, f"{at}[{number}]")
    return found


def check(body: Any, method: str, response: str = "response") -> None:
    section = "execute" if method == "execute" else method.partition(".")[0]
    home = SCHEMA / section / "methods.json"
    [described] = [one for one in document(home)["methods"] if one["name"] == method]
    schema = described["responses"][response]
    assert troubles(body, schema, home, method) == []


async def a_busy_town() -> Town:
    """A dialog with photos, replies and a keyboard, a wall with two posts, members."""
    town = Town()
    town.gate.limits.change({"vk": {"on": False}})
    await town.meet(ANNA)
    await town.vk.do(town.dialog(), ANNA, "join", {})
    where = await town.ok("photos.getMessagesUploadServer")
    files = {"photo": ("лист.png", picture(800, 600))}
    sent = (await town.http.post(where["upload_url"], files=files)).json()
    [saved] = await town.ok("photos.saveMessagesPhoto", **sent)
    button = {"action": {"type": "callback", "label": "Да", "payload": "{}"}, "color": "primary"}
    await town.send(
        attachment=f"photo{saved['owner_id']}_{saved['id']}",
        keyboard=json.dumps({"inline": True, "one_time": False, "buttons": [[button]]}),
        reply_to=1,
        random_id=5,
    )
    await town.send(keyboard=json.dumps({"one_time": False, "buttons": [[button]]}))
    await town.send(text="", forward_messages="1")
    await town.ok("messages.edit", peer_id=ANNA, message_id=3, message="Исправлено")
    for text in ("Первый", "Второй"):
        await town.ok("wall.post", USER_KEY, owner_id=-GROUP, from_group=1, message=text)
    return town


CALLS: list[tuple[str, str, dict[str, Any], str]] = [
    ("groups.getById", COMMUNITY_KEY, {"fields": "members_count,status"}, "response"),
    ("groups.getLongPollServer", COMMUNITY_KEY, {"group_id": GROUP}, "response"),
    ("groups.getLongPollSettings", COMMUNITY_KEY, {"group_id": GROUP}, "response"),
    ("groups.setLongPollSettings", COMMUNITY_KEY, {"group_id": GROUP, "enabled": 1}, "response"),
    ("groups.getMembers", COMMUNITY_KEY, {"group_id": GROUP}, "response"),
    ("groups.getMembers", COMMUNITY_KEY, {"group_id": GROUP, "fields": "sex"}, "fieldsResponse"),
    ("groups.isMember", COMMUNITY_KEY, {"group_id": GROUP, "user_id": ANNA}, "response"),
    ("groups.isMember", COMMUNITY_KEY, {"group_id": GROUP, "user_ids": ANNA}, "userIdsResponse"),
    ("messages.delete", COMMUNITY_KEY, {"peer_id": ANNA, "cmids": "2,99"}, "response"),
    ("messages.getById", COMMUNITY_KEY, {"message_ids": "1,2,3,4"}, "response"),
    ("messages.getById", COMMUNITY_KEY, {"message_ids": 2, "extended": 1}, "extendedResponse"),
    (
        "messages.getByConversationMessageId",
        COMMUNITY_KEY,
        {"peer_id": ANNA, "conversation_message_ids": "1,2"},
        "response",
    ),
    ("messages.getConversations", COMMUNITY_KEY, {"extended": 1}, "response"),
    (
        "messages.getConversationsById",
        COMMUNITY_KEY,
        {"peer_ids": f"{ANNA},{BORIS}"},
        "response",
    ),
    ("messages.getHistory", COMMUNITY_KEY, {"peer_id": ANNA}, "response"),
    (
        "messages.isMessagesFromGroupAllowed",
        COMMUNITY_KEY,
        {"group_id": GROUP, "user_id": ANNA},
        "response",
    ),
    ("messages.markAsRead", COMMUNITY_KEY, {"peer_id": ANNA}, "response"),
    ("messages.setActivity", COMMUNITY_KEY, {"peer_id": ANNA}, "response"),
    (
        "messages.send",
        COMMUNITY_KEY,
        {"peer_id": ANNA, "message": "!", "random_id": 0},
        "deprecatedResponse",
    ),
    (
        "messages.send",
        COMMUNITY_KEY,
        {"peer_ids": ANNA, "message": "!", "random_id": 0},
        "userIdsResponse",
    ),
    ("messages.edit", COMMUNITY_KEY, {"peer_id": ANNA, "cmid": 2, "message": "?"}, "response"),
    ("photos.getMessagesUploadServer", COMMUNITY_KEY, {}, "response"),
    ("photos.getWallUploadServer", USER_KEY, {"group_id": GROUP}, "response"),
    ("docs.getMessagesUploadServer", COMMUNITY_KEY, {"peer_id": ANNA}, "response"),
    ("docs.getWallUploadServer", COMMUNITY_KEY, {"group_id": GROUP}, "response"),
    ("users.get", COMMUNITY_KEY, {"user_ids": ANNA, "fields": "sex,online,timezone"}, "response"),
    ("utils.resolveScreenName", COMMUNITY_KEY, {"screen_name": f"club{GROUP}"}, "response"),
    ("wall.post", USER_KEY, {"owner_id": -GROUP, "message": "Пост"}, "response"),
    ("wall.edit", USER_KEY, {"owner_id": -GROUP, "post_id": 1, "message": "Пост"}, "response"),
    ("wall.delete", USER_KEY, {"owner_id": -GROUP, "post_id": 1}, "response"),
    ("wall.get", USER_KEY, {"owner_id": -GROUP}, "response"),
    ("wall.get", USER_KEY, {"owner_id": -GROUP, "extended": 1}, "extendedResponse"),
    ("wall.getById", USER_KEY, {"posts": f"-{GROUP}_2"}, "response"),
]


@pytest.mark.parametrize(
    ("method", "key", "params", "response"), CALLS, ids=[f"{c[0]}-{c[3]}" for c in CALLS]
)
def test_an_answer_fits_its_schema(
    method: str, key: str, params: dict[str, Any], response: str
) -> None:
    async def story() -> None:
        town = await a_busy_town()
        body = await town.call(method, key, **params)
        assert "response" in body, body
        check(body, method, response)

    asyncio.run(story())


@pytest.mark.parametrize("method", ["photos.saveMessagesPhoto", "photos.saveWallPhoto"])
def test_a_saved_photo_fits_its_schema(method: str) -> None:
    async def story() -> None:
        town = Town()
        key = USER_KEY if "Wall" in method else COMMUNITY_KEY
        where = await town.ok(
            method.replace("save", "get").replace("Photo", "UploadServer"), key, group_id=GROUP
        )
        files = {"photo": ("лист.png", picture())}
        sent = (await town.http.post(where["upload_url"], files=files)).json()
        check(await town.call(method, key, group_id=GROUP, **sent), method)

    asyncio.run(story())


def test_a_saved_document_fits_its_schema() -> None:
    async def story() -> None:
        town = Town()
        where = await town.ok("docs.getMessagesUploadServer", peer_id=ANNA)
        files = {"file": ("приказ.pdf", b"%PDF")}
        sent = (await town.http.post(where["upload_url"], files=files)).json()
        check(await town.call("docs.save", **sent), "docs.save")

    asyncio.run(story())


EVENTS = {
    "message_new": "callback_message_object",
    "message_reply": "callback_message",
    "message_edit": "callback_message",
    "message_allow": "callback_message_allow",
    "message_deny": "callback_message_deny",
    "group_join": "callback_group_join",
    "group_leave": "callback_group_leave",
    "user_block": "callback_user_block",
    "user_unblock": "callback_user_unblock",
    "wall_post_new": "callback_wall_post_new",
}


def test_every_event_fits_its_schema() -> None:
    async def story() -> None:
        town = await a_busy_town()
        for what in ("start", "allow", "deny", "leave", "block_by_admin", "unblock_by_admin"):
            await town.vk.do(town.dialog(), ANNA, what, {})
        home = SCHEMA / "callback" / "objects.json"
        seen = {update["type"] for update in town.account.updates}
        assert seen == set(EVENTS)
        for update in town.account.updates:
            schema, path = resolved(f"#/definitions/{EVENTS[update['type']]}", home)
            assert troubles(update["object"], schema, path, update["type"]) == []

    asyncio.run(story())


def test_what_a_person_passes_on_or_edits_fits_its_schema() -> None:
    async def story() -> None:
        town = await a_busy_town()
        sha = town.world.keep(picture())
        photo = Media("photo", sha, "фото.png", "image/png", 10, 40, 30, caption="Двор")
        doc = Media("document", sha, "отчёт.docx", "application/msword", 10)
        say, chat = town.vk.say, town.dialog()
        await say(chat, ANNA, text="Слова", media=[photo, doc], forward_from={"person": BORIS})
        await say(chat, ANNA, forward_from={"chat": "wall:news", "message": 1})
        await say(chat, ANNA, forward_from={"chat": "news", "message": chat.last_id})
        edit = {"message": chat.last_id, "media": [doc, photo], "text": "Два"}
        await town.vk.do(chat, ANNA, "edit", edit)
        home = SCHEMA / "callback" / "objects.json"
        for update in town.account.updates:
            schema, path = resolved(f"#/definitions/{EVENTS[update['type']]}", home)
            assert troubles(update["object"], schema, path, update["type"]) == []
        check(await town.call("messages.getHistory", peer_id=ANNA), "messages.getHistory")

    asyncio.run(story())


def test_the_checker_itself_finds_what_is_wrong() -> None:
    broken = {"response": {"count": "1", "items": [{"id": 1}]}}
    with pytest.raises(AssertionError, match="count"):
        check(broken, "messages.getHistory")


def test_error_texts_are_those_of_the_schema() -> None:
    from sandbox.vk.errors import TEXTS

    known = {
        one["code"]: one["description"]
        for one in document(SCHEMA / "errors.json")["errors"].values()
    }
    assert {code: known[code] for code in TEXTS} == dict(TEXTS)
