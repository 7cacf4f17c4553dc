"""Options that several commands take."""

from __future__ import annotations

import importlib

import click
import typer

from kgstats import cli, options


def commands(group: click.Group, path: str = ""):
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, f"{path}{name} ")
        else:
            yield f"{path}{name}", command


def test_a_workspace_and_a_year_are_asked_for_in_the_same_words_everywhere():
    whole = typer.Typer()
    for area in cli._AREAS:
        importlib.import_module(area).register(whole)
    words, defaults = set(), {}
    for name, command in commands(typer.main.get_command(whole)):
        for option in command.params:
            if "--workspace" in option.opts and not option.multiple:
                words.add((option.help, option.metavar))
            if "--year" in option.opts and isinstance(option.default, int):
                defaults[name] = option.default
    assert len(words) == 1
    assert len(defaults) > 3
    assert set(defaults.values()) == {options.DEFAULT_YEAR}, defaults
