"""Every text a reader sees is there in both languages."""

from __future__ import annotations

import ast
import csv
import json
import re
import string
from pathlib import Path

import polib
import pytest

from kgstats import registry, words
from kgstats.returns import rules

PACKAGE = Path(words.__file__).parent
CATALOGUES = sorted((PACKAGE / "locale" / "vi").glob("*.po"))


def called(function: ast.expr) -> str | None:
    """The name a call goes by; ``translator(lang)("…")`` counts as ``t("…")``."""
    if isinstance(function, ast.Attribute):
        return function.attr
    if isinstance(function, ast.Name):
        return function.id
    if isinstance(function, ast.Call) and called(function.func) == "translator":
        return "t"
    return None


def said(entry: polib.POEntry) -> str:
    """The Vietnamese of a message; it has one form for one and for many."""
    return entry.msgstr or entry.msgstr_plural.get(0, "")


def marked(source: str) -> dict[str, int]:
    """The literal texts given to t(), tn(), N_() or P_() in some code, with their line."""
    found = {}
    for node in ast.walk(ast.parse(source)):
        if not (isinstance(node, ast.Call) and node.args):
            continue
        first = node.args[0]
        if (
            called(node.func) in ("t", "tn", "N_", "P_")
            and isinstance(first, ast.Constant)
            and isinstance(first.value, str)
        ):
            found[first.value] = node.lineno
    return found


def all_marked() -> dict[str, str]:
    found = dict(registry.texts()) | dict(rules.texts())
    for source in sorted(PACKAGE.rglob("*.py")):
        if source.name == "words.py":
            continue
        for text, line in marked(source.read_text(encoding="utf-8")).items():
            found.setdefault(text, f"{source.relative_to(PACKAGE)}:{line}")
    for notebook in sorted((PACKAGE.parents[1] / "notebooks").glob("*.ipynb")):
        for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]:
            if cell["cell_type"] == "code":
                for text in marked("".join(cell["source"])):
                    found.setdefault(text, notebook.name)
    return found


def said_of_sources() -> set[str]:
    """What reference data and published series say of where they come from."""
    root = PACKAGE.parents[1]
    files = [
        *(PACKAGE / "reference" / "data").glob("*.csv"),
        *root.glob("data/raw/published/*.csv"),
    ]
    texts = set()
    for file in files:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            for row in csv.DictReader(lines):
                texts |= {row.get(name) or "" for name in ("source", "basis", "known")}
    return texts


def test_every_text_has_vietnamese():
    translated = words.catalogue("vi")
    missing = {text: where for text, where in all_marked().items() if text not in translated}
    assert not missing, "\n".join(f"{where}: {text!r}" for text, where in missing.items())


def test_what_is_said_of_sources_in_english_has_vietnamese():
    translated = words.catalogue("vi")
    english = re.compile(r"\b(of|the|from|and|taken|every|not|less|only|above)\b")
    missing = [
        text
        for text in said_of_sources()
        if " " in text and english.search(text) and text not in translated
    ]
    assert not missing, "\n".join(missing)


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.stem)
def test_translations_keep_their_placeholders(path):
    def names(text: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name}

    for entry in polib.pofile(path.read_text(encoding="utf-8")):
        assert names(entry.msgid) == names(said(entry)), entry.msgid
        assert names(entry.msgid_plural or entry.msgid) == names(entry.msgid), entry.msgid


def test_no_text_is_translated_twice_differently():
    seen: dict[str, tuple[str, str]] = {}
    for path in CATALOGUES:
        for entry in polib.pofile(path.read_text(encoding="utf-8")):
            if entry.msgid in seen:
                assert seen[entry.msgid][0] == said(entry), (
                    f"{entry.msgid!r} in {path.name} and {seen[entry.msgid][1]}"
                )
            seen[entry.msgid] = (said(entry), path.name)


def test_no_translation_is_left_over():
    used = set(all_marked()) | said_of_sources()
    left = [
        f"{path.name}: {entry.msgid!r}"
        for path in CATALOGUES
        for entry in polib.pofile(path.read_text(encoding="utf-8"))
        if entry.msgid not in used
    ]
    assert not left, "\n".join(left)


def test_one_and_many_are_told_apart_in_english_and_not_in_vietnamese():
    one, many = "{n} commune", "{n} communes"
    english, vietnamese = words.plurals("en"), words.plurals("vi")
    assert [english(one, many, n) for n in (0, 1, 2)] == ["0 communes", "1 commune", "2 communes"]
    assert [vietnamese(one, many, n) for n in (1, 2)] == ["1 xã", "2 xã"]


def test_unknown_language_is_a_clear_error():
    with pytest.raises(words.UnknownLanguage, match="use one of vi, en"):
        words.translator("fr")


# ------------------------------------------------------------------ one term for one thing


def texts_of(lang: str) -> dict[str, str]:
    """Every text that is shown in a language: catalogues, prose of notebooks, the glossary."""
    texts = {}
    for path in CATALOGUES:
        for entry in polib.pofile(path.read_text(encoding="utf-8")):
            own = (said(entry),) if lang == "vi" else (entry.msgid, entry.msgid_plural)
            texts |= dict.fromkeys(own, path.name)
    for notebook in sorted((PACKAGE.parents[1] / "notebooks").glob("*.ipynb")):
        for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]:
            if f"lang-{lang}" in cell["metadata"].get("tags", ()):
                texts["".join(cell["source"])] = notebook.name
    for term in registry.glossary():
        texts |= dict.fromkeys((*term.forms[lang], term.definitions[lang]), "glossary.csv")
    return texts


def deprecated(text: str, lang: str) -> list[tuple[str, str]]:
    """Words of a text that the glossary deprecates, each with the term to use."""
    # Files and what is quoted are called what they are called; names of values are no words.
    own = re.sub(r"“[^”]*”|\S*/.*?\.\w{3,4}\b|\{\w+\}", "", text)
    return [
        (found.group(), term.names[lang])
        for term in registry.glossary()
        for word in term.deprecated[lang]
        for found in re.finditer(rf"(?<![\w-]){re.escape(word)}(?![\w-])", own, re.IGNORECASE)
    ]


@pytest.mark.parametrize("lang", words.LANGUAGES)
def test_no_text_uses_a_word_that_competes_with_a_term_of_the_glossary(lang):
    wrong = [
        f"{where}: {word!r} instead of {term!r}: {text[:90]!r}"
        for text, where in texts_of(lang).items()
        for word, term in deprecated(text, lang)
    ]
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize(
    ("lang", "text", "found"),
    [
        ("en", "The Poor rate fell", ["Poor rate"]),
        ("vi", "Tỷ lệ nghèo giảm 2 điểm %.", ["Tỷ lệ nghèo", "điểm %"]),
        ("vi", "Tỷ lệ hộ nghèo giảm 2 điểm phần trăm.", []),
        ("en", "from the file a/b/Poor rate by province.csv", []),
    ],
)
def test_words_that_compete_are_seen(lang, text, found):
    assert sorted(word for word, _ in deprecated(text, lang)) == sorted(found)


@pytest.mark.parametrize("lang", words.LANGUAGES)
def test_no_term_deprecates_what_another_term_is_called(lang):
    forms = {form.casefold() for term in registry.glossary() for form in term.forms[lang]}
    given = [w.casefold() for term in registry.glossary() for w in term.deprecated[lang]]
    assert not forms & set(given)
    assert len(given) == len(set(given))
