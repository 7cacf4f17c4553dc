"""Encrypted workbooks: those that open without asking for a password are opened here too.

Excel encrypts a workbook whose structure alone is protected, or that is recommended for reading
only, with a password that it knows by itself; whoever opens it is asked for none.
"""

from __future__ import annotations

import io
import re

from kgstats.returns.files.containers import Refusal

KNOWN_PASSWORD = "VelvetSweatshop"
"""The password that Excel tries before it asks (documented in [MS-OFFCRYPTO] 2.3)."""

_MOST_BYTES = 16 << 20
_MOST_ROUNDS = 1_000_000
"""Times that a key is hashed; Excel does it 100 000 times."""
_ROUNDS = re.compile(rb'spinCount="(\d+)"')


def opened(data: bytes) -> bytes:
    """Decrypt a workbook that opens without a password.

    Raises
    ------
    Refusal
        ``locked`` where a password is needed.
    """
    import msoffcrypto

    rounds = [int(found) for found in _ROUNDS.findall(data) if len(found) < 12]
    if len(data) > _MOST_BYTES or any(one > _MOST_ROUNDS for one in rounds):
        raise Refusal("locked", "the workbook is encrypted in an unusual way")
    plain = io.BytesIO()
    try:
        file = msoffcrypto.OfficeFile(io.BytesIO(data))
        # Those of Excel 97 are verified in any case.
        verify = {"verify_password": True} if file.format == "ooxml" else {}
        file.load_key(password=KNOWN_PASSWORD, **verify)
        file.decrypt(plain)
    except Exception:  # another key, or a way of encrypting that is not known
        raise Refusal("locked", "the workbook is protected with a password") from None
    return plain.getvalue()
