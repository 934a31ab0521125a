"""config.yaml becomes rows: what the file lists follows the file, what it drops is archived."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from app.config import Config
from app.config_parts import Channel, Source
from core.errors import ConfigError
from core.richtext import plain, to_json
from core.words import OrganizationKind
from newsroom.rubrics import RubricRule
from storage import configured, subscriptions, tables


@dataclass(frozen=True, slots=True)
class Applied:
    """The ids that the file's slugs have in this database, and the rules of its rubrics."""

    organizations: Mapping[str, int]
    accounts: Mapping[str, int]
    rubrics: tuple[RubricRule, ...]


async def apply(connection: AsyncConnection, config: Config, now: int) -> Applied:
    """Bring the database in line with the file inside the caller's transaction; a second time changes nothing.

    Raises ConfigError if an account's slug now stands for another messenger: its chats would be
    written to under numbers of the old one.
    """
    organizations = await _organizations(connection, config)
    rules = await _rubrics(connection, config)
    accounts = await _accounts(connection, config, organizations)
    rubrics = {
        rubric.slug: rule.rubric_id for rubric, rule in zip(config.rubrics, rules, strict=True)
    }
    await _sources(connection, config, organizations, rubrics, now)
    await _channels(connection, config, _Ids(organizations, rubrics, accounts), now)
    return Applied(organizations, accounts, rules)


@dataclass(frozen=True, slots=True)
class _Ids:
    organizations: Mapping[str, int]
    rubrics: Mapping[str, int]
    accounts: Mapping[str, int]


async def _organizations(connection: AsyncConnection, config: Config) -> dict[str, int]:
    federation = config.federation.slug
    waiting = dict(enumerate(config.organizations))
    ids: dict[str, int] = {}
    # Parents first; the file has no cycles, so every round places at least one.
    while waiting:
        for position, one in list(waiting.items()):
            root = one.kind is OrganizationKind.FEDERATION
            parent = None if root else one.parent or federation
            if parent is not None and parent not in ids:
                continue
            ids[one.slug] = await configured.put(
                connection,
                tables.organization,
                one.slug,
                {
                    "name": one.name,
                    "short": one.short,
                    "kind": int(one.kind),
                    "parent_id": None if parent is None else ids[parent],
                    "industry": one.industry,
                    "territory": one.territory,
                    "zone": one.zone,
                    "approvals": one.approvals,
                    "corrections": int(one.corrections or config.corrections),
                    "operator": (config.operator.name or None) if root else None,
                    "position": position,
                },
            )
            del waiting[position]
    await configured.archive_others(connection, tables.organization, ids)
    return ids


async def _rubrics(connection: AsyncConnection, config: Config) -> tuple[RubricRule, ...]:
    rules = []
    for position, one in enumerate(config.rubrics):
        values = {"name": one.name, "position": position}
        rubric_id = await configured.put(connection, tables.rubric, one.slug, values)
        rules.append(RubricRule(rubric_id, one.name, one.words))
    slugs = [one.slug for one in config.rubrics]
    await configured.archive_others(connection, tables.rubric, slugs)
    return tuple(rules)


async def _accounts(
    connection: AsyncConnection, config: Config, organizations: Mapping[str, int]
) -> dict[str, int]:
    ids: dict[str, int] = {}
    shorts = {one.slug: one.short for one in config.organizations}
    for number, one in enumerate(config.accounts):
        known = await configured.by_slug(connection, tables.account, one.slug)
        if known is not None and known["network"] != one.messenger:
            text = (
                f"аккаунт «{one.slug}» раньше работал в {known['network']}. "
                "Дайте новому аккаунту другой slug"
            )
            raise ConfigError([config.where.at(("accounts", number, "slug"), text)])
        values: dict[str, Any] = {
            "network": one.messenger,
            "organization_id": organizations[one.organization],
            "handle": one.handle,
            "failing_days": config.failing_days,
        }
        if one.title is not None or known is None:
            # Without a title in the file the messenger's own may have been learnt since.
            values["title"] = one.title or shorts[one.organization]
        ids[one.slug] = await configured.put(connection, tables.account, one.slug, values)
    await configured.archive_others(connection, tables.account, ids)
    return ids


async def _sources(
    connection: AsyncConnection,
    config: Config,
    organizations: Mapping[str, int],
    rubrics: Mapping[str, int],
    now: int,
) -> None:
    for one in config.sources:
        values: dict[str, Any] = {
            "organization_id": organizations[one.organization],
            "url": config.url_of(one),
            "interval_s": one.every,
            "reach": int(one.reach),
            "kind": int(one.kind),
            "rubric_id": None if one.rubric is None else rubrics[one.rubric],
        }
        known = await configured.by_slug(connection, tables.source, one.slug)
        if known is not None:
            values |= read_anew(known, one, values["url"], now)
        await configured.put(connection, tables.source, one.slug, values, {"next_at": now})
    await configured.archive_others(connection, tables.source, [one.slug for one in config.sources])


def read_anew(known: Mapping[str, Any], one: Source, url: str, now: int) -> dict[str, Any]:
    """Return what else changes in a source's row: when it is read next, and what the old address left."""
    health = {"etag": None, "last_modified": None, "failures": 0, "trouble": None, "next_at": now}
    if known["archived"]:
        # Back after a while: what has gathered meanwhile is a first reading, not news.
        return {**health, "polled_at": None}
    if known["url"] != url:
        return health
    if known["interval_s"] != one.every:
        return {"next_at": min(known["next_at"], now + one.every * 1000)}
    return {}


async def _channels(connection: AsyncConnection, config: Config, ids: _Ids, now: int) -> None:
    kept = set()
    shorts = {one.slug: one.short for one in config.organizations}
    for one in config.all_channels():
        chat_id = await configured.put_chat(
            connection,
            ids.accounts[one.account],
            one.chat,
            kind=one.kind,
            organization_id=ids.organizations[one.organization],
            title=one.title,
            first_title=shorts[one.organization],
            footer=to_json(plain(one.footer)) if one.footer else None,
        )
        kept.add(chat_id)
        await _subscribe(connection, chat_id, one, config.evening, ids, now)
    await configured.release_chats(connection, kept, now)


async def _subscribe(
    connection: AsyncConnection, chat_id: int, one: Channel, evening: int, ids: _Ids, now: int
) -> None:
    wish: dict[str, Any] = {
        "mode": one.how,
        "digest_minute": evening,
        "night": None,  # a channel disturbs nobody's sleep by itself
        "day_limit": one.day_limit,
        "gap_s": one.gap,
        "organizations": frozenset(ids.organizations[slug] for slug in one.news),
        "rubrics": frozenset(ids.rubrics[slug] for slug in one.rubrics),
    }
    known = await subscriptions.of_chat(connection, chat_id)
    same = known is not None and all(getattr(known, key) == value for key, value in wish.items())
    if known is None or not same or known.ended_at is not None or known.paused_until is not None:
        await subscriptions.put(connection, chat_id, now=now, **wish)
