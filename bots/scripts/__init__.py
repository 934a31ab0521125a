"""Conversations, one a file: `press` does what a button says, the rest begins or continues them."""
