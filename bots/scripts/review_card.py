"""The card of a review: what a moderator reads before deciding, and the buttons that decide."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bots import preview
from bots.screens import Choice, Screen
from bots.scripts.review_case import NAME, OPEN, VERSION, Case, leaves, moment, subject, who
from bots.turn import Turn
from core.richtext import RichText
from core.words import Pictured, Reach, ReviewState
from storage import rubrics
from storage.reviews import Review

_QUESTIONS: Mapping[Reach, str] = {
    Reach.OWN: "review-level-own",
    Reach.TERRITORY: "review-level-territory",
    Reach.REGION: "review-level-region",
}
_REACHES: Mapping[Reach, str] = {
    Reach.OWN: "review-reach-own",
    Reach.TERRITORY: "review-reach-territory",
    Reach.REGION: "review-reach-region",
}
_PICTURED: Mapping[Pictured, str] = {
    Pictured.NOBODY: "review-pictured-nobody",
    Pictured.GENERAL_VIEW: "review-pictured-general",
    Pictured.AGREED_ADULTS: "review-pictured-adults",
    Pictured.CHILDREN: "review-pictured-children",
}


async def show(
    turn: Turn,
    case: Case,
    *,
    remark: str = "",
    more: Sequence[Choice] = (),
    instead_of: str | None = None,
    anew: bool = False,
) -> None:
    """Show the card: `remark` stands above it, `more` are buttons of this moment."""
    screen = Screen(await _text(turn, case, remark), (*_rows(turn, case), tuple(more), _way(turn)))
    await put(turn, case.review, screen, instead_of=instead_of, anew=anew)


async def put(
    turn: Turn,
    review: Review,
    screen: Screen,
    *,
    instead_of: str | None = None,
    anew: bool = False,
) -> None:
    """Show any screen about a review, so that it is found when the review changes."""
    await turn.show(
        NAME,
        VERSION,
        screen,
        revision_id=review.revision_id,
        subject=subject(review.id),
        instead_of=instead_of,
        anew=anew,
    )


def _way(turn: Turn) -> tuple[Choice, ...]:
    return (Choice(turn.say("back"), "menu"),)


def _rows(turn: Turn, case: Case) -> tuple[tuple[Choice, ...], ...]:
    def choice(key: str, do: str) -> Choice:
        return Choice(turn.say(key), do, {"review": case.review.id})

    look = (choice("review-history", "history"), choice("review-again", "again"))
    if case.review.state is ReviewState.WAITING:
        agreed = turn.person_id in case.agreed
        taken = case.review.taken_by_person_id == turn.person_id
        return (
            (
                *(() if taken else (choice("review-take", "take"),)),
                *(() if agreed else (choice("review-approve", "approve"),)),
            ),
            (
                *(() if agreed else (choice("review-approve-at", "when"),)),
                choice("review-fix", "fix"),
            ),
            (choice("review-return", "return"), choice("review-refuse", "refuse")),
            look,
        )
    if case.review.state is ReviewState.OVERDUE:
        return (
            (choice("review-publish-now", "approve"), choice("review-other-time", "when")),
            (choice("review-fix", "fix"), choice("review-call-off", "call-off")),
            look,
        )
    if case.review.state is ReviewState.APPROVED:
        return ((choice("review-undo", "undo"),), look)
    return (look,)


async def _text(turn: Turn, case: Case, remark: str) -> RichText:
    head = (
        turn.say("review-head", organization=case.organization.short, name=case.author)
        if case.author
        else case.organization.short
    )
    question = turn.say("review-correction" if case.review.correction else _QUESTIONS[case.level])
    lines = [
        case.title,
        await _theme_line(turn, case),
        turn.say(_REACHES[case.about.reach]),
        preview.audience_lines(turn, case.audience),
        *_picture_lines(turn, case),
        *_plan_lines(turn, case),
        await _agreed_line(turn, case),
    ]
    return turn.text(
        head,
        remark,
        question if case.review.state in OPEN else "",
        "\n".join(line for line in lines if line),
        await state_line(turn, case),
    )


async def _theme_line(turn: Turn, case: Case) -> str:
    for one in await rubrics.living(turn.connection):
        if one.id == case.about.rubric_id:
            return turn.say("review-theme", name=one.name)
    return turn.say("review-no-theme")


def _picture_lines(turn: Turn, case: Case) -> list[str]:
    count = len(case.content.pictures)
    if not count:
        return []
    seen = case.about.pictured
    lines = [
        turn.say("review-pictures", count=count, seen=turn.say(_PICTURED[seen]))
        if seen is not None
        else turn.say("review-pictures-unsaid", count=count)
    ]
    if seen is Pictured.CHILDREN:
        place = case.about.consent_place
        lines.append(
            turn.say("review-consent-kept", place=place)
            if place
            else turn.say("review-consent-missing")
        )
    return lines


def _plan_lines(turn: Turn, case: Case) -> list[str]:
    if case.review.correction:
        return []
    lines = []
    at = case.about.due_at
    if case.review.state is ReviewState.WAITING and case.review.publish_at is not None:
        at = case.review.publish_at  # what those who have agreed already named
    if at is not None:
        when = moment(turn, at, case.zone)
        lines.append(turn.say("review-planned", when=when))
    if case.about.not_after_at is not None:
        when = moment(turn, case.about.not_after_at, case.zone)
        lines.append(turn.say("review-not-after", when=when))
    return lines


async def _agreed_line(turn: Turn, case: Case) -> str:
    needed = case.review.needed
    if needed < 2 or case.review.state not in OPEN:
        return ""
    if not case.agreed:
        return turn.say("review-needed", needed=needed)
    names = ", ".join([await who(turn, one) for one in case.agreed])
    return turn.say("review-agreed", count=len(case.agreed), needed=needed, names=names)


async def state_line(turn: Turn, case: Case) -> str:
    """Return how a review stands, in a sentence."""
    review = case.review
    name = await who(turn, review.decided_by_person_id)
    match review.state:
        case ReviewState.WAITING if review.taken_by_person_id is None:
            return turn.say("review-waits")
        case ReviewState.WAITING:
            return turn.say("review-taken", who=await who(turn, review.taken_by_person_id))
        case ReviewState.OVERDUE:
            return turn.say("review-overdue")
        case ReviewState.APPROVED:
            agreed = (
                turn.say("review-approved-freely")
                if review.decided_by_person_id is None
                else turn.say("review-approved", who=name)
            )
            return f"{agreed} {leaves(turn, review, case.zone) or turn.say('review-held')}"
        case ReviewState.PUBLISHED:
            return turn.say("review-published")
        case ReviewState.RETURNED:
            return turn.say("review-returned", who=name, reason=review.reason or "")
        case ReviewState.REFUSED:
            return turn.say("review-refused", who=name, reason=review.reason or "")
        case ReviewState.CANCELLED:
            return turn.say("review-cancelled")
