"""Until the examples of the analysis stand on frames of their own."""

from illustrative.truth import truth

__all__ = ["truth"]
