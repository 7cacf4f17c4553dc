"""The yearly run by the clock: for cron, systemd and the Windows Task Scheduler.

All call the same command, so that a run by hand is the run by the clock. It is called every day:
while returns keep arriving each call makes what they change, and a call that finds nothing new
ends in a second.
"""

from __future__ import annotations

import getpass
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from xml.sax.saxutils import escape

from kgstats.workspace import Workspace, replacing

KINDS = ("cron", "systemd", "windows")
UNIT = "kgstats"
MARK = "# kgstats: the yearly run"


class ScheduleError(Exception):
    """A schedule that cannot be meant, or that this system does not take."""


def command(workspace: Workspace) -> list[str]:
    """Return the run's command line, in full."""
    return [
        *(sys.executable, "-m", "kgstats.cli", "run", "--year", "auto", "--unattended"),
        *("--workspace", str(workspace.root)),
    ]


def log_file(workspace: Workspace) -> Path:
    """Return where runs by the clock write their lines."""
    return workspace.state / "run.log"


def parts(at: str) -> tuple[int, int]:
    """Return hour and minute of a time such as 06:30.

    Raises
    ------
    ScheduleError
        When it is no time.
    """
    hour, _, minute = at.partition(":")
    if not (hour.isdigit() and minute.isdigit() and int(hour) < 24 and int(minute) < 60):
        raise ScheduleError(f"--at takes a time such as 06:30, not {at!r}")
    return int(hour), int(minute)


def cron(workspace: Workspace, at: str) -> str:
    """Return the line for a crontab."""
    hour, minute = parts(at)
    log = log_file(workspace)
    called = (
        f"mkdir -p {shlex.quote(str(log.parent))} && {shlex.join(command(workspace))}"
        f" >> {shlex.quote(str(log))} 2>&1"
    )
    # In a crontab a percent sign ends the command.
    return f"{minute} {hour} * * * {called.replace('%', chr(92) + '%')} {MARK}\n"


def systemd(workspace: Workspace, at: str) -> dict[str, str]:
    """Return the units of systemd, a service and its timer, by their names."""
    hour, minute = parts(at)
    called = " ".join(_for_systemd(word) for word in command(workspace))
    folder = str(workspace.root).replace("%", "%%")
    service = f"""[Unit]
Description=Yearly statistics of the National Target Programmes
Documentation=man:systemd.service(5)

[Service]
Type=oneshot
WorkingDirectory={folder}
ExecStart={called}
# 3 and 4: it is done, but values were refused or returns are missing. 5: a run was going on.
SuccessExitStatus=3 4 5
TimeoutStartSec=6h
NoNewPrivileges=yes
PrivateNetwork=yes
"""
    timer = f"""[Unit]
Description=Every day: what has arrived for the yearly statistics

[Timer]
OnCalendar=*-*-* {hour:02}:{minute:02}:00
Persistent=true

[Install]
WantedBy=timers.target
"""
    return {f"{UNIT}.service": service, f"{UNIT}.timer": timer}


def _for_systemd(word: str) -> str:
    """Return a word of a command as systemd reads it."""
    quoted = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{quoted}"' if quoted != word or " " in word else word


def windows(workspace: Workspace, at: str) -> str:
    """Return the task for the Windows Task Scheduler (``schtasks /create /xml FILE …``)."""
    hour, minute = parts(at)
    program, *arguments = command(workspace)
    return f"""<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo>
    <Description>Yearly statistics of the National Target Programmes</Description>
  </RegistrationInfo>
  <Triggers>
    <CalendarTrigger>
      <StartBoundary>2020-01-01T{hour:02}:{minute:02}:00</StartBoundary>
      <Enabled>true</Enabled>
      <ScheduleByDay>
        <DaysInterval>1</DaysInterval>
      </ScheduleByDay>
    </CalendarTrigger>
  </Triggers>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <StartWhenAvailable>true</StartWhenAvailable>
    <ExecutionTimeLimit>PT6H</ExecutionTimeLimit>
    <RestartOnFailure>
      <Interval>PT1H</Interval>
      <Count>3</Count>
    </RestartOnFailure>
  </Settings>
  <Actions Context="Author">
    <Exec>
      <Command>{escape(program)}</Command>
      <Arguments>{escape(subprocess.list2cmdline(arguments))}</Arguments>
      <WorkingDirectory>{escape(str(workspace.root))}</WorkingDirectory>
    </Exec>
  </Actions>
</Task>
"""


def shown(kind: str, workspace: Workspace, at: str) -> str:
    """Return a schedule as it is printed."""
    if kind == "cron":
        return cron(workspace, at)
    if kind == "windows":
        return windows(workspace, at)
    units = systemd(workspace, at)
    return "\n".join(f"# {name}\n{text}" for name, text in units.items())


def install(kind: str, workspace: Workspace, at: str) -> str:
    """Put a schedule in force for this user; return what was done.

    Raises
    ------
    ScheduleError
        When the system's own command is not there, or refuses.
    """
    workspace.state.mkdir(parents=True, exist_ok=True)
    if kind == "cron":
        kept = _call(["crontab", "-l"], may_fail=True).splitlines()
        lines = [line for line in kept if MARK not in line]
        _call(["crontab", "-"], "\n".join([*lines, cron(workspace, at)]))
        return f"one line in the crontab of {getpass.getuser()}"
    if kind == "systemd":
        base = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
        folder = base / "systemd" / "user"
        for name, text in systemd(workspace, at).items():
            with replacing(folder / name) as draft:
                draft.write_text(text, encoding="utf-8")
        _call(["systemctl", "--user", "daemon-reload"])
        _call(["systemctl", "--user", "enable", "--now", f"{UNIT}.timer"])
        return f"{UNIT}.service and {UNIT}.timer of this user"
    path = workspace.state / f"{UNIT}.xml"
    path.write_text(windows(workspace, at), encoding="utf-16")
    _call(["schtasks", "/create", "/f", "/tn", UNIT, "/xml", str(path)])
    return f"the task {UNIT}"


def _call(command: list[str], given: str = "", *, may_fail: bool = False) -> str:
    if shutil.which(command[0]) is None:
        raise ScheduleError(f"there is no {command[0]} here; print the schedule without --install")
    done = subprocess.run(command, input=given, capture_output=True, text=True, timeout=60)
    if done.returncode and not may_fail:
        raise ScheduleError(f"{command[0]} refused: {(done.stderr or done.stdout).strip()}")
    return "" if done.returncode else done.stdout
