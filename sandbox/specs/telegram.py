"""The Bot API as published: which parameters a method has, what objects consist of, how refusals are worded.

Source of the facts: api.json of github.com/PaulSonOfLars/telegram-bot-api-spec.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import orjson

from sandbox.api import ApiCall, Refusal
from sandbox.specs.checks import FINE, Check, array, chosen, constant, either, fields_of, instance
from sandbox.specs.gaps import TELEGRAM_NEWER, TELEGRAM_OLDER, TELEGRAM_SHORT

_PLAIN: Mapping[str, Check] = {
    "Integer": instance("Integer", int),
    "String": instance("String", str),
    "Boolean": instance("Boolean", bool),
    "True": instance("True", bool),
    "Float": instance("Float", float, int),
}
_FLAGS = frozenset(("true", "false", "yes", "no", "1", "0"))
# The description of a field says so when only one value is right.
_CONSTANT = re.compile(r'(?:always|must be) "?(\w+)"?$')
_OPENINGS = {
    400: "Bad Request: ", 401: "Unauthorized", 403: "Forbidden: ", 404: "Not Found", 409: "Conflict: ",
    405: "Method Not Allowed", 413: "Request Entity Too Large", 429: "Too Many Requests: retry after ", 500: "Internal Server Error",
}  # fmt: skip
_LOGGED_OUT = "Logged out"  # 400 without the usual opening, after logOut


@dataclass(frozen=True, slots=True)
class _Method:
    known: frozenset[str]
    arguments: Mapping[str, Check]
    required: tuple[str, ...]
    result: Check
    judged: frozenset[str]


class TelegramSpec:
    """The description in one file; objects are made ready when they are first met."""

    def __init__(self, path: Path) -> None:
        """Describe by `path`; raises OSError if it cannot be read."""
        self._document = orjson.loads(path.read_bytes())
        self._types: dict[str, Check] = {}
        self._methods: dict[str, _Method | None] = {}

    @cached_property
    def methods(self) -> frozenset[str]:
        """The published methods."""
        return frozenset(self._document["methods"])

    def parameters(self, method: str) -> frozenset[str]:
        """Return the published parameters of a method, with the known newer and older ones."""
        described = self._method(method)
        return described.known if described else frozenset()

    def request(self, call: ApiCall) -> Sequence[str]:
        """Return what is wrong with the parameters of a call; what it lacks is not looked at."""
        method = self._method(call.method)
        if method is None:
            return FINE
        found: list[str] = []
        for name, value in call.params.items():
            if name not in method.known:
                found.append(f".{name}: no such parameter")
            elif value is not None and value != "" and name in method.arguments:
                found += [f".{name}{fault}" for fault in method.arguments[name](value)]
        strange = [name for name in call.files if name not in method.known]
        if strange:
            sent = str(call.params)
            found += [
                f".{one}: nothing names this file" for one in strange if _part(one) not in sent
            ]
        return found

    def judged(self, name: str) -> frozenset[str]:
        """Return the parameters of a method that hold more than a number or a yes: the server refuses those itself."""
        method = self._method(name)
        return method.judged if method else frozenset()

    def lacking(self, call: ApiCall) -> Sequence[str]:
        """Return which required parameters a call came without."""
        method = self._method(call.method)
        return [
            f".{name}: the call succeeded without this required parameter"
            for name in (method.required if method else ())
            if name not in call.params and name not in call.files
        ]

    def result(self, call: ApiCall, result: Any) -> Sequence[str]:
        """Return what is wrong with the result of a method."""
        method = self._method(call.method)
        if method is None:
            return (": the Bot API has no such method",)
        found = method.result(result)
        if call.method == "getUpdates" and isinstance(result, list):
            found = [*found, *(fault for update in result for fault in _one_kind(update))]
        return found

    def _method(self, name: str) -> _Method | None:
        if name not in self._methods:
            described = self._document["methods"].get(name)
            self._methods[name] = self._made_method(described) if described else None
        return self._methods[name]

    def _made_method(self, described: dict[str, Any]) -> _Method:
        fields = described.get("fields", ())
        names = {field["name"] for field in fields}
        older = {old for old, new in TELEGRAM_OLDER.items() if new in names}
        newer = TELEGRAM_NEWER.get(described["name"], frozenset())
        return _Method(
            frozenset(names | older | newer),
            {field["name"]: self._argument(field["types"]) for field in fields},
            tuple(field["name"] for field in fields if field["required"]),
            self._either(described["returns"]),
            frozenset(field["name"] for field in fields if not _PLAIN.keys() & set(field["types"])),
        )

    def update(self, body: dict[str, Any]) -> Sequence[str]:
        """Return what is wrong with an update."""
        return [*self.type("Update")(body), *_one_kind(body)]

    def refusal(self, refusal: Refusal) -> Sequence[str]:
        """Return what is wrong with a refusal: its code, the opening of its text, its parameters."""
        if refusal.text == _LOGGED_OUT:
            return ()
        opening = _OPENINGS.get(refusal.code)
        if opening is None:
            return (f": {refusal.code} is no code of the Bot API",)
        found = [] if refusal.text.startswith(opening) else [f": {refusal.text!r}"]
        if refusal.status != refusal.code:
            found.append(f": the status {refusal.status} is not the code")
        rest = refusal.text.removeprefix(opening)
        if refusal.code in (400, 403, 409) and rest[:1].isupper() and not _code_like(rest):
            found.append(f": {refusal.text!r}: the text after the colon begins with a small letter")
        if "parameters" in refusal.extra:
            found += self.type("ResponseParameters")(refusal.extra["parameters"])
        elif refusal.code == 429:
            found.append(": 429 without retry_after")
        return found

    def type(self, name: str) -> Check:
        """Return the check of a type by the name that the description gives it."""
        if name.startswith("Array of "):
            return array(self.type(name.removeprefix("Array of ")))
        if name in _PLAIN:
            return _PLAIN[name]
        if name not in self._types:
            self._make(name)
        return self._types[name]

    def _make(self, name: str) -> None:
        described = self._document["types"][name]
        if "subtypes" in described:
            self._types[name] = lambda value: self._types[name](value)  # it may contain itself
            self._types[name] = self._either(described["subtypes"])
            return
        fields: dict[str, Check] = {}
        listed = described.get("fields", ())
        required = [field["name"] for field in listed if field["required"]]

        def check(value: Any) -> Sequence[str]:
            if not isinstance(value, dict):
                if name in TELEGRAM_SHORT and isinstance(value, str):
                    return FINE
                return (f": {value!r} is no {name}",)
            return fields_of(name, value, fields, required)

        self._types[name] = check  # before its fields: an object may contain its own kind
        for field in listed:
            only = _constant(field)
            fields[field["name"]] = constant(only) if only else self._either(field["types"])
        for newer in TELEGRAM_NEWER.get(name, ()):
            fields.setdefault(newer, _PLAIN["Boolean"])

    def _either(self, names: Sequence[str]) -> Check:
        if len(names) > 1 and all(name.startswith("Array of ") for name in names):
            return array(self._either([name.removeprefix("Array of ") for name in names]))
        by_constant: dict[str, list[Check]] = {}
        places = set()
        for name in names:
            for field in self._document["types"].get(name, {}).get("fields", ()):
                if (only := _constant(field)) is not None:
                    places.add(field["name"])
                    by_constant.setdefault(only, []).append(self.type(name))
        if len(places) == 1 and sum(map(len, by_constant.values())) == len(names) > 1:
            return chosen(places.pop(), {key: either(many) for key, many in by_constant.items()})
        return either([self.type(name) for name in names])

    def _argument(self, names: Sequence[str]) -> Check:
        """Return the check of a parameter, which may come as text or as JSON."""
        typed = self._either([name for name in names if name != "InputFile"] or ["String"])
        plain = set(names)

        def check(value: Any) -> Sequence[str]:
            if not isinstance(value, str):
                return typed(value)
            if "String" in plain:
                return FINE
            if "InputFile" in plain:
                return FINE if value.startswith("attach://") else (f": {value!r} is no file",)
            if plain & {"Integer", "Float"}:
                return FINE if _number(value, whole="Float" not in plain) else (
                    f": {value!r} is no number",
                )  # fmt: skip
            if "Boolean" in plain:
                return FINE if value.lower() in _FLAGS else (f": {value!r} is no Boolean",)
            try:
                return typed(orjson.loads(value))
            except orjson.JSONDecodeError:
                return (f": {value!r} is no JSON",)

        return check


def _one_kind(update: Any) -> Sequence[str]:
    kinds = sorted(set(update) - {"update_id"})
    return FINE if len(kinds) == 1 else (f": an update is of one kind, this of {kinds}",)


def _part(name: str) -> str:
    return f"attach://{name}"


def _constant(field: dict[str, Any]) -> str | None:
    if field["types"] != ["String"] or field["name"] not in ("type", "status", "source"):
        return None
    found = _CONSTANT.search(field["description"])
    return found[1] if found else None


def _number(text: str, *, whole: bool) -> bool:
    try:
        int(text) if whole else float(text)
    except ValueError:
        return False
    return True


def _code_like(text: str) -> bool:
    """Tell whether a text is one the server leaves alone: its second letter is upper-case or `_`."""
    return text[1:2].isupper() or text[1:2] in ("_", "")
