"""Bugs planted on purpose into a copy of the checkout: each has to be caught by the tests named beside it."""
