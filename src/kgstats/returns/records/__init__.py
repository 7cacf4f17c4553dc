"""Rows of a recognised form to typed values, each with the cell it came from."""
