"""The card of a draft: what was taken, what may still be said of it, and the way to sending it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from bots.screens import PAGE, Choice, Screen, shorten
from bots.turn import Refused, Turn
from core.words import OrganizationKind, Pictured, Reach
from newsroom import access, drafts
from newsroom.calendar import say_when
from newsroom.manuscript import Manuscript, too_long
from newsroom.publication import destinations
from newsroom.rewrite import Content
from newsroom.zones import zone_of
from storage import chats, manuscripts, organizations, replies, rubrics, screens, submissions
from storage.organizations import Organization
from storage.roles import Role
from storage.submissions import Submission

NAME = "submit"
VERSION = 1
FIRST_LINES = 280  # code points of the text on a card
TROUBLES = 6  # told one by one

PICTURED_WORDS: Mapping[Pictured, str] = {
    Pictured.NOBODY: "pictured-nobody",
    Pictured.GENERAL_VIEW: "pictured-view",
    Pictured.AGREED_ADULTS: "pictured-adults",
    Pictured.CHILDREN: "pictured-children",
}


def subject(post_id: int) -> str:
    """Return what all cards of a draft share."""
    return f"draft:{post_id}"


async def put(turn: Turn, post_id: int, screen: Screen, *, anew: bool = False) -> None:
    """Show a screen about a draft; whatever else shows this draft loses its buttons."""
    await retire(turn, post_id, "draft-below", but=None if anew else turn.pressed_message)
    await turn.show(NAME, VERSION, screen, subject=subject(post_id), anew=anew)


async def retire(turn: Turn, post_id: int, key: str, but: str | None) -> None:
    """Put a sentence in place of all messages about a draft but one of this chat."""
    await replies.call_off(turn.connection, subject(post_id), turn.now)
    for chat_id, _, message in await screens.messages_about(turn.connection, subject(post_id)):
        if chat_id == turn.chat.id and message == but:
            continue
        chat = turn.chat if chat_id == turn.chat.id else await chats.get(turn.connection, chat_id)
        if chat is None or chat.person_id is None:
            continue
        there = await turn.towards(chat)
        # A screen without a subject: next time this message is left alone.
        text = there.text(None, there.say(key))
        await there.show(NAME, VERSION, Screen(text), instead_of=message)


async def show(turn: Turn, post_id: int, remark: str = "", *, anew: bool = False) -> None:
    """Show the card of a draft; the remark stands above all else."""
    draft = await own_draft(turn, post_id)
    content = await drafts.compose(turn.connection, post_id)
    organization = await organization_of(turn, draft)
    text = turn.text(
        turn.say("draft-title", name=organization.short),
        remark,
        content.title,
        shorten(content.body.text, FIRST_LINES),
        "" if content.body or content.pictures else turn.say("draft-empty"),
        "\n".join(await _troubles(turn, draft, content)),
        "\n".join(await _facts(turn, draft, content, organization)),
    )
    screen = Screen(text, await _buttons(turn, draft, content, organization))
    await put(turn, post_id, screen, anew=anew)


async def own_draft(turn: Turn, post_id: int) -> Submission:
    """Return the person's own submission. Raises Refused for any other."""
    draft = await submissions.get(turn.connection, post_id)
    if draft is None or draft.author_id != turn.person_id:
        raise Refused("not the author")
    return draft


async def organization_of(turn: Turn, draft: Submission) -> Organization:
    """Return whose draft it is; an archived organization too."""
    found = await organizations.line_up(turn.connection, draft.organization_id)
    return found[0]


async def _troubles(turn: Turn, draft: Submission, content: Content) -> list[str]:
    lines = []
    if too_long(Manuscript(content.title, content.body)):
        lines.append(turn.say("objection-too-long"))
    for one in await manuscripts.files(turn.connection, draft.post_id):
        if one.trouble and one.name:
            lines.append(turn.say("file-trouble", name=shorten(one.name, 60), trouble=one.trouble))
        elif one.trouble:
            lines.append(one.trouble)
    lines = list(dict.fromkeys(lines))
    left_out = await drafts.pictures_left_out(turn.connection, draft.post_id)
    rest = lines[TROUBLES:]
    return [
        *lines[:TROUBLES],
        *([turn.say("file-troubles-more", count=len(rest))] if rest else []),
        *([turn.say("draft-pictures-left", most=drafts.MOST_PICTURES)] if left_out else []),
    ]


async def _facts(
    turn: Turn, draft: Submission, content: Content, organization: Organization
) -> list[str]:
    lines = [
        turn.say("draft-theme", theme=await _theme(turn, draft)),
        turn.say("draft-reach", to=reach_words(turn, organization, draft.reach)),
    ]
    if content.pictures:
        lines.insert(0, turn.say("draft-pictures", count=len(content.pictures)))
        lines.append(turn.say("draft-pictured", who=_pictured(turn, draft, content)))
        if draft.pictured is Pictured.CHILDREN and draft.consent_place:
            lines.append(turn.say("draft-consent", place=draft.consent_place))
    if access.plans(draft.role):
        lines.append(turn.say("draft-when", moment=await moment_words(turn, draft)))
    return lines


async def moment_words(turn: Turn, draft: Submission) -> str:
    """Return when a draft is to go out, in words."""
    if draft.due_at is None:
        return turn.say("draft-when-open")
    zone = await zone_of(turn.connection, turn.settings.rules, draft.organization_id)
    moment = datetime.fromtimestamp(draft.due_at / 1000, UTC).astimezone(zone)
    return say_when(moment, datetime.fromtimestamp(turn.now / 1000, UTC).astimezone(zone))


async def _theme(turn: Turn, draft: Submission) -> str:
    known = {one.id: one.name for one in await rubrics.living(turn.connection)}
    return known.get(draft.rubric_id or 0) or turn.say("theme-none")


def _pictured(turn: Turn, draft: Submission, content: Content) -> str:
    said = drafts.pictured_in(draft, content)
    return turn.say("pictured-unsaid" if said is None else PICTURED_WORDS[said])


def reach_words(turn: Turn, organization: Organization, reach: Reach) -> str:
    """Return whom a post is meant for, with the name."""
    if reach is Reach.REGION or organization.kind is OrganizationKind.FEDERATION:
        return turn.say("reach-region", name=turn.settings.region)
    if reach is Reach.TERRITORY:
        return turn.say("reach-territory", name=organization.territory or organization.short)
    return turn.say("reach-own", name=organization.short)


async def _buttons(
    turn: Turn, draft: Submission, content: Content, organization: Organization
) -> tuple[tuple[Choice, ...], ...]:
    args = {"post": draft.post_id}
    reach = reach_words(turn, organization, draft.reach)
    rows: list[tuple[Choice, ...]] = [
        (Choice(turn.say("draft-theme", theme=await _theme(turn, draft)), "themes", args),)
    ]
    if len(await reaches(turn, draft, organization)) > 1:
        rows.append((Choice(turn.say("draft-reach", to=reach), "reaches", args),))
    if content.pictures:
        label = turn.say("draft-pictured", who=_pictured(turn, draft, content))
        rows.append((Choice(label, "pictured", args),))
    if access.plans(draft.role):
        label = turn.say("draft-plan" if draft.due_at is None else "draft-replan")
        rows.append((Choice(label, "when", args),))
    if len(await voices(turn)) > 1:
        rows.append((Choice(turn.say("draft-name", name=organization.short), "names", args),))
    rows.append(
        (Choice(turn.say("draft-look"), "look", args), Choice(turn.say("draft-send"), "send", args))
    )
    rows.append((Choice(turn.say("draft-discard"), "discard", args),))
    return tuple(rows)


async def reaches(turn: Turn, draft: Submission, organization: Organization) -> list[Reach]:
    """Return whom a draft may be meant for; its territory only where somebody else would see it."""
    if access.plans(draft.role) or organization.kind is OrganizationKind.FEDERATION:
        return [Reach.OWN]
    found = [Reach.OWN]
    if organization.territory:
        near, own = [
            sum(
                one.count
                for one in await destinations(
                    turn.connection, organization.id, draft.rubric_id, reach, turn.now
                )
            )
            for reach in (Reach.TERRITORY, Reach.OWN)
        ]
        # The organization's own followers are among those of its territory.
        if near > own or draft.reach is Reach.TERRITORY:
            found.append(Reach.TERRITORY)
    return [*found, Reach.REGION]


async def voices(turn: Turn) -> list[Role]:
    """Return the roles among which the person chooses in whose name to speak, the last used first."""
    mine = await access.authors(turn.connection, turn.person_id)
    # A chair who is an author too speaks for the same council.
    found = {(one.organization_id, access.plans(one.kind)): one for one in reversed(mine)}
    return [one for one in mine if one in found.values()][:PAGE]
