"""From a received workbook to typed rows, findings and a ledger of every cell.

How a return is read, in the order of its rooms: ``files`` (a file of any kind becomes sheets of
cells), ``layout`` (where its tables are), ``subjects`` (what their rows are about), ``columns``
(which column is which of a form), ``values`` (what each cell says), ``records`` (typed rows with
their cells), ``edits`` (what the rules between numbers say of them). ``pages`` and ``book`` take a
workbook through these; ``clean`` a year of them.
"""
