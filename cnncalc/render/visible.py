"""Names from a spec as one line of text: what would move the cursor is written out."""

from __future__ import annotations

import re

_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def visible(text: str) -> str:
    r"""Return ``text`` with control characters and line breaks as ``\x1b``, ``\n``."""
    return _UNSEEN.sub(lambda found: repr(found[0])[1:-1], text)
