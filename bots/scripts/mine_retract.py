"""«Отозвать»: why, «Точно?» with how many copies there are, and it goes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bots.objections import sentence
from bots.screens import DANGEROUS_MS, Choice, Screen, shorten
from bots.scripts import mine_report as report
from bots.scripts import mine_way as way
from bots.scripts.mine_tally import How
from bots.scripts.review_spread import refresh
from bots.turn import Refused, Turn
from core.richtext import RichText, plain
from newsroom import retraction
from newsroom.manuscript import cleaned
from newsroom.objection import Objection, Why
from storage import dialogs, organizations, posts, reviews, submissions
from storage.posts import PostRow

ASK = "retract"
REASONS = ("retract-reason-mistake", "retract-reason-person", "retract-reason-place")
_REASON = 300  # code points


async def ask(turn: Turn, post: PostRow, back: Choice) -> None:
    """Ask why a post is taken back, in words or by a ready reason."""
    if not await _may(turn, post, back):
        return
    data = {"ask": ASK, "post": post.id, "back": way.pack(back)}
    await dialogs.put(turn.connection, turn.chat.id, way.NAME, way.VERSION, data, turn.now)
    args = {"post": post.id, "back": way.pack(back)}
    rows = [
        (Choice(turn.say(key), "reason", {**args, "reason": number}),)
        for number, key in enumerate(REASONS)
    ]
    title = turn.say("retract-title", title=await way.title_of(turn, post.id))
    text = turn.text(title, turn.say("retract-why"))
    await turn.show(way.NAME, way.VERSION, Screen(text, (*rows, (back,)), DANGEROUS_MS))


async def said(turn: Turn, data: Mapping[str, Any]) -> bool:
    """Take the words as the reason; False when there are none."""
    heard = turn.incoming
    if data.get("ask") != ASK or heard is None or heard.files or heard.media:
        return False
    reason = shorten(cleaned(heard.text).text.strip(), _REASON)
    if not reason:
        return False
    await dialogs.drop(turn.connection, turn.chat.id)
    post = await way.visible(turn, data["post"])
    if post is None:
        return False
    await sure(turn, post, reason, way.way_back(turn, data))
    return True


async def sure(turn: Turn, post: PostRow, reason: str, back: Choice) -> None:
    """Say what will happen, and ask once more."""
    if not await _may(turn, post, back):
        return
    found = await report.counted(turn, post)
    there = found.many(How.DONE, How.UNKNOWN)
    waits = found.many(How.MOVING, How.LATER, How.SELECTED, How.ASKING)
    args = {"post": post.id, "back": way.pack(back)}
    rows = (
        (Choice(turn.say("retract-yes"), "retract-yes", {**args, "why": reason}),),
        (back,),
    )
    text = turn.text(
        turn.say("retract-sure"),
        turn.say("retract-copies", count=there, waits=waits),
        turn.say("retract-how", notice=(await _notice(turn, post)).text),
        turn.say("retract-reason", reason=reason),
    )
    await turn.show(way.NAME, way.VERSION, Screen(text, rows, DANGEROUS_MS))


async def retract(turn: Turn, post: PostRow, reason: str, back: Choice) -> None:
    """Take the post back, and tell its author when somebody else did."""
    notice = await _notice(turn, post)
    try:
        accounts = await retraction.retract(
            turn.connection, post.id, turn.person_id, reason, notice, turn.now
        )
    except Objection as objection:
        if objection.why is Why.NOT_YOURS:
            raise Refused("may not retract") from objection
        turn.answer(sentence(turn, objection))
        await _show_gone(turn, back)
        return
    turn.ring("asking", "reports", "plans", *(("courier", account) for account in accounts))
    for review in await reviews.of_post(turn.connection, post.id):
        await refresh(turn, review.id)
    await _tell_author(turn, post, reason)
    where = Choice(turn.say("mine-where"), "where", {"post": post.id, "back": way.pack(back)})
    text = turn.text(
        turn.say("retract-done", title=await way.title_of(turn, post.id)),
        turn.say("retract-done-text") if accounts else turn.say("retract-done-nothing"),
    )
    await turn.show(way.NAME, way.VERSION, Screen(text, ((where,), (back,))))


async def _may(turn: Turn, post: PostRow, back: Choice) -> bool:
    """Tell whether it may be taken back; what is gone already is said. Raises Refused without the right."""
    if await retraction.may_retract(turn.connection, turn.person_id, post.id):
        return True
    if await posts.public_revision(turn.connection, post.id) is not None:
        raise Refused("may not retract")
    turn.answer(turn.say("objection-gone"))
    await _show_gone(turn, back)
    return False


async def _show_gone(turn: Turn, back: Choice) -> None:
    text = turn.text(None, turn.say("objection-gone"))
    await turn.show(way.NAME, way.VERSION, Screen(text, ((back,),)))


async def _notice(turn: Turn, post: PostRow) -> RichText:
    """Return what the public reads where a copy cannot be deleted: never the reason."""
    line = await organizations.line_up(turn.connection, post.organization_id)
    zone = await way.zone(turn, post.organization_id)
    # In the language of the news, whatever the moderator's is.
    return plain(
        turn.words.say(
            None, "retract-notice", organization=line[0].short, day=way.day(turn.now, zone)
        )
    )


async def _tell_author(turn: Turn, post: PostRow, reason: str) -> None:
    about = await submissions.get(turn.connection, post.id)
    if about is None or about.author_id is None or about.author_id == turn.person_id:
        return
    author = await turn.with_person(about.author_id)
    if author is None:
        return
    title = author.say("retract-told-title", title=await way.title_of(author, post.id))
    who = await way.name_of(author, turn.person_id)
    await author.tell(author.text(title, author.say("retract-told", who=who, reason=reason)))
