"""Statistics as pure functions: tables in, tables out."""
