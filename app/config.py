"""config.yaml as the program sees it: frozen models, checked as a whole before anything starts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Literal, get_args

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PrivateAttr,
    ValidationError,
    ValidationInfo,
)

from app import config_file, config_rules, config_values, config_words
from app.config_file import Loc
from app.config_values import KeyRef, Network
from core.errors import ConfigError
from core.words import ChatKind, Mode, OrganizationKind, PostKind, Reach

KINDS_OF_ORGANIZATIONS = MappingProxyType({kind.name.lower(): kind for kind in OrganizationKind})
KINDS_OF_CHANNELS = MappingProxyType(
    {kind.name.lower(): kind for kind in (ChatKind.CHANNEL, ChatKind.GROUP, ChatKind.WALL)}
)
# A poll is asked, not read from a feed.
KINDS_OF_POSTS = MappingProxyType(
    {kind.name.lower(): kind for kind in PostKind if kind is not PostKind.POLL}
)
REACHES = MappingProxyType({reach.name.lower(): reach for reach in Reach})
MODES = MappingProxyType(
    {"at_once": Mode.AT_ONCE, "ask": Mode.ASK, "urgent": Mode.URGENT_ONLY}
)
MESSENGERS = MappingProxyType({"telegram": "telegram", "vk": "vk"})
_SANDBOX_APIS = MappingProxyType({"telegram": "/telegram", "vk": "/vk/method/"})


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
Beside = Annotated[Path, BeforeValidator(_beside_the_file)]
MessengerName = Annotated[
    Literal["telegram", "vk"], BeforeValidator(config_values.choice(MESSENGERS))
]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


class Region(_Part):
    """The region; `zone` is an IANA name that organizations and chats inherit."""

    name: Name = Field(examples=["Ивановская область"])
    zone: Zone = Field(examples=["Europe/Moscow"])


class Operator(_Part):
    """Who answers for personal data; may be empty as long as only the sandbox is used."""

    name: Annotated[str, _text(300, needed=False)] = ""
    contacts: Annotated[str, _text(500, needed=False)] = ""


class Administrator(_Part):
    """A person who may stop everything, by the number in a messenger."""

    messenger: MessengerName = Field(examples=["telegram"])
    id: Annotated[str, BeforeValidator(config_values.identifier)] = Field(examples=["123456789"])


class Night(_Part):
    """Quiet hours of new subscribers, minutes after local midnight."""

    from_: Minute = Field(alias="from", examples=['"21:00"'])
    to: Minute = Field(examples=['"08:00"'])


class Rubric(_Part):
    """A theme of news; `words` are beginnings of words, lower case."""

    slug: Slug = Field(examples=["safety"])
    name: Short = Field(examples=["Охрана труда"])
    words: tuple[Annotated[str, BeforeValidator(config_values.beginning)], ...] = ()


class Organization(_Part):
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


class Account(_Part):
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


class Channel(_Part):
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


class Source(_Part):
    """A feed of an organization; `every` is seconds."""

    slug: Slug = Field(examples=["education-news"])
    organization: Slug = Field(examples=["education"])
    url: Annotated[str, BeforeValidator(config_values.source_address)] = Field(
        examples=["https://example.ru/feed.xml"]
    )
    every: Seconds = Field(examples=['"5 min"'])
    reach: Annotated[Reach, BeforeValidator(config_values.choice(REACHES))] = Reach.OWN
    kind: Annotated[PostKind, BeforeValidator(config_values.choice(KINDS_OF_POSTS))] = (
        PostKind.NEWS
    )
    rubric: Slug | None = None


class Fetch(_Part):
    """How feeds are fetched: own networks that may be entered, and a certificate beside the usual ones."""

    allow: tuple[Annotated[Network, BeforeValidator(config_values.network)], ...] = ()
    ca: Beside | None = None


@dataclass(frozen=True, slots=True)
class Where:
    """The file and the lines of its settings, for sentences about them."""

    path: Path = Path("config.yaml")
    lines: Mapping[Loc, int] = field(default_factory=dict)

    def line(self, loc: Loc) -> int:
        """Return the line of a setting, or of the nearest one around it; 0 without any."""
        while loc and loc not in self.lines:
            loc = loc[:-1]
        return self.lines.get(loc, 0)

    def at(self, loc: Loc, sentence: str) -> str:
        """Return the sentence with the file and the line before it."""
        return _placed(self.path, self.line(loc), sentence)


class Config(_Part):
    """The whole file; see docs/config.md for every key."""

    region: Region
    operator: Operator = Operator()
    administrators: tuple[Administrator, ...] = ()
    sandbox: Annotated[str, BeforeValidator(config_values.sandbox_address)] | None = None
    evening: Minute = 19 * 60
    night: Night = Night.model_construct(from_=21 * 60, to=8 * 60)
    rubrics: tuple[Rubric, ...] = ()
    organizations: tuple[Organization, ...]
    accounts: tuple[Account, ...]
    channels: tuple[Channel, ...] = ()
    sources: tuple[Source, ...] = ()
    urgent_marks: tuple[Short, ...] = ("молния", "срочно")
    fetch: Fetch = Fetch()
    _where: Where = PrivateAttr(default_factory=Where)

    @property
    def where(self) -> Where:
        """Return the file and its lines."""
        return self._where

    @property
    def federation(self) -> Organization:
        """Return the root of the tree."""
        return next(o for o in self.organizations if o.kind is OrganizationKind.FEDERATION)

    def api_of(self, account: Account) -> str | None:
        """Return the address an account calls; None is the messenger's own."""
        if account.api != "sandbox":
            return account.api
        return f"{self.sandbox}{_SANDBOX_APIS[account.messenger]}"

    def url_of(self, source: Source) -> str:
        """Return where a feed is fetched from."""
        if source.url.startswith(config_values.SANDBOX):
            return f"{self.sandbox}{source.url.removeprefix(config_values.SANDBOX)}"
        return source.url

    def all_channels(self) -> tuple[Channel, ...]:
        """Return the channels with their chats and news filled in, the walls of VK accounts among them."""
        listed = [self._filled(channel) for channel in self.channels]
        taken = {channel.account for channel in listed if channel.kind is ChatKind.WALL}
        walls = (
            self._filled(
                Channel(
                    account=account.slug, kind="wall", organization=account.organization
                )  # type: ignore[arg-type]  # words, as in the file
            )
            for account in self.accounts
            if account.messenger == "vk" and account.wall and account.slug not in taken
        )
        return (*listed, *walls)

    def _filled(self, channel: Channel) -> Channel:
        account = next(a for a in self.accounts if a.slug == channel.account)
        own = dict.fromkeys((channel.organization, self.federation.slug))
        return channel.model_copy(
            update={
                "news": channel.news or tuple(own),
                "chat": str(-(account.group or 0))
                if channel.kind is ChatKind.WALL
                else channel.chat,
            }
        )


def load(path: Path, *, sandbox_url: str | None = None) -> Config:
    """Read and check the file; `sandbox_url` takes the place of its `sandbox`.

    Raises ConfigError with every mistake of the file, in the order of its lines.
    """
    document = config_file.read(path)
    if document.data is None:
        raise _failure(path, document.mistakes)
    data = dict(document.data)
    if sandbox_url is not None:
        data["sandbox"] = sandbox_url
    where = Where(path, document.lines)
    mistakes = list(document.mistakes)
    mistakes += [(where.line(loc), text) for loc, text in config_rules.broken(data)]
    try:
        config = Config.model_validate(data, context={"folder": path.absolute().parent})
    except ValidationError as error:
        mistakes += _explained(error, where)
    if mistakes:
        raise _failure(path, mistakes)
    config._where = where
    return config


def _failure(path: Path, mistakes: list[tuple[int, str]] | tuple[tuple[int, str], ...]) -> ConfigError:
    ordered = sorted(dict.fromkeys(mistakes), key=lambda mistake: mistake[0])
    return ConfigError([_placed(path, line, text) for line, text in ordered])


def _placed(path: Path, line: int, sentence: str) -> str:
    place = f"{path.name}, строка {line}" if line else path.name
    return f"{place}: {config_words.ended(sentence)}"


def _explained(error: ValidationError, where: Where) -> Iterator[tuple[int, str]]:
    for detail in error.errors(include_url=False, include_input=False):
        loc: Loc = detail["loc"]
        sentence = config_words.from_model(detail)
        if sentence is None:
            model, key = _model_at(loc[:-1]), str(loc[-1])
            known = {f.alias or name: f for name, f in model.model_fields.items()}
            if detail["type"] == "missing":
                examples = known[key].examples
                sentence = config_words.missing(
                    key, str(examples[0]) if examples else None, blank=loc in where.lines
                )
            else:
                sentence = config_words.unknown_key(key, known)
        yield where.line(loc), sentence


def _model_at(loc: Loc) -> type[BaseModel]:
    """Return the model of the section that a place in the file belongs to."""
    model: type[BaseModel] = Config
    for step in loc:
        if isinstance(step, str):
            annotation: Any = model.model_fields[step].annotation
            kinds = (annotation, *get_args(annotation))
            model = next(k for k in kinds if isinstance(k, type) and issubclass(k, BaseModel))
    return model
