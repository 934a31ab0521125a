"""From «where the key lies» to the key: nothing here can be printed by accident."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.config import Config
from app.config_file import Loc
from app.config_parts import Account
from app.config_values import KeyRef, proxy_address, shown
from core.errors import ConfigError

_LONGEST = 4096
_FIELDS = ("key", "wall_key", "proxy")


class Secret:
    """A key that no print, log line or traceback shows; `reveal` gives it."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        """Keep the value."""
        self._value = value

    def reveal(self) -> str:
        """Return the value itself."""
        return self._value

    def __repr__(self) -> str:
        """Say that there is one, not which."""
        return "Secret(…)"

    def __eq__(self, other: object) -> bool:
        """Compare by value."""
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        """Fit `__eq__`."""
        return hash(self._value)


@dataclass(frozen=True, slots=True)
class AccountKeys:
    """The secrets of one account; `proxy` is a whole address, which may hold a password."""

    key: Secret
    wall_key: Secret | None = None
    proxy: Secret | None = None


def resolve_keys(config: Config, world: Mapping[str, Any] | None) -> Mapping[str, AccountKeys]:
    """Return the secrets of every account by its slug; `world` is the sandbox's `GET /control/world`.

    Raises ConfigError with every key that cannot be had, and for two accounts with one key.
    """
    mistakes: list[tuple[Loc, str]] = []
    found: dict[str, AccountKeys] = {}
    owners: dict[tuple[str, Secret], str] = {}
    for number, account in enumerate(config.accounts):
        secrets: dict[str, Secret | None] = {}
        for field in _FIELDS:
            try:
                secrets[field] = _secret(config, account, field, world)
            except ValueError as error:
                mistakes.append((("accounts", number, field), str(error)))
        key = secrets.get("key")
        if key is None:
            continue
        first = owners.setdefault((account.messenger, key), account.slug)
        if first != account.slug:
            text = f"тот же ключ, что у аккаунта «{first}». У каждого аккаунта ключ свой"
            mistakes.append((("accounts", number, "key"), text))
        found[account.slug] = AccountKeys(key, secrets.get("wall_key"), secrets.get("proxy"))
    if mistakes:
        raise ConfigError([config.where.at(loc, text) for loc, text in mistakes])
    return found


def database_password(config: Config) -> Secret | None:
    """Return the password of the database, None where config.yaml names none; raises ConfigError."""
    if config.database_password is None:
        return None
    try:
        return Secret(_read(config, config.database_password))
    except ValueError as error:
        raise ConfigError([config.where.at(("database_password",), str(error))]) from None


def missing_keys(config: Config) -> Iterator[tuple[Loc, str]]:
    """Return what keeps keys of the environment and of files from being read; the sandbox is left out."""
    if config.database_password is not None:
        try:
            _read(config, config.database_password)
        except ValueError as error:
            yield ("database_password",), str(error)
    for number, account in enumerate(config.accounts):
        for field in _FIELDS:
            ref = getattr(account, field)
            if isinstance(ref, KeyRef) and ref.kind != "sandbox":
                try:
                    _secret(config, account, field, None)
                except ValueError as error:
                    yield ("accounts", number, field), str(error)


def _secret(
    config: Config, account: Account, field: str, world: Mapping[str, Any] | None
) -> Secret | None:
    ref: KeyRef | str | None = getattr(account, field)
    if ref is None:
        return None
    if isinstance(ref, str):
        return Secret(ref)
    if ref.kind == "sandbox":
        value = _from_world(ref.name, account.messenger, field, world)
    else:
        value = _read(config, ref)
    if field == "proxy":
        _check_proxy(value, account)
    elif not value.isascii() or any(char.isspace() or not char.isprintable() for char in value):
        raise ValueError(
            "вместо ключа прочитан какой-то текст. Оставьте там один ключ, без кавычек"
        )
    return Secret(value)


def _read(config: Config, ref: KeyRef) -> str:
    if ref.kind == "env":
        return _from_environment(ref.name)
    return _from_file(config.where.path.absolute().parent / ref.name)


def _from_environment(name: str) -> str:
    value = os.environ.get(name, "").strip()
    if not value:
        raise ValueError(
            f"переменная окружения {name} не задана. Задайте её перед запуском: export {name}=…"
        )
    return value


def _from_file(path: Path) -> str:
    try:
        mode = path.stat().st_mode
        if not stat.S_ISREG(mode):
            raise IsADirectoryError(path)
        # Windows has no such bits.
        if os.name == "posix" and mode & 0o077:
            raise ValueError(
                f"файл с ключом {path} могут прочитать другие. Выполните: chmod 600 {path}"
            )
        with path.open("rb") as file:
            value = file.read(_LONGEST).decode("utf-8-sig").strip()
    except FileNotFoundError:
        raise ValueError(f"файла с ключом {path} нет. Создайте его и положите ключ туда") from None
    except (OSError, UnicodeDecodeError):
        raise ValueError(
            f"файл с ключом {path} не читается. Проверьте, чей он и что в нём один ключ"
        ) from None
    if not value:
        raise ValueError(f"файл с ключом {path} пуст. Положите ключ туда")
    return value


def _from_world(name: str, messenger: str, field: str, world: Mapping[str, Any] | None) -> str:
    if world is None:
        raise ValueError(
            "ключ надо взять в песочнице, а она не отвечает. Запустите её: python -m sandbox"
        )
    accounts = [a for a in world.get("accounts", ()) if a.get("network") == messenger]
    account = next((a for a in accounts if a.get("name") == name), None)
    if account is None:
        names = ", ".join(str(a.get("name")) for a in accounts) or "ни одного"
        raise ValueError(f"аккаунта «{shown(name)}» в песочнице нет. Здесь бывает: {names}")
    value = account.get("user_token" if field == "wall_key" else "token")
    if not value:
        raise ValueError(
            f"у аккаунта «{shown(name)}» в песочнице нет ключа стены. Удалите wall_key"
        )
    return str(value)


def _check_proxy(value: str, account: Account) -> None:
    # The password may be in the address, so the address itself is not shown.
    without_password = value.rpartition("@")
    scheme = value.partition("://")[0]
    try:
        proxy_address(f"{scheme}://{without_password[2]}" if without_password[1] else value)
    except ValueError:
        raise ValueError(
            "вместо адреса прокси прочитан какой-то текст. Нужно, например, "
            "socks5://имя:пароль@proxy.example.ru:1080"
        ) from None
    if account.messenger == "vk" and scheme not in ("http", "https"):
        raise ValueError("для VK прокси SOCKS не подходит. Укажите прокси http:// или https://")
