"""Feeds of regional and member sites: fetched, decoded and parsed; nothing here decides what becomes of them."""
