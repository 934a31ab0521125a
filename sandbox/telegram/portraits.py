"""getUserProfilePhotos: nobody in the sandbox has a photo of themselves."""

from __future__ import annotations

from typing import Any

from sandbox.telegram.ask import Ask
from sandbox.telegram.params import bad, integer
from sandbox.telegram.spec import spec
from sandbox.telegram.wire import user


async def get_user_profile_photos(ask: Ask) -> Any:
    """getUserProfilePhotos."""
    user_id = integer(ask.params, "user_id")
    if user_id <= 0:
        raise bad("invalid user_id specified")
    if user(ask.world, user_id) is None:
        raise bad("user not found")
    return {"total_count": 0, "photos": []}


SPECS = (
    spec("getUserProfilePhotos", get_user_profile_photos, "user_id offset limit",
         missing="nobody has photos, so the list is always empty"),
)  # fmt: skip
