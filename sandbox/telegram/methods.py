"""The Bot API methods the sandbox has, by lower-case name."""

from __future__ import annotations

from dataclasses import dataclass

from sandbox.telegram import commands, editing, own, rooms, sending
from sandbox.telegram.ask import Method


@dataclass(frozen=True, slots=True)
class MethodSpec:
    """A method: its proper name, what runs it, the parameters it reads, whether the send limits count it."""

    name: str
    run: Method
    reads: frozenset[str]
    sends: bool = False


_TARGET = "chat_id message_thread_id disable_notification protect_content reply_parameters reply_to_message_id "
_TARGET += "allow_sending_without_reply "
_MESSAGE = _TARGET + "reply_markup "
_CAPTION = "caption parse_mode caption_entities "
_EDITED = "chat_id message_id reply_markup "

# Parameters that the Bot API knows and the sandbox reads past, because nothing in it depends on them.
PASSED_OVER = frozenset((
    "business_connection_id", "message_effect_id", "allow_paid_broadcast", "disable_content_type_detection",
    "thumbnail", "supports_streaming", "cover", "start_timestamp", "cache_time", "direct_messages_topic_id",
    "suggested_post_parameters", "certificate", "ip_address", "max_connections", "secret_token",
    "disable_web_page_preview",
))  # fmt: skip


def _spec(name: str, run: Method, params: str, *, sends: bool = False) -> tuple[str, MethodSpec]:
    return name.lower(), MethodSpec(name, run, frozenset(params.split()), sends)


METHODS: dict[str, MethodSpec] = dict((
    _spec("getMe", own.get_me, ""),
    _spec("getUpdates", own.get_updates, "offset limit timeout allowed_updates"),
    _spec("setWebhook", own.set_webhook, "url allowed_updates drop_pending_updates"),
    _spec("deleteWebhook", own.delete_webhook, "drop_pending_updates"),
    _spec("getWebhookInfo", own.get_webhook_info, ""),
    _spec("setMyCommands", commands.set_my_commands, "commands scope language_code"),
    _spec("getMyCommands", commands.get_my_commands, "scope language_code"),
    _spec("deleteMyCommands", commands.delete_my_commands, "scope language_code"),
    _spec("getFile", own.get_file, "file_id"),
    _spec("answerCallbackQuery", own.answer_callback_query, "callback_query_id text show_alert url"),
    _spec("sendMessage", sending.send_message, _MESSAGE + "text parse_mode entities link_preview_options", sends=True),
    _spec("sendPhoto", sending.send_photo, _MESSAGE + _CAPTION + "photo show_caption_above_media has_spoiler", sends=True),
    _spec(
        "sendVideo", sending.send_video,
        _MESSAGE + _CAPTION + "video duration width height show_caption_above_media has_spoiler", sends=True,
    ),
    _spec("sendDocument", sending.send_document, _MESSAGE + _CAPTION + "document", sends=True),
    _spec("sendMediaGroup", sending.send_media_group, _TARGET + "media", sends=True),
    _spec("editMessageText", editing.edit_text, _EDITED + "text parse_mode entities link_preview_options", sends=True),
    _spec("editMessageCaption", editing.edit_caption, _EDITED + _CAPTION + "show_caption_above_media", sends=True),
    _spec("editMessageMedia", editing.edit_media, _EDITED + "media", sends=True),
    _spec("editMessageReplyMarkup", editing.edit_reply_markup, _EDITED, sends=True),
    _spec("deleteMessage", editing.delete_message, "chat_id message_id"),
    _spec("deleteMessages", editing.delete_messages, "chat_id message_ids"),
    _spec("getChat", rooms.get_chat, "chat_id"),
    _spec("getChatMember", rooms.get_chat_member, "chat_id user_id"),
    _spec("getChatAdministrators", rooms.get_chat_administrators, "chat_id"),
    _spec("getChatMemberCount", rooms.get_chat_member_count, "chat_id"),
    _spec("leaveChat", rooms.leave_chat, "chat_id"),
    _spec("sendChatAction", rooms.send_chat_action, "chat_id message_thread_id action"),
))  # fmt: skip
