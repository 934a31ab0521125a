"""What is VK's own in deliveries: packs, keys for two places, uploads in steps, looking up."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from town import ANNA, BORIS, QUICK, Town, picture, play, text

from core.messenger import Button, Later, Part, Place, Refused, Rights, Sent, Unknown
from core.richtext import plain
from core.words import ChatKind, Reason
from messengers.vk.adapter import Vk
from messengers.vk.encode import keyboard


def test_a_pack_is_one_call_and_one_bad_peer_spoils_nothing() -> None:
    async def story(town: Town) -> None:
        anna, boris = await town.meet(ANNA, BORIS)
        await town.side.do(town.chat(BORIS), BORIS, "deny", {})
        outcomes = await town.messenger.send([boris, anna], text("Всем"), 7)
        assert town.calls("messages.send") == 1
        assert isinstance(outcomes[0], Refused)
        assert outcomes[0].reason is Reason.NOT_STARTED
        assert outcomes[1] == Sent((str(town.last(anna).id),))

    play("vk", story)


def test_a_pack_refused_for_one_recipient_is_sent_singly_and_nobody_gets_it_twice() -> None:
    async def story(town: Town) -> None:
        anna, boris = await town.meet(ANNA, BORIS)
        town.fault("messages.send", "error", code=936, text="Contact not found")
        outcomes = await town.messenger.send([anna, boris], text("Всем"), 7)
        assert [type(outcome) for outcome in outcomes] == [Sent, Sent]
        for place in (anna, boris):
            assert [m.text for m in town.chat(place).messages].count("Всем") == 1

    play("vk", story)


def test_a_pack_refused_for_its_content_is_refused_to_all_without_more_calls() -> None:
    async def story(town: Town) -> None:
        places = await town.meet(ANNA, BORIS)
        town.fault("messages.send", "error", code=914, text="Message is too long")
        outcomes = await town.messenger.send(places, text("Всем"), 7)
        assert {o.reason for o in outcomes if isinstance(o, Refused)} == {Reason.BAD_CONTENT}
        assert town.calls("messages.send") == 1

    play("vk", story)


def test_more_than_a_hundred_places_are_a_mistake_of_ours() -> None:
    async def story(town: Town) -> None:
        places = [Place(str(n), ChatKind.PRIVATE) for n in range(1, 102)]
        with pytest.raises(ValueError, match="101"):
            await town.messenger.send(places, text("Всем"), 7)

    play("vk", story)


@pytest.mark.parametrize("key", [0, -1, 1 << 31])
def test_a_key_that_vk_would_not_check_is_a_mistake_of_ours(key: int) -> None:
    async def story(town: Town) -> None:
        [anna] = await town.meet(ANNA)
        with pytest.raises(ValueError, match="31 bits"):
            await town.send(anna, text("Новость"), key)

    play("vk", story)


def test_more_than_ten_buttons_in_all_are_a_mistake_of_ours() -> None:
    row = tuple(Button(str(n), str(n)) for n in range(5))
    assert keyboard((row, row)).count("callback") == 10
    with pytest.raises(ValueError, match="larger"):
        keyboard((row, row, row[:1]))


def test_a_post_is_made_once_whatever_happens_to_its_answer() -> None:
    async def story(town: Town) -> None:
        wall = town.wall()
        town.fault("wall.post", "reset_after")
        assert isinstance(await town.send(wall, text("Новость"), 5), Unknown)
        found = await town.messenger.look_up(wall, 5, text("Новость"))
        assert found == Sent((str(town.last(wall).id),))
        assert await town.sent(wall, text("Новость"), 5) == found
        assert len(town.chat(wall).messages) == 1
        assert town.last(wall).by_account

    play("vk", story)


def test_what_is_not_there_is_not_found() -> None:
    async def story(town: Town) -> None:
        [anna] = await town.meet(ANNA)
        await town.sent(anna, text("Другое"), 4)
        await town.sent(town.wall(), text("Другое"), 4)
        for place in (anna, town.wall()):
            assert await town.messenger.look_up(place, 5, text("Новость")) is None
        # Another message of ours with the same words is not this one: its random_id tells.
        assert await town.messenger.look_up(anna, 5, text("Другое")) is None

    play("vk", story)


def without_wall_key(town: Town) -> Vk:
    url = f"{town.sandbox.url}/vk/method/"
    return Vk(town.account.id, town.account.token, None, url, timeouts=QUICK)


def test_without_a_user_key_the_wall_is_refused_at_once_and_dialogs_work() -> None:
    async def story(town: Town) -> None:
        [anna] = await town.meet(ANNA)
        await town.messenger.close()
        vk = town.messenger = without_wall_key(town)
        wall = town.wall()
        before = len(town.sandbox.gate.calls.read()["calls"])
        outcomes = [
            *await vk.send([wall], text("Новость"), 7),
            await vk.edit(wall, ["1"], text("Новость")),
            await vk.delete(wall, ["1"]),
        ]
        assert [o.reason for o in outcomes if isinstance(o, Refused)] == [Reason.NO_WALL_KEY] * 3
        assert await vk.look_up(wall, 7, text("Новость")) is None
        assert len(town.sandbox.gate.calls.read()["calls"]) == before
        rights = await vk.rights(wall)
        assert (rights.can_post, rights.title) == (False, "Вестник")
        assert "user key" in rights.missing
        assert isinstance(await town.send(anna, text("Новость")), Sent)

    play("vk", story)


def test_a_user_key_without_the_right_is_told_apart() -> None:
    async def story(town: Town) -> None:
        town.account.wall_rights = False
        outcome = await town.send(town.wall(), text("Новость"))
        assert isinstance(outcome, Refused)
        assert outcome.reason is Reason.NO_WALL_KEY
        rights = await town.messenger.rights(town.wall())
        assert not rights.can_post
        assert "no access" in rights.missing

    play("vk", story)


def test_a_dead_user_key_holds_the_wall_only() -> None:
    async def story(town: Town) -> None:
        town.account.user_token, key = "another", town.account.user_token
        outcome = await town.send(town.wall(), text("Новость"))
        assert isinstance(outcome, Later)
        assert (outcome.reason, outcome.whole_account) == (Reason.TOKEN_DEAD, False)
        assert not (await town.messenger.rights(town.wall())).can_post
        [anna] = await town.meet(ANNA)
        assert isinstance(await town.send(anna, text("Новость")), Sent)
        town.account.user_token = key
        assert await town.messenger.rights(town.wall()) == Rights(True, "Вестник", admin=True)

    play("vk", story)


def test_a_passing_refusal_is_no_news_about_rights() -> None:
    async def story(town: Town) -> None:
        town.fault("photos.getWallUploadServer", "error", code=6, text="Too many requests")
        with pytest.raises(Exception, match="Too many requests"):
            await town.messenger.rights(town.wall())

    play("vk", story)


def test_the_fifty_first_post_of_a_day_waits_for_tomorrow() -> None:
    async def story(town: Town) -> None:
        said = "Access to adding post denied: you can only add 50 posts a day"
        town.fault("wall.post", "error", code=214, text=said)
        outcome = await town.send(town.wall(), text("Новость"))
        assert isinstance(outcome, Later)
        assert outcome.reason is Reason.DAILY_LIMIT
        assert outcome.after_s is not None
        assert 0 < outcome.after_s <= 24 * 3600 + 60

    play("vk", story)


STEPS = ["photos.getMessagesUploadServer", "photos.saveMessagesPhoto"]


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("fault", ["reset_after", "cut", "html502", "reset_before"])
def test_an_upload_that_failed_leaves_no_doubt(step: str, fault: str, tmp_path: Path) -> None:
    async def story(town: Town) -> None:
        [anna] = await town.meet(ANNA)
        town.fault(step, fault)
        part = Part(plain("Подпись"), (picture(tmp_path),))
        outcome = await town.send(anna, part)
        assert isinstance(outcome, Later), outcome
        assert town.calls("messages.send") == 0
        assert isinstance(await town.send(anna, part), Sent)

    play("vk", story)


def test_an_album_whose_upload_broke_off_goes_on_from_there(tmp_path: Path) -> None:
    async def story(town: Town) -> None:
        pictures = tuple(picture(tmp_path, color) for color in ("red", "green", "blue"))
        part = Part(plain("Три"), pictures)
        town.sandbox.gate.limits.on["vk"] = True  # three calls a second with a user key
        outcome = await town.send(town.wall(), part)
        assert isinstance(outcome, Later)
        assert (outcome.reason, outcome.throttled) == (Reason.THROTTLED, True)
        saved = town.calls("photos.saveWallPhoto")
        town.sandbox.gate.limits.on["vk"] = False
        sent = await town.sent(town.wall(), part)
        assert town.calls("photos.saveWallPhoto") == len(pictures) + saved - 1
        assert set(sent.refs) == {image.sha for image in pictures}
        assert [m.sha for m in town.last(town.wall()).media] == [i.sha for i in pictures]

    play("vk", story)


def test_calls_with_the_user_key_keep_its_pace(tmp_path: Path) -> None:
    async def story(town: Town) -> None:
        town.sandbox.gate.limits.on["vk"] = True
        await town.messenger.close()
        token, key = town.account.token, town.account.user_token
        town.messenger = Vk(
            town.account.id, token, key, f"{town.sandbox.url}/vk/method/", timeouts=QUICK
        )
        part = Part(plain("Две"), (picture(tmp_path, "red"), picture(tmp_path, "blue")))
        assert isinstance(await town.send(town.wall(), part), Sent)

    play("vk", story)


def test_sends_that_hang_do_not_keep_a_button_from_being_answered() -> None:
    async def story(town: Town) -> None:
        [anna] = await town.meet(ANNA)
        order = {"network": "vk", "method": "messages.send", "do": "slow", "ms": 700}
        town.sandbox.gate.faults.add(order)
        sends = [asyncio.create_task(town.send(anna, text("Новость"), key)) for key in range(1, 5)]
        await asyncio.sleep(0)  # so that they stand before the question
        assert await town.messenger.check() == "Вестник"
        assert not any(send.done() for send in sends)
        assert {type(outcome) for outcome in await asyncio.gather(*sends)} == {Sent}

    play("vk", story)


def test_a_deletion_that_vk_refuses_says_so() -> None:
    async def story(town: Town) -> None:
        [anna] = await town.meet(ANNA)
        [number] = await town.side.say(town.chat(ANNA), ANNA, text="чужое")
        outcome = await town.messenger.delete(anna, [str(number)])
        assert isinstance(outcome, Refused)
        assert outcome.reason is Reason.TOO_OLD

    play("vk", story)


def test_a_group_conversation_that_is_closed_to_us_is_refused() -> None:
    async def story(town: Town) -> None:
        place = Place("2000000001", ChatKind.GROUP)
        outcome = await town.send(place, text("Новость"))
        assert isinstance(outcome, Refused)
        assert outcome.reason is Reason.KICKED

    play("vk", story)


def test_a_proxy_that_vk_cannot_use_is_named_at_once() -> None:
    with pytest.raises(ValueError, match="http or https proxy"):
        Vk(1, "key", None, proxy="socks5://127.0.0.1:1080")
