"""Until the examples of the analysis stand on frames of their own."""

from illustrative import SEED, YEARS, truth, write

__all__ = ["SEED", "YEARS", "truth", "write"]
