"""Where the published descriptions are known to lag behind the platforms, each with the reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

# Old parameters that the server still takes, by what has replaced them: a method that has the new one has them.
TELEGRAM_OLDER: Mapping[str, str] = {
    "reply_to_message_id": "reply_parameters",  # until Bot API 7.0
    "allow_sending_without_reply": "reply_parameters",  # until Bot API 7.0
    "disable_web_page_preview": "link_preview_options",  # until Bot API 7.0
    "correct_option_id": "correct_option_ids",  # until quizzes could have several right answers
}
# Types for which a text will do: the description says so in words only.
TELEGRAM_SHORT = frozenset(("KeyboardButton",))
# Fields of a type or parameters of a method that came after the description at hand (Bot API 10.1).
_WELCOME = frozenset(("can_send_welcome_messages",))  # Bot API 10.3
TELEGRAM_NEWER: Mapping[str, frozenset[str]] = {
    "ChatAdministratorRights": _WELCOME,
    "ChatMemberAdministrator": _WELCOME,
    "promoteChatMember": _WELCOME,
}

# Methods whose answers VK describes nowhere in the schema: the log's name for uploads.
VK_FREE = frozenset(("upload",))
# Results that a method's responses do not foresee.
VK_RESULTS: Mapping[str, Sequence[object]] = {
    "utils.resolveScreenName": (
        [],
    ),  # nobody has the name: dev.vk.com/method/utils.resolveScreenName
}
# Events whose name callback_type lacks.
VK_ABSENT = frozenset(("message_event",))
# Events whose object is not called callback_<type>.
VK_EVENTS: Mapping[str, tuple[str, str]] = {
    "message_new": ("callback", "callback_message_object"),
    "message_reply": ("callback", "callback_message"),
    "message_edit": ("callback", "callback_message"),
    "like_add": ("callback", "callback_like_add_remove"),
    "like_remove": ("callback", "callback_like_add_remove"),
    # The schema means the short form of a post there; VK sends the whole one, as wall.get does.
    "wall_post_new": ("wall", "wall_wallpost_full"),
}
# Events whose name is published and whose object is not.
VK_UNDESCRIBED = frozenset(("wall_schedule_post_new", "wall_schedule_post_delete"))
# Methods that take parameters of any name.
VK_ANY_PARAMETER = frozenset(("execute",))  # its code reads them as Args.<name>
# Parameters for whose faults VK has errors of their own: 911, 913, 914 rather than 100.
_WORDS = frozenset(("message", "keyboard", "template", "forward_messages", "forward"))
VK_JUDGED: Mapping[str, frozenset[str]] = {"messages.send": _WORDS, "messages.edit": _WORDS}
# Parameters that a method lacks in the schema.
VK_PARAMETERS: Mapping[str, frozenset[str]] = {
    # as settings of the Callback API and in what getLongPollSettings answers they are in the schema
    "groups.setLongPollSettings": frozenset(
        (
            "lead_forms_new",
            "market_order_new",
            "market_order_edit",
            "wall_schedule_post_new",
            "wall_schedule_post_delete",
        )
    ),
    "messages.edit": frozenset(("conversation_message_id",)),  # what cmid was called before
    # user_ids came before peer_ids and still works; the others are newer: dev.vk.com/method/messages.send
    "messages.send": frozenset(("user_ids", "format_data", "expire_ttl")),
    # dev.vk.com/method/wall.get; the schema has only `domain`
    "wall.get": frozenset(("owner_id",)),
}
# Fields that definitions lack.
VK_NAMES: Mapping[str, frozenset[str]] = {
    # events that came after the definition; callback_type and dev.vk.com's list of events have them
    "groups_long_poll_events": frozenset(("message_event", "like_add", "like_remove")),
    # messages_message_attachment_type has these kinds
    "messages_message_attachment": frozenset(("link", "video", "wall")),
    # carousels are described apart (dev.vk.com, «Шаблоны сообщений»), format_data came after 5.199
    "messages_message": frozenset(("template", "format_data")),
    # dev.vk.com, «Callback API: события», wall_reply_new and wall_post_new
    "wall_wall_comment": frozenset(("post_owner_id",)),
    "wall_wallpost": frozenset(("postponed_id",)),
}
# Fields whose kind or enumeration the schema has wrong, by definition.
VK_OTHERWISE: Mapping[str, frozenset[str]] = {
    # the button's JSON comes as it is, not as text: dev.vk.com, «Callback API: события», message_event
    "callback_message_event": frozenset(("payload",)),
    # the enumeration holds its own name; the documented value is «typing»
    "callback_message_typing_state": frozenset(("state",)),
}
# Fields that definitions require although VK leaves them out.
VK_OPTIONAL: Mapping[str, frozenset[str]] = {
    # https://github.com/VKCOM/vk-api-schema/issues/208: no ids beside an error
    "messages_send_user_ids_response_item": frozenset(("message_id", "conversation_message_id")),
    "messages_keyboard": frozenset(
        ("one_time",)
    ),  # false if left out: dev.vk.com, «Клавиатуры для ботов»
}
