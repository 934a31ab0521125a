"""The echo: answers a client believes, refusals as the platforms word them, all of it counted."""

from __future__ import annotations

from urllib.parse import urlencode

import orjson
import pytest

from bench.echo import Answers
from bench.judge import Judge


class Clock:
    """A clock that a test moves; seconds."""

    def __init__(self) -> None:
        """Begin at 50."""
        self.now = 50.0

    def __call__(self) -> float:
        """Return now."""
        return self.now


def test_a_send_beyond_the_rate_is_refused_as_telegram_does_and_counted() -> None:
    judge, clock = Judge("sliding", 1), Clock()
    answers = Answers(judge, clock)
    body = orjson.dumps({"chat_id": 7, "text": "…"})
    statuses = []
    for _ in range(2):
        status, said = answers.to(b"/bot1:key/sendMessage", body)
        statuses.append(status.split()[0])
    assert statuses == [b"200", b"429"]
    assert orjson.loads(said)["parameters"] == {"retry_after": 1}
    clock.now += 1.1
    assert answers.to(b"/bot1:key/sendPhoto", body)[0] == b"200 OK"
    status, told = answers.to(b"/told?seconds=1", b"")
    assert orjson.loads(told) == {"1:key": {"calls": 2, "messages": 2, "refused": 1, "within": 1}}


def test_asking_is_not_limited() -> None:
    answers = Answers(Judge("sliding", 1), Clock())
    assert [answers.to(b"/bot1:key/getMe", b"{}")[0] for _ in range(3)] == [b"200 OK"] * 3


@pytest.mark.parametrize("peers", [1, 3])
def test_a_packed_call_of_vk_is_one_call_and_as_many_messages_as_it_has_peers(peers: int) -> None:
    judge = Judge("sliding", 1)
    answers = Answers(judge, Clock())
    listed = ",".join(str(n) for n in range(1, peers + 1))
    body = urlencode({"peer_ids": listed, "access_token": "key", "message": "…"}).encode()
    made = orjson.loads(answers.to(b"/vk/method/messages.send", body)[1])
    refused = orjson.loads(answers.to(b"/vk/method/messages.send", body)[1])
    assert [one["peer_id"] for one in made["response"]] == list(range(1, peers + 1))
    assert refused["error"]["error_code"] == 6
    assert judge.told(1)["key"] == {"calls": 1, "messages": peers, "refused": 1, "within": peers}


FORMS = {
    "json": orjson.dumps({"text": "…", "chat_id": -100}),
    "urlencoded, first": b"chat_id=-100&text=1",
    "urlencoded, later": b"text=chat_id%3D5&chat_id=-100",
    "multipart": b'--b\r\nContent-Disposition: form-data; name="text"\r\n\r\nx\r\n--b\r\n'
    b'Content-Disposition: form-data; name="chat_id"\r\n\r\n-100\r\n--b--\r\n',
}


@pytest.mark.parametrize("form", FORMS)
def test_the_chat_is_read_from_every_form_of_a_body(form: str) -> None:
    answers = Answers(Judge("none", 1), Clock())
    made = orjson.loads(answers.to(b"/bot1:key/sendMessage", FORMS[form])[1])["result"]
    assert made["chat"]["id"] == -100
