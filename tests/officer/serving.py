"""A desk that is open while a test looks at it."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from kgstats.officer.desk import Desk


@contextmanager
def open_desk(desk: Desk) -> Iterator[str]:
    """Serve a desk on a free port; yield its address."""
    ready, ports, loops = threading.Event(), [], []

    async def serve() -> None:
        ports.append(desk.listen_here(0))
        loops.append((asyncio.get_running_loop(), asyncio.Event()))
        ready.set()
        await loops[0][1].wait()

    thread = threading.Thread(target=lambda: asyncio.run(serve()), daemon=True)
    thread.start()
    assert ready.wait(30)
    try:
        yield f"http://127.0.0.1:{ports[0]}/"
    finally:
        loop, end = loops[0]
        loop.call_soon_threadsafe(end.set)
        thread.join(10)
        desk.worker.shutdown()
