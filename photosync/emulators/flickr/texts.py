"""What the service makes of the texts it is given."""

import re

_MARKUP = re.compile(r"</?([a-zA-Z][a-zA-Z0-9]*)\b[^>]*>")
_KEPT = frozenset({"a", "b", "blockquote", "em", "i", "s", "strong", "u"})


def keep_markup(text: str) -> str:
    """Give a description without blanks at its ends, and with some tags of HTML only."""
    kept = _MARKUP.sub(lambda tag: tag[0] if tag[1].lower() in _KEPT else "", text)
    return kept.strip()
