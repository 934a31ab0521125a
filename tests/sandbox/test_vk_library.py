"""The real vk_api library works against the sandbox unchanged, but for the address it calls."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
import vk_api
from jconfig.memory import MemoryConfig  # type: ignore[import-untyped]
from requests.adapters import HTTPAdapter
from vk_api.bot_longpoll import VkBotEventType, VkBotLongPoll
from vk_api.requests_pool import VkRequestsPool, vk_request_one_param_pool
from vk_api.upload import VkUpload
from vk_town import ANNA, BORIS, COMMUNITY_KEY, GROUP, USER_KEY, Town, picture, served


class ToSandbox(HTTPAdapter):
    """Sends what is meant for api.vk.ru to the sandbox."""

    def __init__(self, base: str) -> None:
        super().__init__()
        self._base = base

    def send(self, request: requests.PreparedRequest, *args: Any, **kwargs: Any) -> Any:
        request.url = f"{self._base}/vk{urlsplit(str(request.url)).path}"
        return super().send(request, *args, **kwargs)


@pytest.fixture
def town() -> Town:
    return Town(clock="real")


@pytest.fixture
def base(town: Town) -> Iterator[str]:
    for person in (ANNA, BORIS):
        town.dialog(person).started = True
    with served(town) as base:
        yield base


@pytest.fixture
def sessions() -> Iterator[list[requests.Session]]:
    opened: list[requests.Session] = []
    yield opened
    for session in opened:
        session.close()


@pytest.fixture
def community(base: str, sessions: list[requests.Session]) -> Any:
    return client(base, COMMUNITY_KEY, sessions)


@pytest.fixture
def human(base: str, sessions: list[requests.Session]) -> Any:
    return client(base, USER_KEY, sessions)


def client(base: str, key: str, sessions: list[requests.Session]) -> Any:
    session = requests.Session()
    session.mount("https://api.vk.ru/", ToSandbox(base))
    sessions.append(session)
    vk = vk_api.VkApi(token=key, session=session, config=MemoryConfig, api_version="5.199")
    vk.RPS_DELAY = 0
    return vk


def test_a_message_arrives_and_its_id_comes_back(town: Town, community: Any) -> None:
    id_ = community.get_api().messages.send(peer_id=ANNA, message="Привет 🌱", random_id=7)
    assert (town.last().text, town.last().global_id) == ("Привет 🌱", id_)


def test_peer_ids_tell_of_each_peer(community: Any) -> None:
    sent = community.get_api().messages.send(peer_ids=f"{ANNA},777", message="Всем", random_id=8)
    assert sent[0]["conversation_message_id"] == 1
    assert sent[1]["error"]["code"] == 936


def test_a_photo_goes_through_upload_and_save_into_a_message(town: Town, community: Any) -> None:
    upload = VkUpload(community)
    saved = upload.photo_messages(BytesIO(picture(64, 48)))[0]
    upload.http.close()
    name = f"photo{saved['owner_id']}_{saved['id']}_{saved['access_key']}"
    community.get_api().messages.send(peer_id=ANNA, attachment=name, random_id=9)
    assert (town.last().media[0].width, town.last().media[0].height) == (64, 48)


def test_the_saved_photo_can_be_fetched_from_its_address(community: Any) -> None:
    upload = VkUpload(community)
    saved = upload.photo_messages(BytesIO(picture()))[0]
    fetched = upload.http.get(saved["sizes"][-1]["url"])
    upload.http.close()
    assert (fetched.content, fetched.headers["content-type"]) == (picture(), "image/png")


def test_a_human_key_uploads_to_the_wall_and_posts(town: Town, human: Any) -> None:
    upload = VkUpload(human)
    saved = upload.photo_wall([BytesIO(picture()), BytesIO(picture(10, 10))], group_id=GROUP)
    upload.http.close()
    names = ",".join(f"photo{one['owner_id']}_{one['id']}" for one in saved)
    post = human.get_api().wall.post(
        owner_id=-GROUP, from_group=1, message="Митинг", attachments=names
    )
    assert town.wall.messages[-1].id == post["post_id"]
    assert len(town.wall.messages[-1].media) == 2


def test_a_document_is_saved_under_its_title(town: Town, community: Any) -> None:
    upload = VkUpload(community)
    file = BytesIO(b"%PDF-1.4 order")
    file.name = "приказ.pdf"
    saved = upload.document_message(file, title="Приказ.pdf", peer_id=ANNA)["doc"]
    upload.http.close()
    assert (saved["title"], saved["ext"], saved["type"]) == ("Приказ.pdf", "pdf", 1)


def test_a_voice_message_and_a_video_go_their_ways(town: Town, community: Any, human: Any) -> None:
    upload = VkUpload(community)
    voice = upload.audio_message(BytesIO(b"OggS" + bytes(60)), peer_id=ANNA)["audio_message"]
    upload.http.close()
    name = f"audio_message{voice['owner_id']}_{voice['id']}_{voice['access_key']}"
    community.get_api().messages.send(peer_id=ANNA, attachment=name, random_id=10)
    assert town.last().media[0].kind == "voice"
    upload = VkUpload(human)
    film = upload.video(BytesIO(b"film"), name="Парад", group_id=GROUP)
    upload.http.close()
    attached = f"video{-GROUP}_{film['video_id']}"
    human.get_api().wall.post(owner_id=-GROUP, from_group=1, attachments=attached)
    assert town.wall.messages[-1].media[0].name == "Парад"


def test_a_captcha_is_answered_by_the_librarys_own_means(town: Town, community: Any) -> None:
    order = {"network": "vk", "do": "error", "code": 14, "text": "Captcha needed"}
    town.gate.faults.add(order)
    with pytest.raises(vk_api.Captcha) as needed:
        community.get_api().users.get(user_ids=ANNA)
    with requests.get(needed.value.get_url(), timeout=5) as picture:
        letters = picture.headers["x-captcha-letters"]
    assert needed.value.try_again(letters)[0]["id"] == ANNA


def test_the_long_poll_of_the_library_hears_its_own_answer(community: Any) -> None:
    poll = VkBotLongPoll(community, GROUP, wait=5)
    community.get_api().messages.send(peer_id=ANNA, message="Слышно?", random_id=0)
    heard = poll.check()
    poll.session.close()
    assert [event.type for event in heard] == [VkBotEventType.MESSAGE_REPLY]
    assert heard[0].object.text == "Слышно?"


def test_the_pool_of_one_method_runs_as_a_loop(town: Town, community: Any) -> None:
    with VkRequestsPool(community) as pool:
        results = [
            pool.method("messages.send", {"peer_id": peer, "message": "По кругу", "random_id": 0})
            for peer in (ANNA, 777, BORIS)
        ]
    assert [result.ok for result in results] == [True, False, True]
    assert results[1].error["error_code"] == 936
    assert town.last(BORIS).text == "По кругу"


def test_the_pool_of_several_methods_runs_as_a_list(community: Any) -> None:
    with VkRequestsPool(community) as pool:
        me = pool.method("groups.getById")
        anna = pool.method("users.get", {"user_ids": ANNA})
    assert me.result["groups"][0]["id"] == GROUP
    assert anna.result[0]["first_name"] == "Анна"


def test_the_pool_of_one_parameter_changes_it_from_call_to_call(town: Town, community: Any) -> None:
    usual = {"message": "Каждому", "random_id": 0}
    done, failed = vk_request_one_param_pool(
        community, "messages.send", "peer_id", [ANNA, BORIS, 777], usual
    )
    assert set(done) == {ANNA, BORIS} and set(failed) == {777}


def test_a_refusal_is_the_librarys_own_exception(community: Any) -> None:
    with pytest.raises(vk_api.ApiError) as refused:
        community.get_api().wall.post(owner_id=-GROUP, message="Нельзя")
    assert refused.value.code == 27
