"""What a Telegram bot does with messages: sends, copies, edits, deletes, pins, reacts, asks in polls."""
