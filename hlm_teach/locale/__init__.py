"""Every sentence that a learner reads passes through here.

One gettext domain, ``hlm``, holds the strings of the library, the widgets and the grader.
English is the source: the message *is* the English sentence, with named values in braces.
A sentence is never glued from pieces, because other languages order their pieces differently.

>>> _("{group} moves by {distance:.1f} points.", group="School 7", distance=2.345)
'School 7 moves by 2.3 points.'

The environment variable ``HLM_LANG`` chooses the language when the sentence is said, not when a module is imported.
``hlm.pot`` is the list of all sentences, extracted from the code by ``make strings`` (`hlm_teach.locale.strings`).

What this file does not do: translate. The texts stand in ``<lang>/LC_MESSAGES/hlm.po``.
"""

from __future__ import annotations

import gettext
import os
from functools import lru_cache
from pathlib import Path

DOMAIN = "hlm"
FOLDER = Path(__file__).parent
PLURAL_TABLE = 200  # a count n >= 200 takes the form of n % 100 + 100: every gettext rule has this period

__all__ = ["N_", "_", "catalogue_for_js", "language", "ngettext"]


def language() -> str:
    """Return the language asked for by the environment variable ``HLM_LANG`` (default ``en``)."""
    return (os.environ.get("HLM_LANG") or "en").replace("-", "_")


@lru_cache
def _catalogue(lang: str, folder: Path) -> gettext.NullTranslations:
    return gettext.translation(DOMAIN, folder, languages=[lang], fallback=True)


def _(message: str, /, **values: object) -> str:
    """Translate one whole sentence and fill in its named values."""
    text = _catalogue(language(), FOLDER).gettext(message)
    return text.format(**values) if values else text


def ngettext(singular: str, plural: str, n: int, /, **values: object) -> str:
    """Translate a sentence that depends on a count; ``{n}`` is the count itself.

    >>> ngettext("{n} group", "{n} groups", 1)
    '1 group'
    """
    text = _catalogue(language(), FOLDER).ngettext(singular, plural, n)
    return text.format(n=n, **values)


def N_(message: str) -> str:
    """Mark a sentence for the catalogue and return it unchanged: it is translated when it is said."""
    return message


def catalogue_for_js(lang: str | None = None) -> dict[str, object]:
    """Return the catalogue of one language as plain values for a widget's JavaScript module.

    A message maps to its translation, a message with a plural (by its singular) to the list of its forms.
    The key ``""`` maps to ``{"language": …, "plural": "0111…"}``: the digit at position n (n < 200; beyond that
    at n % 100 + 100) is the index of the form for the count n. Where a message is missing, and always in English,
    the module says the message itself, with the singular for n = 1.

    Parameters
    ----------
    lang : str, optional
        The language; by default the one that ``HLM_LANG`` asks for.

    Returns
    -------
    dict
        Strings and lists of strings: it can go through JSON. Empty where there is no catalogue.

    Examples
    --------
    >>> catalogue_for_js("en")
    {}
    """
    lang = lang or language()
    catalogue = _catalogue(lang, FOLDER)
    table = getattr(catalogue, "_catalog", None)  # gettext has no public list of its messages
    if not table:
        return {}
    plural = "".join(str(catalogue.plural(n)) for n in range(PLURAL_TABLE))
    found: dict[str, object] = {"": {"language": lang, "plural": plural}}
    forms: dict[str, dict[int, str]] = {}
    for key, text in table.items():
        if isinstance(key, tuple):
            forms.setdefault(key[0], {})[key[1]] = text
        elif key:
            found[key] = text
    found.update({message: [by_index[i] for i in sorted(by_index)] for message, by_index in forms.items()})
    return found
