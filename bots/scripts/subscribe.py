"""From a link or a greeting to the first news: choose an organization, agree, subscribed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bots import pickers
from bots.documents import subscription_consent
from bots.names import described, listed
from bots.pickers import Picker
from bots.screens import CONSENT_MS, Choice, Screen
from bots.scripts import subscriptions
from bots.times import hours, minute_words
from bots.turn import Refused, Turn
from core.words import Mode, OrganizationKind
from newsroom import desk
from storage import consents, organizations
from storage import subscriptions as wishes
from storage.organizations import Organization
from storage.subscriptions import Subscription

NAME = "subscribe"
VERSION = 1
PURPOSE = "subscription"

_PICKER = Picker(open="group", pick="chosen", home="choose")


async def press(turn: Turn, do: str, args: Mapping[str, Any]) -> None:
    """Do what a button of this script says."""
    match do:
        case "choose":
            await choose(turn)
        case "group":
            rows = await pickers.members(turn, _PICKER, args["group"], args["page"])
            text = turn.text(turn.say("choose-organization-title"))
            await turn.show(NAME, VERSION, Screen(text, tuple(rows)))
        case "chosen":
            await _chosen(turn, await _named(turn, args))
        case "consent":
            await _ask(turn, await _named(turn, args))
        case "document":
            await _show_document(turn, await _named(turn, args))
        case "agree":
            await _agree(turn, await _named(turn, args), args["sha"])
        case "later":
            await turn.show(NAME, VERSION, Screen(turn.text(None, turn.say("consent-later"))))
        case _:
            raise Refused("unknown action")


async def begin(turn: Turn) -> None:
    """Answer someone who begins without saying with what: the menu for subscribers, else the choice."""
    known = await wishes.of_chat(turn.connection, turn.chat.id)
    if known is not None:
        await subscriptions.menu(turn)
    else:
        await choose(turn)


async def by_link(turn: Turn, slug: str) -> None:
    """Answer someone who came by an organization's link."""
    organization = await organizations.by_slug(turn.connection, slug)
    if organization is None:
        await choose(turn, turn.say("link-unknown"))
        return
    known = await wishes.of_chat(turn.connection, turn.chat.id)
    if known is not None and known.ended_at is not None:
        # They once said stop, so a link alone does not start it again.
        await _offer_return(turn, organization)
    else:
        await _chosen(turn, organization)


async def choose(turn: Turn, remark: str = "") -> None:
    """Offer the ways to find an organization."""
    rows = await pickers.groups(turn, _PICKER)
    title = turn.say("welcome-title", region=turn.settings.region)
    text = turn.text(title, remark, turn.say("choose-organization"))
    await turn.show(NAME, VERSION, Screen(text, (*await _host(turn), *rows)))


async def _host(turn: Turn) -> tuple[tuple[Choice, ...], ...]:
    """Return a row with the organization in whose dialogs this is; the region's has a row anyway."""
    account = await turn.account()
    host = await organizations.by_id(turn.connection, account.organization_id)
    if host is None or host.kind is OrganizationKind.FEDERATION:
        return ()
    return ((_PICKER.entry(described(turn, host), "organization", host.id),),)


async def _named(turn: Turn, args: Mapping[str, Any]) -> Organization:
    organization = await organizations.by_id(turn.connection, args["organization"])
    if organization is None:
        raise Refused("organization gone")
    return organization


async def _chosen(turn: Turn, organization: Organization) -> None:
    known = await wishes.of_chat(turn.connection, turn.chat.id)
    sha = subscription_consent(turn.settings).sha
    if not await consents.given(turn.connection, turn.person_id, PURPOSE, sha):
        await _ask(turn, organization)
    elif known is not None and known.ended_at is None:
        await _add(turn, known, organization)
    else:
        await _subscribe(turn, known, organization)


async def _offer_return(turn: Turn, organization: Organization) -> None:
    label = turn.say("return-button")
    args = {"organization": organization.id}
    text = turn.text(None, turn.say("return-by-link", organization=described(turn, organization)))
    await turn.show(NAME, VERSION, Screen(text, ((Choice(label, "chosen", args),),)))


async def _ask(turn: Turn, organization: Organization) -> None:
    announced = ", ".join(described(turn, one) for one in await _to_be_had(turn, organization))
    text = turn.text(
        turn.say("consent-title", organization=organization.short),
        turn.say("consent-news", organizations=announced),
        " ".join(
            filter(None, (turn.say("consent-why"), _operator(turn), turn.say("consent-kept")))
        ),
    )
    full = Choice(turn.say("consent-full"), "document", {"organization": organization.id})
    await turn.show(
        NAME, VERSION, Screen(text, _consent_rows(turn, organization, full), CONSENT_MS)
    )


async def _to_be_had(turn: Turn, organization: Organization) -> list[Organization]:
    """Return all whose news will come after the press, so that nobody is surprised by more."""
    known = await wishes.of_chat(turn.connection, turn.chat.id)
    if known is not None:
        return await organizations.named(turn.connection, {*known.organizations, organization.id})
    federation = await organizations.federation(turn.connection)
    named = await organizations.named(turn.connection, {organization.id, federation.id})
    return sorted(named, key=lambda one: one.id != organization.id)


def _operator(turn: Turn) -> str:
    name, contacts = turn.settings.operator_name.strip(), turn.settings.operator_contacts.strip()
    if not name:
        return turn.say("consent-contacts", contacts=contacts) if contacts else ""
    operator = f"{name} ({contacts})" if contacts else name
    return turn.say("consent-operator", operator=operator)


async def _show_document(turn: Turn, organization: Organization) -> None:
    text = turn.text(None, subscription_consent(turn.settings).text)
    await turn.show(NAME, VERSION, Screen(text, _consent_rows(turn, organization), CONSENT_MS))


def _consent_rows(
    turn: Turn, organization: Organization, *between: Choice
) -> tuple[tuple[Choice, ...], ...]:
    # The button names the text that it agrees to.
    args = {
        "organization": organization.id,
        "sha": subscription_consent(turn.settings).sha,
    }
    return (
        (Choice(turn.say("consent-agree"), "agree", args),),
        *((choice,) for choice in between),
        (Choice(turn.say("not-now"), "later"),),
    )


async def _agree(turn: Turn, organization: Organization, sha: str) -> None:
    document = subscription_consent(turn.settings)
    if document.sha != sha:
        # The document changed between showing and pressing.
        turn.answer(turn.say("consent-renewed"))
        await _ask(turn, organization)
        return
    if not await consents.given(turn.connection, turn.person_id, PURPOSE, sha):
        federation = await organizations.federation(turn.connection)
        await consents.add(
            turn.connection,
            turn.person_id,
            federation.id,
            PURPOSE,
            document.version,
            document.sha,
            turn.now,
        )
    known = await wishes.of_chat(turn.connection, turn.chat.id)
    if known is not None and known.ended_at is None:
        if organization.id in known.organizations:
            turn.answer(turn.say("already-subscribed"))
            return
        await _add(turn, known, organization)
    else:
        await _subscribe(turn, known, organization)


async def _add(turn: Turn, known: Subscription, organization: Organization) -> None:
    await wishes.set_organization(turn.connection, known.id, organization.id, True)
    new = organization.id not in known.organizations
    key = "organization-added" if new else "organization-had"
    text = turn.text(None, turn.say(key, organization=described(turn, organization)))
    await turn.show(NAME, VERSION, Screen(text, (_menu_row(turn),)))


async def _subscribe(turn: Turn, known: Subscription | None, organization: Organization) -> None:
    if known is not None:
        # What they had chosen before stays as it was.
        await wishes.take_up(turn.connection, known.id)
        await wishes.set_organization(turn.connection, known.id, organization.id, True)
    else:
        federation = await organizations.federation(turn.connection)
        await wishes.put(
            turn.connection,
            turn.chat.id,
            mode=Mode.DIGEST,
            digest_minute=turn.settings.digest_minute,
            night=turn.settings.night,
            organizations=(organization.id, federation.id),
            now=turn.now,
        )
    await turn.note("subscription.begun", f"chat:{turn.chat.id}", organization=organization.id)
    found = await desk.send_latest(turn.connection, turn.chat.id, turn.now)
    turn.ring(("courier", turn.chat.account_id))
    await _show_done(turn, found)


async def _show_done(turn: Turn, found: bool) -> None:
    wish = await wishes.of_chat(turn.connection, turn.chat.id)
    assert wish is not None
    chosen = await organizations.named(turn.connection, wish.organizations)
    rest = turn.say("subscribed-latest" if found else "subscribed-no-news")
    text = turn.text(
        turn.say("subscribed-title", organizations=listed(chosen)),
        " ".join(filter(None, (_how(turn, wish), _night(turn, wish)))),
        rest,
    )
    at_once = Choice(turn.say("send-at-once"), "way", {"mode": int(Mode.AT_ONCE)}, script="hours")
    rows = (_menu_row(turn),) if wish.mode is Mode.AT_ONCE else ((at_once,), _menu_row(turn))
    await turn.show(NAME, VERSION, Screen(text, rows))


def _how(turn: Turn, wish: Subscription) -> str:
    if wish.mode is Mode.DIGEST:
        return turn.say("subscribed-digest", time=minute_words(wish.digest_minute))
    return turn.say("subscribed-urgent" if wish.mode is Mode.URGENT_ONLY else "subscribed-at-once")


def _night(turn: Turn, wish: Subscription) -> str:
    return turn.say("subscribed-night", hours=hours(wish.night)) if wish.night else ""


def _menu_row(turn: Turn) -> tuple[Choice, ...]:
    return (Choice(turn.say("my-subscriptions"), "menu", script=subscriptions.NAME),)
