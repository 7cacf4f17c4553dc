import ast
import os

from kgstats.pipeline import sources


def names(modules):
    return {path.relative_to(sources.PACKAGE).as_posix() for path in sources.files_of(modules)}


def test_imports_are_followed_also_inside_functions():
    found = names(["kgstats.present.published"])
    assert {
        "present/published.py",
        "present/tables.py",
        "registry/__init__.py",
        "words.py",
    } <= found
    assert "locale/vi/published.po" in found
    assert not any(name.startswith(("pipeline/", "sample/")) for name in found)


def test_templates_and_styles_belong_to_the_appendix():
    found = names(["kgstats.appendix.site"])
    assert {"appendix/assets/kgstats.css", "appendix/templates/kgstats/index.html.j2"} <= found


def test_other_packages_are_left_alone():
    assert sources.files_of(["pandas", "os.path"]) == []


def test_imports_are_those_of_every_statement_wherever_it_stands():
    tree = ast.parse(
        "import a\nfrom . import near\n"
        "def f():\n  try:\n    import b\n  except E:\n    import c\n"
        "  else:\n    import d\n  finally:\n    from e import f as g\n"
        "class C:\n  for x in y:\n    import h\n  else:\n    import i\n"
        "match z:\n  case 1:\n    import j\n"
        "async def k():\n  async with l:\n    while m:\n      import n\n"
    )
    found = [ast.unparse(one) for one in sources.imports(tree)]
    every = [
        ast.unparse(one)
        for one in ast.walk(tree)
        if isinstance(one, ast.Import) or (isinstance(one, ast.ImportFrom) and not one.level)
    ]
    assert found == every and len(found) == 9


def test_an_answer_is_kept_for_the_same_source_and_asked_again_for_another(tmp_path, monkeypatch):
    package = tmp_path / "package"
    package.mkdir()
    (package / "one.py").write_text("a = 1")
    monkeypatch.setattr(sources, "PACKAGE", package)
    monkeypatch.setattr(sources, "KEPT", package / "__pycache__" / sources.KEPT.name)
    asked = []

    def ask(question):
        def answer():
            asked.append(question)
            return [question]

        found = sources.known("kind", question, answer)
        sources.keep()
        sources._answers.cache_clear()  # as another process begins
        sources._content.cache_clear()
        return found

    assert ask("x") == ask("x") == ["x"] and asked == ["x"]
    assert ask("y") == ["y"] and ask("x") == ["x"] and asked == ["x", "y"]
    # A file of the same size and time tells by its content.
    stamp = (package / "one.py").stat().st_mtime_ns
    (package / "one.py").write_text("a = 2")
    os.utime(package / "one.py", ns=(stamp, stamp))
    sources._fingerprint.cache_clear()
    assert ask("x") == ["x"] and asked == ["x", "y", "x"]
    # One that is damaged costs the answers, nothing else.
    sources.KEPT.write_text("{")
    assert ask("x") == ["x"] and asked == ["x", "y", "x", "x"]


def test_what_is_kept_of_the_source_is_no_part_of_it():
    assert sources.KEPT.suffix not in sources.SUFFIXES


def test_the_source_is_looked_at_once_within_a_block_and_again_after_it(tmp_path, monkeypatch):
    package = tmp_path / "src" / "kgstats"
    package.mkdir(parents=True)
    (package / "one.py").write_text("", encoding="utf-8")
    monkeypatch.setattr(sources, "PACKAGE", package)
    with sources.seen_once():
        before = sources._looks()
        (package / "two.py").write_text("", encoding="utf-8")
        with sources.seen_once():
            assert sources._looks() == before
        assert sources._looks() == before
    assert len(sources._looks()) == 2
