"""VK's API as published: parameters of methods, shapes of answers and events, texts of errors.

Source of the facts: github.com/VKCOM/vk-api-schema, whose JSON Schema deviates from draft 07 in one
point: `required` stands inside a property. Sections are read when they are first needed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from sandbox.api import ApiCall, Refusal
from sandbox.specs.checks import FINE, Check, either, fields_of
from sandbox.specs.gaps import (
    VK_ABSENT,
    VK_ANY_PARAMETER,
    VK_EVENTS,
    VK_FREE,
    VK_JUDGED,
    VK_PARAMETERS,
    VK_RESULTS,
    VK_UNDESCRIBED,
)
from sandbox.specs.vk_schema import Schemas
from sandbox.vk.dialect import Executed
from sandbox.vk.params import Params, as_text
from sandbox.vk.spec import COMMON

# The names of a method's responses tell by which parameter they come.
_VARIANTS = (
    ("extended", ("extended",)),
    ("userids", ("user_ids", "peer_ids")),
    ("fields", ("fields",)),
)


@dataclass(frozen=True, slots=True)
class _Method:
    known: frozenset[str]
    keys: frozenset[str]
    arguments: Mapping[str, Check]
    required: tuple[str, ...]
    responses: Mapping[str, Check]


class VkSpec:
    """The descriptions in one folder."""

    def __init__(self, folder: Path) -> None:
        """Describe by `folder`."""
        self._folder = folder
        self._schemas = Schemas()
        self._sections: set[str] = set()
        self._described: dict[str, tuple[dict[str, Any], Path]] = {}
        self._methods: dict[str, _Method] = {}

    @cached_property
    def errors(self) -> dict[int, str]:
        """The texts of errors by code."""
        document = self._schemas.document(self._folder / "errors.json")
        return {one["code"]: one["description"] for one in document["errors"].values()}

    def parameters(self, name: str) -> frozenset[str]:
        """Return the published parameters of a method, those that come with any call left out."""
        method = self._method(name)
        return method.known - COMMON if method else frozenset()

    def keys(self, name: str) -> frozenset[str]:
        """Return whose keys a method takes: user, group, service, open."""
        method = self._method(name)
        return method.keys if method else frozenset()

    def request(self, call: ApiCall) -> Sequence[str]:
        """Return what is wrong with the parameters of a call; what it lacks is not looked at."""
        method = self._method(call.method)
        if method is None or call.method in VK_ANY_PARAMETER:
            return FINE
        found: list[str] = []
        for name, value in call.params.items():
            if name in method.arguments:
                text = as_text(value) if value is not None else ""
                if text and (faults := method.arguments[name](text)):
                    found += [f".{name}{fault}" for fault in faults]
            elif name not in method.known:
                found.append(f".{name}: no such parameter")
        return found

    def judged(self, name: str) -> frozenset[str]:
        """Return the parameters of a method for whose faults VK has errors of their own."""
        return VK_JUDGED.get(name, frozenset())

    def lacking(self, call: ApiCall) -> Sequence[str]:
        """Return which required parameters a call came without."""
        method = self._method(call.method)
        return [
            f".{name}: the call succeeded without this required parameter"
            for name in (method.required if method else ())
            if call.params.get(name) is None
        ]

    def result(self, call: ApiCall, result: Any) -> Sequence[str]:
        """Return what is wrong with the result of a method or of a look at the long poll."""
        if call.method == "a_check":
            return self._polled(result)
        if call.method in VK_FREE or result in VK_RESULTS.get(call.method, ()):
            return FINE
        if isinstance(result, Executed):
            return FINE if all(set(e) == {"method", "error_code", "error_msg"} for e in result.errors) else (
                f".execute_errors: {result.errors!r}",
            )  # fmt: skip
        method = self._method(call.method)
        if method is None:
            return (": VK has no such method",)
        return either([method.responses[name] for name in _fitting(method, call)])(
            {"response": result}
        )

    def update(self, body: dict[str, Any]) -> Sequence[str]:
        """Return what is wrong with an event, as the long poll and the Callback API carry it."""
        kind, home = str(body.get("type")), self._folder / "callback" / "objects.json"
        if kind == "confirmation":
            return FINE if isinstance(body.get("group_id"), int) else (": no group_id",)
        envelope = self._schemas.named(home, "callback_base")
        shell = {key: value for key, value in body.items() if key != "object"}
        if kind in VK_ABSENT:
            shell["type"] = "message_new"
        found = list(envelope(shell))
        if kind in VK_UNDESCRIBED:
            return found
        section, name = VK_EVENTS.get(kind, ("callback", f"callback_{kind}"))
        home = self._folder / section / "objects.json"
        if not self._schemas.has(home, name):
            return [*found, f".type: no object is published for {kind}"]
        check = self._schemas.named(home, name)
        return [*found, *(f".object{fault}" for fault in check(body.get("object")))]

    def refusal(self, refusal: Refusal) -> Sequence[str]:
        """Return what is wrong with a refusal: its code, its text."""
        if refusal.status == refusal.code == 500:
            return FINE  # what went wrong inside: the dialect makes it error 10
        text = self.errors.get(refusal.code)
        if text is None:
            return (f": {refusal.code} is no error of VK",)
        if refusal.text != text and not refusal.text.startswith(f"{text}: "):
            return (f": error {refusal.code} is {text!r}, not {refusal.text!r}",)
        return FINE

    def _polled(self, answer: dict[str, Any]) -> Sequence[str]:
        # The schema is silent about the long poll: dev.vk.com, Bots Long Poll API.
        if "failed" in answer:
            names = {"failed", "ts"} if answer["failed"] == 1 else {"failed"}
            return FINE if set(answer) == names else (f": {answer!r}",)
        found = fields_of("a_check", answer, {"ts": _text, "updates": _list}, ("ts", "updates"))
        if not found:
            found = [f for event in answer["updates"] for f in self.update(event)]
        return found

    def _method(self, name: str) -> _Method | None:
        section = name.partition(".")[0]
        if section not in self._sections:
            self._sections.add(section)
            path = self._folder / section / "methods.json"
            if section.isalnum() and path.exists():
                for one in self._schemas.document(path)["methods"]:
                    self._described[one["name"]] = (one, path)
        if name not in self._methods and name in self._described:
            self._methods[name] = self._made_method(*self._described[name])
        return self._methods.get(name)

    def _made_method(self, described: dict[str, Any], home: Path) -> _Method:
        fields = described.get("parameters", ())
        names = {one["name"] for one in fields} | VK_PARAMETERS.get(described["name"], frozenset())
        return _Method(
            frozenset(names | COMMON),
            frozenset(described["access_token_type"]),
            {one["name"]: self._schemas.argument(one, home) for one in fields},
            tuple(one["name"] for one in fields if one.get("required")),
            {
                name: self._schemas.check(one, home)
                for name, one in described["responses"].items()
                if name.lower().endswith(("response", "strict"))
            },
        )


def _fitting(method: _Method, call: ApiCall) -> list[str]:
    """Return which of a method's responses a call may have."""
    names = list(method.responses)
    params = Params(call.params)
    for word, parameters in _VARIANTS:
        named = params.flag if word == "extended" else params.words
        given = any(named(one) for one in parameters)
        names = [name for name in names if (word in name.lower()) == given] or names
    return names


def _text(value: Any) -> Sequence[str]:
    return FINE if isinstance(value, str) else (f": {value!r} is no text",)


def _list(value: Any) -> Sequence[str]:
    return FINE if isinstance(value, list) else (f": {value!r} is no list",)
