"""Single values of config.yaml: from the text an administrator wrote to what the program uses.

Every function raises ValueError with a Russian sentence that says what is wrong and how to mend it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import partial
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Literal, TypeVar
from urllib.parse import SplitResult, urlsplit
from zoneinfo import ZoneInfo, available_timezones

T = TypeVar("T")
Network = IPv4Network | IPv6Network
SANDBOX = "sandbox:"
TYPOGRAPHIC = "“”„‟‘’‚«»"
_SLUG_LIMIT = 40
_SECRET = re.compile(r"\d{6,}:[\w-]{20,}|vk1\.[\w.-]+|[\w-]{30,}")
_UNITS = {
    **dict.fromkeys(("s", "sec", "с", "сек"), 1),
    **dict.fromkeys(("m", "min", "м", "мин"), 60),
    **dict.fromkeys(("h", "ч", "час"), 3600),
}
_INTERVAL = re.compile(r"(\d{1,6})\s*([a-zа-я]*)\.?")
_YES = frozenset({"true", "yes", "on", "да"})
_NO = frozenset({"false", "no", "off", "нет"})


@dataclass(frozen=True, slots=True)
class KeyRef:
    """Where a secret lies: an account of the sandbox, an environment variable or a file."""

    kind: Literal["sandbox", "env", "file"]
    name: str


def shown(value: str) -> str:
    """Return a value fit for a sentence: short, and without what may be a key."""
    hidden = _SECRET.sub("…", value)
    return hidden if len(hidden) <= 40 else hidden[:39] + "…"


def did_you_mean(word: str, known: Collection[str]) -> str:
    """Return a hint with the nearest known word, or with all of them if none is near."""
    lower = {name.casefold(): name for name in known}
    near = get_close_matches(word.casefold(), lower, n=1, cutoff=0.6)
    if near:
        return f"Возможно, вы имели в виду «{lower[near[0]]}»."
    return f"Здесь бывает: {', '.join(known)}."


def scalar(value: object) -> str:
    """Return the one value that is expected, without blanks around it."""
    if not isinstance(value, str):
        raise ValueError(
            "здесь нужно одно значение, а записан список или раздел. Уберите дефис или строки ниже"
        )
    return value.strip()


def word(value: object) -> str:
    """Return a value that is no free text: guillemets around it are a slip."""
    text = scalar(value)
    if text and text[0] in TYPOGRAPHIC and text[-1] in TYPOGRAPHIC:
        raise ValueError(
            'значение взято в типографские кавычки. Уберите их или поставьте прямые: "…"'
        )
    return text


def text(value: object, *, limit: int, needed: bool = True) -> str:
    """Return free text of at most `limit` code points."""
    found = scalar(value)
    if needed and not found:
        raise ValueError("значение пустое. Впишите текст")
    if len(found) > limit:
        raise ValueError(f"текст длиннее {limit} знаков ({len(found)}). Сократите его")
    return found


def slug(value: object) -> str:
    """Return a name for links: Latin lower case letters, digits, hyphens."""
    found = word(value)
    wrong = re.search(r"[^a-z0-9-]", found)
    if wrong:
        raise ValueError(
            f"знак «{wrong[0]}»{_what(wrong[0])} в имени для ссылок не годится. "
            "Пишите строчные латинские буквы, цифры и дефис"
        )
    if not found or len(found) > _SLUG_LIMIT or found[0] == "-" or found[-1] == "-":
        raise ValueError(
            f"имя для ссылок пусто, длиннее {_SLUG_LIMIT} знаков или начинается либо кончается "
            "дефисом. Пишите, например, education"
        )
    return found


def _what(char: str) -> str:
    name = unicodedata.name(char, "")
    if name.startswith("CYRILLIC"):
        return " (русская буква)"
    if name.startswith("LATIN CAPITAL"):
        return " (заглавная буква)"
    return ""


def choice(options: Mapping[str, T]) -> Callable[[object], T]:
    """Return a reader that takes one of the words and gives what it stands for."""

    def read(value: object) -> T:
        found = word(value)
        if found not in options:
            raise ValueError(
                f"значения «{shown(found)}» здесь не бывает. {did_you_mean(found, options)}"
            )
        return options[found]

    return read


def flag(value: object) -> bool:
    """Return a yes or a no."""
    found = word(value).casefold()
    if found in _YES or found in _NO:
        return found in _YES
    raise ValueError(f"«{shown(found)}» не значит ни да, ни нет. Напишите on или off")


def number(value: object, *, low: int, high: int) -> int:
    """Return a whole number from `low` to `high`."""
    found = word(value)
    if re.fullmatch(r"[-+]?[0-9]{1,18}", found) and low <= int(found) <= high:
        return int(found)
    raise ValueError(f"«{shown(found)}» не годится. Нужно целое число от {low} до {high}")


def identifier(value: object) -> str:
    """Return a person's number in a messenger as the messengers' ids are kept: a string."""
    found = word(value)
    if re.fullmatch(r"[1-9][0-9]{0,17}", found):
        return found
    raise ValueError(
        f"«{shown(found)}» не номер человека. Нужно число без знаков, а не имя и не ссылка"
    )


def chat(value: object) -> str:
    """Return a chat's own number in its messenger."""
    found = word(value)
    if re.fullmatch(r"-?[1-9][0-9]{0,17}", found):
        return found
    raise ValueError(
        f"«{shown(found)}» не номер чата. Нужно число, например -1001234567890: его видно в "
        "журнале, когда бот добавлен в чат"
    )


def handle(value: object) -> str:
    """Return what deep links are made of: a user name without @."""
    found = word(value).removeprefix("@")
    if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.]{1,31}", found):
        return found
    raise ValueError(
        "это не имя для ссылок. Впишите имя без адреса и без @: для Telegram имя бота, "
        "для VK короткое имя сообщества или club и его номер"
    )


def minute(value: object) -> int:
    """Return a time of the day in minutes after midnight."""
    found = word(value)
    match = re.fullmatch(r"(\d{1,2}):(\d{2})", found)
    if match and int(match[1]) < 24 and int(match[2]) < 60:
        return int(match[1]) * 60 + int(match[2])
    raise ValueError(f'«{shown(found)}» не время суток. Напишите часы и минуты, например "19:00"')


def interval(value: object) -> int:
    """Return a length of time in seconds, at most a week."""
    found = word(value)
    match = _INTERVAL.fullmatch(found.casefold())
    if match is None or match[2] not in _UNITS:
        raise ValueError(
            f"«{shown(found)}» не промежуток времени. Напишите число и единицу: "
            '"30 s", "5 min" или "1 h"'
        )
    seconds = int(match[1]) * _UNITS[match[2]]
    if not 0 < seconds <= 7 * 86_400:
        raise ValueError(f"«{shown(found)}» не годится. Промежуток бывает от секунды до недели")
    return seconds


def zone(value: object) -> str:
    """Return the name of a time zone of the IANA database."""
    found = word(value)
    try:
        ZoneInfo(found)
    except (ValueError, OSError):
        # ZoneInfoNotFoundError is a KeyError; a folder of the database is an OSError.
        pass
    except KeyError:
        pass
    else:
        return found
    near = get_close_matches(found, available_timezones(), n=1)
    hint = f"Возможно, вы имели в виду {near[0]}" if near else "Напишите, например, Europe/Moscow"
    raise ValueError(f"часового пояса «{shown(found)}» нет. {hint}")


def network(value: object) -> Network:
    """Return a network in CIDR notation."""
    found = word(value)
    try:
        return ip_network(found)
    except ValueError:
        pass
    try:
        whole = ip_network(found, strict=False)
    except ValueError:
        raise ValueError(
            f"«{shown(found)}» не сеть. Напишите адрес и длину, например 10.0.0.0/8"
        ) from None
    raise ValueError(f"«{shown(found)}» не сеть, а адрес внутри неё. Напишите {whole}")


def url(value: object, *, schemes: Collection[str] = ("http", "https")) -> str:
    """Return an absolute address without a password in it."""
    found = word(value)
    example = f"{next(iter(schemes))}://example.ru"
    try:
        parts = urlsplit(found)
        good = parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
    except ValueError:
        good = False
    if not good or re.search(r"\s", found):
        raise ValueError(f"это не адрес. Нужен полный адрес, например {example}")
    if parts.username is not None or parts.password is not None:
        raise ValueError(
            "в адресе записаны имя и пароль, а в этом файле их хранить нельзя. Уберите их отсюда"
        )
    return found


def is_loopback(address: str) -> bool:
    """Tell whether an address leads to this very computer."""
    try:
        host = urlsplit(address).hostname or ""
    except ValueError:
        return False
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def sandbox_address(value: object) -> str:
    """Return where the sandbox is: only on this computer, because it has no passwords."""
    found = url(value)
    parts: SplitResult = urlsplit(found)
    if not is_loopback(found):
        raise ValueError(
            "песочница живёт только на этом же компьютере. Напишите http://127.0.0.1:8081"
        )
    if parts.path.strip("/") or parts.query or parts.fragment:
        raise ValueError("после порта ничего не нужно. Напишите http://127.0.0.1:8081")
    return f"{parts.scheme}://{parts.netloc}"


def source_address(value: object) -> str:
    """Return a feed's address: http(s), or a path in the sandbox as `sandbox:/…`."""
    found = word(value)
    if not found.startswith(SANDBOX):
        return url(found)
    if re.fullmatch(r"/\S+", found.removeprefix(SANDBOX)):
        return found
    raise ValueError("после «sandbox:» нужен путь. Напишите, например, sandbox:/sites/имя/feed.xml")


def api_address(value: object) -> str:
    """Return a messenger's address, or the word `sandbox`."""
    found = word(value)
    return found if found == "sandbox" else url(found)


def key(value: object) -> KeyRef:
    """Return where a key lies; a key itself is refused and never repeated."""
    if isinstance(value, KeyRef):
        return value
    kind, colon, name = word(value).partition(":")
    if not colon or kind not in ("sandbox", "env", "file"):
        raise ValueError(
            "похоже, сюда вписан сам ключ, а в этом файле ключи хранить нельзя. Положите ключ в "
            "переменную окружения и напишите env:ИМЯ_ПЕРЕМЕННОЙ или в файл с правами 0600 и "
            "напишите file:/путь/к/файлу. Ключ, который уже видели другие, замените новым"
        )
    name = name.strip()
    if not name:
        raise ValueError(f"после «{kind}:» ничего нет. Напишите {_KEY_EXAMPLES[kind]}")
    if kind == "env" and not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
        raise ValueError(
            "после «env:» нужно имя переменной окружения: латинские буквы, цифры, подчёркивание. "
            f"Напишите, например, {_KEY_EXAMPLES[kind]}; сам ключ сюда не вписывайте"
        )
    # The literal type is narrowed by the check above.
    return KeyRef(kind, name)  # type: ignore[arg-type]


def database(value: object) -> str:
    """Return the address of a PostgreSQL database; a password in it is refused and never repeated."""
    found = word(value)
    try:
        parts = urlsplit(found)
        password = parts.password
    except ValueError:
        parts, password = urlsplit(""), None
    if parts.scheme not in ("postgresql", "postgres") or not parts.path.strip("/"):
        raise ValueError(
            "адрес базы не читается. Пишите, например, postgresql://vestnik@db.example.ru/vestnik; "
            "без этой строки база лежит файлом в папке данных"
        )
    if password is not None or "password" in parts.query:
        raise ValueError(
            "в адресе базы стоит пароль, а в этом файле пароли хранить нельзя. Уберите его из адреса "
            "и напишите database_password: env:ИМЯ_ПЕРЕМЕННОЙ или file:/путь/к/файлу; сам пароль "
            "замените новым"
        )
    return found


def password(value: object) -> KeyRef:
    """Return where the password of the database lies."""
    found = key(value)
    if found.kind == "sandbox":
        raise ValueError("пароля базы в песочнице нет. Напишите env:ИМЯ_ПЕРЕМЕННОЙ или file:/путь")
    return found


_KEY_EXAMPLES = {
    "sandbox": "sandbox:имя аккаунта в песочнице",
    "env": "env:VESTNIK_TG_KEY",
    "file": "file:/etc/vestnik/tg.key",
}
_PROXIES = ("http", "https", "socks5", "socks5h")


def proxy(value: object) -> KeyRef | str:
    """Return a proxy's address, or where an address with a password lies."""
    found = word(value)
    if found.startswith(("env:", "file:")):
        return key(found)
    try:
        return proxy_address(found)
    except ValueError as error:
        raise ValueError(
            f"{error}. Если прокси нужен пароль, положите весь адрес в переменную окружения "
            "или файл и напишите env:ИМЯ либо file:/путь"
        ) from None


proxy_address = partial(url, schemes=_PROXIES)


def beginning(value: object) -> str:
    """Return the beginning of a word, as rubrics compare it: lower case, ё as е."""
    found = word(value).casefold().replace("ё", "е")
    if re.fullmatch(r"\w{3,}", found):
        return found
    raise ValueError(
        f"«{shown(found)}» не начало слова. Пишите начало одного слова, от трёх букв, "
        "без пробелов и дефисов"
    )
