"""Telegram: the Bot API over one bot token."""
