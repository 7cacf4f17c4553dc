"""What a run published, and how two runs differ."""
