"""What people can do in the sandbox's VK, and where they do it."""

from __future__ import annotations

import asyncio
import json

import pytest
from vk_town import ADMIN, ANNA, BORIS, GROUP, Town, picture

from sandbox.networks import Wrong
from sandbox.world import Media


@pytest.mark.parametrize(
    ("ref", "person", "chat_id"),
    [
        ("news", ANNA, ANNA),
        (f"club{GROUP}", ANNA, ANNA),
        (f"@club{GROUP}", ANNA, ANNA),
        (str(GROUP), ANNA, ANNA),
        (f"news:{BORIS}", ADMIN, BORIS),
        (f"-{GROUP}", ADMIN, -GROUP),
        ("Вестник", None, -GROUP),
        ("wall:news", None, -GROUP),
    ],
)
def test_a_chat_is_found_by_its_reference(ref: str, person: int | None, chat_id: int) -> None:
    assert Town().vk.find_chat(ref, person).id == chat_id


@pytest.mark.parametrize(
    ("ref", "person", "text"),
    [
        ("gossip", ANNA, "communities: news"),
        ("news", None, "name the person"),
        ("news", 404, "no person 404"),
        ("news:anna", ADMIN, "a number"),
    ],
)
def test_what_is_not_there_is_named_with_what_is(ref: str, person: int | None, text: str) -> None:
    with pytest.raises(Wrong, match=text):
        Town().vk.find_chat(ref, person)


def test_accounts_need_names_and_ids_of_their_own() -> None:
    vk = Town().vk
    made = vk.add_account("youth")
    assert made.id > 0 and made.token and made.user_token is None
    for name, id_ in (("youth", None), ("a:b", None), ("", None), ("new", GROUP), ("new", -1)):
        with pytest.raises(Wrong):
            vk.add_account(name, id=id_)
    with pytest.raises(Wrong, match="wall comes with it"):
        vk.add_chat("group", "Беседа")


def test_the_first_words_open_the_dialog() -> None:
    async def story() -> None:
        town = Town()
        assert not town.dialog().started
        await town.meet()
        assert town.dialog().started
        [event] = town.events("message_new")
        message = event["message"]
        assert (message["from_id"], message["peer_id"], message["out"]) == (ANNA, ANNA, 0)

    asyncio.run(story())


def test_a_persons_photo_reaches_the_community_with_its_sizes() -> None:
    async def story() -> None:
        town = Town()
        sha = town.world.keep(picture(100, 50))
        photo = Media("photo", sha, "фото.png", "image/png", 10, 100, 50)
        voice = Media("voice", sha, "голос.ogg", "audio/ogg", 10)
        await town.vk.say(town.dialog(), ANNA, media=[photo, voice])
        attachments = town.events("message_new")[0]["message"]["attachments"]
        assert [one["type"] for one in attachments] == ["photo", "audio_message"]
        assert attachments[0]["photo"]["owner_id"] == ANNA
        assert attachments[0]["photo"]["sizes"][-1]["url"] == f"/vk/files/{sha}"

    asyncio.run(story())


def test_a_text_button_says_its_label_with_its_payload() -> None:
    async def story() -> None:
        town = Town()
        await town.meet()
        action = {"type": "text", "label": "Подписаться", "payload": '{"go":1}'}
        keyboard = {"one_time": True, "buttons": [[{"action": action, "color": "primary"}]]}
        await town.send(keyboard=json.dumps(keyboard))
        assert town.last().keyboard is not None
        assert await town.vk.press(town.dialog(), ANNA, 2, 0, 0) is None
        said = town.events("message_new")[-1]["message"]
        assert (said["text"], said["payload"]) == ("Подписаться", '{"go":1}')
        shown = await town.ok("messages.getConversationsById", peer_ids=ANNA)
        assert "current_keyboard" not in shown["items"][0], "one_time: it hides after the press"

    asyncio.run(story())


@pytest.mark.parametrize("place", [(9, 0, 0), (1, 0, 0), (2, 1, 0), (2, 0, 5), (2, -1, 0)])
def test_a_button_that_is_not_there_cannot_be_pressed(place: tuple[int, int, int]) -> None:
    async def story() -> None:
        town = Town()
        await town.meet()
        await town.send(
            keyboard='{"one_time":false,"buttons":[[{"action":{"type":"text","label":"Да"}}]]}'
        )
        with pytest.raises(Wrong):
            await town.vk.press(town.dialog(), ANNA, *place)

    asyncio.run(story())


def test_a_person_edits_and_deletes_only_own_messages() -> None:
    async def story() -> None:
        town = Town()
        await town.meet()
        await town.send()
        await town.vk.do(town.dialog(), ANNA, "edit", {"message": 1, "text": "Добрый день"})
        assert town.events("message_edit")[0]["text"] == "Добрый день"
        for what in ("edit", "delete"):
            with pytest.raises(Wrong, match="not this person's"):
                await town.vk.do(town.dialog(), ANNA, what, {"message": 2, "text": "?"})
        await town.vk.do(town.dialog(), ANNA, "delete", {"message": 1})
        assert [said.id for said in town.dialog().messages] == [2]

    asyncio.run(story())


def test_an_unknown_deed_is_answered_with_the_known_ones() -> None:
    async def story() -> None:
        town = Town()
        with pytest.raises(Wrong, match="start, stop, allow, deny, join, leave"):
            await town.vk.do(town.dialog(), ANNA, "promote_bot", {})

    asyncio.run(story())


def test_the_blacklisted_cannot_write_until_forgiven() -> None:
    async def story() -> None:
        town = Town()
        await town.meet()
        chat = town.vk.find_chat(f"news:{ANNA}", ADMIN)
        await town.vk.do(chat, ADMIN, "block_by_admin", {})
        with pytest.raises(Wrong, match="blacklist"):
            await town.meet()
        await town.vk.do(chat, ADMIN, "unblock_by_admin", {})
        await town.meet()
        with pytest.raises(Wrong, match="among the admins"):
            await town.vk.do(chat, BORIS, "block_by_admin", {})

    asyncio.run(story())


def test_writing_again_lifts_a_denial() -> None:
    async def story() -> None:
        town = Town()
        await town.meet()
        await town.vk.do(town.dialog(), ANNA, "stop", {})
        assert town.dialog().blocked
        await town.meet()
        await town.send()

    asyncio.run(story())


def test_an_admin_cannot_write_to_whom_the_community_may_not() -> None:
    async def story() -> None:
        town = Town()
        chat = town.vk.find_chat(f"news:{ANNA}", ADMIN)
        with pytest.raises(Wrong, match="901"):
            await town.vk.say(chat, ADMIN, text="Здравствуйте")
        await town.meet()
        with pytest.raises(Wrong, match="among the admins"):
            await town.vk.say(chat, BORIS, text="Чужой")
        with pytest.raises(Wrong, match="nothing to say"):
            await town.vk.say(chat, ADMIN)

    asyncio.run(story())


def test_a_forwarded_message_keeps_its_author() -> None:
    async def story() -> None:
        town = Town()
        what = {"from_id": BORIS, "text": "Слова Бориса"}
        await town.vk.say(town.dialog(), ANNA, text="Смотрите", forward_from=what)
        [forwarded] = town.events("message_new")[0]["message"]["fwd_messages"]
        assert (forwarded["from_id"], forwarded["text"]) == (BORIS, "Слова Бориса")
        with pytest.raises(Wrong, match="from_id"):
            await town.vk.say(town.dialog(), ANNA, forward_from={"name": "?"})

    asyncio.run(story())
