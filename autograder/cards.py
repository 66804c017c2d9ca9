"""A verdict as a card: the same for the self-check, for Validate and on the feedback page.

The idea: one line with a shape and a word for the outcome, the sentence, what else there is to say, and a way back to
the lesson. Nothing depends on colour, nothing runs, everything that came from outside is escaped and bounded.

What this file does not do: decide or phrase anything.

>>> print(text(Verdict("f", "partly", 0.5, "You used `tau` where tau² belongs."), title="The weight", points=2))
◐ Partly right · The weight · 1 of 2 points
  You used `tau` where tau² belongs.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape

from autograder.exercise import Verdict
from hlm_teach.locale import N_, _

__all__ = ["OUTCOMES", "STYLE", "html", "note_html", "note_text", "text"]

OUTCOMES = {  # a shape and a word: never colour alone
    "correct": ("●", N_("Correct")),
    "partly": ("◐", N_("Partly right")),
    "not yet": ("○", N_("Not yet")),
    "not attempted": ("□", N_("Not attempted")),
    "manual": ("◇", N_("Read by a person")),
    "refused": ("✕", N_("Refused")),
}

STYLE = """<style>
.hlm-card { border-left: 0.35em double #767676; padding: 0.4em 0.9em; margin: 0.5em 0; max-width: 46em; line-height: 1.45; }
.hlm-card p { margin: 0.2em 0; } .hlm-card ul { margin: 0.2em 0; padding-left: 1.3em; }
.hlm-card pre { overflow-x: auto; padding: 0.5em 0.7em; border: 1px solid #767676; }
.hlm-correct { border-left: 0.35em solid #0f7ab8; } .hlm-partly { border-left: 0.35em dashed #b86e00; }
.hlm-not-yet { border-left: 0.35em dotted #c8501e; }
</style>"""

LONGEST = {"title": 120, "message": 700, "detail": 400}
MOST_DETAILS = 8
SAFE_LINK = re.compile(r"https?://[^\s]+|(?![a-zA-Z][a-zA-Z0-9+.-]*:)(?!//)[^\s]+")


def _clean(words: str, kind: str) -> str:
    """Return one line of printable text, cut where it is too long."""
    words = " ".join("".join(c if c.isprintable() else " " for c in str(words)).split())
    return words if len(words) <= LONGEST[kind] else words[: LONGEST[kind] - 1] + "…"


def _head(verdict: Verdict, title: str, points: float | None) -> tuple[str, str]:
    shape, word = OUTCOMES[verdict.outcome]
    rest = [_clean(title, "title")] if title else []
    if points is not None and verdict.outcome != "manual":
        rest.append(
            _("{got} of {points} points", got=f"{verdict.credit * points:.4g}", points=f"{points:.4g}")
        )
    elif points is not None:
        rest.append(_("{points} points", points=f"{points:.4g}"))
    return f"{shape} {_(word)}", " · ".join(rest)


def text(verdict: Verdict, title: str = "", points: float | None = None) -> str:
    """Return the card as plain text.

    Parameters
    ----------
    verdict : Verdict
    title : str
        The exercise's title, translated.
    points : float, optional
        What the exercise is worth; left out where points do not matter.
    """
    head = " · ".join(part for part in _head(verdict, title, points) if part)
    return note_text(head, [verdict.message, *verdict.details[:MOST_DETAILS]])


def note_text(head: str, sentences: Sequence[str]) -> str:
    """Return a card without a verdict (a hint, a remark) as plain text."""
    lines = [_clean(sentences[0], "message")] if sentences else []
    lines += [f"- {_clean(s, 'detail')}" for s in sentences[1:]]
    return "\n  ".join([_clean(head, "title") if len(head) > 300 else head, *lines])


def html(
    verdict: Verdict, title: str = "", points: float | None = None, link: str = "", style: bool = True
) -> str:
    """Return the card as HTML without scripts.

    Parameters
    ----------
    verdict : Verdict
    title : str
        The exercise's title, translated.
    points : float, optional
        What the exercise is worth; left out where points do not matter.
    link : str
        Where the lesson's section stands: an http(s) or relative address; anything else is left out.
    style : bool
        Bring the ``<style>`` element along; a page with many cards puts `STYLE` in once instead.

    Examples
    --------
    >>> print(html(Verdict("f", "not yet", 0.0, "<script>alert(1)</script>"), style=False))
    <div class="hlm-card hlm-not-yet" role="status" data-exercise="f" data-outcome="not yet">
    <p><strong><span aria-hidden="true">○</span> Not yet</strong></p>
    <p>&lt;script&gt;alert(1)&lt;/script&gt;</p>
    </div>
    """
    word, rest = _head(verdict, title, points)
    shape, word = word.split(" ", 1)
    head = f'<strong><span aria-hidden="true">{shape}</span> {escape(word)}</strong>'
    head += f" · {escape(rest)}" if rest else ""
    kind = verdict.outcome.replace(" ", "-")
    attributes = {"data-exercise": verdict.exercise, "data-outcome": verdict.outcome}
    if verdict.misconception:
        attributes["data-misconception"] = verdict.misconception
    said = "".join(f' {k}="{escape(_clean(v, "title"))}"' for k, v in attributes.items())
    end = ""
    if link.isprintable() and SAFE_LINK.fullmatch(link) and len(link) < 500:
        end = f'<p><a href="{escape(link)}">{escape(_("Where the lesson explains it"))}</a></p>\n'
    body = _body([verdict.message, *verdict.details[:MOST_DETAILS]])
    card = f'<div class="hlm-card hlm-{kind}" role="status"{said}>\n<p>{head}</p>\n{body}{end}</div>'
    return f"{STYLE}\n{card}" if style else card


def note_html(head: str, sentences: Sequence[str], code: str = "", style: bool = True) -> str:
    """Return a card without a verdict (a hint, a remark, a solution with its code) as HTML."""
    code = "".join(c if c.isprintable() or c == "\n" else " " for c in code[:20_000])
    block = f"<pre><code>{escape(code)}</code></pre>\n" if code else ""
    title = f"<p><strong>{escape(_clean(head, 'title'))}</strong></p>\n" if head else ""
    card = f'<div class="hlm-card" role="status">\n{title}{block}{_body(sentences)}</div>'
    return f"{STYLE}\n{card}" if style else card


def _body(sentences: Sequence[str]) -> str:
    if not sentences:
        return ""
    first, *more = [_with_code(_clean(s, "message" if i == 0 else "detail")) for i, s in enumerate(sentences)]
    rest = "<ul>\n" + "".join(f"<li>{s}</li>\n" for s in more) + "</ul>\n" if more else ""
    return f"<p>{first}</p>\n{rest}"


def _with_code(words: str) -> str:
    """Escape a sentence and set what stands between backticks as code."""
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escape(words))
