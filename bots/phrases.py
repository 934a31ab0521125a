"""What a person's free text asks for; pure rules over words, tried out as tables."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import Enum, auto

INVITATION = "inv-"  # what the payload of an invitation begins with
_SHORTEST_BARE = 20  # code points of a token that is known as one without a command before it


class Command(Enum):
    """Something a person asks for in words."""

    STOP = auto()
    FORGET = auto()
    MENU = auto()
    BEGIN = auto()
    LATEST = auto()
    HALT = auto()
    CHANNELS = auto()
    HELP = auto()
    NUMBER = auto()
    WORK = auto()
    PEOPLE = auto()
    QUEUE = auto()
    PLAN = auto()
    MINE = auto()
    HISTORY = auto()
    JOIN = auto()


class Courtesy(Enum):
    """What a text is that asks for nothing."""

    THANKS = auto()
    GREETING = auto()
    WORDLESS = auto()  # emoji, stickers, a full stop
    OTHER = auto()


_SLASH = {
    "stop": Command.STOP,
    "start": Command.BEGIN,
    "menu": Command.MENU,
    "help": Command.HELP,
    "subscriptions": Command.MENU,
    "settings": Command.MENU,
    "news": Command.LATEST,
    "forget": Command.FORGET,
    "halt": Command.HALT,
    "channels": Command.CHANNELS,
    "connect": Command.CHANNELS,
    "id": Command.NUMBER,
    "work": Command.WORK,
    "people": Command.PEOPLE,
    "invite": Command.PEOPLE,
    "queue": Command.QUEUE,
    "plan": Command.PLAN,
    "mine": Command.MINE,
    "history": Command.HISTORY,
    "join": Command.JOIN,
}

_WHOLE = {
    "меню": Command.MENU,
    "помощь": Command.HELP,
    "справка": Command.HELP,
    "подписки": Command.MENU,
    "мои подписки": Command.MENU,
    "настройки": Command.MENU,
    "menu": Command.MENU,
    "help": Command.HELP,
    "начать": Command.BEGIN,
    "старт": Command.BEGIN,
    "start": Command.BEGIN,
    "подписаться": Command.BEGIN,
    "подписка": Command.BEGIN,
    "новости": Command.LATEST,
    "последние новости": Command.LATEST,
    "удалить мои данные": Command.FORGET,
    "удалите мои данные": Command.FORGET,
    "удали мои данные": Command.FORGET,
    "забудьте меня": Command.FORGET,
    "не присылайте": Command.STOP,
    "не присылайте больше": Command.STOP,
    "больше не присылайте": Command.STOP,
    "не пишите": Command.STOP,
    "не пишите мне": Command.STOP,
    "больше не пишите": Command.STOP,
    "остановить рассылку": Command.HALT,
    "остановите рассылку": Command.HALT,
    "мои каналы": Command.CHANNELS,
    "мой номер": Command.NUMBER,
    "мой id": Command.NUMBER,
    "подключить канал": Command.CHANNELS,
    "работа": Command.WORK,
    "люди": Command.PEOPLE,
    "пригласить": Command.PEOPLE,
    "что ждет решения": Command.QUEUE,
    "план": Command.PLAN,
    "запланировать": Command.PLAN,
    "мои новости": Command.MINE,
    "история": Command.HISTORY,
}

_STOP = frozenset(
    [
        "стоп",
        "stop",
        "отпишите",
        "отписаться",
        "отпишись",
        "отпиши",
        "отписывайте",
        "отписка",
        "отписываюсь",
        "хватит",
        "unsubscribe",
    ]
)
# What may stand around a word of stopping without making it something else.
_AROUND = frozenset(
    [
        "уже",
        "меня",
        "пожалуйста",
        "все",
        "всё",
        "хочу",
        "рассылку",
        "рассылка",
        "рассылки",
        "от",
        "вас",
        "больше",
        "please",
        "ну",
        "спасибо",
        "мне",
        "и",
        "вашей",
        "этой",
        "присылать",
        "писать",
        "слать",
    ]
)
_LONGEST_STOP = 6  # words; a longer text tells something, it does not command

_THANKS = frozenset(["спасибо", "спс", "благодарю", "благодарим", "спасибочки", "thanks", "thank"])
_GREETING = frozenset(
    ["здравствуйте", "здравствуй", "привет", "приветствую", "hello", "hi", "салют"]
)
_GREETINGS_OF_TWO = frozenset(
    ("добрый день", "добрый вечер", "доброе утро", "доброй ночи", "доброго дня")
)


def command(text: str) -> Command | None:
    """Return what a text asks for, None when it asks for nothing we know."""
    slash = re.fullmatch(r"/([a-z]+)(?:@\w+)?(?:\s.*)?", text.strip().lower(), re.DOTALL)
    if slash:
        return _SLASH.get(slash[1])
    said = _words(text)
    whole = _WHOLE.get(" ".join(said))
    if whole is not None:
        return whole
    return Command.STOP if _is_stop(said) else None


def invitation(text: str) -> str | None:
    """Return the token of an invitation that a person typed instead of opening its link, or None."""
    typed = re.fullmatch(r"(/start(?:@\w+)?\s+)?inv-([A-Za-z0-9_-]{1,60})", text.strip())
    if typed is None or (typed[1] is None and len(typed[2]) < _SHORTEST_BARE):
        return None
    return typed[2]


def is_slash(text: str) -> bool:
    """Tell whether the person wrote to a bot on purpose: such words begin with a stroke."""
    return text.lstrip().startswith("/")


def courtesy(text: str, media: Sequence[str] = ()) -> Courtesy:
    """Return what a text is that holds no command."""
    said = _words(text)
    if not said:
        wordless = not media or set(media) <= {"sticker", "animation"}
        return Courtesy.WORDLESS if wordless else Courtesy.OTHER
    if len(said) > 6 or "?" in text:
        return Courtesy.OTHER
    if _THANKS & set(said):
        return Courtesy.THANKS
    if _GREETING & set(said) or " ".join(said[:2]) in _GREETINGS_OF_TWO:
        return Courtesy.GREETING
    return Courtesy.OTHER


def _is_stop(said: Sequence[str]) -> bool:
    if not said or len(said) > _LONGEST_STOP or not _STOP & set(said):
        return False
    return set(said) <= _STOP | _AROUND


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.lower().replace("ё", "е"))
