"""The containers in which returns arrive, each read into sheets of cells."""
