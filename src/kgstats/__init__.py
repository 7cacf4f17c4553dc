"""Yearly statistics of two National Target Programmes in Kiên Giang."""

__version__ = "0.1.0"
