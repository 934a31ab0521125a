"""What a correction says where the message itself cannot be edited: pure, no I/O."""

from __future__ import annotations

from dataclasses import replace

from core.messenger import Capabilities, Part
from core.richtext import RichText, Style, join, plain, styled
from newsroom.downgrade import downgrade
from newsroom.fit import fit

HEADING = "Исправление"
OF_RECORD = "К записи {link}"
INSTEAD = "Исправлено. Прежнее сообщение устарело."
_BETWEEN = "\n\n"


def note(
    title: str,
    body: RichText,
    capabilities: Capabilities,
    *,
    link: str | None = None,
    footer: RichText | None = None,
    of: str | None = None,
) -> tuple[Part, ...]:
    """Return the parts of a note with the whole new text; `of` is the old message's address, if it has one.

    Pictures stay with the message that the note replies to.
    """
    head = plain(OF_RECORD.format(link=of)) if of else RichText()
    named = styled(title.strip(), Style.BOLD) if title.strip() else RichText()
    whole = join([one for one in (head, named, body) if one], _BETWEEN)
    return fit(whole, (), capabilities, title=HEADING, link=link, footer=footer)


def instead(part: Part, capabilities: Capabilities) -> Part | None:
    """Return a post's first part with a line that the message before is out of date; None where it does not fit."""
    limit = capabilities.caption_limit if part.media else capabilities.text_limit
    line = downgrade(styled(INSTEAD, Style.ITALIC), capabilities.styles)
    text = join([line, part.text], _BETWEEN) if part.text else line
    return replace(part, text=text) if len(text.text) <= limit else None
