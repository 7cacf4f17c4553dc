"""From a received workbook to typed rows, findings and a ledger of every cell."""
