"""How a post went out, was corrected, or taken back: numbers, places with links, and why not."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

from bots.objections import sentence
from bots.screens import Choice, Screen, shorten
from bots.scripts import mine_way as way
from bots.scripts.mine_tally import COUNTED, How, Tally, Told, tally
from bots.turn import Refused, Turn
from core.messenger import Place
from core.richtext import RichText, Style, join, plain, styled
from core.words import DeliveryState, Reason
from newsroom import resending, retraction
from newsroom.objection import Objection, Why
from newsroom.reasons import DELETED, NOT_KNOWN, REASONS
from storage import holds, journal, posts, reports
from storage.posts import PostRow
from storage.reports import Fate, PlaceRow

_LISTED = 15  # places named one by one
_FAILED = 10
_TITLE = 60  # code points of a place's name


async def about_what(turn: Turn, post: PostRow) -> Told:
    """Return what there is to tell of a post: what was done with it last."""
    if post.retracted_at is not None:
        return Told.TAKEN_BACK
    for entry in reversed(await journal.about(turn.connection, [f"post:{post.id}"])):
        if entry.action == "post.corrected":
            return Told.CORRECTED
        if entry.action in ("post.published", "post.resent"):
            break
    return Told.SENT


async def counted(turn: Turn, post: PostRow) -> Tally:
    """Return how a post went out, or how it was taken back."""
    read = reports.sent if post.retracted_at is None else reports.taken_back
    return tally(await read(turn.connection, post.id), turn.now)


async def tell(turn: Turn, post: PostRow, *, complete: bool) -> None:
    """Tell an author how it went, in a message of its own; what is not complete is told again later."""
    what = await about_what(turn, post)
    lines = [await _text(turn, post, what)]
    if not complete:
        lines.append(plain(turn.say("report-later-more")))
    list_ = Choice(turn.say("mine-title"), "menu")
    rows = (await _again(turn, post, {"post": post.id}), (list_,))
    await turn.show(way.NAME, way.VERSION, Screen(join(lines, "\n\n"), rows))


async def show(turn: Turn, post: PostRow, back: Choice) -> None:
    """Show the same numbers on demand, as they are now."""
    what = await about_what(turn, post)
    texts = [await _text(turn, post, what)]
    if what is Told.CORRECTED:
        texts.insert(0, await _text(turn, post, Told.SENT))
    args = {"post": post.id, "back": way.pack(back)}
    rows = (await _again(turn, post, args), (Choice(turn.say("report-renew"), "where", args), back))
    await turn.show(way.NAME, way.VERSION, Screen(join(texts, "\n\n"), rows))


async def _again(turn: Turn, post: PostRow, args: dict[str, object]) -> tuple[Choice, ...]:
    if not await retraction.answers_for(turn.connection, turn.person_id, post):
        return ()
    if not await resending.refused(turn.connection, post.id, turn.now):
        return ()
    return (Choice(turn.say("report-again"), "again", args),)


async def send_again(turn: Turn, post: PostRow, back: Choice) -> None:
    """Send to those that did not take it once more; a second press finds nothing left to send."""
    try:
        count, accounts = await resending.send_again(
            turn.connection, post.id, turn.person_id, turn.now
        )
    except Objection as objection:
        if objection.why is Why.NOT_YOURS:
            raise Refused("may not send again") from objection
        turn.answer(sentence(turn, objection))
    else:
        turn.ring("reports", *(("courier", account) for account in accounts))
        turn.answer(
            turn.say("report-again-sent", count=count)
            if count
            else turn.say("report-again-nothing")
        )
    fresh = await posts.get(turn.connection, post.id)
    await show(turn, fresh or post, back)


async def _text(turn: Turn, post: PostRow, what: Told) -> RichText:
    title = styled(await way.title_of(turn, post.id), Style.BOLD)
    if what is Told.SENT:
        return join([title, await _sent(turn, post)], "\n\n")
    read = reports.corrected if what is Told.CORRECTED else reports.taken_back
    found = tally(await read(turn.connection, post.id), turn.now)
    return join([title, _changed(turn, found, what)], "\n\n")


async def _sent(turn: Turn, post: PostRow) -> RichText:
    found = tally(await reports.sent(turn.connection, post.id), turn.now)
    if not found.many(*How):
        return plain(turn.say("report-nobody"))
    total = found.many(*COUNTED)
    head = (
        turn.say("report-sent", done=found.many(How.DONE), total=total)
        if total
        else turn.say("report-sent-none")
    )
    people = found.people(*COUNTED)
    done = _lines(turn, found.places.get(How.DONE, ()), _LISTED, lambda _: "")
    if people:
        counts = turn.say("report-subscribers", done=found.people(How.DONE), total=people)
        done.append(plain(counts))
    zone = await way.zone(turn, post.organization_id)
    waiting = _lines(
        turn,
        [*found.places.get(How.LATER, ()), *found.places.get(How.SELECTED, ())],
        _FAILED,
        lambda fate: turn.say("report-at", when=way.moment(fate.due_at, zone)),
    )
    text = _put_together(turn, head, done, waiting, found, Told.SENT)
    if found.many(How.MOVING) and await _stopped(turn, post):
        return join([text, plain(turn.say("report-stopped"))], "\n\n")
    return text


async def _stopped(turn: Turn, post: PostRow) -> bool:
    """Tell whether a stop may be what holds a post back."""
    stops = await holds.in_force(turn.connection)
    return stops.everything or bool(stops.networks) or post.organization_id in stops.organizations


def _changed(turn: Turn, found: Tally, what: Told) -> RichText:
    total = found.many(*COUNTED)
    if not total:
        nothing = "report-corrected-none" if what is Told.CORRECTED else "report-taken-none"
        return plain(turn.say(nothing))
    values = {"done": found.many(How.DONE), "total": total}
    head = (
        turn.say("report-corrected", **values)
        if what is Told.CORRECTED
        else turn.say("report-taken", **values)
    )
    done = _lines(
        turn, found.places.get(How.DONE, ()), _LISTED, lambda fate: form(turn, fate, what)
    )
    forms: Counter[str] = Counter()
    for one in found.subscribers.get(How.DONE, ()):
        forms[form(turn, one.fate, what)] += one.count
    done += [
        plain(turn.say("report-subscribers-form", form=said, count=count))
        for said, count in forms.most_common()
    ]
    return _put_together(turn, head, done, [], found, what)


def form(turn: Turn, fate: Fate, what: Told) -> str:
    """Return how a copy was corrected or taken back."""
    if fate.reason is Reason.GONE:
        return REASONS[Reason.GONE]
    if what is Told.CORRECTED:
        return fate.detail or turn.say("report-form-corrected")
    if fate.in_selection:
        return turn.say("report-form-selection")
    return fate.detail or DELETED


def why(turn: Turn, fate: Fate) -> str:
    """Return why something was not done, in words."""
    if fate.detail == NOT_KNOWN:
        return NOT_KNOWN
    return REASONS[fate.reason or Reason.OTHER]


def _put_together(
    turn: Turn,
    head: str,
    done: Sequence[RichText],
    waiting: Sequence[RichText],
    found: Tally,
    what: Told,
) -> RichText:
    failed = _lines(turn, found.places.get(How.FAILED, ()), _FAILED, lambda fate: why(turn, fate))
    reasons: Counter[str] = Counter()
    for one in found.subscribers.get(How.FAILED, ()):
        reasons[why(turn, one.fate)] += one.count
    failed += [
        plain(turn.say("report-subscribers-form", form=said, count=count))
        for said, count in reasons.most_common()
    ]
    if failed:
        key = "report-failed" if what is Told.SENT else "report-failed-change"
        failed.insert(0, plain(turn.say(key)))
    return join(
        [
            plain(head),
            join(done, "\n"),
            join(failed, "\n"),
            join([*waiting, *_open(turn, found)], "\n"),
        ],
        "\n\n",
    )


def _open(turn: Turn, found: Tally) -> list[RichText]:
    """Return what is not settled yet, counted."""
    lines = []
    if count := found.many(How.MOVING):
        lines.append(turn.say("report-moving", count=count))
    if count := found.people(How.LATER):
        lines.append(turn.say("report-later", count=count))
    if count := found.people(How.SELECTED):
        lines.append(turn.say("report-selected", count=count))
    if places := found.places.get(How.ASKING):
        lines.append(turn.say("report-asking", names=_names(turn, places)))
    if places := found.places.get(How.UNKNOWN):
        lines.append(turn.say("report-unknown", names=_names(turn, places)))
    if count := found.people(How.UNKNOWN):
        lines.append(turn.say("report-unknown-people", count=count))
    return [plain(line) for line in lines]


def _names(turn: Turn, places: Sequence[PlaceRow]) -> str:
    named = ", ".join(_name(turn, place) for place in places[:_FAILED])
    rest = len(places) - _FAILED
    return named if rest <= 0 else named + turn.say("report-more", count=rest)


def _name(turn: Turn, place: PlaceRow) -> str:
    network = turn.settings.networks.get(place.network, place.network)
    return f"{shorten(place.title or place.external, _TITLE)} · {network}"


def _lines(
    turn: Turn, places: Sequence[PlaceRow], limit: int, said: Callable[[Fate], str]
) -> list[RichText]:
    """Return a line a place, its name leading there, and how many more there are."""
    lines = []
    for place in places[:limit]:
        name, words = _name(turn, place), said(place.fate)
        url = _link(turn, place)
        shown = styled(name, Style.LINK, url) if url else plain(name)
        lines.append(shown + plain(f" — {words}") if words else shown)
    if len(places) > limit:
        lines.append(plain(turn.say("report-more-places", count=len(places) - limit)))
    return lines


def _link(turn: Turn, place: PlaceRow) -> str | None:
    fate = place.fate
    gone = fate.detail == DELETED or fate.reason is Reason.GONE
    if not place.message or fate.state is not DeliveryState.SENT or gone:
        return None
    where = Place(place.external, place.kind, place.topic or None)
    return turn.abilities.link(place.account_id, where, place.message)
