"""The sections of config.yaml as frozen models; their values are read by app.config_values."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationInfo

from app import config_values
from app.config_values import KeyRef, Network
from core.words import ChatKind, Corrections, Mode, OrganizationKind, PostKind, Reach

KINDS_OF_ORGANIZATIONS = MappingProxyType({kind.name.lower(): kind for kind in OrganizationKind})
KINDS_OF_CHANNELS = MappingProxyType(
    {kind.name.lower(): kind for kind in (ChatKind.CHANNEL, ChatKind.GROUP, ChatKind.WALL)}
)
# A poll is asked, not read from a feed.
KINDS_OF_POSTS = MappingProxyType(
    {kind.name.lower(): kind for kind in PostKind if kind is not PostKind.POLL}
)
REACHES = MappingProxyType({reach.name.lower(): reach for reach in Reach})
MODES = MappingProxyType({"at_once": Mode.AT_ONCE, "ask": Mode.ASK, "urgent": Mode.URGENT_ONLY})
# How many moderators of an organization must agree to what it says.
APPROVALS = MappingProxyType({"nobody": 0, "one": 1, "two": 2})
# What becomes of a correction that the messenger does not let make in place.
CORRECTIONS = MappingProxyType({one.name.lower(): one for one in Corrections})
MESSENGERS = MappingProxyType({"telegram": "telegram", "vk": "vk"})


def _beside_the_file(value: object, info: ValidationInfo) -> Path:
    """Return a path that counts from the folder of config.yaml."""
    folder: Path = info.context["folder"] if info.context else Path()
    path = folder / config_values.scalar(value)
    if not path.is_file():
        raise ValueError(f"файла {path} нет. Проверьте путь")
    return path


def _text(limit: int, *, needed: bool = True) -> BeforeValidator:
    return BeforeValidator(partial(config_values.text, limit=limit, needed=needed))


Name = Annotated[str, _text(300)]
Short = Annotated[str, _text(64)]
Slug = Annotated[str, BeforeValidator(config_values.slug)]
Minute = Annotated[int, BeforeValidator(config_values.minute)]
Seconds = Annotated[int, BeforeValidator(config_values.interval)]
Zone = Annotated[str, BeforeValidator(config_values.zone)]
Flag = Annotated[bool, BeforeValidator(config_values.flag)]
Key = Annotated[KeyRef, BeforeValidator(config_values.key)]
Approvals = Annotated[int, BeforeValidator(config_values.choice(APPROVALS))]
CorrectionsWay = Annotated[Corrections, BeforeValidator(config_values.choice(CORRECTIONS))]
FewDays = Annotated[int, BeforeValidator(partial(config_values.number, low=1, high=30))]
Unknowns = Annotated[int, BeforeValidator(partial(config_values.number, low=1, high=100_000))]
Beside = Annotated[Path, BeforeValidator(_beside_the_file)]
MessengerName = Annotated[
    Literal["telegram", "vk"], BeforeValidator(config_values.choice(MESSENGERS))
]


class Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


class Region(Part):
    """The region; `zone` is an IANA name that organizations and chats inherit."""

    name: Name = Field(examples=["Ивановская область"])
    zone: Zone = Field(examples=["Europe/Moscow"])


class Operator(Part):
    """Who answers for personal data; may be empty as long as only the sandbox is used."""

    name: Annotated[str, _text(300, needed=False)] = ""
    contacts: Annotated[str, _text(500, needed=False)] = ""


class Administrator(Part):
    """A person who may stop everything, by the number in a messenger."""

    messenger: MessengerName = Field(examples=["telegram"])
    id: Annotated[str, BeforeValidator(config_values.identifier)] = Field(examples=["123456789"])


class Night(Part):
    """Quiet hours of new subscribers, minutes after local midnight."""

    from_: Minute = Field(alias="from", examples=['"21:00"'])
    to: Minute = Field(examples=['"08:00"'])


class Rubric(Part):
    """A theme of news; `words` are beginnings of words, lower case."""

    slug: Slug = Field(examples=["safety"])
    name: Short = Field(examples=["Охрана труда"])
    words: tuple[Annotated[str, BeforeValidator(config_values.beginning)], ...] = ()


class Organization(Part):
    """A node of the tree; without `parent` it hangs on the federation."""

    slug: Slug = Field(examples=["education"])
    name: Name = Field(examples=["Областная организация профсоюза образования"])
    short: Short = Field(examples=["Образование"])
    kind: Annotated[
        OrganizationKind, BeforeValidator(config_values.choice(KINDS_OF_ORGANIZATIONS))
    ] = Field(examples=["member"])
    parent: Slug | None = None
    industry: Name | None = None
    territory: Name | None = None
    zone: Zone | None = None
    approvals: Approvals | None = None
    corrections: CorrectionsWay | None = None


class Account(Part):
    """One bot of one organization on one messenger."""

    slug: Slug = Field(examples=["tg"])
    messenger: MessengerName = Field(examples=["telegram"])
    organization: Slug = Field(examples=["federation"])
    title: Short | None = None
    handle: Annotated[str, BeforeValidator(config_values.handle)] = Field(examples=["vestnik_bot"])
    key: Key = Field(examples=["env:VESTNIK_TG_KEY"])
    wall_key: Key | None = None
    group: (
        Annotated[int, BeforeValidator(partial(config_values.number, low=1, high=10**12))] | None
    ) = Field(None, examples=["200000001"])
    api: Annotated[str, BeforeValidator(config_values.api_address)] | None = None
    proxy: Annotated[KeyRef | str, BeforeValidator(config_values.proxy)] | None = None
    ca: Beside | None = None
    people_write_here: Flag | None = None
    wall: Flag = True

    @property
    def shared_dialogs(self) -> bool:
        """Tell whether people of the organization answer in the same dialogs."""
        if self.people_write_here is None:
            return self.messenger == "vk"
        return self.people_write_here


class Channel(Part):
    """A channel, group or wall that the file serves; `gap` is seconds, `chat` the messenger's number."""

    account: Slug = Field(examples=["tg"])
    chat: Annotated[str, BeforeValidator(config_values.chat)] = Field(
        "", examples=['"-1001234567890"']
    )
    kind: Annotated[ChatKind, BeforeValidator(config_values.choice(KINDS_OF_CHANNELS))] = Field(
        examples=["channel"]
    )
    title: Name | None = None
    organization: Slug = Field(examples=["federation"])
    news: tuple[Slug, ...] = ()
    rubrics: tuple[Slug, ...] = ()
    how: Annotated[Mode, BeforeValidator(config_values.choice(MODES))] = Mode.AT_ONCE
    day_limit: (
        Annotated[int, BeforeValidator(partial(config_values.number, low=1, high=50))] | None
    ) = None
    gap: Seconds | None = None
    footer: Annotated[str, _text(500)] | None = None


class Source(Part):
    """A feed of an organization; `every` is seconds."""

    slug: Slug = Field(examples=["education-news"])
    organization: Slug = Field(examples=["education"])
    url: Annotated[str, BeforeValidator(config_values.source_address)] = Field(
        examples=["https://example.ru/feed.xml"]
    )
    every: Seconds = Field(examples=['"5 min"'])
    reach: Annotated[Reach, BeforeValidator(config_values.choice(REACHES))] = Reach.OWN
    kind: Annotated[PostKind, BeforeValidator(config_values.choice(KINDS_OF_POSTS))] = PostKind.NEWS
    rubric: Slug | None = None


class Fetch(Part):
    """How feeds are fetched: own networks that may be entered, and a certificate beside the usual ones."""

    allow: tuple[Annotated[Network, BeforeValidator(config_values.network)], ...] = ()
    ca: Beside | None = None
