"""Chats, who is in them and what they may do there: members, rights, invitations, topics."""
