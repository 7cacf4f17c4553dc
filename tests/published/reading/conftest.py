from pathlib import Path

import pytest

from kgstats.published import files
from kgstats.published.audit import audit
from kgstats.published.reading import proposal
from kgstats.published.reading.document import of_text


@pytest.fixture(scope="session")
def units():
    return files.read_common(Path(__file__).parents[3] / "data/raw/published", 2019).units


@pytest.fixture
def propose():
    """Return a function that reads a text and returns its proposal."""
    return lambda text, year=2019: proposal.of_document(of_text(text), year)


@pytest.fixture
def told(propose, units):
    """Return a function that audits a text: (kind, class, suggestion with printed numbers)."""

    def read(text, year=2019):
        report = propose(text, year).report(units)
        return [(one.identity.kind, one.klass) for one in audit(report)]

    return read


@pytest.fixture
def figures(propose):
    """Return a function that reads the figures of a text: (printed, value, unit)."""

    def read(text, year=2019):
        return [
            (one.printed, f"{one.value:f}", one.unit) for one in propose(text, year).reading.figures
        ]

    return read
