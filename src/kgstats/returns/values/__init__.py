"""What a cell says: number, date, mark, decision or code, with the rule by which it was read."""
