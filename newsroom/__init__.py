"""The rules of the trade, pure, and the desk: the one door through which a post changes."""
