"""Executed notebooks as an HTML publication."""
