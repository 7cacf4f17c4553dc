import ast

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
