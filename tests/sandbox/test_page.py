"""The page comes whole from the sandbox itself, holds together, and runs nothing of anybody else."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from asked import Asked

from sandbox import page

FOLDER = Path(page.__file__).parent
TEXTS = sorted([*FOLDER.glob("*.js"), *FOLDER.glob("*.html"), *FOLDER.glob("*.css")])
SCRIPTS = {path.name: path.read_text("utf-8") for path in TEXTS if path.suffix == ".js"}
STYLES = {path.name: path.read_text("utf-8") for path in TEXTS if path.suffix == ".css"}
DOCUMENT = (FOLDER / "index.html").read_text("utf-8")
NODE = shutil.which("node")
# Colours that stand on a coloured ground, which is the same by day and by night.
_ALIKE_AT_NIGHT = ("--tint-", "--toast-error", "--on-fill", "--on-pill", "--over", "--sheen")
PHOTO = {"kind": "photo", "url": "/sites/youth/img/veloprobeg-1.jpg"}


@pytest.fixture(scope="module")
def town() -> Iterator[Asked]:
    with Asked() as asked:
        yield asked


@pytest.fixture
def demo() -> Iterator[Asked]:
    with Asked(demo=True) as asked:
        yield asked


def test_the_page_and_all_it_names_are_served(town: Asked) -> None:
    answer = town.get("/")
    named = re.findall(r'(?:href|src)="(/page/[^"]+)"', answer.text)
    assert len(named) >= 3
    assert {town.get(path).status_code for path in [*named, "/favicon.ico"]} == {200}


@pytest.mark.parametrize("path", [p for p in TEXTS if p.suffix == ".js"], ids=lambda p: p.name)
def test_every_import_of_a_script_is_served(town: Asked, path: Path) -> None:
    answer = town.get(f"/page/{path.name}")
    assert answer.headers["content-type"].startswith("text/javascript")
    for name in re.findall(r'from "\./([^"]+)"', answer.text):
        assert town.get(f"/page/{name}").status_code == 200


def test_foreign_scripts_and_inline_ones_are_forbidden(town: Asked) -> None:
    policy = town.get("/").headers["content-security-policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize("path", TEXTS, ids=lambda p: p.name)
def test_no_file_reaches_out_or_needs_inline_code(path: Path) -> None:
    text = path.read_text("utf-8").replace("http://www.w3.org/2000/svg", "")
    assert not re.search(r"https?://", text)
    assert not re.search(r"<[a-z]+[^>]*\s(on[a-z]+|style)=", text)
    assert not re.search(r"<script(?![^>]*src=)|<style", text)


@pytest.mark.parametrize(
    "name", ["__init__.py", "..%2Fdemo.py", "none.js", "%2e%2e%2fworld.py", "index.html"]
)
def test_nothing_else_of_the_folder_is_served(town: Asked, name: str) -> None:
    assert town.get(f"/page/{name}").status_code == 404


@pytest.mark.parametrize("name", SCRIPTS)
def test_what_a_script_imports_is_exported_and_used(name: str) -> None:
    for names, source in re.findall(r'import \{([^}]+)\} from "\./([^"]+)"', SCRIPTS[name]):
        for wanted in (one.strip() for one in names.split(",")):
            exported = rf"export (?:async )?(?:function|class|const) {wanted}\b"
            assert re.search(exported, SCRIPTS[source]), f"{source} exports no {wanted}"
            assert len(re.findall(rf"\b{wanted}\b", SCRIPTS[name])) > 1, f"{wanted} is not used"


def test_every_script_and_style_is_reached_from_the_page() -> None:
    reached, waiting = set[str](), re.findall(r'src="/page/([^"]+\.js)"', DOCUMENT)
    while waiting:
        name = waiting.pop()
        if name not in reached:
            reached.add(name)
            waiting += re.findall(r'from "\./([^"]+)"', SCRIPTS[name])
    assert reached == set(SCRIPTS)
    assert set(re.findall(r'href="/page/([^"]+\.css)"', DOCUMENT)) == set(STYLES)


def test_every_icon_and_element_that_scripts_name_is_in_the_page() -> None:
    everything = "\n".join(SCRIPTS.values())
    drawn = set(re.findall(r'(?:\bicon\(|\biconButton\(|\bsign: )"([\w-]+)"', everything))
    used = set(re.findall(r'href="#i-([\w-]+)"', DOCUMENT))
    assert drawn | used == set(re.findall(r'<symbol id="i-([\w-]+)"', DOCUMENT))
    made = re.findall(r'\bid: "([\w-]+)"', everything) + re.findall(r'\bid="([\w-]+)"', DOCUMENT)
    assert set(re.findall(r'byId\("([\w-]+)"\)', everything)) <= set(made)


def test_every_call_of_the_scripts_is_one_of_control(town: Asked) -> None:
    called = {call for text in SCRIPTS.values() for call in re.findall(r"/control/(\w+)", text)}
    paths = {getattr(route, "path", "") for route in town.sandbox.app.routes}
    known = {path.split("/")[2] for path in paths if path.startswith("/control/")}
    assert len(called) >= 6
    assert called <= known


def test_colours_stand_in_one_place_and_have_a_night() -> None:
    colours = STYLES["colours.css"]
    named = dict(re.findall(r"(--[\w-]+): ([^;]+);", colours))
    for name, text in STYLES.items():
        assert set(re.findall(r"var\((--[\w-]+)\)", text)) <= {*named, "--tint"}
        if name != "colours.css":
            assert not re.search(r"#[0-9a-fA-F]{3,8}\b(?=[^{}]*;)|\brgba?\(", text), name
    by_day_only = {name for name, value in named.items() if not value.startswith("light-dark(")}
    assert all(name.startswith(_ALIKE_AT_NIGHT) for name in by_day_only), by_day_only


# What the page marks as unread


def test_what_came_is_counted_for_everybody_and_an_album_once(demo: Asked) -> None:
    demo.post("/control/do", {**_dialog("telegram", 1003), "what": "start"})
    bot = _bot(demo)
    first = bot("sendMessage", chat_id=1003, text="Раз")["message_id"]
    album = [{"type": "photo", "media": _sent_photo(demo, bot)} for _ in range(2)]
    second = bot("sendMediaGroup", chat_id=1003, media=album)[-1]["message_id"]
    seen = demo.get("/control/seen?as=1001").json()
    mine = next(one for one in seen["people"] if one["id"] == 1003)["dialogs"]
    dialog = next(one for one in mine if one["ref"] == "vestnik:1003")
    assert dialog["incoming"] == [second, first]


def test_ones_own_messages_and_what_everybody_reads_are_no_news(demo: Asked) -> None:
    demo.post("/control/do", {**_dialog("telegram", 1003), "what": "start"})
    channel = {"network": "telegram", "chat": -1001000000001, "as": 1004}
    demo.post("/control/say", {**channel, "text": "Всем"})
    people = {one["id"]: one for one in demo.get("/control/seen?as=1001").json()["people"]}
    assert {tuple(d["incoming"]) for d in people[1003]["dialogs"]} == {()}
    assert "-1001000000001" not in {d["ref"] for d in people[1001]["dialogs"]}
    chats = demo.get("/control/seen?as=1001").json()["chats"]
    assert next(c for c in chats if c["ref"] == "-1001000000001")["incoming"] == [1]


def test_to_an_admin_who_looks_on_the_other_persons_words_are_news(demo: Asked) -> None:
    said = demo.post("/control/say", {**_dialog("vk", 1001), "text": "Есть вопрос"})["messages"]
    admin = {"network": "vk", "chat": "vestnik:1001", "as": 1004}
    demo.post("/control/say", {**admin, "text": "Какой?"})
    chats = demo.get("/control/seen?as=1004").json()["chats"]
    assert next(c for c in chats if c["ref"] == "vestnik:1001")["incoming"] == said


# The rules that are pure scripts, run as they are

SEEN = {
    "accounts": [
        {"network": "telegram", "name": "vestnik", "username": "vestnik_bot", "id": 7},
        {"network": "vk", "name": "vestnik", "username": "club200000001", "id": 200000001},
        {"network": "vk", "name": "education", "username": "club200000002", "id": 200000002},
    ],
    "chats": [
        {"network": "telegram", "kind": "channel", "ref": "-1005", "id": -1005, "username": "prof"},
        {"network": "vk", "kind": "wall", "ref": "-200000001", "id": -200000001},
    ],
}


def _to_dialog(network: str, account: str, payload: str) -> dict[str, Any]:
    return {"dialog": {"network": network, "account": account, "payload": payload}}


def _to_place(network: str, ref: str, message: int | None) -> dict[str, Any]:
    return {"place": {"network": network, "ref": ref, "message": message}}


LINKS = [
    ("https://t.me/vestnik_bot?start=inv-1", _to_dialog("telegram", "vestnik", "inv-1")),
    ("https://T.me/Vestnik_Bot?start=inv-1", _to_dialog("telegram", "vestnik", "inv-1")),
    ("https://t.me/vestnik_bot", _to_dialog("telegram", "vestnik", "")),
    ("https://t.me/renamed_bot?start=x", _to_dialog("telegram", "vestnik", "x")),
    ("https://t.me/renamed_bot", None),
    ("tg://resolve?domain=vestnik_bot&start=a", _to_dialog("telegram", "vestnik", "a")),
    ("https://vk.me/club200000002?ref=inv-2", _to_dialog("vk", "education", "inv-2")),
    ("https://vk.me/vestnik?ref=inv-2", _to_dialog("vk", "vestnik", "inv-2")),
    ("https://vk.com/write-200000001?ref=a", _to_dialog("vk", "vestnik", "a")),
    ("https://t.me/prof/12", _to_place("telegram", "-1005", 12)),
    ("https://t.me/prof", _to_place("telegram", "-1005", None)),
    ("https://t.me/c/5/3", _to_place("telegram", "-1005", 3)),
    ("https://vk.com/wall-200000001_4", _to_place("vk", "-200000001", 4)),
    ("https://vk.com/club200000001", _to_place("vk", "-200000001", None)),
    ("https://vk.com/wall-9_4", None),
    ("https://example.org/vestnik_bot?start=1", None),
    ("https://t.me.example.org/vestnik_bot?start=1", None),
    ("javascript:alert(1)", None),
    ("not an address", None),
]


@pytest.mark.skipif(
    NODE is None, reason="node, which runs the page's scripts here, is not installed"
)
@pytest.mark.parametrize(("address", "meaning"), LINKS, ids=[link for link, _ in LINKS])
def test_a_link_means(
    address: str, meaning: dict[str, Any] | None, meanings: dict[str, Any]
) -> None:
    assert meanings[address] == meaning


@pytest.fixture(scope="module")
def meanings(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Ask the page's own script about all links of the table at once."""
    code = f"{json.dumps([link for link, _ in LINKS])}.map((a) => [a, m.meaningOf(a, {json.dumps(SEEN)})])"
    return dict(_run("links.js", code, tmp_path_factory.mktemp("node")))


@pytest.mark.skipif(
    NODE is None, reason="node, which runs the page's scripts here, is not installed"
)
def test_an_unknown_community_is_said_to_be_missing_and_never_guessed(tmp_path: Path) -> None:
    code = f'[m.meaningOf("https://vk.me/club5?ref=a", {json.dumps(SEEN)})]'
    (meaning,) = _run("links.js", code, tmp_path)
    assert list(meaning) == ["missing"]


KNOWN = {
    "whole": True,
    "person": 1,
    "version": 5,
    "now": "a",
    "mode": "real",
    "gone": [],
    "people": [{"id": 1, "n": 0}, {"id": 2, "n": 0}],
    "chats": [{"network": "vk", "ref": "a", "n": 0}, {"network": "telegram", "ref": "a", "n": 0}],
    "accounts": ["kept"],
}
NOTHING = {**KNOWN, "whole": False, "version": 6, "people": [], "chats": []}
MERGED: list[tuple[dict[str, Any], list[str], list[int]]] = [
    (NOTHING, ["vk/a/0", "telegram/a/0"], [0, 0]),
    ({**NOTHING, "chats": [{"network": "vk", "ref": "a", "n": 1}]}, ["vk/a/1", "telegram/a/0"], [0, 0]),
    ({**NOTHING, "chats": [{"network": "vk", "ref": "b", "n": 1}]}, ["vk/a/0", "telegram/a/0", "vk/b/1"], [0, 0]),
    ({**NOTHING, "gone": [{"network": "vk", "ref": "a"}]}, ["telegram/a/0"], [0, 0]),
    ({**NOTHING, "people": [{"id": 2, "n": 1}]}, ["vk/a/0", "telegram/a/0"], [0, 1]),
    ({**NOTHING, "version": 5, "people": [{"id": 2, "n": 1}]}, ["vk/a/0", "telegram/a/0"], [0, 0]),
    ({**KNOWN, "version": 1, "chats": []}, [], [0, 0]),
    ({**KNOWN, "person": 2, "chats": []}, [], [0, 0]),
]  # fmt: skip


@pytest.mark.skipif(
    NODE is None, reason="node, which runs the page's scripts here, is not installed"
)
def test_news_are_put_into_the_picture_that_is_known(tmp_path: Path) -> None:
    told = json.dumps([news for news, _, _ in MERGED])
    pictures = _run("chats.js", f"{told}.map((t) => m.merged({json.dumps(KNOWN)}, t))", tmp_path)
    shown = [
        (
            [f"{chat['network']}/{chat['ref']}/{chat['n']}" for chat in picture["chats"]],
            [one["n"] for one in picture["people"]],
        )
        for picture in pictures
    ]
    assert shown == [(chats, people) for _, chats, people in MERGED]
    assert all(picture["accounts"] == ["kept"] for picture in pictures)


@pytest.mark.skipif(
    NODE is None, reason="node, which runs the page's scripts here, is not installed"
)
def test_refusals_that_the_page_can_meet_have_russian_words(demo: Asked, tmp_path: Path) -> None:
    dialog = _dialog("telegram", 1003)
    demo.post("/control/do", {**dialog, "what": "start"})
    sent = _bot(demo)("sendMessage", chat_id=1003, text="Да")["message_id"]
    no_picture = {"kind": "photo", "name": "кот", "base64": "AAAA"}
    met = [
        demo.try_post("/control/say", {**dialog, "text": "а", "reply_to": 99}),
        demo.try_post("/control/say", {**dialog, "media": [no_picture]}),
        demo.try_post("/control/say", dialog),
        demo.try_post("/control/press", {**dialog, "message": 99, "button": [0, 0]}),
        demo.try_post("/control/press", {**dialog, "message": sent, "button": [0, 0]}),
        demo.try_post("/control/do", {**dialog, "what": "edit", "message": 1, "text": ""}),
        demo.try_post("/control/do", {**dialog, "what": "edit", "message": 99, "text": "а"}),
        demo.try_post("/control/do", {**dialog, "what": "edit", "message": sent, "text": "а"}),
        demo.try_post(
            "/control/say", {**dialog, "chat": -1001000000001, "text": "не администратор"}
        ),
    ]
    met += _refused_deeds(demo)
    assert {answer.status_code for answer in met} == {400}
    words = [answer.json()["error"] for answer in met]
    for said in _run("words.js", f"{json.dumps(words)}.map(m.refusal)", tmp_path):
        assert not re.search(r"[A-Za-z]{3}|^Не получилось", said), said


def _refused_deeds(demo: Asked) -> list[Any]:
    """Do what the page offers where it is not allowed any more."""
    group = {"network": "telegram", "chat": -1001000000003}
    post = lambda who, what, **more: demo.try_post(  # noqa: E731
        "/control/do", {**group, "as": who, "what": what, **more}
    )
    numbers = {"question": "Да?", "options": ["Да", "Нет"]}
    quiz = post(1002, "send_poll", **numbers, correct=0).json()["messages"][0]
    poll = post(1002, "send_poll", **numbers).json()["messages"][0]
    line = post(1002, "create_topic", name="Спорт").json()["topic"]
    for number in (quiz, poll):
        assert post(1003, "vote", message=number, options=[0]).status_code == 200
    wall = {"network": "vk", "chat": -200000001, "as": 1001}
    return [
        post(1003, "vote", message=quiz, options=[1]),
        post(1003, "retract_vote", message=quiz),
        post(1005, "vote", message=poll, options=[0, 1]),
        post(1005, "vote", message=poll, options=[7]),
        post(1005, "retract_vote", message=poll),
        post(1003, "pin", message=line),
        post(1002, "pin", message=line),
        post(1002, "unpin", message=poll),
        post(1003, "react", message=poll, emoji="x"),
        post(1003, "send_poll", question="", options=[]),
        post(1003, "send_location", latitude="север"),
        post(1003, "send_contact", phone_number="+7"),
        post(1002, "approve", person=1005),
        post(1003, "approve", person=1005),
        demo.try_post("/control/do", {**wall, "what": "comment", "message": 99, "text": "а"}),
        *_while_silent(demo, post),
    ]


def _while_silent(demo: Asked, post: Any) -> list[Any]:
    assert post(1002, "set_permissions", permissions=[]).status_code == 200
    words = {"network": "telegram", "chat": -1001000000003, "as": 1003, "text": "а"}
    return [
        demo.try_post("/control/say", words),
        demo.try_post("/control/say", {**words, "media": [PHOTO]}),
        post(1003, "send_poll", question="Да?", options=["Да"]),
        post(1003, "send_contact"),
        post(1003, "send_location"),
    ]


def _dialog(network: str, person: int) -> dict[str, Any]:
    return {"network": network, "chat": "vestnik", "as": person}


def _bot(town: Asked) -> Any:
    account = town.sandbox.world.account("telegram", "vestnik")
    assert account is not None
    return lambda method, **params: town.post(f"/telegram/bot{account.token}/{method}", params)[
        "result"
    ]


def _sent_photo(town: Asked, bot: Any) -> str:
    """Return the handle of a picture that the person sent and the bot sent back."""
    (number,) = town.post("/control/say", {**_dialog("telegram", 1003), "media": [PHOTO]})[
        "messages"
    ]
    update = next(
        u["message"] for u in bot("getUpdates") if u.get("message", {}).get("message_id") == number
    )
    return str(update["photo"][-1]["file_id"])


def _run(script: str, code: str, folder: Path) -> list[Any]:
    """Return the value of an expression over a script's exports, which it knows as `m`."""
    assert NODE is not None
    module = folder / script.replace(".js", ".mjs")
    module.write_text(SCRIPTS[script], "utf-8")
    program = (
        f"import * as m from {json.dumps(module.as_uri())}; console.log(JSON.stringify({code}));"
    )
    done = subprocess.run(
        [NODE, "--input-type=module", "-"],
        input=program,
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert done.returncode == 0, done.stderr
    values: list[Any] = json.loads(done.stdout)
    return values
