"""What missed its moment: those who may answer are asked what is to become of it, once."""

from __future__ import annotations

from datetime import datetime, timedelta

from bots import when
from bots.screens import Choice, Screen, shorten
from bots.scripts import plan_words as words
from bots.scripts import review, review_case, review_deeds
from bots.scripts.plan_words import NAME, VERSION
from bots.turn import Refused, Turn
from bots.watch import Duty
from core.words import Reach, ReviewState, SubmissionState
from newsroom import access, drafts, plans, reviews, timetable
from newsroom.objection import Objection, Why
from storage import chats, posts, screens, submissions
from storage import reviews as rows
from storage.reviews import Review
from storage.submissions import Submission

FIRST_LINES = 280  # code points of the text on a card
_MINUTE_MS = 60_000
_HOUR_MS = 60 * _MINUTE_MS


async def ask_all(duty: Duty) -> None:
    """Ask about everything that missed its moment and was not asked about yet."""
    asked: set[int] = set()
    for one in await rows.overdue_unasked(duty.connection):
        async with duty.apart(f"the missed moment of post {one.post_id}"):
            about = await submissions.get(duty.connection, one.post_id)
            if about is None or about.state is not SubmissionState.SENT:
                continue
            # The organization's own review comes first, and stands for the rest of a post.
            if about.post_id in asked or await _ask(duty, one, about):
                asked.add(about.post_id)
                await rows.change(duty.connection, one.id, asked_at=duty.now)


async def _ask(duty: Duty, one: Review, about: Submission) -> bool:
    """Ask everybody who may answer; False when nobody can be reached yet."""
    people = list(await access.judges(duty.connection, one.organization_id))
    if about.public_revision_id is None:
        people += author(about)
    reached = False
    for person_id in dict.fromkeys(people):
        there = await duty.turn_with(person_id)
        if there is None:
            continue
        if not reached:
            await review.refresh(there, one.id)
        reached = True
        await show(there, one, about, anew=True)
    return reached


def author(about: Submission) -> list[int]:
    """Return the author of a post, where somebody is known."""
    return [] if about.author_id is None else [about.author_id]


def subject(review_id: int) -> str:
    """Return what all cards of this question share."""
    return f"overdue:{review_id}"


async def show(
    turn: Turn, one: Review, about: Submission, remark: str = "", *, anew: bool = False
) -> None:
    """Ask what is to become of a post that missed its moment."""
    late = timetable.was_approved(one)
    revision = await posts.get_revision(turn.connection, one.revision_id)
    missed = (
        turn.say("missed-while-away", when=await _moment(turn, about, about.due_at))
        if late and about.due_at is not None
        else turn.say("missed-news")
        if late
        else turn.say("missed-unapproved", when=await _moment(turn, about, about.due_at))
    )
    text = turn.text(
        turn.say("missed-title-late") if late else turn.say("missed-title"),
        remark,
        words.title(revision, 80),
        shorten(revision.body.text.strip(), FIRST_LINES) if revision.title else "",
        missed,
        turn.say("missed-question"),
    )
    args = {"review": one.id, "seen": one.revision_id}

    def choice(key: str, do: str) -> Choice:
        return Choice(turn.say(key), do, args)

    first = ("missed-now", "now") if late else ("missed-hour", "in-hour")
    buttons: list[tuple[Choice, ...]] = [
        (choice("missed-tomorrow", "next-day"), choice(*first)),
        (choice("missed-other", "other"), choice("missed-drop", "drop")),
    ]
    if await access.may_judge(turn.connection, turn.person_id, one.organization_id):
        to = {"review": one.id}
        buttons.append((Choice(turn.say("plan-decide"), "open", to, script=review.NAME),))
    await turn.show(
        NAME,
        VERSION,
        Screen(text, tuple(buttons)),
        revision_id=one.revision_id,
        subject=subject(one.id),
        anew=anew,
    )


async def _moment(turn: Turn, about: Submission, at: int | None) -> str:
    if at is None:
        return ""
    return review_case.moment(turn, at, await words.zone(turn, about))


async def load(turn: Turn, review_id: int) -> tuple[Review, Submission]:
    """Return what a card asks about; raises Refused for those it is none of."""
    one = await rows.get(turn.connection, review_id)
    about = None if one is None else await submissions.get(turn.connection, one.post_id)
    if one is None or about is None:
        raise Refused("unknown review")
    if not await access.may_judge(turn.connection, turn.person_id, one.organization_id):
        own = about.author_id == turn.person_id and await drafts.may_write(turn.connection, about)
        if not own or about.public_revision_id is not None:
            raise Refused("may not decide here")
    return one, about


async def is_open(turn: Turn, one: Review, about: Submission) -> bool:
    """Tell whether it is still to be answered; otherwise say whose answer there was."""
    if one.state is ReviewState.OVERDUE:
        return True
    decided = one.decided_by_person_id or await plans.last_word(turn.connection, about.post_id)
    said = await words.objection(turn, Objection(Why.DECIDED, decided), about.post_id)
    turn.answer(said)
    await turn.show(NAME, VERSION, await _closed(turn, one, about, said))
    return False


async def ask_other(turn: Turn, one: Review, about: Submission, seen: int, note: str = "") -> None:
    """Ask for another moment."""
    revision = await posts.get_revision(turn.connection, one.revision_id)
    args = {"review": one.id, "seen": seen}
    await when.ask(
        turn,
        script=NAME,
        version=VERSION,
        do="again",
        args=args,
        zone=await words.zone(turn, about),
        title=turn.say("plan-move-title", title=words.title(revision)),
        back=Choice(turn.say("back"), "missed", args),
        note=note,
    )


async def next_day(turn: Turn, one: Review, about: Submission) -> int:
    """Return tomorrow at the time of day that was missed (ms UTC)."""
    where = await words.zone(turn, about)
    missed = words.local(about.due_at or one.decided_at or turn.now, where)
    tomorrow = words.local(turn.now, where).date() + timedelta(days=1)
    again = datetime.combine(tomorrow, missed.time().replace(second=0, microsecond=0), where)
    return int(again.timestamp() * 1000)


def in_an_hour(turn: Turn) -> int:
    """Return an hour from now, a whole minute (ms UTC)."""
    return -(-(turn.now + _HOUR_MS) // _MINUTE_MS) * _MINUTE_MS


async def answer(turn: Turn, one: Review, about: Submission, seen: int, at: int | None) -> None:
    """Give it another moment (ms UTC), None for at once; raises Objection.

    Who may decide approves by that the revision that was seen; an author's answer waits for approval.
    """
    if at is not None and at <= turn.now:
        raise Objection(Why.PASSED)
    judge = await access.may_judge(turn.connection, turn.person_id, one.organization_id)
    if judge and one.needed > 0:
        if seen != one.revision_id:
            raise Objection(Why.CHANGED)
        if at is None:
            await review_deeds.approve(turn, one, seen)
        else:
            await review_deeds.approve_at(turn, one, seen, at)
        await settle(turn, one, about)
        return
    if about.public_revision_id is not None:
        raise Objection(Why.TOO_LATE)
    connection, rules, me = turn.connection, turn.settings.rules, turn.person_id
    if at is None:
        await plans.release(connection, rules, about.post_id, me, turn.now)
    else:
        where = await words.zone(turn, about)
        await plans.reschedule(
            connection, rules, about.post_id, me, zone=where, due_at=at, now=turn.now
        )
    turn.ring("publisher", "plans")
    await settle(turn, one, about, here=True)
    now = await reviews.reread(turn.connection, one)
    if now.state is ReviewState.WAITING:
        await review.lay_before(turn, now)
    else:
        await review.refresh(turn, now.id)


async def drop(turn: Turn, one: Review, about: Submission) -> None:
    """Let it not go out at all; raises Objection."""
    if await access.may_judge(turn.connection, turn.person_id, one.organization_id):
        await review_deeds.call_off(turn, one)
        await settle(turn, one, about)
        return
    await plans.call_off(turn.connection, about.post_id, turn.person_id, turn.now)
    turn.ring("plans")
    await settle(turn, one, about, here=True)
    await review.refresh(turn, one.id)


async def settle(turn: Turn, one: Review, about: Submission, *, here: bool = False) -> None:
    """Put the answer into all cards that ask, in this dialog's pressed one too if `here`."""
    now = await reviews.reread(turn.connection, one)
    after = await submissions.get(turn.connection, about.post_id)
    assert after is not None
    for card in await screens.cards_about(turn.connection, subject(one.id)):
        if card.chat_id == turn.chat.id and card.message == turn.pressed_message:
            continue
        chat = await chats.get(turn.connection, card.chat_id)
        if chat is None or chat.person_id is None:
            continue
        there = await turn.towards(chat)
        who = await review_case.who(there, turn.person_id)
        screen = await _closed(there, now, after, there.say("missed-answered", who=who))
        await there.show(NAME, VERSION, screen, instead_of=card.message)
    if here:
        await turn.show(NAME, VERSION, await _closed(turn, now, after, ""))


async def _closed(turn: Turn, one: Review, about: Submission, remark: str) -> Screen:
    """Return how it stands now, with the way to it and none to decide."""
    revision = await posts.get_revision(turn.connection, one.revision_id)
    found = await timetable.read(turn.connection, about)
    dead = about.state is not SubmissionState.SENT
    state = words.standing(turn, timetable.Standing.OFF if dead else found.standing)
    if about.due_at is not None and one.level is Reach.OWN and not dead:
        state = f"{await _moment(turn, about, about.due_at)} — {state}"
    text = turn.text(words.title(revision, 80), remark, state)
    return Screen(text, ((Choice(turn.say("plan-show"), "open", {"post": about.post_id}),),))
