"""Polls and quizzes: sent and stopped by bots, answered by people, closed by the clock."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from telegram_town import ANNA, CHANNEL, GROUP, IVAN, OLGA, SUPERGROUP, Town, in_town

from sandbox.networks import Wrong

YES_NO = [{"text": "Да"}, {"text": "Нет"}]
ASK = {"question": "Придёте?", "options": YES_NO}
QUIZ = {"question": "Год?", "options": YES_NO, "type": "quiz", "correct_option_ids": [1]}


async def asked(town: Town, chat: int = SUPERGROUP, **given: Any) -> dict[str, Any]:
    """Send a poll and return its message."""
    sent: dict[str, Any] = await town.call("sendPoll", chat_id=chat, **{**ASK, **given})
    return sent


def counts(poll: dict[str, Any]) -> list[int]:
    return [option["voter_count"] for option in poll["options"]]


def test_a_plain_poll_is_open_anonymous_and_takes_one_answer() -> None:
    async def story(town: Town) -> None:
        poll = (await asked(town, CHANNEL))["poll"]
        assert poll["id"].isdecimal()
        assert [option["text"] for option in poll["options"]] == ["Да", "Нет"]
        plain = {
            "question": "Придёте?", "total_voter_count": 0, "is_closed": False, "is_anonymous": True,
            "type": "regular", "allows_multiple_answers": False, "allows_revoting": True, "members_only": False,
        }  # fmt: skip
        assert poll.items() >= plain.items()
        assert "correct_option_ids" not in poll
        assert (await asked(town, CHANNEL))["poll"]["id"] != poll["id"]

    in_town(story)


def test_a_quiz_shows_its_answer_to_its_bot_at_once_and_to_others_when_it_is_over() -> None:
    async def story(town: Town) -> None:
        channel = town.side.find_chat("Новости", None)
        await town.side.do(channel, OLGA, "add_bot", {"account": "second"})
        await town.updates("second")
        poll = (
            await asked(
                town, CHANNEL, **QUIZ, explanation="<b>Тогда</b>", explanation_parse_mode="HTML"
            )
        )["poll"]
        assert (poll["type"], poll["correct_option_ids"], poll["allows_revoting"]) == (
            "quiz",
            [1],
            False,
        )
        assert (poll["explanation"], poll["explanation_entities"][0]["type"]) == ("Тогда", "bold")
        (seen,) = await town.updates("second")
        assert "correct_option_ids" not in seen["channel_post"]["poll"]
        await town.call("stopPoll", chat_id=CHANNEL, message_id=1)
        forwarded = await town.call(
            "forwardMessage", "second", chat_id=CHANNEL, from_chat_id=CHANNEL, message_id=1
        )
        assert forwarded["poll"]["correct_option_ids"] == [1]

    in_town(story)


def test_a_description_stands_in_the_message_and_not_in_the_stopped_poll() -> None:
    async def story(town: Town) -> None:
        about = {"description": "<i>Совет</i>", "description_parse_mode": "HTML"}
        poll = (await asked(town, **about))["poll"]
        assert (poll["description"], poll["description_entities"][0]["type"]) == ("Совет", "italic")
        assert "description" not in await town.call("stopPoll", chat_id=SUPERGROUP, message_id=1)

    in_town(story)


def test_formatting_in_a_question_is_dropped_but_for_custom_emoji() -> None:
    async def story(town: Town) -> None:
        html = '<b>Да</b> <tg-emoji emoji-id="5">👍</tg-emoji>'
        options = [{"text": html, "text_parse_mode": "HTML"}, {"text": "Нет"}]
        sent = await asked(town, question=html, question_parse_mode="HTML", options=options)
        for said in (
            (sent["poll"]["question"], sent["poll"]["question_entities"]),
            (sent["poll"]["options"][0]["text"], sent["poll"]["options"][0]["text_entities"]),
        ):
            assert said[0] == "Да 👍"
            assert [entity["type"] for entity in said[1]] == ["custom_emoji"]

    in_town(story)


@pytest.mark.careless("polls that make no sense, and names of before")
@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"question": " "}, "poll question must be non-empty"),
        ({"question": "я" * 301}, "poll question length must not exceed 300"),
        ({"options": []}, "poll must have at least one answer option"),
        ({"options": None}, 'parameter "options" is required'),
        ({"options": {}}, "expected an Array of InputPollOption"),
        ({"options": [5]}, "can't parse InputPollOption: expected an Object"),
        ({"options": [{}]}, "can't parse InputPollOption: Can't find field \"text\""),
        ({"options": YES_NO * 7}, "poll can't have more than 12 options"),
        ({"options": [{"text": ""}]}, "poll options must be non-empty"),
        ({"options": [{"text": "я" * 101}]}, "poll options length must not exceed 100"),
        ({"type": "vote"}, "unsupported poll type specified"),
        ({"type": "quiz"}, "correct quiz option list must be non-empty"),
        ({**QUIZ, "correct_option_ids": [1, 0]}, "correct quiz option list must be increasing"),
        ({**QUIZ, "correct_option_ids": [2]}, "wrong quiz correct_option_id"),
        ({**QUIZ, "explanation": "я" * 201}, "POLL_EXPLANATION_INVALID"),
        ({"close_date": 5}, "POLL_CLOSE_DATE_INVALID"),
        ({"chat_id": CHANNEL, "is_anonymous": False}, "non-anonymous polls can't be sent to channel chats"),
    ],
)  # fmt: skip
def test_a_poll_that_makes_no_sense_is_refused(given: dict[str, Any], says: str) -> None:
    async def story(town: Town) -> None:
        refused = await town.refused("sendPoll", **{"chat_id": SUPERGROUP, **ASK, **given})
        assert refused == (400, f"Bad Request: {says}")

    in_town(story)


@pytest.mark.careless("names of before")
def test_options_as_plain_texts_and_one_right_answer_are_still_understood() -> None:
    async def story(town: Town) -> None:
        sent = await asked(town, options=["Да", "Нет"], type="quiz", correct_option_id=0)
        assert sent["poll"]["correct_option_ids"] == [0]

    in_town(story)


def test_limits_themselves_are_allowed() -> None:
    async def story(town: Town) -> None:
        options = [{"text": "я" * 99 + chr(ord("а") + n)} for n in range(12)]
        sent = await asked(town, question="я" * 300, options=options)
        assert len(sent["poll"]["options"]) == 12

    in_town(story)


def test_an_open_vote_tells_the_bot_who_chose_what() -> None:
    async def story(town: Town) -> None:
        group = town.side.find_chat("Завод", None)
        sent = await asked(town, is_anonymous=False, allows_multiple_answers=True)
        number = sent["message_id"]
        await town.side.do(group, IVAN, "vote", {"message": number, "options": ["Нет", 0]})
        await town.side.do(group, OLGA, "vote", {"message": number, "options": "Да"})
        await town.side.do(group, IVAN, "retract_vote", {"message": number})
        got = await town.updates()
        answers = [update["poll_answer"] for update in got if "poll_answer" in update]
        assert [(a["user"]["id"], a["option_ids"]) for a in answers] == [
            (IVAN, [0, 1]),
            (OLGA, [0]),
            (IVAN, []),
        ]
        assert answers[0]["option_persistent_ids"] == [
            o["persistent_id"] for o in sent["poll"]["options"]
        ]
        polls = [update["poll"] for update in got if "poll" in update]
        assert [counts(poll) for poll in polls] == [[1, 1], [2, 1], [1, 0]]
        assert [poll["total_voter_count"] for poll in polls] == [1, 2, 1]
        assert await town.updates("second") == []

    in_town(story)


def test_an_anonymous_vote_tells_numbers_only() -> None:
    async def story(town: Town) -> None:
        channel = town.side.find_chat("Новости", None)
        await asked(town, CHANNEL)
        await town.side.do(channel, ANNA, "vote", {"message": 1, "option": "Нет"})
        (update,) = await town.updates()
        assert counts(update["poll"]) == [0, 1]

    in_town(story)


@pytest.mark.parametrize(
    ("poll", "before", "what", "says"),
    [
        ({}, None, {"options": ["Да", "Нет"]}, "one answer only"),
        ({}, None, {"options": ["Может"]}, "there is no answer"),
        ({}, None, {"options": []}, "give options"),
        (QUIZ, "Да", {"options": ["Нет"]}, "final"),
        ({"is_closed": True}, None, {"options": ["Да"]}, "closed"),
    ],
)
def test_a_vote_that_the_poll_does_not_allow_is_refused_to_people(
    poll: dict[str, Any], before: str | None, what: dict[str, Any], says: str
) -> None:
    async def story(town: Town) -> None:
        group = town.side.find_chat("Завод", None)
        number = (await asked(town, **poll))["message_id"]
        if before:
            await town.side.do(group, IVAN, "vote", {"message": number, "options": [before]})
        with pytest.raises(Wrong, match=says):
            await town.side.do(group, IVAN, "vote", {"message": number, **what})

    in_town(story)


def test_a_stopped_poll_keeps_its_votes_and_takes_no_more() -> None:
    async def story(town: Town) -> None:
        group = town.side.find_chat("Завод", None)
        keyboard = {"inline_keyboard": [[{"text": "Итоги", "url": "https://a.ru"}]]}
        await asked(town, reply_markup=keyboard)
        await town.side.do(group, IVAN, "vote", {"message": 1, "options": ["Да"]})
        await town.updates()
        stopped = await town.call("stopPoll", chat_id=SUPERGROUP, message_id=1)
        assert (stopped["is_closed"], counts(stopped)) == (True, [1, 0])
        assert group.find(1).buttons == []  # type: ignore[union-attr]
        (update,) = await town.updates()
        assert update["poll"] == stopped
        again = await town.refused("stopPoll", chat_id=SUPERGROUP, message_id=1)
        assert again == (400, "Bad Request: poll has already been closed")

    in_town(story)


def test_what_is_no_poll_of_the_bot_cannot_be_stopped() -> None:
    async def story(town: Town) -> None:
        group = town.side.find_chat("Завод", None)
        await town.call("sendMessage", chat_id=SUPERGROUP, text="x")
        await town.side.do(group, IVAN, "send_poll", {"question": "?", "options": ["да"]})
        for number, says in (
            (1, "message is not a poll"),
            (2, "poll can't be stopped"),
            (9, "message with poll to stop not found"),
        ):
            refused = await town.refused("stopPoll", chat_id=SUPERGROUP, message_id=number)
            assert refused == (400, f"Bad Request: {says}")
        (update,) = await town.updates()
        assert update["message"]["poll"]["question"] == "?"

    in_town(story)


@pytest.mark.parametrize("by_date", [False, True])
def test_a_poll_closes_by_the_sandboxs_clock_and_tells_its_bot(by_date: bool) -> None:
    async def story(town: Town) -> None:
        town.world.clock.set(mode="manual")
        end = int(town.world.clock.now()) + 600
        given = {"close_date": end} if by_date else {"open_period": 600}
        sent = await asked(town, CHANNEL, **given)
        assert sent["poll"].items() >= given.items()
        waiting = await town.poll()
        town.world.clock.set(advance_s=590)
        await asyncio.sleep(0)
        assert not waiting.done()
        town.world.clock.set(advance_s=10)
        (update,) = (await waiting)["result"]
        assert (update["poll"]["id"], update["poll"]["is_closed"]) == (sent["poll"]["id"], True)
        again = await town.refused("stopPoll", chat_id=CHANNEL, message_id=1)
        assert again == (400, "Bad Request: poll has already been closed")

    in_town(story)


def test_a_poll_survives_with_its_votes_and_its_end(tmp_path: Path) -> None:
    async def before(town: Town) -> None:
        town.world.clock.set(mode="manual")
        await asked(town, CHANNEL, open_period=600)
        channel = town.side.find_chat("Новости", None)
        await town.side.do(channel, ANNA, "vote", {"message": 1, "options": ["Да"]})
        await town.updates()

    async def after(town: Town) -> None:
        waiting = await town.poll()
        town.world.clock.set(advance_s=601)
        (update,) = (await waiting)["result"]
        assert (update["poll"]["is_closed"], counts(update["poll"])) == (True, [1, 0])

    for story in (before, after):
        in_town(story, state=tmp_path / "world.json")


def test_a_forwarded_poll_is_the_same_after_a_restart_and_closes_when_the_first_one_is_gone(
    tmp_path: Path,
) -> None:
    async def before(town: Town) -> None:
        town.world.clock.set(mode="manual")
        await asked(town, CHANNEL, open_period=600)
        await town.call("forwardMessage", chat_id=GROUP, from_chat_id=CHANNEL, message_id=1)
        await town.updates()

    async def after(town: Town) -> None:
        channel = town.side.find_chat("Новости", None)
        await town.side.do(channel, ANNA, "vote", {"message": 1, "options": ["Да"]})
        (forward,) = town.side.find_chat("Цех", None).messages
        assert forward.poll is not None and forward.poll.votes == {ANNA: [0]}
        await town.call("deleteMessage", chat_id=CHANNEL, message_id=1)
        await town.updates()
        waiting = await town.poll()
        town.world.clock.set(advance_s=601)
        (update,) = (await waiting)["result"]
        assert update["poll"]["is_closed"] and forward.poll.closed

    for story in (before, after):
        in_town(story, state=tmp_path / "world.json")


def test_polls_of_a_world_that_was_reset_close_nothing() -> None:
    async def story(town: Town) -> None:
        town.world.clock.set(mode="manual")
        await asked(town, CHANNEL, open_period=600)
        await town.updates()
        town.world.clear()
        town.side.add_account("vestnik", title="Вестник")
        town.world.clock.set(advance_s=601)
        assert await town.updates() == [] and town.world.timed_polls == []

    in_town(story)


def test_a_copied_poll_begins_anew_and_a_forwarded_one_is_the_same() -> None:
    async def story(town: Town) -> None:
        group = town.side.find_chat("Завод", None)
        poll = (await asked(town))["poll"]
        await town.side.do(group, IVAN, "vote", {"message": 1, "options": ["Да"]})
        from_there = {"from_chat_id": SUPERGROUP, "message_id": 1}
        forwarded = await town.call("forwardMessage", chat_id=GROUP, **from_there)
        assert (forwarded["poll"]["id"], counts(forwarded["poll"])) == (poll["id"], [1, 0])
        copied = await town.call("copyMessage", chat_id=GROUP, **from_there)
        copy = town.side.find_chat("Цех", None).find(copied["message_id"])
        assert copy is not None
        assert copy.poll is not None
        assert (copy.poll.id != poll["id"], copy.poll.votes, copy.poll.question) == (
            True,
            {},
            "Придёте?",
        )

    in_town(story)
