"""Sentences whose words and figures are computed: headline counts, findings, cautions."""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any


def capital(text: str) -> str:
    """Write the first letter large.

    Parameters
    ----------
    text
        The text.

    Examples
    --------
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
    trend: Sequence[tuple[str, float | None]] = ()
    """Its values over time, each with what it is read as: ``("2018: 6.9%", 6.9)``."""

    def spark(self) -> str:
        """Return the trend as a small line, which a screen reader reads as its values.

        >>> Headline("Poor", "2%", trend=[("2018: 4%", 4.0), ("2019: 2%", 2.0)]).spark()[-61:-6]
        '<path d="M3 4 81 20"/><circle cx="81" cy="20" r="2.5"/>'
        """
        known = [(place, value) for place, (_, value) in enumerate(self.trend) if value is not None]
        if len(known) < 2:
            return ""
        low, high = min(v for _, v in known), max(v for _, v in known)
        last = len(self.trend) - 1
        points = [
            (round(3 + 78 * place / last), round(20 - 16 * (value - low) / ((high - low) or 1)))
            for place, value in known
        ]
        line = " ".join(f"{x} {y}" for x, y in points)
        name = html.escape("; ".join(text for text, value in self.trend if value is not None))
        x, y = points[-1]
        return (
            f'<svg class="spark" viewBox="0 0 84 24" role="img" aria-label="{name}">'
            f'<title>{name}</title><path d="M{line}"/><circle cx="{x}" cy="{y}" r="2.5"/></svg>'
        )


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
            + (f"<dd>{spark}</dd>" if (spark := item.spark()) else "")
            + "</div>"
            for item in self.items
        )
        return f'<dl class="headlines">{cells}</dl>'
