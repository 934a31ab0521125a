"""Conversations, written once for every messenger: networks differ in data, not in logic."""
