"""What of this folder is no test."""

collect_ignore = ["validate_crate.py"]  # Run by the Python that has the validator.
