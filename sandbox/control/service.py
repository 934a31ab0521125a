"""The grey lines by which an app tells what happened in a chat, in Russian words."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

_UNKNOWN = "Изменение в группе"
_Words = Callable[[Any, str], str]


def service_words(service: Mapping[str, Any], who: str) -> str:
    """Return the line for a happening that `who` caused.

    It is told as the Bot API tells it ({"left_chat_member": …}) or as VK does ({"type": "chat_kick_user", …}).
    """
    if service.get("type") in _VK:
        return _VK[service["type"]](service, who)
    known = next((key for key in _TELEGRAM if key in service), None)
    return _TELEGRAM[known](service[known], who) if known else _UNKNOWN


def _names(people: Any) -> str:
    given = people if isinstance(people, list) else [people]
    names = [
        f"{one.get('first_name', '')} {one.get('last_name') or ''}".strip()
        for one in given
        if isinstance(one, Mapping)
    ]
    return ", ".join(name for name in names if name)


def _joined(people: Any, who: str) -> str:
    return f"{_names(people) or who}: теперь в группе"


def _left(person: Any, who: str) -> str:
    return f"{_names(person) or who}: больше не в группе"


def _pinned(message: Any, who: str) -> str:
    words = message.get("text") or message.get("caption") if isinstance(message, Mapping) else ""
    return f"{who}: закреплено сообщение{f' «{words[:60]}»' if words else ''}"


def _named(words: str) -> _Words:
    def line(thing: Any, who: str) -> str:
        name = thing.get("name") if isinstance(thing, Mapping) else thing
        return f"{words}: {name}" if name else words

    return line


def _line(words: str) -> _Words:
    return lambda thing, who: words


def _by(words: str) -> _Words:
    return lambda thing, who: f"{who}: {words}"


def _renamed(thing: Any, who: str) -> str:
    title = thing.get("text", "") if isinstance(thing, Mapping) else thing
    return f"{who}: новое название «{title}»"


def _timer(thing: Any, who: str) -> str:
    seconds = thing.get("message_auto_delete_time", 0) if isinstance(thing, Mapping) else 0
    return (
        f"{who}: сообщения удаляются через {seconds} с"
        if seconds
        else f"{who}: сообщения больше не удаляются"
    )


_TELEGRAM: Mapping[str, _Words] = MappingProxyType(
    {
        "left_chat_member": _left,
        "new_chat_members": _joined,
        "new_chat_title": _renamed,
        "new_chat_photo": _by("новая фотография группы"),
        "delete_chat_photo": _by("фотография группы удалена"),
        "pinned_message": _pinned,
        "forum_topic_created": _named("Новая тема"),
        "forum_topic_edited": _named("Тема изменена"),
        "forum_topic_closed": _line("Тема закрыта"),
        "forum_topic_reopened": _line("Тема снова открыта"),
        "general_forum_topic_hidden": _line("Общая тема скрыта"),
        "general_forum_topic_unhidden": _line("Общая тема снова видна"),
        "migrate_to_chat_id": _line("Группа стала супергруппой"),
        "migrate_from_chat_id": _line("Группа стала супергруппой"),
        "group_chat_created": _line("Группа создана"),
        "supergroup_chat_created": _line("Супергруппа создана"),
        "channel_chat_created": _line("Канал создан"),
        "message_auto_delete_timer_changed": _timer,
        "users_shared": _by("контакты отправлены боту"),
        "chat_shared": _by("чат отправлен боту"),
        "write_access_allowed": _line("Боту разрешено писать"),
        "boost_added": _by("буст для группы"),
    }
)
_VK: Mapping[str, _Words] = MappingProxyType(
    {
        "chat_create": _by("беседа создана"),
        "chat_invite_user": _by("в беседе новый участник"),
        "chat_invite_user_by_link": _by("в беседе по ссылке"),
        "chat_kick_user": _by("участник исключён или вышел"),
        "chat_title_update": _renamed,
        "chat_photo_update": _by("новая фотография беседы"),
        "chat_photo_remove": _by("фотография беседы удалена"),
        "chat_pin_message": _by("закреплено сообщение"),
        "chat_unpin_message": _by("сообщение откреплено"),
    }
)
