"""Rules over the whole of config.yaml: names that must be unique, names that must exist, what fits what.

They look at the plain data, so they are told together with the mistakes of single values; what has
the wrong shape is passed over here, the models speak of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from app.config_file import Loc
from app.config_values import SANDBOX, did_you_mean, interval, is_loopback, shown

Item = tuple[Loc, Mapping[str, Any]]
Broken = Iterator[tuple[Loc, str]]

_NAMED = ("organizations", "rubrics", "accounts", "sources")
_GENITIVE = {"organizations": "организации", "rubrics": "темы", "accounts": "аккаунта"}
_REFERENCES = (
    ("organizations", "parent", "organizations"),
    ("accounts", "organization", "organizations"),
    ("channels", "account", "accounts"),
    ("channels", "organization", "organizations"),
    ("channels", "news", "organizations"),
    ("channels", "rubrics", "rubrics"),
    ("sources", "organization", "organizations"),
    ("sources", "rubric", "rubrics"),
)
_FASTEST_S, _FASTEST_AT_HOME_S = 60, 5


def broken(data: Mapping[str, Any]) -> Broken:
    """Return what breaks a rule: its place in the file and the sentence."""
    yield from _slugs(data)
    yield from _references(data)
    yield from _tree(data)
    yield from _accounts(data)
    yield from _keys(data)
    yield from _channels(data)
    yield from _sources(data)
    yield from _sandbox(data)


def items(data: Mapping[str, Any], section: str) -> list[Item]:
    """Return the entries of a section that are sections themselves, with their places."""
    listed = data.get(section)
    if not isinstance(listed, list):
        return []
    return [((section, n), one) for n, one in enumerate(listed) if isinstance(one, Mapping)]


def _word(one: Mapping[str, Any], key: str) -> str:
    value = one.get(key)
    return value.strip() if isinstance(value, str) else ""


def _known(data: Mapping[str, Any], section: str) -> dict[str, Mapping[str, Any]]:
    return {_word(one, "slug"): one for _, one in items(data, section) if _word(one, "slug")}


def _slugs(data: Mapping[str, Any]) -> Broken:
    seen: dict[str, str] = {}
    for section in _NAMED:
        for loc, one in items(data, section):
            slug = _word(one, "slug")
            if slug in seen:
                yield (
                    (*loc, "slug"),
                    f"имя «{shown(slug)}» уже занято в разделе {seen[slug]}. Придумайте другое: "
                    "имена организаций, тем, аккаунтов и источников не повторяются",
                )
            elif slug:
                seen[slug] = section


def _references(data: Mapping[str, Any]) -> Broken:
    for section, key, target in _REFERENCES:
        known = _known(data, target)
        for loc, one in items(data, section):
            value = one.get(key)
            places: list[tuple[Loc, Any]] = [((*loc, key), value)]
            if isinstance(value, list):
                places = [((*loc, key, n), each) for n, each in enumerate(value)]
            for place, name in places:
                if isinstance(name, str) and name.strip() and name.strip() not in known:
                    yield place, _nowhere(name.strip(), target, known)


def _nowhere(name: str, target: str, known: Mapping[str, Any]) -> str:
    hint = did_you_mean(name, known) if known else "Раздел пуст."
    return f"{_GENITIVE[target]} «{shown(name)}» нет в разделе {target}. {hint}"


def _tree(data: Mapping[str, Any]) -> Broken:
    listed = items(data, "organizations")
    federations = [(loc, one) for loc, one in listed if _word(one, "kind") == "federation"]
    if listed and not federations:
        yield ("organizations",), "нет федерации. Поставьте одной организации kind: federation"
    for loc, _ in federations[1:]:
        yield (*loc, "kind"), "федерация уже есть выше. Поставьте здесь другой вид, например member"
    for loc, one in federations[:1]:
        if _word(one, "parent"):
            yield (*loc, "parent"), "федерация стоит выше всех. Уберите у неё parent"
    parents = {_word(one, "slug"): _word(one, "parent") for _, one in listed}
    for loc, one in listed:
        slug = _word(one, "slug")
        if slug and slug in _above(slug, parents):
            yield (*loc, "parent"), f"«{shown(slug)}» подчинена сама себе. Исправьте parent"


def _above(slug: str, parents: Mapping[str, str]) -> set[str]:
    above: set[str] = set()
    step = parents.get(slug, "")
    while step and step not in above:
        above.add(step)
        step = parents.get(step, "")
    return above


def _accounts(data: Mapping[str, Any]) -> Broken:
    groups: set[str] = set()
    for loc, one in items(data, "accounts"):
        messenger, group = _word(one, "messenger"), _word(one, "group")
        if messenger == "telegram":
            for key in ("wall_key", "group", "wall"):
                if key in one:
                    yield (*loc, key), f"«{key}» бывает только у VK. Удалите строку"
        if messenger == "vk":
            if "group" not in one:
                yield loc, "у аккаунта VK нет номера сообщества. Добавьте «group: 200000001»"
            if _word(one, "proxy").startswith("socks"):
                yield (
                    (*loc, "proxy"),
                    "для VK прокси SOCKS не подходит. Укажите прокси http:// или https://",
                )
            if group and group in groups:
                yield (*loc, "group"), "это сообщество уже есть выше. Оставьте один аккаунт"
            groups.add(group)


def _keys(data: Mapping[str, Any]) -> Broken:
    """Two accounts with one key would take each other's messages; one person's wall key may serve several walls."""
    seen: dict[str, str] = {}
    for key in ("key", "wall_key"):
        for loc, one in items(data, "accounts"):
            ref = _word(one, key)
            if not ref.startswith(("sandbox:", "env:", "file:")):
                continue
            # In the sandbox one name stands for an account's several keys.
            name = f"{_word(one, 'messenger')} {key} {ref}" if ref.startswith(SANDBOX) else ref
            if name in seen and (seen[name], key) != ("wall_key", "wall_key"):
                yield (*loc, key), "этот же ключ уже указан выше. У каждого аккаунта ключ свой"
            seen.setdefault(name, key)


def _channels(data: Mapping[str, Any]) -> Broken:
    accounts = _known(data, "accounts")
    seen: set[tuple[str, str]] = set()
    for loc, one in items(data, "channels"):
        account = accounts.get(_word(one, "account"), {})
        messenger, kind, chat = _word(account, "messenger"), _word(one, "kind"), _word(one, "chat")
        if kind == "wall":
            yield from _wall(loc, messenger, account, chat)
            chat = chat or f"-{_word(account, 'group')}"
        elif kind in ("channel", "group") and not chat:
            yield loc, "не указан номер чата. Добавьте, например, «chat: -1001234567890»"
        if messenger == "vk" and kind == "channel":
            yield (*loc, "kind"), "каналов у VK нет. Для стены напишите wall, для беседы group"
        if messenger == "telegram" and chat.isdecimal():
            yield (
                (*loc, "chat"),
                "номер канала и группы в Telegram начинается с минуса. Добавьте его",
            )
        if messenger == "vk" and kind == "group" and chat and not _is_conversation(chat):
            yield (
                (*loc, "chat"),
                "номер беседы VK больше 2000000000. Возьмите его из журнала бота",
            )
        if messenger and chat.lstrip("-") and (messenger, chat) in seen:
            yield (*loc, "chat"), "этот чат уже указан выше. Оставьте одну запись"
        seen.add((messenger, chat))


def _wall(loc: Loc, messenger: str, account: Mapping[str, Any], chat: str) -> Broken:
    if messenger == "telegram":
        yield (*loc, "kind"), "стен у Telegram нет. Напишите channel или group"
    if _word(account, "wall").casefold() in ("off", "no", "false", "нет"):
        yield (*loc, "kind"), "у этого аккаунта стена выключена. Уберите у него «wall: off»"
    if messenger == "vk" and chat and chat != f"-{_word(account, 'group')}":
        yield (*loc, "chat"), "номер стены известен из group аккаунта. Удалите строку"


def _is_conversation(chat: str) -> bool:
    return chat.isdecimal() and int(chat) > 2_000_000_000


def _sources(data: Mapping[str, Any]) -> Broken:
    organizations = _known(data, "organizations")
    for loc, one in items(data, "sources"):
        url = _word(one, "url")
        at_home = url.startswith(SANDBOX) or is_loopback(url)
        fastest = _FASTEST_AT_HOME_S if at_home else _FASTEST_S
        try:
            seconds = interval(one.get("every"))
        except ValueError:
            seconds = fastest
        if seconds < fastest:
            yield (
                (*loc, "every"),
                f"слишком часто: сайт примет это за нападение. Напишите не меньше «{fastest} s»",
            )
        owner = organizations.get(_word(one, "organization"))
        if _word(one, "reach") == "territory" and owner is not None and "territory" not in owner:
            yield (
                (*loc, "reach"),
                "у организации источника не указана territory, а новости предназначены её "
                "территории. Впишите territory организации или поставьте reach: own",
            )


def _sandbox(data: Mapping[str, Any]) -> Broken:
    if _word(data, "sandbox"):
        return
    for section, keys in (("accounts", ("key", "wall_key", "api")), ("sources", ("url",))):
        for loc, one in items(data, section):
            for key in keys:
                if _word(one, key).startswith(SANDBOX) or (key, _word(one, key)) == (
                    "api",
                    "sandbox",
                ):
                    yield (
                        (*loc, key),
                        "здесь песочница, а её адрес не указан. Добавьте вверху файла "
                        "«sandbox: http://127.0.0.1:8081»",
                    )
