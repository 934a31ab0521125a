"""Uploads: for messages, walls and files, with what VK refuses at each of the three steps."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import pytest
from vk_town import ADMIN, ANNA, COMMUNITY_KEY, GROUP, USER_KEY, Town, picture

OGG = b"OggS" + bytes(60)


async def sent(town: Town, url: str, *files: tuple[str, bytes], field: str = "file") -> Any:
    """Post files to an upload address and return what came back."""
    named = [(f"{field}{number}", file) for number, file in enumerate(files, 1)]
    return (await town.http.post(url, files=named)).json()


@pytest.mark.parametrize(
    ("kind", "name", "content", "word"),
    [
        ("doc", "приказ.pdf", b"%PDF", "doc"),
        ("audio_message", "голос.ogg", OGG, "audio_message"),
        ("graffiti", "рисунок.png", picture(), "graffiti"),
    ],
    ids=["document", "voice", "drawing"],
)
def test_a_file_is_saved_as_what_it_was_asked_for_and_sent(
    kind: str, name: str, content: bytes, word: str
) -> None:
    async def story() -> None:
        town = Town()
        await town.meet()
        where = await town.ok("docs.getMessagesUploadServer", type=kind, peer_id=ANNA)
        came = await sent(town, where["upload_url"], (name, content))
        saved = await town.ok("docs.save", **came)
        assert saved["type"] == word
        file = saved[word]
        # Clients attach all three as documents.
        attached = f"doc{file['owner_id']}_{file['id']}_{file['access_key']}"
        await town.send(attachment=attached)
        history = await town.ok("messages.getHistory", peer_id=ANNA, count=1)
        [shown] = history["items"][0]["attachments"]
        assert (shown["type"], shown[word]["id"]) == (word, file["id"])
        link = shown[word].get("url") or shown[word]["link_ogg"]
        assert (await town.http.get(link)).content == content

    asyncio.run(story())


@pytest.mark.parametrize(
    ("kind", "name", "content"),
    [
        ("doc", "игра.exe", b"MZ"),
        ("doc", "песня.mp3", b"ID3"),
        ("doc", "пусто.txt", b""),
        ("audio_message", "песня.mp3", b"ID3"),
        ("graffiti", "фото.jpg", picture(format_="JPEG")),
    ],
    ids=["program", "music", "nothing", "music-as-voice", "photo-as-drawing"],
)
def test_an_unfit_file_is_refused_where_it_is_sent(kind: str, name: str, content: bytes) -> None:
    async def story() -> None:
        town = Town()
        where = await town.ok("docs.getMessagesUploadServer", type=kind)
        came = await sent(town, where["upload_url"], (name, content))
        assert "error" in came and "file" not in came
        assert await town.code("docs.save", file="nothing|else") == 105

    asyncio.run(story())


def test_documents_are_looked_up_by_their_names() -> None:
    async def story() -> None:
        town = Town()
        where = await town.ok("docs.getWallUploadServer", group_id=GROUP)
        came = await sent(town, where["upload_url"], ("а.txt", b"a"))
        saved = (await town.ok("docs.save", USER_KEY, title="Устав", **came))["doc"]
        assert saved["owner_id"] == ADMIN
        names = f"{ADMIN}_{saved['id']},{ADMIN}_{saved['id']}_wrong,-1_1"
        assert [one["title"] for one in await town.ok("docs.getById", docs=names)] == ["Устав"]

    asyncio.run(story())


@pytest.mark.parametrize(
    ("method", "key", "params", "most"),
    [
        ("photos.getMessagesUploadServer", COMMUNITY_KEY, {}, 1),
        ("photos.getWallUploadServer", USER_KEY, {"group_id": GROUP}, 6),
    ],
)
def test_a_post_of_photos_has_its_number(
    method: str, key: str, params: dict[str, Any], most: int
) -> None:
    async def story() -> None:
        town = Town()
        where = await town.ok(method, key, **params)
        files = [(f"{number}.png", picture(10 + number, 10)) for number in range(8)]
        came = await sent(town, where["upload_url"], *files)
        assert len(json.loads(came["photo"])) == most

    asyncio.run(story())


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"photo": "[]"}, 100),
        ({"photo": ""}, 100),
        ({"photo": "фото"}, 129),
        ({"server": 1}, 118),
        ({"hash": "0"}, 121),
        ({"hash": ""}, 121),
    ],
)
def test_a_photo_is_saved_only_as_it_came(change: dict[str, Any], code: int) -> None:
    async def story() -> None:
        town = Town()
        for kind, key in (("Messages", COMMUNITY_KEY), ("Wall", USER_KEY)):
            where = await town.ok(f"photos.get{kind}UploadServer", key)
            came = await sent(town, where["upload_url"], ("а.png", picture()))
            save = f"photos.save{kind}Photo"
            assert await town.code(save, key, **(came | change)) == code
            town.clock.set(advance_s=1)

    asyncio.run(story())


def test_a_person_who_may_not_be_written_to_gets_no_upload_either() -> None:
    async def story() -> None:
        town = Town()
        for method in ("photos.getMessagesUploadServer", "docs.getMessagesUploadServer"):
            assert await town.code(method, peer_id=ANNA) == 901
            await town.ok(method)
        await town.meet()
        await town.ok("docs.getMessagesUploadServer", peer_id=ANNA)

    asyncio.run(story())


def test_a_video_has_its_id_first_its_file_later_and_is_posted() -> None:
    async def story() -> None:
        town = Town()
        town.gate.limits.change({"vk": {"on": False}})
        made = await town.ok(
            "video.save", USER_KEY, group_id=GROUP, name="Парад", description="1 мая"
        )
        name = f"video{made['owner_id']}_{made['video_id']}"
        post = {"owner_id": -GROUP, "message": "Смотрите", "attachments": name}
        assert await town.code("wall.post", USER_KEY, **post) == 100  # nothing was uploaded yet
        assert "error" in await sent(town, made["upload_url"], ("п.mp4", b""))
        came = await sent(town, made["upload_url"], ("п.mp4", b"film"), field="video_file")
        assert (came["size"], came["video_id"]) == (4, made["video_id"])
        assert "error" in await sent(town, made["upload_url"], ("п.mp4", b"film"))
        asked = {"videos": f"{made['owner_id']}_{made['video_id']}_{made['access_key']}"}
        [shown] = (await town.ok("video.get", USER_KEY, **asked))["items"]
        assert (shown["title"], shown["description"], shown["processing"]) == ("Парад", "1 мая", 1)
        town.clock.set(advance_s=5)
        [shown] = (await town.ok("video.get", USER_KEY, owner_id=-GROUP))["items"]
        assert "processing" not in shown
        await town.ok("wall.post", USER_KEY, **post)
        assert town.events("wall_post_new")[0]["attachments"][0]["video"]["id"] == made["video_id"]

    asyncio.run(story())


def test_a_film_from_elsewhere_needs_no_file() -> None:
    async def story() -> None:
        town = Town()
        made = await town.ok("video.save", USER_KEY, link="https://video.example/1", name="Кино")
        assert made["owner_id"] == ADMIN
        assert (await town.http.post(made["upload_url"])).json() == {"response": 1}
        assert await town.code("video.save", USER_KEY, link="кино") == 100

    asyncio.run(story())


def test_files_of_one_human_in_two_communities_do_not_collide() -> None:
    async def story() -> None:
        town = Town()
        town.vk.add_account("youth", user_token=USER_KEY, admins=[ADMIN], id=5002)
        names = []
        for group in (GROUP, 5002):
            where = await town.ok("photos.getWallUploadServer", USER_KEY, group_id=group)
            came = await sent(town, where["upload_url"], ("а.png", picture(group - 4900, 100)))
            [saved] = await town.ok("photos.saveWallPhoto", USER_KEY, group_id=group, **came)
            names.append(f"photo{saved['owner_id']}_{saved['id']}")
            town.clock.set(advance_s=1)
        both = {"owner_id": -GROUP, "attachments": ",".join(names)}
        await town.ok("wall.post", USER_KEY, **both)
        assert [file.width for file in town.wall.messages[0].media] == [101, 102]

    asyncio.run(story())


def test_an_address_belongs_to_its_place_and_community() -> None:
    async def story() -> None:
        town = Town()
        where = (await town.ok("docs.getMessagesUploadServer"))["upload_url"]
        for wrong in (where.replace("/doc/", "/wall/"), where.replace(str(GROUP), "1"), where[:-1]):
            assert "error" in await sent(town, wrong, ("а.txt", b"a"))
        assert town.world.files == {}

    asyncio.run(story())
