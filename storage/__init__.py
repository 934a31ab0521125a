"""Tables, migrations and one file per noun: rows in, rows out, no rules."""
