"""Ctrl-C and the system's request to end are answered at once.

A run may end at any moment: what it publishes is exchanged whole, and what it remembers of a step
is written when the step is done. So nothing is waited for.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
from collections.abc import Iterator
from types import FrameType

from kgstats.pipeline import keeper

WORDS = (
    "the run was stopped; what was published before stays as it was, and the same command goes on "
    "from here"
)


@contextlib.contextmanager
def at_once() -> Iterator[None]:
    """End the process, and all it started, at the first Ctrl-C or SIGTERM within this block.

    Nothing that was started within the block goes on after it, in whatever session it is.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def end(number: int, frame: FrameType | None) -> None:
        for name in ("kernels", "stock"):
            # One that is only being loaded has started nothing, and is not loaded here.
            end_all = getattr(sys.modules.get(f"kgstats.pipeline.{name}"), "end_all", None)
            if end_all is not None:
                end_all()
        keeper.end_children(others)
        with contextlib.suppress(Exception):
            if sys.stderr.isatty():
                # The line that lives hides the cursor; nothing else brings it back.
                print("\r\x1b[K\x1b[?25h", end="", file=sys.stderr)
            print(WORDS, file=sys.stderr, flush=True)
        os._exit(128 + number)

    others = keeper.children()
    keeper.adopt_orphans()
    before = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        keeper.end_children(others)
        keeper.adopt_orphans(False)
