"""Measurements, printed; never asserted by time in a test."""
