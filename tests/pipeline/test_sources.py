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
