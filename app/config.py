"""config.yaml as the program sees it: one frozen model, checked as a whole before anything starts."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, get_args

from pydantic import BaseModel, BeforeValidator, PrivateAttr, ValidationError

from app import config_file, config_rules, config_values, config_words
from app.config_file import Loc
from app.config_parts import (
    Account,
    Administrator,
    Approvals,
    Channel,
    CorrectionsWay,
    Fetch,
    FewDays,
    Minute,
    Night,
    Operator,
    Organization,
    Part,
    Region,
    Rubric,
    Seconds,
    Short,
    Source,
    Unknowns,
)
from app.config_values import KeyRef
from core.errors import ConfigError
from core.words import ChatKind, Corrections, OrganizationKind

_SANDBOX_APIS = MappingProxyType({"telegram": "/telegram", "vk": "/vk/method/"})


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


class Config(Part):
    """The whole file; see docs/config.md for every key."""

    region: Region
    operator: Operator = Operator()
    administrators: tuple[Administrator, ...] = ()
    sandbox: Annotated[str, BeforeValidator(config_values.sandbox_address)] | None = None
    database: Annotated[str, BeforeValidator(config_values.database)] | None = None
    database_password: Annotated[KeyRef, BeforeValidator(config_values.password)] | None = None
    evening: Minute = 19 * 60
    night: Night = Night.model_construct(from_=21 * 60, to=8 * 60)
    approvals: Approvals = 1
    grace: Seconds = 2 * 3600
    corrections: CorrectionsWay = Corrections.REPLY
    failing_days: FewDays = 3
    unknowns: Unknowns = 100
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
                Channel.model_validate(
                    {"account": a.slug, "kind": "wall", "organization": a.organization}
                )
            )
            for a in self.accounts
            if a.messenger == "vk" and a.wall and a.slug not in taken
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


def _failure(path: Path, mistakes: Iterable[tuple[int, str]]) -> ConfigError:
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
