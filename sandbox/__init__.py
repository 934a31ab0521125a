"""Telegram, VK and a few news sites emulated over HTTP, with pages to chat in; imports nothing of ours."""
