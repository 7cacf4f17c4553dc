"""Yearly statistics of two National Target Programmes in Kiên Giang."""
