"""The workspace's settings: how long and how large anything of a run may become, what is withheld.

The defaults are far above what a year's run needs; ``settings.yml`` in the workspace changes them:

.. code-block:: yaml

    limits:
      cell_minutes: 10
      notebook_minutes: 30
      memory_gb: 4
    disclosure:
      threshold: 5
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SETTINGS = "settings.yml"
DISCLOSURE = {"disclosure_threshold": 0, "disclosure_rounding": 1}
"""Parameters of disclosure control, which is a setting of a whole run, and what is usual."""


class SettingsError(Exception):
    """A setting that cannot be meant; the message says which."""


@dataclass(frozen=True)
class Limits:
    """Limits of time and memory, in the units of their names."""

    cell_minutes: float = 10
    notebook_minutes: float = 30
    clean_minutes: float = 30
    kernel_start_seconds: float = 180
    lock_seconds: float = 0
    memory_gb: float = 4
    """Of a notebook's kernel with its children, and of cleaning; the real memory, not reserved."""


def read_settings(root: Path) -> dict[str, Any]:
    """Return the workspace's ``settings.yml``; nothing where there is none.

    Raises
    ------
    SettingsError
        When it is not a list of settings in YAML.
    """
    path = root / SETTINGS
    if not path.is_file():
        return {}
    import yaml

    try:
        told = yaml.safe_load(path.read_text(encoding="utf-8-sig")) or {}
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        words = " ".join(str(error).split())[:200]
        raise SettingsError(f"{SETTINGS} is not valid YAML: {words}") from None
    if not isinstance(told, dict):
        raise SettingsError(f"{SETTINGS} must hold settings, 'name: value'")
    return told


def read_limits(root: Path) -> Limits:
    """Return a workspace's limits.

    Raises
    ------
    SettingsError
        For a limit there is not, or one that is no number above 0 (``lock_seconds`` may be 0).
    """
    told = read_settings(root).get("limits") or {}
    if not isinstance(told, dict):
        raise SettingsError(f"{SETTINGS}: limits must hold settings, 'name: value'")
    known = [field.name for field in dataclasses.fields(Limits)]
    for name, value in told.items():
        if name not in known:
            raise SettingsError(
                f"{SETTINGS}: there is no limit {name!r}; there are {', '.join(known)}"
            )
        number = isinstance(value, (int, float)) and not isinstance(value, bool)
        if not number or value < 0 or (value == 0 and name != "lock_seconds"):
            raise SettingsError(f"{SETTINGS}: limit {name} must be a number above 0, not {value!r}")
    return Limits(**told)


def read_disclosure(root: Path) -> dict[str, int]:
    """Return what a workspace sets of disclosure control, by the names of parameters.

    Raises
    ------
    SettingsError
        For a setting there is not, or one that is no whole number from 0 or 1 on.
    """
    told = read_settings(root).get("disclosure") or {}
    if not isinstance(told, dict):
        raise SettingsError(f"{SETTINGS}: disclosure must hold settings, 'name: value'")
    found = {}
    for name, value in told.items():
        parameter = f"disclosure_{name}"
        if parameter not in DISCLOSURE:
            raise SettingsError(
                f"{SETTINGS}: disclosure has no setting {name!r}; there are threshold, rounding"
            )
        found[parameter] = whole(value, f"{SETTINGS}: disclosure {name}", DISCLOSURE[parameter])
    return found


def whole(value: object, name: str, least: int) -> int:
    """Return a whole number that is large enough, or refuse it by its name."""
    if isinstance(value, bool) or not str(value).strip().isdecimal() or int(str(value)) < least:
        raise SettingsError(f"{name} must be a whole number of {least} or more, not {value!r}")
    return int(str(value))
