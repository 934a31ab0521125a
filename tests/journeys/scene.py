"""What a town of journeys has before anybody speaks: the hour, the organizations, and that nothing goes wrong unseen."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from core.words import OrganizationKind
from storage import tables
from storage.rows import insert
from tests.support.town import MOSCOW, Town

SECRETARY = 8


@contextmanager
def no_errors() -> Iterator[None]:
    """Fail when something of ours went wrong that nobody was told of."""
    errors: list[str] = []

    class _Errors(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            errors.append(logging.Formatter().format(record))

    handler = _Errors(logging.ERROR)
    logging.getLogger().addHandler(handler)
    try:
        yield
    finally:
        logging.getLogger().removeHandler(handler)
    assert errors == []


async def to_hour(made: Town, hour: int) -> datetime:
    """Move the clock to when it is this hour in Moscow next; returns that moment."""
    now = datetime.fromtimestamp(made.clock.now() / 1000, UTC).astimezone(MOSCOW)
    then = now.replace(hour=hour, minute=0, second=0, microsecond=0)
    then += timedelta(days=then <= now)
    await made.advance((then - now).total_seconds())
    return then


async def found_organizations(made: Town) -> dict[str, int]:
    found = {"federation": made.federation}
    async with made.db.write() as connection:
        for slug, name, kind in (
            ("education", "Образование", OrganizationKind.MEMBER),
            ("health", "Здравоохранение", OrganizationKind.MEMBER),
            ("shuya", "Шуя", OrganizationKind.COUNCIL),
            ("youth", "Молодёжный совет", OrganizationKind.YOUTH),
        ):
            found[slug] = await insert(
                connection,
                tables.organization,
                slug=slug,
                name=name,
                short=name,
                kind=int(kind),
                parent_id=made.federation,
            )
        for name in ("Зарплата", "Охрана труда"):
            await insert(connection, tables.rubric, slug=name, name=name)
    return found


async def let_answer(made: Town) -> None:
    """Make a person an administrator of the community, who answers in its dialogs by hand."""
    for account in made.sandbox.world.accounts.values():
        account.admins.append(SECRETARY)
