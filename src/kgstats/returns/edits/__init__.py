"""The rules between numbers, applied: which cell, row or column breaks them."""
