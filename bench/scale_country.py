"""A country to reckon with: who follows whom through which account, drawn from a seed, and the same people as rows.

Sizes fall as Zipf's law says: the n-th largest has 1/n of the largest. So a few accounts are very
large, and those are the ones whose last recipient is the last of all.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bench.house import EVERYBODY
from core.words import ChatKind, ChatState, Mode, OrganizationKind
from storage.database import Database
from storage.rows import Values, hot

TELEGRAM_SHARE = 0.6  # of the accounts; the others are communities of VK
NIGHT = (21 * 60, 8 * 60)
DIGEST_MINUTE = 19 * 60
_AT_ONCE = (int(Mode.AT_ONCE), DIGEST_MINUTE, None, None)
_TOGETHER = 10_000  # people written at a time
_PLACES = {"telegram": (ChatKind.CHANNEL, ChatKind.GROUP), "vk": (ChatKind.WALL, ChatKind.GROUP)}


@dataclass(frozen=True, slots=True)
class Account:
    """One bot or community: `organization` is a row's id, `members` how many people follow through it."""

    id: int
    network: str
    organization: int
    members: int


def zipf(total: int, parts: int) -> list[int]:
    """Divide a whole by Zipf's law, the largest part first, none empty."""
    harmonic = sum(1 / n for n in range(1, parts + 1))
    sizes = [max(1, round(total / n / harmonic)) for n in range(1, parts + 1)]
    sizes[0] = max(1, sizes[0] + total - sum(sizes))
    return sizes


def draw(seed: int, members: int, organizations: int, accounts: int) -> list[Account]:
    """Divide members over organizations by Zipf's law, and each one's over its accounts likewise.

    Every organization has an account; the others fall to organizations by lot, weighed by the square
    root of their members. Ids are those that `settle` writes: the federation is organization 1.
    """
    lot = random.Random(seed)
    sizes = zipf(members, organizations)
    weights = [size**0.5 for size in sizes]
    further = lot.choices(range(organizations), weights, k=max(0, accounts - organizations))
    owned = [1 + further.count(n) for n in range(organizations)]
    networks = ["telegram"] * round(sum(owned) * TELEGRAM_SHARE)
    networks += ["vk"] * (sum(owned) - len(networks))
    lot.shuffle(networks)
    drawn: list[Account] = []
    for organization, (size, number) in enumerate(zip(sizes, owned, strict=True), EVERYBODY + 1):
        for share in zipf(size, number):
            drawn.append(Account(len(drawn) + 1, networks[len(drawn)], organization, share))
    return drawn


async def settle(
    db: Database, seed: int, accounts: Sequence[Account], people: int, shares: Sequence[float]
) -> None:
    """Write the organizations, the accounts and so many people, in an order that mixes accounts as life does.

    `shares` of the people want news at once at any hour, at once but not at night, one selection a day. Everybody follows the own organization and the federation. Channels, groups and walls come first,
    as they are connected first.
    """
    async with db.write() as connection:
        await hot(
            connection,
            "INSERT INTO organization (id, slug, name, short, kind, parent_id) VALUES (?, ?, ?, ?, ?, ?)",
            list(_organizations(accounts)),
        )
        await hot(
            connection,
            "INSERT INTO account (id, slug, network, organization_id) VALUES (?, ?, ?, ?)",
            [(a.id, f"a{a.id}", a.network, a.organization) for a in accounts],
        )
    rows = _subscribers(random.Random(seed + 1), accounts, people, shares)
    while batch := [row for _, row in zip(range(_TOGETHER), rows, strict=False)]:
        async with db.write() as connection:
            for statement, number in zip(_STATEMENTS, range(len(_STATEMENTS)), strict=True):
                values = [row[number] for row in batch if row[number]]
                if values:
                    await hot(connection, statement, values)


_STATEMENTS = (
    "INSERT INTO person (id, name, created_at) VALUES (?, ?, 0)",
    "INSERT INTO identity (person_id, network, external) VALUES (?, ?, ?)",
    "INSERT INTO consent (person_id, operator_id, purpose, version, hash, at)"
    " VALUES (?, ?, 'news', '1', ?, 0)",
    "INSERT INTO chat (id, account_id, external, kind, state, person_id, began_at)"
    " VALUES (?, ?, ?, ?, ?, ?, 0)",
    "INSERT INTO subscription (id, chat_id, mode, digest_minute, night_from_minute, night_to_minute,"
    " created_at) VALUES (?, ?, ?, ?, ?, ?, 0)",
    "INSERT INTO subscription_organization (subscription_id, organization_id) VALUES (?, ?)",
    "INSERT INTO subscription_organization (subscription_id, organization_id) VALUES (?, ?)",
)


def _organizations(accounts: Sequence[Account]) -> Iterator[Values]:
    yield EVERYBODY, "federation", "Федерация", "Федерация", int(OrganizationKind.FEDERATION), None
    for n in sorted({account.organization for account in accounts}):
        yield n, f"o{n}", f"Организация {n}", f"Орг. {n}", int(OrganizationKind.MEMBER), EVERYBODY


def _subscribers(
    lot: random.Random, accounts: Sequence[Account], people: int, shares: Sequence[float]
) -> Iterator[tuple[Values, ...]]:
    places = [(account, kind) for account in accounts for kind in _PLACES[account.network]]
    for number, (account, kind) in enumerate(places, 1):
        yield (), (), (), *_chat(number, account, kind, None, _AT_ONCE)
    order = lot.choices(accounts, [account.members for account in accounts], k=people)
    wishes: Sequence[Values] = (
        _AT_ONCE,
        (int(Mode.AT_ONCE), DIGEST_MINUTE, *NIGHT),
        (int(Mode.DIGEST), DIGEST_MINUTE, None, None),
    )
    chosen = lot.choices(wishes, shares, k=people)
    for person, (account, wish) in enumerate(zip(order, chosen, strict=True), 1):
        yield (
            (person, f"Фамилия Имя {person}"),
            (person, account.network, str(1_000_000_000 + person)),
            (person, account.organization, "0" * 64),
            *_chat(len(places) + person, account, ChatKind.PRIVATE, person, wish),
        )


def _chat(
    number: int, account: Account, kind: ChatKind, person: int | None, wish: Values
) -> tuple[Values, ...]:
    external = str(1_000_000_000 + person) if person else f"-{number}"
    return (
        (number, account.id, external, int(kind), int(ChatState.ACTIVE), person),
        (number, number, *wish),
        (number, account.organization),
        (number, EVERYBODY),
    )
