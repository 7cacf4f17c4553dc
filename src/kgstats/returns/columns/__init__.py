"""Which column of a table is which of a form, by words, order, numbers and rules at once."""
