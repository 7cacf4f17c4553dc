"""Sentences whose words and figures are computed: headline counts, findings, cautions."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


def capital(text: str) -> str:
    """Write the first letter large.

    >>> capital("đất đai")
    'Đất đai'
    """
    return text[:1].upper() + text[1:]


@dataclass
class Prose:
    """Paragraphs and lists computed from data. Every string is text, never markup."""

    paragraphs: Sequence[str] = ()
    items: Sequence[str | tuple[str, str]] = ()
    """Lines of a list; a pair is a lead, set apart, and the rest of the line."""
    kind: str = "finding"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        return {"text/html": self.to_html(), "text/plain": self.to_text()}

    def to_text(self) -> str:
        """Return the sentences as plain text."""
        lines = [item if isinstance(item, str) else ": ".join(item) for item in self.items]
        return "\n".join([*self.paragraphs, *(f"- {line}" for line in lines)])

    def to_html(self) -> str:
        """Return the sentences as HTML."""
        text = "".join(f"<p>{html.escape(p, quote=False)}</p>" for p in self.paragraphs)
        if self.items:
            text += "<ul>" + "".join(f"<li>{_line(item)}</li>" for item in self.items) + "</ul>"
        return f'<div class="{html.escape(self.kind, quote=True)}">{text}</div>'


def _line(item: str | tuple[str, str]) -> str:
    if isinstance(item, str):
        return html.escape(item, quote=False)
    lead, rest = item
    return f"<strong>{html.escape(lead, quote=False)}:</strong> {html.escape(rest, quote=False)}"


_UNITS = re.compile(r"&\w+;|[^\W\d_]+(?:\s+[^\W\d_]+)*")


def _small(words: re.Match[str]) -> str:
    """Set the words beside a large number small: its unit, "of"."""
    text = words.group()
    return text if text.startswith("&") else f"<small>{text}</small>"


@dataclass(frozen=True)
class Headline:
    """One figure in large type: what it is, its value, and one line of context."""

    label: str
    value: str
    context: str = ""


@dataclass
class Headlines:
    """A row of headline figures, read as a description list."""

    items: Sequence[Headline]

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        text = "\n".join(f"{i.label}: {i.value} {i.context}".rstrip() for i in self.items)
        return {"text/html": self.to_html(), "text/plain": text}

    def to_html(self) -> str:
        """Return the figures as HTML."""
        cells = "".join(
            f"<div><dt>{html.escape(item.label, quote=False)}</dt>"
            f'<dd class="value">{_UNITS.sub(_small, html.escape(item.value, quote=False))}</dd>'
            + (
                f'<dd class="context">{html.escape(item.context, quote=False)}</dd>'
                if item.context
                else ""
            )
            + "</div>"
            for item in self.items
        )
        return f'<dl class="headlines">{cells}</dl>'
