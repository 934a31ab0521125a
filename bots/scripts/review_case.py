"""What a card of a review tells, read once, and the words for names and moments in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from bots import preview
from bots.preview import Audience, View
from bots.screens import shorten
from bots.turn import Turn
from core.words import Reach, ReviewState
from newsroom import access, drafts, reviews
from newsroom.calendar import say_when
from newsroom.rewrite import Content
from newsroom.zones import zone_of
from storage import organizations, people, posts, submissions
from storage.organizations import Organization
from storage.reviews import Review
from storage.submissions import Submission

NAME = "review"
VERSION = 1
OPEN = (ReviewState.WAITING, ReviewState.OVERDUE)


@dataclass(frozen=True, slots=True)
class Case:
    """A review with all that its card tells; `level` is the widest that this decision opens."""

    review: Review
    about: Submission
    content: Content
    views: Sequence[View]
    audience: Audience
    level: Reach
    organization: Organization
    desk: Organization
    zone: ZoneInfo
    author: str
    agreed: tuple[int, ...]

    @property
    def title(self) -> str:
        """Return what the news is called among others."""
        return title_of(self.content)


def subject(review_id: int) -> str:
    """Return what all cards of a review share."""
    return f"review:{review_id}"


def title_of(content: Content, length: int = 80) -> str:
    """Return the title, or the beginning of the text; code points."""
    said = content.title or content.body.text.strip().partition("\n")[0]
    return shorten(said, length)


async def load(turn: Turn, review: Review) -> Case:
    """Read all that a review's card tells."""
    about = await submissions.get(turn.connection, review.post_id)
    assert about is not None, "only submissions are reviewed"
    revision = await posts.get_revision(turn.connection, review.revision_id)
    content = await drafts.content_of(turn.connection, revision)
    level = await _level(turn, review, about)
    views, audience = await preview.views(
        turn, content, about.organization_id, about.rubric_id, level
    )
    line = await organizations.line_up(turn.connection, about.organization_id)
    desk = await organizations.line_up(turn.connection, review.organization_id)
    return Case(
        review=review,
        about=about,
        content=content,
        views=views,
        audience=audience,
        level=level,
        organization=line[0],
        desk=desk[0],
        zone=await zone_of(turn.connection, turn.settings.rules, about.organization_id),
        author=await name_of(turn, about.author_id),
        agreed=tuple(await reviews.agreed(turn.connection, review)),
    )


async def _level(turn: Turn, review: Review, about: Submission) -> Reach:
    """Return whom a decision opens the post for: where one desk decides about both, it says it once."""
    if review.level is not Reach.OWN or about.reach is Reach.OWN:
        return review.level
    wider = await access.desk_for(turn.connection, about.organization_id, about.reach)
    return about.reach if wider == review.organization_id else review.level


async def name_of(turn: Turn, person_id: int | None) -> str:
    """Return a person's name, "" where there is none any more."""
    if person_id is None:
        return ""
    return shorten((await people.get(turn.connection, person_id)).name, 60)


async def who(turn: Turn, person_id: int | None) -> str:
    """Return a moderator's name, or a word for one who is known no more."""
    return await name_of(turn, person_id) or turn.say("review-somebody")


def moment(turn: Turn, at: int, zone: ZoneInfo) -> str:
    """Return a moment (ms UTC) as people say it."""
    return say_when(_local(at, zone), _local(turn.now, zone))


def leaves(turn: Turn, review: Review, zone: ZoneInfo) -> str:
    """Return when an approved review goes out; "" where that is not known yet."""
    if review.publish_at is None:
        return ""
    at = _local(review.publish_at, zone)
    if at.date() == _local(turn.now, zone).date():
        return turn.say("review-leaves-today", time=f"{at:%H:%M}")
    return turn.say("review-leaves", when=moment(turn, review.publish_at, zone))


def _local(at: int, zone: ZoneInfo) -> datetime:
    return datetime.fromtimestamp(at / 1000, zone)
