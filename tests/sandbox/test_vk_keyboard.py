"""Keyboards: what VK takes, what it refuses with 911, what people see."""

from __future__ import annotations

import json
from typing import Any

import pytest
from vk_api.keyboard import VkKeyboard

from sandbox.api import Refusal
from sandbox.vk import keyboard


def button(kind: str = "text", **action: Any) -> dict[str, Any]:
    return {"action": {"type": kind, "label": "Да", **action}, "color": "primary"}


def rows(*counts: int) -> list[list[dict[str, Any]]]:
    return [[button() for _ in range(count)] for count in counts]


@pytest.mark.parametrize(
    ("wanted", "detail"),
    [
        ({"buttons": rows(*[1] * 10)}, None),
        ({"buttons": rows(*[1] * 11)}, "buttons contain too much rows"),
        ({"buttons": rows(5)}, None),
        ({"buttons": rows(6)}, "row 0 contains too much columns"),
        ({"buttons": rows(*[5] * 8)}, None),
        ({"buttons": rows(*[5] * 8, 1)}, "keyboard contains too much buttons"),
        ({"buttons": rows(*[1] * 6), "inline": True}, None),
        ({"buttons": rows(*[1] * 7), "inline": True}, "buttons contain too much rows"),
        ({"buttons": rows(5, 5), "inline": True}, None),
        ({"buttons": rows(5, 5, 1), "inline": True}, "keyboard contains too much buttons"),
        ({"buttons": rows(1), "inline": True, "one_time": True}, "one_time is not allowed"),
        ({"buttons": [[]]}, "row 0 should be a non-empty array"),
        ({"buttons": {}}, "buttons should be an array"),
        ({"buttons": [[button(label="")]]}, "button [0][0] label should be at least 1"),
        ({"buttons": [[button(label="я" * 40)]]}, None),
        ({"buttons": [[button(label="я" * 41)]]}, "button [0][0] label should be at most 40"),
        ({"buttons": [[button(payload='"' + "x" * 253 + '"')]]}, None),
        ({"buttons": [[button(payload='"' + "x" * 254 + '"')]]}, "payload should be at most 255"),
        ({"buttons": [[button(payload="{")]]}, "payload should be a valid JSON"),
        ({"buttons": [[button("dance")]]}, "unknown action type"),
        ({"buttons": [[button("open_link")]]}, "link is undefined"),
        ({"buttons": [[button("open_app", app_id=5), button()]]}, "should take the whole row"),
        ({"buttons": [[button("location")]]}, "button [0][0] action contains unknown fields"),
        ({"buttons": [[button(), button(extra="x")]]}, "button [0][1] action contains unknown"),
        ({"buttons": [[button("location", label=None)]]}, None),
        ({"buttons": [[button("open_link", link="https://e.org/?a=1#b")]]}, None),
        ({"buttons": [[button("open_link", link="e.org")]]}, "button [0][0] has invalid link"),
        ({"buttons": [[button("open_link", link="https://{host}/")]]}, "has invalid link"),
        ({"buttons": rows(1), "inline": 1}, "inline property should be boolean"),
        ({"buttons": rows(1), "one_time": "no"}, "one_time property should be boolean"),
        ({"buttons": [[{"action": None}]]}, "action should be an object"),
        ({"buttons": []}, None),
    ],
)
def test_the_sizes_and_forms_of_a_keyboard(wanted: dict[str, Any], detail: str | None) -> None:
    if detail is None:
        assert keyboard.read(json.dumps(wanted)).wire["buttons"] is not None
        return
    with pytest.raises(Refusal, match="Keyboard format is invalid") as refused:
        keyboard.read(json.dumps(wanted))
    assert refused.value.code == 911
    assert detail in refused.value.text


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"one_time": true}'])
def test_what_is_no_keyboard_at_all_is_refused(text: str) -> None:
    with pytest.raises(Refusal) as refused:
        keyboard.read(text)
    assert refused.value.code == 911


def test_payloads_may_hold_a_thousand_characters_together() -> None:
    payload = '"' + "x" * 248 + '"'
    four = {"buttons": [[button(payload=payload)] for _ in range(4)]}
    assert len(keyboard.read(json.dumps(four)).rows) == 4
    four["buttons"].append([button(payload="1")])
    with pytest.raises(Refusal, match="1000"):
        keyboard.read(json.dumps(four))


def test_a_keyboard_of_the_library_is_read_as_people_see_it() -> None:
    made = VkKeyboard(inline=True)
    made.add_callback_button("Одобрить", payload={"ok": 1})
    made.add_openlink_button("Сайт", "https://example.org/")
    read = keyboard.read(made.get_keyboard())
    assert [(b.text, b.kind, b.data, b.url) for b in read.rows[0]] == [
        ("Одобрить", "callback", '{"ok":1}', None),
        ("Сайт", "url", None, "https://example.org/"),
    ]
    assert read.inline


def test_an_object_as_payload_becomes_json_text() -> None:
    read = keyboard.read(json.dumps({"buttons": [[button(payload={"a": "ж"})]]}))
    assert json.loads(read.wire["buttons"][0][0]["action"]["payload"]) == {"a": "ж"}


def test_an_app_button_leads_to_the_app() -> None:
    app = button("open_app", app_id=5, owner_id=1, hash="h")
    read = keyboard.read(json.dumps({"buttons": [[app]]}))
    assert (read.rows[0][0].kind, read.rows[0][0].url) == ("url", "https://vk.com/app5#h")
