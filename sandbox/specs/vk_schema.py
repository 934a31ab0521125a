"""Makes checks of VK's schemas: of what is answered and, as text, of what is asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import orjson

from sandbox.specs.checks import FINE, Check, anything, array, chosen, either, fields_of, instance
from sandbox.specs.gaps import VK_NAMES, VK_OPTIONAL, VK_OTHERWISE

_KINDS: Mapping[str, Check] = {
    "object": instance("object", dict),
    "array": instance("array", list, tuple),
    "string": instance("string", str),
    "integer": instance("integer", int),
    "number": instance("number", float, int),
    "boolean": instance("boolean", bool),
}
_FLAGS = {"1": True, "0": False, "true": True, "false": False, "yes": True, "no": False}
_NAMED = "#/definitions/"


class Schemas:
    """The documents of one folder; each definition is made ready once."""

    def __init__(self) -> None:
        """Begin with nothing read."""
        self._documents: dict[Path, Any] = {}
        self._checks: dict[tuple[Path, str], Check] = {}

    def document(self, path: Path) -> Any:
        """Return a file's content."""
        if path not in self._documents:
            self._documents[path] = orjson.loads(path.read_bytes())
        return self._documents[path]

    def has(self, home: Path, name: str) -> bool:
        """Tell whether a file defines a name."""
        return name in self.document(home)["definitions"]

    def named(self, home: Path, name: str) -> Check:
        """Return the check of a definition."""
        key = (home, name)
        if key not in self._checks:
            self._checks[key] = lambda value: self._checks[key](value)  # it may contain itself
            self._checks[key] = self._made(self.document(home)["definitions"][name], home, name)
        return self._checks[key]

    def check(self, schema: dict[str, Any], home: Path) -> Check:
        """Return the check of a schema that stands in the file `home`."""
        if "$ref" in schema and not schema.keys() & {"properties", "allOf", "oneOf", "items"}:
            where, name = self._place(schema["$ref"], home)
            return self.named(where, name)
        return self._made(schema, home, "")

    def argument(self, schema: dict[str, Any], home: Path) -> Check:
        """Return the check of a parameter, which comes as text."""
        typed = self._made(schema, home, "")
        parts = self._parts(schema, home)
        kinds = [part["type"] for part, _ in parts if isinstance(part.get("type"), str)]
        items: dict[str, Any] = next((part["items"] for part, _ in parts if "items" in part), {})

        def check(text: str) -> Sequence[str]:
            try:
                value = _read(text, kinds[0] if kinds else "string", items)
                if "object" in kinds and isinstance(value, str):
                    value = orjson.loads(value)  # a schema of JSON inside a text
                    return self._made_without_text(schema, home)(value)
            except ValueError:
                return (f": {text!r} is no {' or '.join(kinds)}",)
            return typed(value)

        return check

    def _made_without_text(self, schema: dict[str, Any], home: Path) -> Check:
        return self.check({"$ref": schema["$ref"]}, home)

    def _place(self, ref: str, home: Path) -> tuple[Path, str]:
        where, _, name = ref.partition(_NAMED)
        return ((home.parent / where).resolve() if where else home), name

    def _parts(self, schema: dict[str, Any], home: Path) -> list[tuple[dict[str, Any], Path]]:
        """Return a schema with all that it refers to or is put together of."""
        parts = [(schema, home)]
        if "$ref" in schema:
            where, name = self._place(schema["$ref"], home)
            parts += self._parts(self.document(where)["definitions"][name], where)
        for part in schema.get("allOf", ()):
            parts += self._parts(part, home)
        return parts

    def _made(self, schema: dict[str, Any], home: Path, name: str) -> Check:
        parts = self._parts(schema, home)
        checks = [check for part, _ in parts for check in _values(part)]
        for part, where in parts:
            if "items" in part:
                checks.append(array(self.check(part["items"], where)))
            if "discriminator" in part:
                checks.append(self._chosen(part["discriminator"], where))
            elif "oneOf" in part:
                checks.append(either([self.check(one, where) for one in part["oneOf"]]))
        if any("properties" in part for part, _ in parts):
            checks.append(self._object(parts, name))
        return _all(checks)

    def _chosen(self, discriminator: dict[str, Any], home: Path) -> Check:
        field, mapping = discriminator["propertyName"], discriminator["mapping"]
        return chosen(
            field, {key: self.named(*self._place(ref, home)) for key, ref in mapping.items()}
        )

    def _object(self, parts: list[tuple[dict[str, Any], Path]], name: str) -> Check:
        fields: dict[str, Check] = {}
        required: list[str] = []
        titles = {name, *(p["$ref"].partition(_NAMED)[2] for p, _ in parts if "$ref" in p)} - {""}
        extra, optional, loose = (
            frozenset().union(*(gaps.get(title, ()) for title in titles))
            for gaps in (VK_NAMES, VK_OPTIONAL, VK_OTHERWISE)
        )
        for part, where in parts:
            for field, inner in part.get("properties", {}).items():
                known = fields.get(field)
                made = anything if field in loose else self._lazy(inner, where)
                fields[field] = _all([known, made]) if known else made
                if inner.get("required") is True and field not in (*required, *optional):
                    required.append(field)
        for field in extra - fields.keys():
            fields[field] = anything
        title = name or "the object"

        def check(value: Any) -> Sequence[str]:
            return fields_of(title, value, fields, required) if isinstance(value, dict) else FINE

        return check

    def _lazy(self, schema: dict[str, Any], home: Path) -> Check:
        """Return a check that is made when it is first used: objects refer to half of the schema."""
        made: list[Check] = []

        def check(value: Any) -> Sequence[str]:
            if not made:
                made.append(self.check(schema, home))
            return made[0](value)

        return check


def _values(part: dict[str, Any]) -> list[Check]:
    """Return the checks of the value itself: its kind, enumeration and bounds."""
    checks: list[Check] = []
    kind = part.get("type")
    if kind is not None:
        checks.append(either([_KINDS[one] for one in (kind if isinstance(kind, list) else [kind])]))
    if "enum" in part:
        checks.append(_listed(part["enum"]))
    for word, measure, wrong in _BOUNDS:
        if word in part:
            checks.append(_bound(measure, part[word], wrong))
    return checks


def _listed(values: list[Any]) -> Check:
    shown = values if len(values) < 10 else f"the {len(values)} published values"
    return lambda value: FINE if value in values else (f": {value!r} is none of {shown}",)


def _bound(measure: Any, bound: float, wrong: int) -> Check:
    def check(value: Any) -> Sequence[str]:
        size = measure(value)
        if size is None or (size - bound) * wrong <= 0:
            return FINE
        return (f": {value!r} is {'above' if wrong > 0 else 'below'} {bound}",)

    return check


def _size(value: Any) -> float | None:
    return value if isinstance(value, (int, float)) else None


def _length(value: Any) -> float | None:
    return len(value) if isinstance(value, (str, list)) else None


_BOUNDS = (
    ("minimum", _size, -1), ("maximum", _size, 1), ("minLength", _length, -1), ("maxLength", _length, 1),
    ("minItems", _length, -1), ("maxItems", _length, 1),
)  # fmt: skip


def _all(checks: Sequence[Check]) -> Check:
    if len(checks) < 2:
        return checks[0] if checks else anything

    def check(value: Any) -> Sequence[str]:
        for one in checks:
            if faults := one(value):
                return faults
        return FINE

    return check


def _read(text: str, kind: str, items: dict[str, Any]) -> Any:
    """Return what a text means as a parameter of a kind; raises ValueError."""
    if kind == "integer":
        return int(text)
    if kind == "number":
        return float(text)
    if kind == "boolean":
        if text.lower() not in _FLAGS:
            raise ValueError
        return _FLAGS[text.lower()]
    if kind == "array":
        if items.get("type") == "object":
            return orjson.loads(text)
        inner = str(items.get("type", "string"))
        return [_read(word.strip(), inner, {}) for word in text.split(",") if word.strip()]
    if kind == "object":
        return orjson.loads(text)
    return text
