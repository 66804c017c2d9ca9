"""A page that can run and load nothing: a template, its style, and the policy that allows this style only.

Everything put into the page is escaped; what a screen does not show but obeys is taken out.

What this file does not do: know what a page says (`course.page`, `course.report_page`).
"""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader

from hlm_teach.locale import language

# What a screen does not show but obeys: control characters, and those that turn the direction of what follows.
UNSEEN = dict.fromkeys(
    [*(c for c in range(0xA0) if c < 0x20 or c >= 0x7F), *range(0x202A, 0x202F), *range(0x2066, 0x206A)],
    "\ufffd",
)
del UNSEEN[ord("\t")], UNSEEN[ord("\n")]

TEMPLATES = Path(__file__).with_name("templates")
_jinja = Environment(
    loader=FileSystemLoader(TEMPLATES), autoescape=True, trim_blocks=True, lstrip_blocks=True
)


def render(name: str, extra_style: str = "", **values: Any) -> str:
    """Return a page as HTML.

    Parameters
    ----------
    name
        Of the template and its style: ``templates/<name>.html`` and ``.css``.
    extra_style
        CSS that goes before the template's own.
    values
        What the template gets.
    """
    style = extra_style + (TEMPLATES / f"{name}.css").read_text("utf-8")
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    made = _jinja.get_template(f"{name}.html").render(
        **values,
        lang=language().replace("_", "-"),
        style=style,
        csp=f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'",
    )
    return made.translate(UNSEEN)
