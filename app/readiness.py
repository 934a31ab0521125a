"""What stands between a checked config.yaml and real messengers."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from app.config import Config
from app.config_file import Loc
from app.config_values import is_loopback
from app.keys import missing_keys
from core.errors import ConfigError
from core.words import ChatKind
from messengers import DEFAULT_APIS


def real_hosts(config: Config) -> list[str]:
    """Return the hosts, other than this computer, that the accounts call."""
    addresses = [config.api_of(a) or DEFAULT_APIS[a.messenger] for a in config.accounts]
    hosts = (urlsplit(a).hostname or a for a in addresses if not is_loopback(a))
    return list(dict.fromkeys(hosts))


def require_operator(config: Config) -> None:
    """Raise ConfigError, with the lines to fill, if real messengers are named and the operator is not."""
    hosts = real_hosts(config)
    if hosts and (blank := list(_blank_operator(config))):
        reason = f"Аккаунты работают с {', '.join(hosts)}, а по закону 152-ФЗ людям надо сказать, кто отвечает за их данные."
        raise ConfigError([*(config.where.at(loc, text) for loc, text in blank), reason])


def missing(config: Config) -> list[str]:
    """Return what is still to be done before the network may work with real messengers."""
    found = [
        *_blank_operator(config),
        *_in_sandbox(config),
        *missing_keys(config),
        *_walls_without_keys(config),
    ]
    if not config.administrators:
        found.append((("administrators",), "некому остановить рассылку. Впишите администраторов"))
    ordered = sorted(found, key=lambda one: config.where.line(one[0]))
    return [config.where.at(loc, text) for loc, text in ordered]


def _blank_operator(config: Config) -> Iterator[tuple[Loc, str]]:
    for key, what, example in (
        ("name", "не назван оператор персональных данных", "полное название организации"),
        ("contacts", "не указано, как связаться с оператором", "почту и телефон"),
    ):
        if not getattr(config.operator, key):
            yield ("operator", key), f"{what}. Впишите в разделе operator в строку {key} {example}"


def _in_sandbox(config: Config) -> Iterator[tuple[Loc, str]]:
    if config.sandbox is not None:
        yield ("sandbox",), "указана песочница, и Вестник ждёт её при запуске. Удалите строку"
    for number, account in enumerate(config.accounts):
        if is_loopback(config.api_of(account) or DEFAULT_APIS[account.messenger]):
            yield (
                ("accounts", number),
                f"аккаунт «{account.slug}» работает с этим же компьютером, а не с мессенджером. "
                "Удалите строку api и укажите настоящий ключ",
            )
        elif account.key.kind == "sandbox":
            yield (
                ("accounts", number, "key"),
                f"у аккаунта «{account.slug}» ключ песочницы. Укажите env:ИМЯ или file:/путь",
            )
    for number, source in enumerate(config.sources):
        if is_loopback(config.url_of(source)):
            yield (
                ("sources", number, "url"),
                f"источник «{source.slug}» лежит на этом же компьютере. Впишите адрес ленты сайта",
            )


def _walls_without_keys(config: Config) -> Iterator[tuple[Loc, str]]:
    walls = {c.account for c in config.all_channels() if c.kind is ChatKind.WALL}
    for number, account in enumerate(config.accounts):
        if account.slug in walls and account.wall_key is None:
            yield (
                ("accounts", number),
                f"у аккаунта «{account.slug}» нет wall_key: на стену VK без него не пускает. "
                "Добавьте ключ или напишите wall: off",
            )
