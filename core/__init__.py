"""The words of the trade: frozen dataclasses, enums, the error tree and protocols; no I/O."""
