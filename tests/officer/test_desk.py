"""The desk answers this machine's own pages, keeps nothing, and refuses what is no return."""

from __future__ import annotations

import contextlib
import http.client
import io
import re
import socket
import tempfile
import zipfile
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import openpyxl
import pytest
from tests.officer.serving import open_desk
from tests.officer.test_delivery import GOOD, changed, write

from kgstats.officer import desk as desks
from kgstats.officer import desk_page
from kgstats.officer.desk import Desk, Kept
from kgstats.returns.cells import Cell, Sheet


@pytest.fixture(scope="module")
def desk():
    return Desk()


@pytest.fixture(scope="module")
def address(desk):
    with open_desk(desk) as at:
        yield at


def ask(address, path="/", *, method="GET", body=b"", headers=None):
    where = urlsplit(address)
    line = http.client.HTTPConnection(where.hostname, where.port, timeout=120)
    try:
        line.request(method, path, body, headers or {})
        answer = line.getresponse()
        return answer.status, dict(answer.getheaders()), answer.read()
    finally:
        line.close()


def parts(token, files, lang="vi"):
    edge = "----kgstats"
    held = io.BytesIO()
    for name, value in (("token", token), ("lang", lang)):
        held.write(
            f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
        )
    for name, content in files:
        head = f'--{edge}\r\nContent-Disposition: form-data; name="files"; filename="{name}"\r\n'
        held.write(f"{head}Content-Type: application/octet-stream\r\n\r\n".encode())
        held.write(content + b"\r\n")
    held.write(f"--{edge}--\r\n".encode())
    return held.getvalue(), {"Content-Type": f"multipart/form-data; boundary={edge}"}


def give(desk, address, files, lang="vi", token=None, **more):
    body, headers = parts(desk.token if token is None else token, files, lang)
    headers |= more
    status, head, answer = ask(address, "/check", method="POST", body=body, headers=headers)
    return status, head, answer.decode()


@pytest.fixture
def wrong(tmp_path):
    return write(tmp_path / "Kien Hai.xlsx", changed(GOOD, 1, end="x1")).read_bytes()


def test_it_listens_on_this_machine_only(address):
    port = urlsplit(address).port
    for other in {found[4][0] for found in socket.getaddrinfo(socket.gethostname(), None)}:
        if other.startswith("127.") or ":" in other:
            continue
        with pytest.raises(OSError):
            socket.create_connection((other, port), timeout=2)
    assert desks.ADDRESS == "127.0.0.1"


@pytest.mark.parametrize("host", ["evil.example", "evil.example:{port}", "192.168.1.5:{port}", ""])
def test_another_name_that_leads_here_is_refused(address, host):
    named = host.format(port=urlsplit(address).port)
    for path in ("/", "/template?year=2019&district=912", "/assets/desk.js"):
        assert ask(address, path, headers={"Host": named})[0] in (400, 403)


def test_a_form_of_another_site_or_of_an_earlier_start_is_refused(desk, address, wrong):
    files = [("a.xlsx", wrong)]
    assert give(desk, address, files, Origin="http://evil.example")[0] == 403
    assert give(desk, address, files, **{"Sec-Fetch-Site": "cross-site"})[0] == 403
    for token in ("", "x", "é", desk.token[:-1]):
        status, _, page = give(desk, address, files, token=token)
        assert status == 403 and "tải lại" in page
    own = address.rstrip("/")
    assert give(desk, address, files, Origin=own)[0] == 200


@pytest.mark.parametrize("lang", ["vi", "en"])
def test_what_is_found_stands_beside_its_cell_and_the_copy_can_be_taken(desk, address, wrong, lang):
    status, head, page = give(desk, address, [("Kiên Hải.xlsx", wrong)], lang)
    assert status == 200 and f'<html lang="{lang}">' in page
    assert "default-src 'none'" in head["Content-Security-Policy"]
    assert "x1" in re.search(r'<td class="marked">([^<]*)', page)[1]
    assert "Kiên Hải" in page
    link = re.search(r'href="(/copy/[^"]+)"', page)[1]
    status, _, content = ask(address, link)
    book = openpyxl.load_workbook(io.BytesIO(content))
    assert status == 200 and book.sheetnames == [book.sheetnames[0], "Bieu 03"]


def test_nothing_that_was_given_stays_on_the_disk(desk, address, wrong, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "temporary"))
    (tmp_path / "temporary").mkdir()
    seen = []
    inside = desks.delivery.check

    def watched(paths, **more):
        seen.extend(paths)
        assert all(path.is_file() for path in paths)
        return inside(paths, **more)

    monkeypatch.setattr(desks.delivery, "check", watched)
    assert give(desk, address, [("a.xlsx", wrong), ("../../b.csv", b"x;y\n")])[0] == 200
    assert len(seen) == 2 and not any(path.exists() for path in seen)
    assert list((tmp_path / "temporary").iterdir()) == []
    assert all(str(tmp_path) in str(path) for path in seen)


def test_copies_are_let_go_after_a_while_and_when_they_are_many():
    now = [0.0]
    kept = Kept(lambda: now[0])
    name = kept.put(b"a")
    assert kept.get(name) == b"a"
    now[0] = desks.KEPT_SECONDS + 1
    assert kept.get(name) is None
    names = [kept.put(b"%d" % n) for n in range(desks.MOST_KEPT + 3)]
    assert kept.get(names[0]) is None and kept.get(names[-1]) is not None


def bomb():
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/workbook.xml", b"<x/>" + b" " * (200 << 20))
    return held.getvalue()


@pytest.mark.parametrize(("name", "content"), [
    ("a.xlsx", b""), ("a.xlsx", b"PK\x03\x04 cut"), ("a.pdf", b"%PDF-1.4"),
    ("a.xlsx", b"MZ\x90\x00" * 100), ("<script>.xlsx", b"\xff" * 1000),
    ("x.xml", b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>'),
])  # fmt: skip
def test_hostile_files_are_refused_in_words(desk, address, name, content):
    status, _, page = give(desk, address, [(name, content)])
    assert status == 200 and 'class="verdict error"' in page
    assert "<script>." not in page and "root:" not in page and "Traceback" not in page


def test_a_file_that_unpacks_without_end_is_refused(desk, address):
    status, _, page = give(desk, address, [("bomb.xlsx", bomb())])
    assert status == 200 and 'class="verdict error"' in page


def test_words_of_a_workbook_are_words_on_the_page(desk, address, tmp_path):
    rows = changed(GOOD, 1, end="<img src=x onerror=alert(1)>")
    path = write(tmp_path / "a.xlsx", rows)
    _, _, page = give(desk, address, [("a.xlsx", path.read_bytes())])
    assert "&lt;img src=x" in page and "<img" not in page


def test_too_much_is_not_taken(desk, address, monkeypatch):
    where = urlsplit(address)
    line = http.client.HTTPConnection(where.hostname, where.port, timeout=30)
    line.putrequest("POST", "/check")
    line.putheader("Content-Length", str(desks.MOST_BYTES + 1))
    line.putheader("Content-Type", "multipart/form-data; boundary=x")
    line.endheaders()
    # Or it hangs up: nothing was taken either way.
    with contextlib.suppress(http.client.RemoteDisconnected, ConnectionResetError):
        assert line.getresponse().status in (400, 413)
    many = [(f"{n}.csv", b"a") for n in range(desks.MOST_FILES + 1)]
    assert give(desk, address, many)[0] == 400
    assert give(desk, address, [])[0] == 400


def test_the_template_can_be_taken_and_what_is_none_is_said(address):
    status, head, content = ask(address, "/template?year=2019&district=912")
    assert status == 200 and "Bieu-MTQG-2019-912-kien-hai.xlsx" in head["Content-Disposition"]
    assert "Biểu 03" in openpyxl.load_workbook(io.BytesIO(content)).sheetnames
    for path, code in (
        ("/template?year=2019&district=../x", 404), ("/template?year=x&district=912", 400),
        ("/template?year=2031&district=912", 404), ("/assets/..%2fdesk.py", 404),
        ("/copy/none/a.xlsx", 404), ("/etc/passwd", 404),
    ):  # fmt: skip
        assert ask(address, path)[0] == code, path


def test_a_port_that_is_taken_is_not_waited_for():
    with open_desk(Desk()) as first:
        other = Desk()
        assert other.listen_here(urlsplit(first).port) != urlsplit(first).port


def test_the_page_asks_nobody_else(address):
    for path in ("/", "/assets/desk.css", "/assets/desk.js"):
        text = ask(address, path)[2].decode()
        assert not re.findall(r"https?://(?!127\.0\.0\.1)", text)


def test_two_officers_at_once_each_see_their_own(desk, address, tmp_path):
    files = {
        name: write(tmp_path / f"{name}.xlsx", changed(GOOD, 1, end=f"x{name}")).read_bytes()
        for name in ("mot", "hai", "ba", "bon")
    }
    with ThreadPoolExecutor(4) as officers:
        pages = officers.map(lambda name: give(desk, address, [("a.xlsx", files[name])]), files)
        for name, (status, _, page) in zip(files, pages, strict=True):
            assert status == 200
            marked = set(re.findall(r'<td class="marked">([^<]*)', page))
            assert marked & {f"x{other}" for other in files} == {f"x{name}"}


def test_files_of_an_archive_are_read_and_gone(desk, address, wrong, tmp_path, monkeypatch):
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr("../../Kien Hai.xlsx", wrong)
        archive.writestr("ban ky.pdf", b"%PDF")
    status, _, page = give(desk, address, [("bao cao.zip", held.getvalue())])
    assert status == 200 and "Kien Hai.xlsx" in page and "ban ky" not in page
    assert list(tmp_path.iterdir()) == [tmp_path / "Kien Hai.xlsx"]


def test_words_in_an_old_font_are_shown_as_they_were_meant():
    sheet = Sheet("Bieu 03", cells=[Cell(1, 1, "Huyeän Giang Thaønh", font="VNI-Times")])
    shown = desk_page.preview(sheet, "A1", "vi")
    assert shown["rows"][0]["cells"][0] == {"text": "Huyện Giang Thành", "marked": True}
