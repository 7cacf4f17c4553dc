"""Yearly statistics of two National Target Programmes in a province."""

__version__ = "0.1.0"
