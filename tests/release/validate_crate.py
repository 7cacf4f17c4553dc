"""Say what the RO-Crate validator finds in a folder; run by a Python that has it.

    python validate_crate.py FOLDER CACHE

The validator looks up the context of RO-Crate 1.1 on the web. It may not go there, so the context
that the package ``rocrate`` ships is put into its cache, and it is told to stay off line.
"""

from __future__ import annotations

import io
import json
import sys
from importlib.resources import files

import requests.adapters
import urllib3
from requests_cache import CachedSession
from rocrate_validator import models, services

CONTEXT = "https://w3id.org/ro/crate/1.1/context"


class _FromPackage(requests.adapters.HTTPAdapter):
    def send(self, request, *_, **__):
        content = (files("rocrate") / "data" / "ro-crate.jsonld").read_bytes()
        assert json.loads(content)["@id"] == CONTEXT
        answer = urllib3.HTTPResponse(
            body=io.BytesIO(content),
            status=200,
            headers={"Content-Type": "application/ld+json"},
            preload_content=False,
        )
        return self.build_response(request, answer)


def main() -> None:
    folder, cache = sys.argv[1:]
    with CachedSession(cache, backend="sqlite", expire_after=-1) as session:
        session.mount(CONTEXT, _FromPackage())
        accepts = "application/ld+json, application/json, */*;q=0.1"
        session.get(CONTEXT, headers={"Accept": accepts}).raise_for_status()
    found = services.validate(
        services.ValidationSettings(
            rocrate_uri=folder,
            profile_identifier="ro-crate-1.1",
            requirement_severity=models.Severity.REQUIRED,
            offline=True,
            cache_path=cache,
        )
    )
    issues = [f"{one.check.identifier}: {one.message}" for one in found.get_issues()]
    print(json.dumps(sorted(issues)))


if __name__ == "__main__":
    main()
