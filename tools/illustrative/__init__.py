"""Illustrative returns that agree with every published figure."""

from .places import YEARS, UnknownYear
from .truth import SEED, truth
from .write import MESS, Manifest, write

__all__ = ["MESS", "SEED", "YEARS", "Manifest", "UnknownYear", "truth", "write"]
