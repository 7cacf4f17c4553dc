"""For the district officer: a workbook that guides, a delivery checked as one, a window to try it.

`template` writes the workbook to fill in, `delivery` checks what a district is about to send, and
`desk` serves both to who has no terminal, on this machine only.
"""
