"""How many faults were tried and survived is counted and said at the end."""

from __future__ import annotations

from collections import Counter

import pytest

TRIED: Counter[str] = Counter()
SURVIVED: Counter[str] = Counter()


class Tally:
    """Counts a fault as tried when it is begun, and as survived when its block ends well."""

    def __init__(self, kind: str) -> None:
        self._kind = kind

    def __enter__(self) -> None:
        TRIED[self._kind] += 1

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None:
            SURVIVED[self._kind] += 1


@pytest.fixture
def fault() -> type[Tally]:
    return Tally


def pytest_terminal_summary(terminalreporter) -> None:
    if TRIED:
        terminalreporter.section("faults")
        for kind, number in TRIED.items():
            terminalreporter.write_line(f"{kind}: {number} tried, {SURVIVED[kind]} survived")
        terminalreporter.write_line(f"all: {TRIED.total()} tried, {SURVIVED.total()} survived")
