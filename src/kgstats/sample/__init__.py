"""Illustrative returns that agree with every published figure."""
