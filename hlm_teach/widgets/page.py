"""A widget as self-contained HTML: no kernel, no network, and a picture with its sentence where no script runs.

A saved page shows the output of a widget long after its kernel has gone. So each widget also emits ``text/html``:
a static picture and its sentence, then the widget's module inlined as a script that takes the picture's place.
The page and the live widget run the same code.

Jupyter's converter prefers a live view to ``text/html`` wherever it has recorded the view's state, and such a view
needs a script from the network. It records states when it executes a notebook with nobody at the front end. Hence
`somebody_there`: without a person who could answer, a widget opens no connection and emits the page alone.

What this file does not do: draw. The picture is the widget's own.
"""

from __future__ import annotations

import hashlib
import html
import json
import os
from collections.abc import Mapping
from typing import Any

__all__ = ["page", "somebody_there"]


def somebody_there() -> bool:
    """Return False where a notebook is executed as a batch, True wherever a person may be at the front end.

    A front end says with each request whether a person could answer ``input()``; a batch run says no. Outside a kernel
    nobody has said anything, and the answer is True. The environment variable ``HLM_WIDGETS`` (``live`` or ``page``)
    decides where this guess is wrong.

    >>> somebody_there()
    True
    """
    asked = os.environ.get("HLM_WIDGETS")
    if asked in ("live", "page"):
        return asked == "live"
    try:
        from IPython import get_ipython

        request = get_ipython().kernel.get_parent("shell")
        return bool(request["content"].get("allow_stdin", True))
    except (ImportError, AttributeError, KeyError, TypeError):
        return True


def page(traits: Mapping[str, Any], script: str, style: str, picture: str, sentence: str) -> str:
    """Return the HTML of a widget.

    Parameters
    ----------
    traits : mapping
        The state, plain values only.
    script : str
        The widget's module joined for a page: it defines ``render``, ``mount`` and ``second``.
    style : str
        Its style sheet.
    picture, sentence : str
        What a reader without scripts gets: an ``<svg>`` and one paragraph.

    Examples
    --------
    >>> text = page({"tau": 2.0}, "const render = 0;", "", "<svg></svg>", "τ = 2.")
    >>> "τ = 2." in text, "<svg>" in text, "http" in text
    (True, True, False)
    """
    state = json.dumps(traits, ensure_ascii=False, allow_nan=False, sort_keys=True).replace("<", "\\u003c")
    name = hashlib.sha256((state + script).encode()).hexdigest()[:12]
    safe = script.replace("</script", "<\\/script")
    return (
        f"<style>{style}</style>"
        f'<div data-hlm="{name}"><figure class="hlm static">{picture}'
        f"<figcaption>{html.escape(sentence)}</figcaption></figure></div>"
        f'<script>(() => {{\n{safe}mount({{ render, second }}, "{name}", {state});\n}})();</script>'
    )
