"""Reads config.yaml, wires everything, starts all tasks; the only room that knows every other."""
