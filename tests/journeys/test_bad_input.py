"""Whatever people send or press gets a plain sentence, and nothing that was there before is lost."""

from __future__ import annotations

from pathlib import Path

import pytest

from core.words import SubmissionState
from storage import tables
from tests.bots.dialog import picture
from tests.journeys.messages import document, pictures
from tests.journeys.talking import MINUTE_S, MODERATOR, NETWORKS, PRESS, Talk, walk, walk_both

pytestmark = pytest.mark.parametrize("network", NETWORKS)

NEWS = "Оклады учителей выросли\n\nС января оклады учителей области выросли на десять процентов."
MARKUP = (
    "Проверка <b>разметки</b>\n\n<i>Курсив</i> *звёзды* _черта_ __две__ `код` ~тильда~ ||тайна|| "
    "[ссылка](http://example.org/a) {$who} &amp; &lt; <script>alert(1)</script> \\n %s {0} <a>"
)
TO_ALL = "[club1|Все] @all *id1 (имя)"  # VK makes links and calls of these
JOINER = "\u2060"
WORD = "Слово за словом о том, как прошло большое собрание учителей. "
MB = 1024 * 1024


async def publish(talk: Talk) -> None:
    """Send the draft, without pictures, and let it be approved and go out."""
    await talk.walk("Отправить", "Отправить")
    await talk.walk("Одобрить", person=MODERATOR)
    await talk.town.advance(MINUTE_S)


def test_what_looks_like_markup_stands_literally_in_every_messenger(
    tmp_path: Path, network: str
) -> None:
    async def journey(first: Talk) -> None:
        talk = first.at(network)
        await talk.staff(PRESS, MODERATOR)
        places = {name: await talk.at(name).place("education") for name in NETWORKS}
        hidden = "Строка\u200b с невидимым\u202e и\x07 служебным."
        # Whoever types the last line in VK's own app has called people, and VK says so.
        said = f"{MARKUP}\n\n{TO_ALL}" if network == "telegram" else MARKUP
        await talk.write(f"{said}\n\n{hidden}")
        await publish(talk)
        for name, place in places.items():
            out = await talk.at(name).published("Проверка", place)
            assert out["text"].endswith("Строка с невидимым и служебным.")
            # What VK would make a link or a call of is parted by a letter that nobody sees.
            assert said in out["text"].replace(JOINER, "")
            assert name != "vk" or "[club1|" not in out["text"]
            for tag in ("<b>разметки", "<i>Курсив", "<script>", ">ссылка</a>"):
                assert tag not in out["html"], (name, tag)

    walk_both(tmp_path, journey)


def test_files_that_cannot_be_taken_are_named_with_the_reason_and_the_rest_is_kept(
    tmp_path: Path, network: str
) -> None:
    async def journey(talk: Talk) -> None:
        await talk.staff(PRESS, MODERATOR)
        for kind, name, told in (
            ("voice", "voice.ogg", "Голосовые не берём: напишите то же текстом"),
            ("video", "clip.mp4", "Видео не берём: пришлите ссылку на него текстом"),
        ):
            sound = {**document(name, b"OggS" * 9), "kind": kind}
            await talk.write("", media=[sound])
            assert told in (await talk.last())["text"]
        assert await talk.rows(tables.submission) == []

        await talk.say(NEWS)
        for file in (
            document("Приказ.pdf", b"%PDF-1.7\n" + b"0" * 999),
            document("фото.jpg", b"MZ\x90\x00" + b"\x00" * 999),
            document("снимок.jpg", picture(1)[:400]),
            document("панорама.jpg", b"\xff\xd8\xff\xe0" + b"\x00" * (20 * MB)),
            document("setup.exe", b"MZ\x90\x00" + b"\x00" * 99),
            document("хороший.jpg", picture(2)),
        ):
            await talk.say("", media=[file])
        await talk.settle()
        card = (await talk.last())["text"]
        assert card.startswith("Черновик · Образование\n\nОклады учителей выросли")
        for name in ("Приказ.pdf", "фото.jpg", "снимок.jpg", "панорама.jpg", "setup.exe"):
            assert f"«{name}»: " in card, name
        assert "«панорама.jpg»: Файл больше 20 МБ" in card
        assert "«setup.exe»: Программы не берём" in card
        assert "Фото: 1" in card
        assert "хороший.jpg" not in card

    walk(tmp_path, network, journey)


def test_a_long_text_goes_out_whole(tmp_path: Path, network: str) -> None:
    async def journey(talk: Talk) -> None:
        await talk.staff(PRESS, MODERATOR)
        place = await talk.place("education")
        long = "".join(f"{number}. {WORD}" for number in range(1, 81))[:5000].strip()
        # An app sends it as two messages; together they are one text again.
        await talk.say(long[:4000])
        await talk.write(long[4000:])
        await publish(talk)
        await talk.sees(long[-40:], 1, place)
        out = " ".join(m["text"] for m in await talk.seen(1, place))
        assert "".join(out.split()) == "".join(long.split())

    walk(tmp_path, network, journey)


def test_unknown_commands_old_screens_and_lost_answers_do_no_harm(
    tmp_path: Path, network: str
) -> None:
    async def journey(talk: Talk) -> None:
        await talk.staff(PRESS, MODERATOR)
        work = (await talk.last())["id"]
        await talk.write("/абракадабра")
        assert (await talk.last())["text"].startswith("Мы понимаем кнопки")
        polls = {"telegram": "getUpdates", "vk": "a_check"}
        for method in (polls[network], {"telegram": "sendMessage", "vk": "messages.send"}[network]):
            await talk.town.post(
                "faults", network=network, method=method, do="reset_after", times=1
            )
        await talk.write(NEWS)
        (known,) = await talk.rows(tables.submission_message)
        assert known.text["text"] == NEWS
        old = await talk.offered("Отправить")
        await talk.walk("Отправить")
        sent = await talk.offered("Отправить")
        assert sent["id"] != old["id"]
        await talk.walk("Отправить")
        await talk.press("Мои новости", PRESS, work)
        await talk.quiet()
        assert len(await talk.rows(tables.submission)) == 1
        assert len(await talk.rows(tables.review)) == 1
        assert (await talk.row(tables.submission)).state == SubmissionState.SENT
        assert not any("Traceback" in m["text"] for m in await talk.seen())
        assert not any(pictures(m) for m in await talk.seen())

    walk(tmp_path, network, journey)
