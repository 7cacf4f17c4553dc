"""What readers see: numbers in words, tables, charts and maps in two languages."""
