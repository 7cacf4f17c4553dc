"""A window for who has no terminal: a page on this machine only, to try a return at.

Served by tornado, which the notebooks' own server brings along: no kernel and no second framework
is started for a page with two forms. The page is answered to this machine's address and name only
(a name of another site that leads here is refused), a form must carry the token of this start, and
nothing that is given is kept: files lie in a folder of their own while they are read, and the
copies to take are held in memory for a while.
"""

from __future__ import annotations

import asyncio
import hmac
import re
import secrets
import tempfile
import time
import unicodedata
import webbrowser
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from importlib import resources
from pathlib import Path
from typing import Any
from urllib.parse import quote

import tornado.httpserver
import tornado.netutil
import tornado.web

from kgstats.officer import delivery, desk_page, template
from kgstats.officer.delivery import Checked
from kgstats.officer.last_year import of_workspace
from kgstats.reference.refusal import Refusal
from kgstats.returns import annotating
from kgstats.returns.check import year_of_file
from kgstats.returns.files.containers import Limits
from kgstats.returns.read import read_workbook
from kgstats.words import LANGUAGES, N_, translator
from kgstats.workspace import Workspace

ADDRESS = "127.0.0.1"
PORT = 8620
MOST_FILES = 12
"""So many files at once: a return has three, or one."""

MOST_BYTES = 2 * Limits().file_bytes
"""So much may be given at once."""

KEPT_SECONDS = 15 * 60
MOST_KEPT = 24
"""So many copies are held, for so long."""

TOO_MANY = N_("More than {n} files at once are no return.")
NOTHING = N_("No file was given.")
OLD_PAGE = N_("The page is from an earlier start of this program. It was loaded anew: give again.")
_NAME_SIGNS = re.compile(r'[\x00-\x1f<>:"/\\|?*]')
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src data:; "
        "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    # Without a referrer a browser does not say either that the form is this page's own.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}  # fmt: skip
ASSETS = {"desk.css": "text/css", "desk.js": "text/javascript"}


class Kept:
    """Copies held in memory until they are old or too many."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.clock = clock
        self._held: OrderedDict[str, tuple[float, bytes]] = OrderedDict()

    def put(self, content: bytes) -> str:
        """Hold a copy; return the name it can be asked for by."""
        self.forget_old()
        name = secrets.token_urlsafe(18)
        self._held[name] = (self.clock(), content)
        while len(self._held) > MOST_KEPT:
            self._held.popitem(last=False)
        return name

    def get(self, name: str) -> bytes | None:
        """Return a copy, or None where it is gone."""
        self.forget_old()
        held = self._held.get(name)
        return held[1] if held is not None else None

    def forget_old(self) -> None:
        """Let go of the copies that are old."""
        now = self.clock()
        for name in [one for one, (at, _) in self._held.items() if now - at > KEPT_SECONDS]:
            del self._held[name]


class Desk(tornado.web.Application):
    """The desk: its token, its copies, the workspace whose last year it knows."""

    def __init__(self, workspace: Workspace | None = None) -> None:
        self.token = secrets.token_urlsafe(24)
        self.kept = Kept()
        self.workspace = workspace
        self.hosts: set[str] = set()
        # One at a time: a machine of an office has other things to do as well.
        self.worker = ThreadPoolExecutor(max_workers=1)
        super().__init__(
            [
                (r"/", _Front), (r"/check", _Check), (r"/template", _Template),
                (r"/copy/([\w-]+)/([^/]+)", _Copy), (r"/assets/([\w.]+)", _Asset),
                (r".*", _Nothing),
            ]
        )  # fmt: skip

    def listen_here(self, port: int) -> int:
        """Listen on this machine's own address; return the port."""
        try:
            sockets = tornado.netutil.bind_sockets(port, ADDRESS)
        except OSError:
            if not port:
                raise
            sockets = tornado.netutil.bind_sockets(0, ADDRESS)  # another desk is open
        server = tornado.httpserver.HTTPServer(
            self, max_body_size=MOST_BYTES, max_buffer_size=MOST_BYTES + (1 << 20)
        )
        server.add_sockets(sockets)
        chosen = int(sockets[0].getsockname()[1])
        self.hosts = {f"{ADDRESS}:{chosen}", f"localhost:{chosen}"}
        return chosen


class _Handler(tornado.web.RequestHandler):
    """What every answer has in common."""

    desk: Desk

    def initialize(self) -> None:
        assert isinstance(self.application, Desk)
        self.desk = self.application

    def set_default_headers(self) -> None:
        self.clear_header("Server")
        for name, value in HEADERS.items():
            self.set_header(name, value)

    def prepare(self) -> None:
        """Answer this machine's own pages only: no other name, no page of another site."""
        origin = self.request.headers.get("Origin")
        own = {f"http://{host}" for host in self.desk.hosts}
        foreign = self.request.headers.get("Sec-Fetch-Site", "none") not in ("none", "same-origin")
        if self.request.host not in self.desk.hosts or (origin and origin not in own):
            raise tornado.web.HTTPError(403)
        if foreign and self.request.method != "GET":
            raise tornado.web.HTTPError(403)

    def write_error(self, status_code: int, **_: Any) -> None:
        self.set_header("Content-Type", "text/plain; charset=utf-8")
        self.finish(f"{status_code}")

    def lang(self) -> str:
        asked = self.get_argument("lang", "vi")
        return asked if asked in LANGUAGES else "vi"

    def show(self, lang: str, **more: Any) -> None:
        self.set_header("Content-Type", "text/html; charset=utf-8")
        self.set_header("Content-Language", lang)
        self.finish(desk_page.page(lang, self.desk.token, MOST_BYTES, **more))

    def send(self, content: bytes, name: str) -> None:
        """Send a workbook to be saved under a name."""
        self.set_header(
            "Content-Type", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        )
        self.set_header("Content-Disposition", f"attachment; filename*=UTF-8''{quote(name)}")
        self.finish(content)


class _Front(_Handler):
    def get(self) -> None:
        self.show(self.lang())


class _Asset(_Handler):
    def get(self, name: str) -> None:
        if name not in ASSETS:
            raise tornado.web.HTTPError(404)
        self.set_header("Content-Type", f"{ASSETS[name]}; charset=utf-8")
        self.finish((resources.files("kgstats.officer") / "assets" / name).read_bytes())


class _Check(_Handler):
    def get(self) -> None:
        self.redirect(f"/?lang={self.lang()}")

    async def post(self) -> None:
        lang = self.lang()
        t = translator(lang)
        if not hmac.compare_digest(
            self.get_body_argument("token", "").encode(), self.desk.token.encode()
        ):
            self.set_status(403)
            self.show(lang, problem=t(OLD_PAGE))
            return
        given = [
            (one.filename, one.body) for one in self.request.files.get("files", []) if one.filename
        ]
        if not given or len(given) > MOST_FILES:
            self.set_status(400)
            self.show(lang, problem=t(TOO_MANY, n=MOST_FILES) if given else t(NOTHING))
            return
        loop = asyncio.get_running_loop()
        checked, files = await loop.run_in_executor(
            self.desk.worker, _checked, self.desk, given, lang
        )
        self.show(lang, checked=checked, files=files)


class _Copy(_Handler):
    def get(self, name: str, called: str) -> None:
        content = self.desk.kept.get(name)
        if content is None:
            raise tornado.web.HTTPError(404)
        self.send(content, safe_name(called))


class _Template(_Handler):
    async def get(self) -> None:
        lang, year = self.lang(), self.get_argument("year", "")
        district = self.get_argument("district", "")
        if not year.isdigit() or len(year) != 4:
            raise tornado.web.HTTPError(400)
        loop = asyncio.get_running_loop()
        try:
            content = await loop.run_in_executor(
                self.desk.worker, _written, self.desk, int(year), district
            )
        except Refusal as refusal:
            self.set_status(404)
            self.show(lang, problem=str(refusal))
            return
        (code,) = template.districts(int(year), district)
        self.send(content, template.file_name(int(year), code))


class _Nothing(_Handler):
    def get(self) -> None:
        raise tornado.web.HTTPError(404)

    post = get


def safe_name(name: str) -> str:
    r"""Return a name of a file without a way to anywhere else.

    >>> safe_name("../../etc/passwd"), safe_name("C:\\x\\Bieu 01.xlsx"), safe_name("..")
    ('passwd', 'Bieu 01.xlsx', 'file')
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    kept = _NAME_SIGNS.sub("", "".join(filter(str.isprintable, last))).strip().lstrip(".~")
    stem, dot, ending = kept.rpartition(".")
    if len(kept) > 100:
        kept = stem[:90] + dot + ending[:9]
    return kept or "file"


def _checked(
    desk: Desk, given: list[tuple[str, bytes]], lang: str
) -> tuple[Checked, list[desk_page.Shown]]:
    """Check files in a folder that is gone when this ends; hold their copies."""
    with tempfile.TemporaryDirectory(prefix="kgstats-desk-") as folder:
        paths: list[Path] = []
        for number, (name, content) in enumerate(given):
            place = Path(folder) / str(number)
            place.mkdir()
            paths.append(place / safe_name(name))
            paths[-1].write_bytes(content)
        inside = Path(folder) / "inside"
        inside.mkdir()
        paths = list(delivery.taken_apart(paths, inside))
        checked = delivery.check(paths, before=_before(desk, paths))
        files = []
        for path, one in checked.files:
            sheets = read_workbook(path).sheets if one.problem is None else []
            copy = ""
            if one.problem is None:
                out = path.with_name("copy.xlsx")
                made = annotating.annotate(path, out, one.findings, lang, one.received)
                called = quote(f"{path.stem}{delivery.COPY}{made.suffix}")
                copy = f"/copy/{desk.kept.put(made.read_bytes())}/{called}"
            files.append(desk_page.shown_file(one, sheets, copy, lang))
        return checked, files


def _before(desk: Desk, paths: list[Path]) -> Any:
    """Return what the workspace knows of the year before, where there is one."""
    if desk.workspace is None:
        return None
    years = (year for path in paths if (year := year_of_file(path)) is not None)
    known = next(years, None)
    return delivery.last_year(desk.workspace, known) if known is not None else None


def _written(desk: Desk, year: int, district: str) -> bytes:
    """Write a template in a folder that is gone when this ends."""
    with tempfile.TemporaryDirectory(prefix="kgstats-desk-") as folder:
        (code,) = template.districts(year, district)
        known = desk.workspace
        before = of_workspace(known, code, year) if known is not None else None
        return template.write(year, code, Path(folder) / "form.xlsx", before).read_bytes()


async def serve(
    workspace: Workspace | None,
    port: int = PORT,
    *,
    browser: bool = True,
    say: Callable[[str], None] = print,
) -> None:
    """Serve the desk until it is stopped.

    Parameters
    ----------
    workspace
        Where last year is known from; None for none.
    port
        Port of the page; a free one where it is taken.
    browser
        Whether to open the page.
    say
        Tells a person the address.
    """
    desk = Desk(workspace)
    address = f"http://{ADDRESS}:{desk.listen_here(port)}/"
    say(address)
    if browser:
        webbrowser.open(address)
    await asyncio.Event().wait()
