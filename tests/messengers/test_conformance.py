"""What every messenger does alike in deliveries, each against its sandbox."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from town import ANNA, BORIS, Town, picture, play, text

from core.errors import TokenDead
from core.messenger import Button, Later, Part, Place, Refused, Sent, Unknown
from core.richtext import plain
from core.words import ChatKind, Reason
from messengers import DEFAULT_APIS, capabilities_of, open_messenger

NETWORKS = ["telegram", "vk"]
each_network = pytest.mark.parametrize("network", NETWORKS)


def kinds(network: str) -> list[ChatKind]:
    """Return the kinds of chat a messenger has."""
    public = ChatKind.WALL if network == "vk" else ChatKind.CHANNEL
    return [ChatKind.PRIVATE, ChatKind.GROUP, public]


@each_network
def test_text_arrives_and_its_id_comes_back(network: str) -> None:
    async def story(town: Town) -> None:
        [anna] = await town.meet(ANNA)
        for number, place in enumerate((anna, town.wall()), 1):
            sent = await town.sent(place, text("Здравствуйте 👋, коллеги"), key=number)
            assert town.last(place).text == "Здравствуйте 👋, коллеги"
            assert sent == Sent((str(town.last(place).id),))

    play(network, story)


@each_network
def test_a_picture_is_uploaded_once_and_then_sent_by_its_reference(
    network: str, tmp_path: Path
) -> None:
    async def story(town: Town) -> None:
        anna, boris = await town.meet(ANNA, BORIS)
        image = picture(tmp_path)
        first = await town.sent(anna, Part(plain("Подпись"), (image,)))
        assert list(first.refs) == [image.sha]
        again = replace(image, ref=first.refs[image.sha], path=tmp_path / "nowhere")
        second = await town.sent(boris, Part(plain("Подпись"), (again,)), key=8)
        assert second.refs == {}
        for place in (anna, boris):
            [shown] = town.last(place).media
            assert (shown.kind, shown.sha) == ("photo", image.sha) or network == "telegram"
            assert town.last(place).text == "Подпись"

    play(network, story)


@each_network
def test_an_album_keeps_its_order_and_carries_its_text_once(network: str, tmp_path: Path) -> None:
    async def story(town: Town) -> None:
        for number, place in enumerate([*await town.meet(ANNA), town.wall()], 1):
            pictures = [picture(tmp_path, color) for color in ("red", "green", "blue")]
            sent = await town.sent(place, Part(plain("Три"), tuple(pictures)), key=number)
            one = capabilities_of(network, place.kind).album_is_one_message
            assert len(sent.messages) == (1 if one else 3)
            assert set(sent.refs) == {image.sha for image in pictures}
            made = [town.chat(place).find(int(id_)) for id_ in sent.messages]
            assert [m.text for m in made if m] == (["Три"] if one else ["Три", "", ""])
            assert [file.sha for m in made if m for file in m.media] == [i.sha for i in pictures]

    play(network, story)


@each_network
def test_the_same_picture_twice_in_an_album_stays_two_pictures(
    network: str, tmp_path: Path
) -> None:
    async def story(town: Town) -> None:
        [anna] = await town.meet(ANNA)
        image = picture(tmp_path)
        sent = await town.sent(anna, Part(media=(image, image)))
        made = [town.chat(anna).find(int(id_)) for id_ in sent.messages]
        assert sum(len(m.media) for m in made if m) == 2

    play(network, story)


@each_network
def test_a_pack_has_an_outcome_for_each_place_in_order(network: str) -> None:
    async def story(town: Town) -> None:
        anna, boris = await town.meet(ANNA, BORIS)
        nobody = Place("404", ChatKind.PRIVATE)
        pack = capabilities_of(network, ChatKind.PRIVATE).pack
        places = [anna, nobody, boris]
        outcomes = []
        for start in range(0, len(places), pack):
            outcomes += await town.messenger.send(places[start : start + pack], text("Всем"), 7)
        assert [type(outcome) for outcome in outcomes] == [Sent, Refused, Sent]
        assert outcomes[1].reason is Reason.CHAT_NOT_FOUND
        assert [o.messages for o in outcomes[::2]] == [
            (str(town.last(place).id),) for place in (anna, boris)
        ]

    play(network, story)


@each_network
def test_an_edit_replaces_text_and_the_same_edit_again_is_no_error(network: str) -> None:
    async def story(town: Town) -> None:
        for place in [*await town.meet(ANNA), town.wall()]:
            sent = await town.sent(place, text("Было"))
            for _ in range(2):
                edited = await town.messenger.edit(place, sent.messages, text("Стало"))
                assert edited == Sent(sent.messages)
            assert town.last(place).text == "Стало"

    play(network, story)


@each_network
def test_an_edit_replaces_a_picture_and_its_caption(network: str, tmp_path: Path) -> None:
    async def story(town: Town) -> None:
        for place in [*await town.meet(ANNA), town.wall()]:
            red, blue = picture(tmp_path, "red"), picture(tmp_path, "blue")
            sent = await town.sent(place, Part(plain("Было"), (red,)))
            edited = await town.messenger.edit(place, sent.messages, Part(plain("Стало"), (blue,)))
            assert isinstance(edited, Sent)
            assert list(edited.refs) == [blue.sha]
            [shown] = town.last(place).media
            assert (town.last(place).text, shown.sha) == ("Стало", blue.sha)

    play(network, story)


@each_network
def test_an_edit_of_what_is_not_there_is_refused_as_gone(network: str) -> None:
    async def story(town: Town) -> None:
        for place in [*await town.meet(ANNA), town.wall()]:
            outcome = await town.messenger.edit(place, ["9999"], text("Стало"))
            assert isinstance(outcome, Refused), outcome
            assert outcome.reason is Reason.GONE

    play(network, story)


@each_network
def test_a_deletion_takes_the_message_away_and_is_done_the_second_time_too(network: str) -> None:
    async def story(town: Town) -> None:
        for place in [*await town.meet(ANNA), town.wall()]:
            sent = await town.sent(place, text("Лишнее"))
            for _ in range(2):
                assert await town.messenger.delete(place, sent.messages) == Sent(sent.messages)
            assert "Лишнее" not in [m.text for m in town.chat(place).messages]

    play(network, story)


@each_network
def test_an_album_is_deleted_whole(network: str, tmp_path: Path) -> None:
    async def story(town: Town) -> None:
        [anna] = await town.meet(ANNA)
        pictures = tuple(picture(tmp_path, color) for color in ("red", "green"))
        sent = await town.sent(anna, Part(plain("Лишнее"), pictures))
        assert await town.messenger.delete(anna, sent.messages) == Sent(sent.messages)
        assert not [m for m in town.chat(anna).messages if m.media]

    play(network, story)


@each_network
def test_an_edit_takes_the_buttons_away(network: str) -> None:
    async def story(town: Town) -> None:
        [anna] = await town.meet(ANNA)
        sent = await town.sent(anna, text("Готово?", [[Button("Да", "1.0")]]))
        assert town.last(anna).buttons
        await town.messenger.edit(anna, sent.messages, text("Готово"))
        assert not town.last(anna).buttons

    play(network, story)


@each_network
@pytest.mark.parametrize("fault", ["reset_after", "cut"])
def test_a_lost_answer_is_unknown_and_the_key_keeps_it_from_doubling(
    network: str, fault: str
) -> None:
    method = "messages.send" if network == "vk" else "sendMessage"

    async def story(town: Town) -> None:
        [anna] = await town.meet(ANNA)
        town.fault(method, fault)
        assert isinstance(await town.send(anna, text("Новость"), key=5), Unknown)
        assert town.last(anna).text == "Новость"
        found = await town.messenger.look_up(anna, 5, text("Новость"))
        if capabilities_of(network, ChatKind.PRIVATE).look_up:
            assert found == Sent((str(town.last(anna).id),))
        else:
            assert found is None
        if capabilities_of(network, ChatKind.PRIVATE).idempotent:
            again = await town.sent(anna, text("Новость"), key=5)
            assert again == found
            assert [m.text for m in town.chat(anna).messages].count("Новость") == 1

    play(network, story)


@each_network
def test_throttling_says_for_how_long_and_is_no_attempt(network: str) -> None:
    method = "messages.send" if network == "vk" else "sendMessage"

    async def story(town: Town) -> None:
        [anna] = await town.meet(ANNA)
        if network == "vk":
            town.fault(method, "error", code=6, text="Too many requests per second")
        else:
            town.fault(method, "throttle", retry_after=3)
        outcome = await town.send(anna, text("Новость"))
        assert isinstance(outcome, Later)
        assert outcome.throttled
        assert outcome.whole_account
        assert outcome.after_s == (1 if network == "vk" else 3)

    play(network, story)


@each_network
def test_a_dead_key_stops_the_account_and_refuses_nobody(network: str) -> None:
    async def story(town: Town) -> None:
        [anna] = await town.meet(ANNA)
        await town.messenger.close()
        town.messenger = town.open(token="404:dead-key")
        outcome = await town.send(anna, text("Новость"))
        assert isinstance(outcome, Later), outcome
        assert (outcome.reason, outcome.whole_account) == (Reason.TOKEN_DEAD, True)
        with pytest.raises(TokenDead):
            await town.messenger.check()
        with pytest.raises(TokenDead):
            await town.messenger.updates(None)

    play(network, story)


@each_network
def test_the_account_says_who_it_is_and_what_it_may_do(network: str) -> None:
    async def story(town: Town) -> None:
        assert "Вестник" in await town.messenger.check()
        rights = await town.messenger.rights(town.wall())
        assert rights.can_post
        assert rights.missing == ""
        assert rights.title in ("Вестник", "Новости")

    play(network, story)


@each_network
def test_a_picture_that_is_not_on_disk_does_not_stop_the_account(
    network: str, tmp_path: Path
) -> None:
    async def story(town: Town) -> None:
        [anna] = await town.meet(ANNA)
        image = replace(picture(tmp_path), path=tmp_path / "nowhere")
        outcome = await town.send(anna, Part(media=(image,)))
        assert isinstance(outcome, Later)
        assert (outcome.reason, outcome.whole_account) == (Reason.BAD_MEDIA, False)

    play(network, story)


@each_network
def test_a_file_that_is_no_picture_is_refused_for_its_content(network: str, tmp_path: Path) -> None:
    async def story(town: Town) -> None:
        [anna] = await town.meet(ANNA)
        image = picture(tmp_path)
        image.path.write_bytes(b"%PDF-1.4 not a picture")
        outcome = await town.send(anna, Part(media=(image,)))
        assert isinstance(outcome, Refused), outcome
        assert outcome.reason is Reason.BAD_MEDIA

    play(network, story)


@each_network
def test_what_is_too_big_never_reaches_the_messenger(network: str, tmp_path: Path) -> None:
    async def story(town: Town) -> None:
        [anna] = await town.meet(ANNA)
        able = capabilities_of(network, ChatKind.PRIVATE)
        image = picture(tmp_path)
        wide = tuple(Button(str(n), str(n)) for n in range(able.buttons_in_row + 1))
        unfit = [
            text("я" * (able.text_limit + 1)),
            text(""),
            Part(media=(image,) * (able.album + 1)),
            text("Выбор", [wide]),
            text("Выбор", [[Button(str(n), str(n))] for n in range(able.button_rows + 1)]),
            text("Выбор", [[Button("я" * (able.button_text + 1), "1")]]),
            text("Выбор", [[Button("Да", "1" * 300)]]),
            text("Выбор", [[Button("Да")]]),
        ]
        for part in unfit:
            with pytest.raises(ValueError, match=r"\w"):
                await town.send(anna, part)
        assert town.calls("messages.send") + town.calls("sendMessage") == 0

    play(network, story)


@each_network
def test_everything_a_messenger_has_is_described(network: str) -> None:
    messenger = open_messenger(
        network,
        token="1:key",
        user_token=None,
        group=1,
        api=DEFAULT_APIS[network],
        proxy=None,
        ca=None,
    )
    assert messenger.network == network
    for kind in kinds(network):
        able = capabilities_of(network, kind)
        assert able == messenger.capabilities(kind)
        assert able.text_limit >= able.caption_limit > 0
        assert able.album > 1
        assert not able.idempotent or able.window_ms > 0
        assert able.buttons >= able.buttons_in_row
    with pytest.raises(ValueError, match="has no"):
        capabilities_of(network, (set(ChatKind) - set(kinds(network))).pop())
    asyncio.run(messenger.close())


def test_an_unknown_messenger_is_named_in_the_error() -> None:
    with pytest.raises(ValueError, match="icq"):
        capabilities_of("icq", ChatKind.PRIVATE)
    with pytest.raises(ValueError, match="icq"):
        open_messenger("icq", token="1:key")
