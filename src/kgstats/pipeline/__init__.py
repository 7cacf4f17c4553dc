"""Which notebook reads and writes what, and the run that makes only what is out of date."""
