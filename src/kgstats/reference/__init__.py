"""What the world is: areas, criteria sets, poverty standards, each with its validity."""
