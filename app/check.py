"""The `check` command: every mistake of config.yaml at once, or what it holds and what is missing."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TextIO

from app.config import Config, load
from app.networks import LINKS, NETWORKS
from app.readiness import missing
from core.errors import ConfigError
from core.words import ChatKind

Forms = tuple[str, str, str]  # for 1, 2 and 5


def run(path: Path, stdout: TextIO) -> int:
    """Check the file and print the result; returns the exit code, 1 with mistakes."""
    try:
        config = load(path)
    except ConfigError as error:
        for mistake in error.mistakes:
            print(mistake, file=stdout)
        print(
            f"\nИсправьте {counted(len(error.mistakes), _MISTAKES)} и проверьте ещё раз.",
            file=stdout,
        )
        return 1
    print(f"Всё в порядке: {summary(config)}.", file=stdout)
    for line in links(config):
        print(line, file=stdout)
    lines = missing(config)
    if lines:
        print("\nПеред работой с настоящими мессенджерами:", file=stdout)
        for line in lines:
            print(f"  {line}", file=stdout)
    return 0


def links(config: Config) -> Iterator[str]:
    """Yield the links that begin a subscription, one example for each account."""
    yield "\nСсылки на подписку (после «org-» — slug любой организации):"
    for account in config.accounts:
        link = LINKS[account.messenger].format(
            handle=account.handle, organization=account.organization
        )
        yield f"  {NETWORKS[account.messenger]}, {account.title or account.slug}: {link}"


_MISTAKES: Forms = ("ошибку", "ошибки", "ошибок")


def summary(config: Config) -> str:
    """Return how much of everything the file holds."""
    channels = config.all_channels()
    walls = sum(channel.kind is ChatKind.WALL for channel in channels)
    counts: tuple[tuple[int, Forms], ...] = (
        (len(config.organizations), ("организация", "организации", "организаций")),
        (len(config.rubrics), ("тема", "темы", "тем")),
        (len(config.accounts), ("аккаунт", "аккаунта", "аккаунтов")),
        (len(channels) - walls, ("канал", "канала", "каналов")),
        (walls, ("стена", "стены", "стен")),
        (len(config.sources), ("источник", "источника", "источников")),
    )
    return ", ".join(counted(number, forms) for number, forms in counts)


def counted(number: int, forms: Forms) -> str:
    """Return the number with the noun in the form that Russian wants."""
    if number % 10 == 1 and number % 100 != 11:
        return f"{number} {forms[0]}"
    if number % 10 in (2, 3, 4) and number % 100 not in (12, 13, 14):
        return f"{number} {forms[1]}"
    return f"{number} {forms[2]}"
