"""Text as it was meant: legacy encodings undone, letters composed, spaces single."""

from kgstats.text.decoding import Decoded, decode, encoding_hints
from kgstats.text.folding import fold, tone_normal, words_key
from kgstats.text.mojibake import without_stray_spaces
from kgstats.text.old_fonts import (
    SYMBOL_FONTS,
    Encoding,
    font_encoding,
    to_tcvn3,
    to_vni,
)
from kgstats.text.words import valid_share

__all__ = [
    "SYMBOL_FONTS", "Decoded", "Encoding", "decode", "encoding_hints", "fold", "font_encoding",
    "to_tcvn3", "to_vni", "tone_normal", "valid_share", "without_stray_spaces", "words_key",
]  # fmt: skip
