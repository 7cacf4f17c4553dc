"""Run by LibreOffice's Python: type values into a workbook as a person would, and save it."""

import contextlib
import json
import subprocess
import sys
import time
from pathlib import Path

try:
    import uno
    from com.sun.star.beans import PropertyValue
except ImportError:  # it is looked at by another Python, which does not run it
    uno = None


def setting(name, value):
    one = PropertyValue()
    one.Name, one.Value = name, value
    return one


def main(source, target, values, profile):
    pipe = f"kgstats{abs(hash(target))}"
    office = subprocess.Popen(
        ["soffice", "--headless", "--norestore", f"-env:UserInstallation=file://{profile}",
         f"--accept=pipe,name={pipe};urp;"]
    )  # fmt: skip
    try:
        local = uno.getComponentContext()
        resolver = local.ServiceManager.createInstanceWithContext(
            "com.sun.star.bridge.UnoUrlResolver", local
        )
        for _ in range(120):
            try:
                context = resolver.resolve(f"uno:pipe,name={pipe};urp;StarOffice.ComponentContext")
                break
            except Exception:
                time.sleep(0.5)
        desktop = context.ServiceManager.createInstanceWithContext(
            "com.sun.star.frame.Desktop", context
        )
        book = desktop.loadComponentFromURL(
            Path(source).as_uri(), "_blank", 0, (setting("Hidden", True),)
        )
        for sheet, cell, value in json.loads(Path(values).read_text()):
            place = book.Sheets.getByName(sheet).getCellRangeByName(cell)
            if isinstance(value, (int, float)):
                place.setValue(value)
            elif value.startswith("date:"):
                place.setFormula(value[5:])
            else:
                place.setString(value)
        book.calculateAll()
        filters = {".xlsx": "Calc MS Excel 2007 XML", ".ods": "calc8"}
        book.storeToURL(
            Path(target).as_uri(), (setting("FilterName", filters[Path(target).suffix]),)
        )
        book.close(True)
        with contextlib.suppress(Exception):
            desktop.terminate()
        office.wait(60)
    finally:
        office.kill()


if __name__ == "__main__":
    main(*sys.argv[1:])
