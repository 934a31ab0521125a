"""Everything that conversations say, from the Fluent files of each language's folder."""

from __future__ import annotations

import functools
from pathlib import Path

from fluent.runtime import FluentBundle, FluentResource
from fluent.syntax.ast import Junk

LOCALES = ("ru", "en")
FOLDER = Path(__file__).parent / "texts"


class Words:
    """Texts of all languages; a language that is not known speaks Russian."""

    def __init__(self) -> None:
        """Read the files; a mistake in one of them is found here, not in front of a person."""
        self._bundles = {locale: _bundle(locale) for locale in LOCALES}

    def say(self, locale: str | None, key: str, **values: str | int) -> str:
        """Return a text in a language. Raises LookupError for a key or a value that is missing."""
        bundle = self._bundles.get(locale or "ru", self._bundles["ru"])
        pattern = bundle.get_message(key).value
        if pattern is None:
            raise LookupError(f"text {key} has no value")
        text, errors = bundle.format_pattern(pattern, values)
        if errors:
            raise LookupError(f"text {key}: {errors[0]}")
        return str(text)


@functools.cache
def _bundle(locale: str) -> FluentBundle:
    # Parsing takes tenths of a second, so a file is read once a process.
    # Marks of isolation around values would show as boxes in old apps.
    bundle = FluentBundle([locale], use_isolating=False)
    for path in sorted((FOLDER / locale).glob("*.ftl")):
        resource = FluentResource(path.read_text(encoding="utf-8"))
        for entry in resource.body:
            if isinstance(entry, Junk):
                raise LookupError(f"{path} cannot be read: {(entry.content or '')[:80]!r}")
        # One key in two files would hide one of them.
        bundle.add_resource(resource, allow_overrides=False)
    return bundle
