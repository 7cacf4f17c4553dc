"""A double click opens the desk; a letter to each district is ready to be sent."""

from __future__ import annotations

import configparser
import datetime as dt
import email
import email.policy
import http.client
import os
import re
import signal
import subprocess
import sys
from urllib.parse import urlsplit

import openpyxl
import pytest
import typer
from typer.testing import CliRunner

from kgstats.officer import letter, template
from kgstats.officer.commands import register

app = typer.Typer(pretty_exceptions_enable=False)
register(app)
run = CliRunner().invoke
FOLDER = "docs/officer"


@pytest.mark.skipif(os.name != "posix", reason="the starter for Linux")
def test_the_starter_opens_the_desk(root, tmp_path):
    starter = root / FOLDER / "mo-trang-kiem-tra.sh"
    if not (root / ".venv" / ".ready").exists():
        pytest.skip("this checkout has no .venv of its own: the starter would set one up")
    opened = subprocess.Popen(
        [str(starter), "--no-browser", "--port", "0"],
        stdout=subprocess.PIPE, text=True, cwd=tmp_path,
        # Tests that run in the background are deaf to it, and so would be what they start.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )  # fmt: skip
    try:
        assert opened.stdout is not None
        said = [opened.stdout.readline() for _ in range(2)]
        address = urlsplit(re.search(r"http://\S+", said[1])[0])
        line = http.client.HTTPConnection(address.hostname, address.port, timeout=20)
        line.request("GET", "/")
        assert "Kiểm tra báo cáo" in line.getresponse().read().decode()
    finally:
        opened.send_signal(signal.SIGINT)
        assert opened.wait(20) in (0, 130, -signal.SIGINT)


def test_the_starters_lead_to_the_desk_of_this_checkout(root):
    folder = root / FOLDER
    batch = (folder / "mo-trang-kiem-tra.bat").read_bytes()
    assert b"\r\n" in batch and b"\n" not in batch.replace(b"\r\n", b"")
    words = batch.decode("utf-8")
    assert 'cd /d "%~dp0..\\.."' in words and 'kgstats.exe" desk' in words
    labels = set(re.findall(r"^:(\w+)", words, re.MULTILINE))
    assert set(re.findall(r"goto (\w+)", words)) <= labels
    entry = configparser.ConfigParser(interpolation=None)
    entry.read(folder / "mo-trang-kiem-tra.desktop", encoding="utf-8")
    assert "mo-trang-kiem-tra.sh" in entry["Desktop Entry"]["Exec"]
    assert os.access(folder / "mo-trang-kiem-tra.sh", os.X_OK) or sys.platform == "win32"


def test_a_letter_to_each_district_carries_its_template(tmp_path):
    path = template.write(2019, "912", tmp_path / template.file_name(2019, "912"))
    sent = letter.letter(2019, "912", path, dt.date(2020, 1, 20))
    assert sent == letter.letter(2019, "912", path, dt.date(2020, 1, 20))
    mail = email.message_from_bytes(sent, policy=email.policy.default)
    assert "huyện Kiên Hải" in mail["Subject"] and "2019" in mail["Subject"]
    assert mail["X-Unsent"] == "1" and mail["To"] is None
    words = mail.get_body().get_content()
    assert "huyện Kiên Hải" in words and "20/1/2020" in words
    (attached,) = mail.iter_attachments()
    assert attached.get_filename() == "Bieu-MTQG-2019-912-kien-hai.xlsx"
    (tmp_path / "taken.xlsx").write_bytes(attached.get_content())
    assert "Biểu 01" in openpyxl.load_workbook(tmp_path / "taken.xlsx").sheetnames


def test_the_command_writes_templates_and_letters(tmp_path):
    (tmp_path / "w" / "data" / "raw").mkdir(parents=True)
    more = ["--workspace", str(tmp_path / "w"), "--district", "912"]
    result = run(app, ["template", "--year", "2019", "--letter", *more])
    folder = tmp_path / "w" / "outputs" / "templates" / "2019"
    assert result.exit_code == 0, result.output
    assert {one.suffix for one in folder.iterdir()} == {".xlsx", ".eml"}
    away = tmp_path / "away"
    assert run(app, ["template", "--year", "2019", "--out", str(away), *more]).exit_code == 0
    assert [one.suffix for one in away.iterdir()] == [".xlsx"]
    assert run(app, ["template", "--year", "2019", "--until", "soon", *more]).exit_code != 0
