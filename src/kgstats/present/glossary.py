"""The glossary: the terms of the field, what each means, and where that is written."""

from __future__ import annotations

import html
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from kgstats import registry
from kgstats.words import LANGUAGES, translator


def anchor(term: registry.Term) -> str:
    """Return where a term stands on the page of the glossary."""
    return f"term-{term.key.replace('_', '-')}"


def definition(term: registry.Term, lang: str) -> str:
    """Return what a term means: as the registry defines its measure, else in its own words.

    >>> poor_rate = next(one for one in registry.glossary() if one.key == "poor_rate")
    >>> definition(poor_rate, "en")
    'Poor households in per cent of all households, over units that report both.'
    """
    own = term.definitions[lang]
    return own or registry.meaning(term.measure, translator(lang)).rstrip(".") + "."


@dataclass(frozen=True)
class Glossary:
    """All terms of the field, by theme, each with its name in the other language and its source."""

    lang: str

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, Any]:
        return {"text/html": self.to_html(), "text/plain": self.to_text()}

    def to_text(self) -> str:
        """Return a line a term."""
        return "\n".join(
            f"{one.names[self.lang]}: {definition(one, self.lang)}" for one in registry.glossary()
        )

    def to_html(self) -> str:
        """Return the glossary as description lists under the names of the themes."""
        t, themes = translator(self.lang), registry.codes("theme")
        parts = []
        for theme, terms in groupby(registry.glossary(), lambda one: one.theme):
            entries = "".join(map(self._entry, terms))
            parts.append(f"<h3>{html.escape(t(themes[theme]))}</h3><dl>{entries}</dl>")
        return f'<div class="glossary">{"".join(parts)}</div>'

    def _entry(self, term: registry.Term) -> str:
        other = next(one for one in LANGUAGES if one != self.lang)
        known = " ".join(filter(None, (self._measure(term), self._source(term))))
        told = f'<dd class="source">{html.escape(known, quote=False)}</dd>' if known else ""
        return (
            f'<div id="{anchor(term)}"><dt>{html.escape(term.names[self.lang])} '
            f'<span lang="{other}">{html.escape(term.names[other])}</span></dt>'
            f"<dd>{html.escape(definition(term, self.lang), quote=False)}</dd>{told}</div>"
        )

    def _measure(self, term: registry.Term) -> str:
        if not term.measure:
            return ""
        return translator(self.lang)("Column of the files: {name}.", name=term.measure)

    def _source(self, term: registry.Term) -> str:
        t = translator(self.lang)
        if not term.source:
            return ""
        told = t("Source: {source}.", source=term.source)
        return told if term.confirmed else f"{told} {t('Not confirmed in the text itself.')}"


def glossary(lang: str) -> Glossary:
    """Show the terms of the field with what they mean.

    Parameters
    ----------
    lang
        Language of the page, ``vi`` or ``en``.
    """
    return Glossary(lang)
