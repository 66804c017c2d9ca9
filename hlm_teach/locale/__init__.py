"""Every sentence that a learner reads passes through here.

One gettext domain, ``hlm``, holds the strings of the library, the widgets and the grader.
English is the source: the message *is* the English sentence, with named values in braces.
A sentence is never glued from pieces, because other languages order their pieces differently.

>>> _("{group} moves by {distance:.1f} points.", group="School 7", distance=2.345)
'School 7 moves by 2.3 points.'

What this file does not do: translate. The texts stand in ``<lang>/LC_MESSAGES/hlm.po``.
"""

from __future__ import annotations

import gettext
import os
from functools import lru_cache
from pathlib import Path

DOMAIN = "hlm"
FOLDER = Path(__file__).parent

__all__ = ["N_", "_", "language", "ngettext"]


def language() -> str:
    """Return the language asked for by the environment variable ``HLM_LANG`` (default ``en``)."""
    return os.environ.get("HLM_LANG", "en")


@lru_cache
def _catalogue(lang: str) -> gettext.NullTranslations:
    return gettext.translation(DOMAIN, FOLDER, languages=[lang], fallback=True)


def _(message: str, /, **values: object) -> str:
    """Translate one whole sentence and fill in its named values."""
    text = _catalogue(language()).gettext(message)
    return text.format(**values) if values else text


def ngettext(singular: str, plural: str, n: int, /, **values: object) -> str:
    """Translate a sentence that depends on a count; ``{n}`` is the count itself.

    >>> ngettext("{n} group", "{n} groups", 1)
    '1 group'
    """
    text = _catalogue(language()).ngettext(singular, plural, n)
    return text.format(n=n, **values)


def N_(message: str) -> str:
    """Mark a sentence for the catalogue and return it unchanged: it is translated when it is said."""
    return message
