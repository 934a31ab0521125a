"""sendPoll and stopPoll, and people's votes; a poll's end by the clock is in closings.py."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b
from typing import Any

from sandbox.api import Refusal
from sandbox.telegram import keyboards
from sandbox.telegram.ask import Ask
from sandbox.telegram.messages.content import option_id, poll_object
from sandbox.telegram.messages.posting import finish, place, post, watch_poll
from sandbox.telegram.params import bad, flag, integer, structure, words
from sandbox.telegram.spec import MESSAGE, spec
from sandbox.telegram.texts import CAPTION_MAX, Formatted, formatted
from sandbox.telegram.updates import Updates
from sandbox.telegram.wire import bot_by_id, user
from sandbox.world import Poll, World

QUESTION_MAX, OPTION_MAX, OPTIONS_MAX = 300, 100, 12  # characters, characters, options
_EXPLANATION_MAX, _LINE_FEEDS_MAX = 200, 2
_OPEN_S = (5, 2_628_000)


async def send_poll(ask: Ask) -> Any:
    """sendPoll."""
    where = place(ask, "poll")
    question = _emoji_only(
        formatted(
            ask.params, "question", "question_entities", mode="question_parse_mode", finds=False
        )
    )
    options = [_option(given) for given in _options(ask.params)]
    _check_words(question.text, [option.text for option in options])
    anonymous = "is_anonymous" not in ask.params or flag(ask.params, "is_anonymous")
    if where.chat.kind == "channel" and not anonymous:
        raise bad("non-anonymous polls can't be sent to channel chats")
    number = blake2b(
        f"{ask.account.id}/{where.chat.id}/{where.chat.last_id}".encode(), digest_size=7
    )
    poll = Poll(
        str(int.from_bytes(number.digest())),
        question.text,
        [option.text for option in options],
        anonymous=anonymous,
        multiple=flag(ask.params, "allows_multiple_answers"),
        closed=flag(ask.params, "is_closed"),
        extra={"by": ask.account.id, **_period(ask)},
    )
    _set_kind(ask.params, poll)
    marked = {str(n): option.entities for n, option in enumerate(options) if option.entities}
    poll.extra |= {"option_entities": marked} if marked else {}
    poll.extra |= {"question_entities": question.entities} if question.entities else {}
    about = formatted(
        ask.params, "description", "description_entities", mode="description_parse_mode"
    )
    if len(about.text) > CAPTION_MAX:
        raise bad("message caption is too long")
    poll.extra |= {"description": about.text, "description_entities": about.entities}
    markup = keyboards.read(ask.params, where.chat.kind)
    message = post(ask, where, markup=markup, poll=poll)
    watch_poll(ask.world, where.chat, message)
    return finish(ask, where.chat, message)[0]


async def stop_poll(ask: Ask) -> Any:
    """stopPoll: the bot's own poll, once."""
    chat = ask.chat()
    message = chat.find(integer(ask.params, "message_id"))
    if message is None:
        raise bad("message with poll to stop not found")
    if message.poll is None:
        raise bad("message is not a poll")
    own = message.by_account and message.sender == ask.account.id
    if not own or "forward_origin" in message.extra:
        raise bad("poll can't be stopped")
    if message.poll.closed:
        raise bad("poll has already been closed")
    message.buttons = keyboards.read(ask.params, chat.kind, inline_only=True).buttons
    message.poll.closed = True
    ask.done(chat, message)
    tell(ask.world, ask.updates, message.poll)
    return poll_object(message.poll, knows_answer=True)


def vote(world: World, updates: Updates, poll: Poll, person: int, places: Sequence[int]) -> None:
    """Note a person's choice, none to take it back, and tell the bot that sent the poll.

    The caller has checked that the poll is open and that the choice is one it allows.
    """
    if places:
        poll.votes[person] = sorted(set(places))
    else:
        poll.votes.pop(person, None)
    bot = bot_by_id(world, poll.extra.get("by", 0))
    if bot is None:
        return
    tell(world, updates, poll)
    if not poll.anonymous:
        chosen = poll.votes.get(person, [])
        answer: dict[str, Any] = {"poll_id": poll.id, "user": user(world, person)}
        answer["option_ids"] = chosen
        answer["option_persistent_ids"] = [option_id(place) for place in chosen]
        updates.push(bot, "poll_answer", answer)


def tell(world: World, updates: Updates, poll: Poll) -> None:
    """Tell the bot that sent a poll how it stands now."""
    bot = bot_by_id(world, poll.extra.get("by", 0))
    if bot is not None:
        updates.push(bot, "poll", poll_object(poll, knows_answer=True))


def _options(params: dict[str, Any]) -> list[Any]:
    given = structure(params, "options", "options")
    if given is None:
        raise bad('parameter "options" is required')
    if not isinstance(given, list):
        raise bad("expected an Array of InputPollOption")
    return given


def _option(given: Any) -> Formatted:
    """Return an option's text; before Bot API 7.3 an option was a plain text, which still works."""
    item = {"text": given} if isinstance(given, str) else given
    unread = "can't parse InputPollOption: "
    if not isinstance(item, dict) or not isinstance(item.get("text"), str):
        raise bad(
            f'{unread}Can\'t find field "text"'
            if isinstance(item, dict)
            else f"{unread}expected an Object"
        )
    try:
        return _emoji_only(
            formatted(item, "text", "text_entities", mode="text_parse_mode", finds=False)
        )
    except Refusal as refusal:
        raise bad(unread + words(refusal)) from None


def _emoji_only(said: Formatted) -> Formatted:
    """Of formatting, questions and options keep custom emoji only."""
    return Formatted(said.text, [e for e in said.entities if e["type"] == "custom_emoji"])


def _check_words(question: str, options: list[str]) -> None:
    if not question:
        raise bad("poll question must be non-empty")
    if len(question) > QUESTION_MAX:
        raise bad(f"poll question length must not exceed {QUESTION_MAX}")
    if not options:
        raise bad("poll must have at least one answer option")
    if len(options) > OPTIONS_MAX:
        raise bad(f"poll can't have more than {OPTIONS_MAX} options")
    if not all(options):
        raise bad("poll options must be non-empty")
    if max(map(len, options)) > OPTION_MAX:
        raise bad(f"poll options length must not exceed {OPTION_MAX}")


def _period(ask: Ask) -> dict[str, Any]:
    """Return how long a poll is open; the server cuts a period that is too long and refuses a past end."""
    now = ask.world.clock.now()
    period, date = integer(ask.params, "open_period"), integer(ask.params, "close_date")
    if period > 0:
        period = min(max(period, _OPEN_S[0]), _OPEN_S[1])
        return {"open_period": period, "close_at": now + period}
    if date > 0:
        if not _OPEN_S[0] <= date - int(now) <= _OPEN_S[1]:
            raise bad("POLL_CLOSE_DATE_INVALID")
        return {"close_date": date, "close_at": float(date)}
    return {}


def _set_kind(params: dict[str, Any], poll: Poll) -> None:
    kind = params.get("type") or "regular"
    if kind not in ("regular", "quiz"):
        raise bad("unsupported poll type specified")
    quiz = kind == "quiz"
    revoting = flag(params, "allows_revoting") if "allows_revoting" in params else not quiz
    poll.extra["revoting"] = revoting
    if not quiz:
        return
    correct = _correct(params, len(poll.options))
    poll.correct, poll.extra["correct"] = correct[0], correct
    told = formatted(params, "explanation", "explanation_entities", mode="explanation_parse_mode")
    if len(told.text) > _EXPLANATION_MAX or told.text.count("\n") > _LINE_FEEDS_MAX:
        raise bad("POLL_EXPLANATION_INVALID")
    poll.extra |= {"explanation": told.text, "explanation_entities": told.entities}


def _correct(params: dict[str, Any], options: int) -> list[int]:
    given = structure(params, "correct_option_ids", "correct_option_ids")
    if given is None and params.get("correct_option_id") not in (None, ""):
        given = [integer(params, "correct_option_id", -1)]  # before there could be several
    if not given or not isinstance(given, list):
        raise bad("correct quiz option list must be non-empty")
    places = [integer({"id": value}, "id", -1) for value in given]
    if places != sorted(set(places)):
        raise bad("correct quiz option list must be increasing")
    if places[0] < 0 or places[-1] >= options:
        raise bad("wrong quiz correct_option_id")
    return places


_QUESTION = "question question_parse_mode question_entities options is_anonymous type is_closed "
_QUIZ = (
    "correct_option_ids correct_option_id explanation explanation_parse_mode explanation_entities "
)
_ABOUT = "description description_parse_mode description_entities "
_RULES = "allows_multiple_answers allows_revoting open_period close_date "

SPECS = (
    spec("sendPoll", send_poll, MESSAGE + _QUESTION + _ABOUT + _QUIZ + _RULES, sends=True,
         missing="media, options added by voters, limits by membership and country"),
    spec("stopPoll", stop_poll, "chat_id message_id reply_markup", sends=True),
)  # fmt: skip
