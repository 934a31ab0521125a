"""The words of the trade as enums; their numbers are what the database keeps, never reuse one."""

from __future__ import annotations

from enum import IntEnum


class OrganizationKind(IntEnum):
    """What place an organization has in the federation's tree."""

    FEDERATION = 1
    MEMBER = 2  # a member organization: the committee of an industry
    COUNCIL = 3  # a coordination council of a municipality
    PRIMARY = 4
    YOUTH = 5
    TRAINING = 6


class ChatKind(IntEnum):
    """What kind of place a message goes to."""

    PRIVATE = 1
    GROUP = 2
    CHANNEL = 3
    WALL = 4


class ChatState(IntEnum):
    """Whether anything may be sent to a chat."""

    ACTIVE = 1
    BLOCKED = 2  # the person stopped the bot or denied messages
    GONE = 3  # deleted, kicked, migrated away
    UNCONFIRMED = 4  # connected, but its owner has not yet said what it wants


class PostKind(IntEnum):
    """What a post is; stops and mourning treat kinds differently."""

    NEWS = 1
    CONGRATULATION = 2
    ANNOUNCEMENT = 3
    DECISION = 4
    EXPLANATION = 5
    LIGHT = 6
    CONDOLENCE = 7
    POLL = 8
    EVENT = 9


class Reach(IntEnum):
    """Whom a post is for."""

    OWN = 1
    TERRITORY = 2
    REGION = 3


class Lane(IntEnum):
    """Order of urgency inside an account, the first goes first."""

    TALK = 1
    RETRACT = 2
    CORRECT = 3
    URGENT = 4
    SCHEDULED = 5
    NEWS = 6
    DIGEST = 7


class WaveKind(IntEnum):
    """What a wave's deliveries do."""

    CREATE = 1
    AMEND = 2
    RETRACT = 3
    DIGEST = 4
    RESEND = 5


class DeliveryState(IntEnum):
    """Where a delivery stands; SENT, REFUSED and CANCELLED are settled."""

    PENDING = 1
    IN_FLIGHT = 2
    SENT = 3
    REFUSED = 4
    UNKNOWN = 5  # may have arrived, a person is asked
    CANCELLED = 6
    ASKING = 7  # held by its owner's wish until the owner says yes


class Corrections(IntEnum):
    """What becomes of a correction that the messenger does not let make in place."""

    REPLY = 1  # a note with the new text, in reply to the message
    REPLACE = 2  # sent anew, the old message deleted
    ASK = 3  # the owner chooses, or the desk; in private dialogs as REPLY


class AlarmKind(IntEnum):
    """What may be wrong with the whole, for people to see to."""

    ACCOUNT = 1  # its key is dead, or a right is missing
    SILENT = 2  # a messenger does not answer
    STUCK = 3  # something is in the air for too long
    UNKNOWNS = 4  # too many sends of unknown fate
    DISK = 5  # hardly any room is left
    CHAT = 6  # a chat that refuses day after day was set aside


class Mode(IntEnum):
    """How a chat wants its news."""

    AT_ONCE = 1
    DIGEST = 2  # one selection each evening, urgent at once
    URGENT_ONLY = 3
    ASK = 4  # channels: the owner is asked about each


class HoldScope(IntEnum):
    """What a stop covers."""

    ALL = 1
    MESSENGER = 2
    ORGANIZATION = 3


class Reason(IntEnum):
    """Why a messenger did not take something; the Russian words stand in the texts."""

    BLOCKED = 1  # the person stopped the bot
    DEACTIVATED = 2
    NOT_STARTED = 3  # the person never wrote first
    KICKED = 4
    NO_RIGHTS = 5
    CHAT_NOT_FOUND = 6
    MIGRATED = 7
    TOPIC_CLOSED = 8
    BAD_CONTENT = 9
    BAD_MEDIA = 10
    TOKEN_DEAD = 11
    NO_WALL_KEY = 12  # walls need a key of their own
    DAILY_LIMIT = 13
    THROTTLED = 14
    UNREACHABLE = 15
    SERVER_ERROR = 16
    GONE = 17  # the message to edit or delete is not there
    TOO_OLD = 18
    CAPTCHA = 19
    OTHER = 20
    GAVE_UP = 21  # tried for as long as the rules allow


class RoleKind(IntEnum):
    """A right within an organization and the subtree below it."""

    PRESS = 1  # submits news
    MODERATOR = 2  # decides what its organization says
    YOUTH_AUTHOR = 3  # plans posts of a youth council
    YOUTH_CHAIR = 4  # decides about these
    YOUTH_DEPUTY = 5  # decides as the chair does
    ADMINISTRATOR = 6  # invites people and takes roles back


class SubmissionState(IntEnum):
    """Where a submission stands with its author; what the desks say of it stands in its reviews."""

    DRAFT = 1
    SENT = 2
    DISCARDED = 3  # by its author, before anything went out
    RETRACTED = 4


class Pictured(IntEnum):
    """Who is to be seen in the pictures of a submission."""

    NOBODY = 1
    GENERAL_VIEW = 2
    AGREED_ADULTS = 3
    CHILDREN = 4  # approval needs their parents' written consent


class FileState(IntEnum):
    """Whether the bytes of an attached file are here."""

    WAITING = 1
    READY = 2
    FAILED = 3


class ReviewState(IntEnum):
    """What one desk has decided about a post; PUBLISHED, RETURNED, REFUSED and CANCELLED are final."""

    WAITING = 1
    APPROVED = 2  # goes out at its moment
    PUBLISHED = 3
    RETURNED = 4  # to the author, with a reason
    REFUSED = 5
    OVERDUE = 6  # its moment passed unapproved or during an outage: people are asked
    CANCELLED = 7  # withdrawn, retracted, or replaced
