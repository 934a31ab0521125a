"""Feeds come in, deliveries go out."""
