"""One planned post: its moment and how it stands, moving it, its limit, calling it off, its look."""

from __future__ import annotations

from bots import preview, when
from bots.screens import Choice, Screen, shorten
from bots.scripts import plan_draft, review, review_case, review_told
from bots.scripts import plan_words as words
from bots.scripts.plan_words import NAME, VERSION
from bots.turn import Refused, Turn
from core.words import ReviewState, SubmissionState
from newsroom import access, drafts, plans, timetable
from newsroom.timetable import Planned, Standing
from storage import reviews, submissions
from storage.submissions import Submission

FIRST_LINES = 280  # code points of the text on a screen
_UNDECIDED = (Standing.WAITING, Standing.LAPSED, Standing.MISSED)


async def seen(turn: Turn, post_id: int) -> Submission:
    """Return a submitted post whose plan the person sees; raises Refused for any other."""
    about = await submissions.get(turn.connection, post_id)
    if about is None or about.state is SubmissionState.DRAFT:
        raise Refused("no such plan")
    if about.author_id == turn.person_id:
        return about
    mine = await timetable.councils(turn.connection, turn.person_id)
    if about.organization_id not in {one.id for one in mine}:
        raise Refused("another council's plan")
    return about


async def open_one(turn: Turn, post_id: int, remark: str = "") -> None:
    """Show a plan with what can be done about it."""
    about = await seen(turn, post_id)
    found = await timetable.read(turn.connection, about)
    body = found.revision.body.text.strip()
    when_lines = [] if about.due_at is None else await words.moment_lines(turn, about, about.due_at)
    warned = (
        await words.warnings(turn, about, about.due_at)
        if about.due_at is not None and found.standing is not Standing.OUT
        else []
    )
    text = turn.text(
        words.title(found.revision, 80),
        remark,
        shorten(body, FIRST_LINES) if found.revision.title else "",
        "\n".join([*when_lines, *await _state(turn, found)]),
        *warned,
    )
    await turn.show(NAME, VERSION, Screen(text, await _rows(turn, found)))


async def _state(turn: Turn, found: Planned) -> list[str]:
    off = found.about.state is not SubmissionState.SENT
    said = words.standing(turn, Standing.OFF if off else found.standing)
    author = await review_case.name_of(turn, found.about.author_id)
    lines = [turn.say("plan-state", state=said)]
    return [*lines, turn.say("plan-author", name=author)] if author else lines


async def _rows(turn: Turn, found: Planned) -> tuple[tuple[Choice, ...], ...]:
    about = found.about
    args = {"post": about.post_id}
    rows: list[tuple[Choice, ...]] = []
    may_judge = await access.may_judge(turn.connection, turn.person_id, about.organization_id)
    if may_judge and found.review is not None and found.standing in _UNDECIDED:
        to = {"review": found.review.id}
        rows.append((Choice(turn.say("plan-decide"), "open", to, script=review.NAME),))
    if about.state is SubmissionState.SENT and about.public_revision_id is None:
        own = about.author_id == turn.person_id and await drafts.may_write(turn.connection, about)
        if may_judge or own:
            limit = "plan-set-limit" if about.not_after_at is None else "plan-change-limit"
            rows.append(
                (
                    Choice(turn.say("plan-move"), "move", args),
                    Choice(turn.say(limit), "limit", args),
                )
            )
            rows.append((Choice(turn.say("plan-call-off"), "off", args),))
    rows.append((Choice(turn.say("plan-look"), "look", args),))
    rows.append((_back(turn, about),))
    return tuple(rows)


def _back(turn: Turn, about: Submission) -> Choice:
    return Choice(turn.say("back"), "week-of", {"post": about.post_id})


async def ask_move(turn: Turn, about: Submission, note: str = "") -> None:
    """Ask for another moment."""
    if about.public_revision_id is not None:
        turn.answer(turn.say("objection-too-late"))
        await open_one(turn, about.post_id)
        return
    judge = await plans.judges_it(turn.connection, about, turn.person_id)
    found = await timetable.read(turn.connection, about)
    approved = found.standing is Standing.APPROVED and not judge
    await when.ask(
        turn,
        script=NAME,
        version=VERSION,
        do="moved",
        args={"post": about.post_id},
        zone=await words.zone(turn, about),
        title=turn.say("plan-move-title", title=words.title(found.revision)),
        back=Choice(turn.say("back"), "open", {"post": about.post_id}),
        note=note or (turn.say("plan-move-approved") if approved else ""),
    )


async def move(turn: Turn, about: Submission, at: int) -> None:
    """Give a plan another moment (ms UTC); raises Objection."""
    connection, rules = turn.connection, turn.settings.rules
    where = await words.zone(turn, about)
    before = {one.id: one.state for one in await reviews.of_post(connection, about.post_id)}
    await plans.reschedule(
        connection, rules, about.post_id, turn.person_id, zone=where, due_at=at, now=turn.now
    )
    turn.ring("publisher", "plans")
    for one in await reviews.of_post(connection, about.post_id):
        anew = one.state is ReviewState.WAITING and before.get(one.id) is not ReviewState.WAITING
        if anew:
            await review.lay_before(turn, one)
        else:
            await review.refresh(turn, one.id)
    await _tell_author(turn, about, at)
    now = await seen(turn, about.post_id)
    dropped = about.not_after_at is not None and now.not_after_at is None
    await open_one(turn, about.post_id, turn.say("plan-limit-dropped") if dropped else "")


async def _tell_author(turn: Turn, about: Submission, at: int) -> None:
    if about.author_id is None or about.author_id == turn.person_id:
        return
    there = await turn.with_person(about.author_id)
    if there is None:
        return
    found = await timetable.read(turn.connection, about)
    where = await words.zone(turn, about)
    line = there.say(
        "plan-moved-told",
        who=await review_case.who(there, turn.person_id),
        when=review_case.moment(there, at, where),
    )
    await there.tell(there.text(words.title(found.revision), line))


async def ask_limit(turn: Turn, about: Submission, note: str = "") -> None:
    """Ask after which moment a plan or a draft must not go out any more."""
    args = {"post": about.post_id}
    draft = about.state is SubmissionState.DRAFT
    if not draft:
        await plans.judges_it(turn.connection, about, turn.person_id)
    if about.not_after_at is not None and not note:
        rows = (
            (Choice(turn.say("plan-limit-other"), "limit-anew", args),),
            (Choice(turn.say("plan-limit-none"), "unlimited", args),),
            (Choice(turn.say("back"), "ask-shown" if draft else "open", args),),
        )
        when_said = review_case.moment(turn, about.not_after_at, await words.zone(turn, about))
        text = turn.text(turn.say("plan-limit-title"), turn.say("plan-limit", when=when_said))
        await turn.show(NAME, VERSION, Screen(text, rows))
        return
    await ask_limit_anew(turn, about, note)


async def ask_limit_anew(turn: Turn, about: Submission, note: str = "") -> None:
    """Ask for the limit in words."""
    args = {"post": about.post_id}
    draft = about.state is SubmissionState.DRAFT
    await when.ask(
        turn,
        script=NAME,
        version=VERSION,
        do="limited",
        args=args,
        zone=await words.zone(turn, about),
        title=turn.say("plan-limit-title"),
        back=Choice(turn.say("back"), "ask-shown" if draft else "open", args),
        note=note or turn.say("plan-limit-text"),
    )


async def limit(turn: Turn, about: Submission, at: int | None) -> None:
    """Keep the limit (ms UTC), None for no limit; raises Objection."""
    await plans.keep_until(turn.connection, about.post_id, turn.person_id, at, turn.now)
    if about.state is SubmissionState.DRAFT:
        await plan_draft.begin(turn, about.post_id)
        return
    for one in await reviews.of_post(turn.connection, about.post_id):
        await review.refresh(turn, one.id)
    await open_one(turn, about.post_id)


async def ask_call_off(turn: Turn, about: Submission) -> None:
    """Ask once whether a plan is really not to go out."""
    await plans.judges_it(turn.connection, about, turn.person_id)
    found = await timetable.read(turn.connection, about)
    args = {"post": about.post_id}
    rows = (
        (Choice(turn.say("plan-call-off-yes"), "off-yes", args),),
        (Choice(turn.say("back"), "open", args),),
    )
    text = turn.text(
        turn.say("plan-call-off-title", title=words.title(found.revision)),
        turn.say("plan-call-off-text"),
    )
    await turn.show(NAME, VERSION, Screen(text, rows))


async def call_off(turn: Turn, about: Submission) -> None:
    """Call a plan off; raises Objection."""
    found = await timetable.read(turn.connection, about)
    await plans.call_off(turn.connection, about.post_id, turn.person_id, turn.now)
    turn.ring("publisher", "plans")
    for one in await reviews.of_post(turn.connection, about.post_id):
        await review.refresh(turn, one.id)
    if found.review is not None:
        now = await reviews.get(turn.connection, found.review.id)
        assert now is not None
        await review_told.called_off(turn, await review_case.load(turn, now))
    text = turn.text(words.title(found.revision), turn.say("plan-called-off"))
    await turn.show(NAME, VERSION, Screen(text, ((_back(turn, about),),)))


async def look(turn: Turn, about: Submission) -> None:
    """Show exactly how a plan will look, and its screen again below."""
    found = await timetable.read(turn.connection, about)
    content = await drafts.content_of(turn.connection, found.revision)
    shown, _ = await preview.views(
        turn, content, about.organization_id, about.rubric_id, about.reach
    )
    await preview.show(turn, shown)
    args = {"post": about.post_id}
    rows = ((Choice(turn.say("plan-again"), "open", args), _back(turn, about)),)
    text = turn.text(None, turn.say("plan-looks", title=words.title(found.revision)))
    await turn.show(NAME, VERSION, Screen(text, rows), anew=True)
