"""The yearly run by the clock: for cron, systemd and the Windows Task Scheduler.

All call the same command, so that a run by hand is the run by the clock. It is called every day:
while returns keep arriving each call makes what they change, and a call that finds nothing new
ends in a second. A schedule bears its workspace's name, so those of several do not meet.
"""

from __future__ import annotations

import getpass
import hashlib
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from xml.sax.saxutils import escape

from kgstats.words import slug
from kgstats.workspace import Workspace, replacing

KINDS = ("cron", "systemd", "windows")
LONGEST_WORDS = 40


class ScheduleError(Exception):
    """A schedule that cannot be meant, or that this system does not take."""


def name(workspace: Workspace) -> str:
    """Return what a workspace's schedule is called: its folder, told apart by a digest."""
    told = hashlib.sha256(os.fsencode(workspace.root)).hexdigest()[:8]
    return f"kgstats-{slug(workspace.root.name)[:LONGEST_WORDS]}-{told}"


def mark(workspace: Workspace) -> str:
    """Return the remark by which a workspace's line is known in a crontab."""
    return f"# kgstats: the yearly run, {name(workspace)}"


def command(workspace: Workspace) -> list[str]:
    """Return the run's command line, in full.

    Raises
    ------
    ScheduleError
        When the workspace's path cannot stand in a line.
    """
    root = str(workspace.root)
    if not root.isprintable():
        raise ScheduleError(f"a folder of this name cannot stand in a schedule: {root!r}")
    # -P: no file of the folder it is started in stands in for a module.
    return [
        *(sys.executable, "-P", "-m", "kgstats.cli", "run", "--year", "auto", "--unattended"),
        *("--workspace", root),
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
    return f"{minute} {hour} * * * {called.replace('%', chr(92) + '%')} {mark(workspace)}\n"


def systemd(workspace: Workspace, at: str) -> dict[str, str]:
    """Return the units of systemd, a service and its timer, by their names."""
    hour, minute = parts(at)
    called = " ".join(_for_systemd(word) for word in command(workspace))
    folder = str(workspace.root).replace("%", "%%")
    service = f"""[Unit]
Description=Yearly statistics of the National Target Programmes in {folder}

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
Description=Every day: what has arrived for the yearly statistics in {folder}

[Timer]
OnCalendar=*-*-* {hour:02}:{minute:02}:00
Persistent=true

[Install]
WantedBy=timers.target
"""
    unit = name(workspace)
    return {f"{unit}.service": service, f"{unit}.timer": timer}


def _for_systemd(word: str) -> str:
    """Return a word of a command as systemd reads it."""
    quoted = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{quoted}"' if quoted != word or " " in word else word


def windows(workspace: Workspace, at: str) -> str:
    """Return the task for the Windows Task Scheduler (``schtasks /create /xml FILE …``)."""
    hour, minute = parts(at)
    program, *arguments = command(workspace)
    arguments += ["--log", str(log_file(workspace))]
    return f"""<?xml version="1.0" encoding="UTF-16"?>
<Task version="1.2" xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task">
  <RegistrationInfo>
    <Description>Yearly statistics of the National Target Programmes</Description>
  </RegistrationInfo>
  <Triggers>
    <CalendarTrigger>
      <StartBoundary>2020-01-01T{hour:02}:{minute:02}:00</StartBoundary>
      <ScheduleByDay>
        <DaysInterval>1</DaysInterval>
      </ScheduleByDay>
    </CalendarTrigger>
  </Triggers>
  <Principals>
    <Principal id="Author">
      <LogonType>InteractiveToken</LogonType>
      <RunLevel>LeastPrivilege</RunLevel>
    </Principal>
  </Principals>
  <Settings>
    <MultipleInstancesPolicy>IgnoreNew</MultipleInstancesPolicy>
    <DisallowStartIfOnBatteries>false</DisallowStartIfOnBatteries>
    <StopIfGoingOnBatteries>false</StopIfGoingOnBatteries>
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
    """Put a workspace's schedule in force for this user; return what was done.

    Raises
    ------
    ScheduleError
        When the system's own command is not there, or refuses.
    """
    workspace.state.mkdir(parents=True, exist_ok=True)
    unit = name(workspace)
    if kind == "cron":
        _write_crontab([*_other_lines(workspace), cron(workspace, at).rstrip("\n")])
        return f"one line in the crontab of {getpass.getuser()}, marked {unit}"
    if kind == "systemd":
        for file, text in systemd(workspace, at).items():
            with replacing(_user_units() / file) as draft:
                draft.write_text(text, encoding="utf-8")
        _call(["systemctl", "--user", "daemon-reload"])
        _call(["systemctl", "--user", "enable", f"{unit}.timer"])
        # One that runs keeps the time it was started with.
        _call(["systemctl", "--user", "restart", f"{unit}.timer"])
        return f"{unit}.service and {unit}.timer of this user{_lingering()}"
    path = workspace.state / f"{unit}.xml"
    path.write_text(windows(workspace, at), encoding="utf-16")
    _call(["schtasks", "/create", "/f", "/tn", unit, "/xml", str(path)])
    return f"the task {unit}; it runs while you are logged on, or as soon as you are"


def remove(kind: str, workspace: Workspace) -> str:
    """Take a workspace's schedule out of force; return what was done.

    Raises
    ------
    ScheduleError
        When the system's own command is not there, or refuses.
    """
    unit = name(workspace)
    if kind == "cron":
        _write_crontab(_other_lines(workspace))
        return f"the line marked {unit} in the crontab of {getpass.getuser()}"
    if kind == "systemd":
        _call(["systemctl", "--user", "disable", "--now", f"{unit}.timer"], may_fail=True)
        for suffix in ("service", "timer"):
            (_user_units() / f"{unit}.{suffix}").unlink(missing_ok=True)
        _call(["systemctl", "--user", "daemon-reload"])
        return f"{unit}.service and {unit}.timer of this user"
    _call(["schtasks", "/delete", "/f", "/tn", unit])
    return f"the task {unit}"


def _other_lines(workspace: Workspace) -> list[str]:
    """Return the lines of this user's crontab that are not this workspace's.

    Raises
    ------
    ScheduleError
        When they cannot be read: writing the table would lose them.
    """
    done = _call(["crontab", "-l"], may_fail=True)
    said = done.stderr.lower()
    if done.returncode and "no crontab" not in said and "no such file" not in said:
        raise ScheduleError(f"crontab -l refused: {done.stderr.strip()}; nothing was changed")
    lines = done.stdout.splitlines() if not done.returncode else []
    return [line for line in lines if not line.rstrip().endswith(mark(workspace))]


def _write_crontab(lines: list[str]) -> None:
    _call(["crontab", "-"], "".join(f"{line}\n" for line in lines))


def _user_units() -> Path:
    base = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    return base / "systemd" / "user"


def _lingering() -> str:
    """Have this user's timers run while nobody is logged in; say so where that is refused."""
    try:
        _call(["loginctl", "enable-linger"])
    except ScheduleError:
        return (
            "; while you are not logged in it runs only after an administrator has called: "
            f"loginctl enable-linger {getpass.getuser()}"
        )
    return ""


def _call(
    command: list[str], given: str = "", *, may_fail: bool = False
) -> subprocess.CompletedProcess[str]:
    if shutil.which(command[0]) is None:
        raise ScheduleError(f"there is no {command[0]} here; print the schedule without --install")
    try:
        done = subprocess.run(
            command,
            input=given,
            capture_output=True,
            encoding="utf-8",
            errors="surrogateescape",
            timeout=60,
            env={**os.environ, "LC_ALL": "C"},
        )
    except subprocess.TimeoutExpired:
        raise ScheduleError(f"{command[0]} did not answer within a minute") from None
    if done.returncode and not may_fail:
        raise ScheduleError(f"{command[0]} refused: {(done.stderr or done.stdout).strip()}")
    return done
