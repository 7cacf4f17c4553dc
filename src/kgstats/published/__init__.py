"""The printed report's figures and the audit of its arithmetic."""
