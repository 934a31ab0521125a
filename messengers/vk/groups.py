"""A community as VK tells of it."""

from __future__ import annotations

from typing import Any

from core.errors import MessengerError


def only_group(found: Any) -> dict[str, Any]:
    """Return the one community of groups.getById: in a list before 5.139, beside profiles since.

    Raises MessengerError when there is none.
    """
    groups = found.get("groups") if isinstance(found, dict) else found
    if isinstance(groups, list) and groups and isinstance(groups[0], dict):
        return groups[0]
    raise MessengerError("VK does not know this community")
