"""Which pictures a document shows, and in which order."""

from __future__ import annotations

from dataclasses import dataclass, replace

from newsroom.docx.markup import Attributes

# In DrawingML and in VML; how much of each side is cut off.
_SIDES = ("l", "t", "r", "b", "cropleft", "croptop", "cropright", "cropbottom")


@dataclass(frozen=True, slots=True)
class Shown:
    """A place where the document shows a picture: the id of its relation; cropped ones show a part only."""

    relation: str
    cropped: bool = False


class Showcase:
    """Takes the pictures as they come."""

    def __init__(self) -> None:
        """Start empty."""
        self.shown: list[Shown] = []
        self._is_last = False  # the picture met last was taken

    def show(self, relation: str | None, *, visible: bool) -> bool:
        """Take a picture unless it is hidden or none, and tell whether it was taken."""
        self._is_last = visible and bool(relation)
        if relation and visible:
            self.shown.append(Shown(relation))
        return self._is_last

    def crop(self, attributes: Attributes) -> None:
        """Take what is cut off the sides of the picture met last."""
        if self._is_last and any(attributes.get(side, "0") != "0" for side in _SIDES):
            self.shown[-1] = replace(self.shown[-1], cropped=True)
