"""What every widget of the course shares: a bet before the picture, a sentence for every state, a page without a kernel.

A widget is an `anywidget.AnyWidget`: its state stands in traits (``observe``, ``link`` and layout boxes work), its picture
in plain JavaScript beside it. This class adds the *predict gate* (choice and confidence first), the messages in the
learner's language, and the self-contained page.

A new widget subclasses `Exploration`, names its ``SOURCE`` file, its ``MESSAGES`` and the slider that ``benchmarks/widgets.py``
moves (``BENCH``, its label), and writes `sentence` and `picture`.
Where one module would grow beyond 15 KiB its pictures stand in a second one, which `second_source` names.

What this file does not do: mathematics, or drawing.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, ClassVar

import anywidget
import traitlets as t

from hlm_teach import bets
from hlm_teach.locale import N_, _
from hlm_teach.widgets.module import FOLDER, joined, joined_for_page
from hlm_teach.widgets.page import page, somebody_there
from hlm_teach.widgets.sentences import spoken

__all__ = ["GATE_MESSAGES", "Exploration"]

GATE_MESSAGES = {
    "how_sure": N_("How sure are you?"),
    "sure_35": N_("a guess"),
    "sure_60": N_("leaning"),
    "sure_80": N_("fairly sure"),
    "sure_95": N_("sure"),
    "commit": N_("Commit and open the picture"),
    "incomplete": N_("Choose an answer and say how sure you are."),
    "right": N_("You answered {choice}, {confidence} % sure: that holds."),
    "wrong": N_("You answered {choice}, {confidence} % sure. It is {answer}."),
}


_second = lru_cache(joined)


class Exploration(anywidget.AnyWidget):
    """A widget with a predict gate, a sentence for its state, and a page that needs no kernel.

    Attributes
    ----------
    question : dict
        ``text``, ``options``, ``answer`` (index of the right option) and ``because``; empty if nothing is asked.
    choice, confidence : int
        The index of the option chosen (−1 before) and the confidence in percent (0 before).
    committed : bool
        Whether the picture is open.
    strings : dict
        The widget's messages in the learner's language, for the browser.
    second : str
        The widget's second module, for the browser; empty where one is enough.
    """

    SOURCE: ClassVar[str]
    BENCH: ClassVar[str] = ""
    MESSAGES: ClassVar[dict[str, str]] = {}

    question = t.Dict().tag(sync=True)
    choice = t.Int(-1).tag(sync=True)
    confidence = t.Int(0).tag(sync=True)
    committed = t.Bool(False).tag(sync=True)
    strings = t.Dict().tag(sync=True)
    second = t.Unicode().tag(sync=True)

    def __init_subclass__(cls, **kwargs: Any) -> None:
        if "SOURCE" in cls.__dict__:  # not for the subclass that anywidget makes to add its traits
            cls._esm = joined(cls.SOURCE)
            cls._css = (FOLDER / "shared" / "widgets.css").read_text(encoding="utf-8")
        super().__init_subclass__(**kwargs)

    def __init__(self, **traits: Any) -> None:
        traits.setdefault("committed", not traits.get("question"))
        super().__init__(strings=spoken(GATE_MESSAGES | self.MESSAGES), **traits)
        if self.second_source:
            self.second = _second(self.second_source)
        self.observe(self._tell_of_bet, names=["committed"])

    def _tell_of_bet(self, change: dict[str, Any]) -> None:
        """Say once what was bet, whether the button or `commit` placed it."""
        if change["new"] and self.question and self.choice >= 0:
            bets.placed(
                self.question["text"],
                self.question["options"][self.choice],
                self.confidence,
                bool(self.was_right),
            )

    @property
    def second_source(self) -> str:
        """The file of the widget's second module; empty where one is enough."""
        return ""

    @property
    def sentence(self) -> str:
        """The state in words, with its numbers."""
        raise NotImplementedError

    @property
    def caption(self) -> str:
        """The sentence of the static picture: where no script runs no gate can close it."""
        return self.sentence

    def picture(self) -> str:
        """The state as a static ``<svg>``."""
        raise NotImplementedError

    @property
    def was_right(self) -> bool | None:
        """Whether the answer committed to is the right one; None before."""
        return self.choice == self.question["answer"] if self.question and self.committed else None

    def commit(self, choice: int | str, confidence: float) -> None:
        """Place the bet and open the picture.

        Parameters
        ----------
        choice : int or str
            The option: its index, its whole text, or the letter it begins with.
        confidence : float
            In percent, 0 to 100.

        Raises
        ------
        ValueError
            If there is nothing to answer, the answer is none of the options, or a bet was placed before.
        """
        if not self.question:
            raise ValueError(_("This widget asks nothing: its picture is open."))
        if self.committed:
            raise ValueError(
                _(
                    "A prediction is committed once, and this one was: {choice}, {confidence} % sure. "
                    "Make a new widget to predict again.",
                    choice=self.question["options"][self.choice],
                    confidence=self.confidence,
                )
            )
        index = self._option(choice)
        if isinstance(confidence, bool) or not 0 <= confidence <= 100:
            raise ValueError(
                _("confidence must be a percentage from 0 to 100, but it is {found!r}.", found=confidence)
            )
        with self.hold_sync():
            self.choice, self.confidence, self.committed = index, round(confidence), True

    def notify_change(self, change) -> None:
        """Let a change and what follows from it reach the page in one message: no picture of half a state."""
        with self.hold_sync():
            super().notify_change(change)

    def _ask_again(self, question: dict[str, Any]) -> None:
        """Close the gate over another question; where nothing was asked before, nothing is now."""
        if self.question:
            with self.hold_sync():
                self.question = question
                self.choice, self.confidence, self.committed = -1, 0, False

    def _option(self, choice: int | str) -> int:
        options = self.question["options"]
        if isinstance(choice, int) and not isinstance(choice, bool) and 0 <= choice < len(options):
            return choice
        found = [i for i, text in enumerate(options) if choice == text]
        found = found or [i for i, text in enumerate(options) if text.partition(":")[0] == choice]
        if len(found) != 1:
            raise ValueError(
                _(
                    "choice must be one of the options or its index, but it is {found!r}. The options are: {options}.",
                    found=choice,
                    options="; ".join(options),
                )
            )
        return found[0]

    def open(self) -> None:
        """Connect to the front end, where there is one."""
        if somebody_there():
            super().open()

    def traits_for_page(self) -> dict[str, Any]:
        """Return the state as plain values: the widget's own synchronised traits."""
        inherited = set(anywidget.AnyWidget.class_trait_names()) | {"_esm", "_css", "_anywidget_id", "second"}
        own = [name for name in self.trait_names(sync=True) if name not in inherited]
        return {name: self._trait_to_json_value(name) for name in own}

    def _trait_to_json_value(self, name: str) -> Any:
        to_json = self.trait_metadata(name, "to_json", self._trait_to_json)
        return to_json(getattr(self, name), self)

    def _repr_mimebundle_(self, **kwargs: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return the live view where there may be a front end for it, always the page, and the sentence as plain text."""
        data, metadata = {}, {}
        if somebody_there():
            data, metadata = super()._repr_mimebundle_(**kwargs)
        data["text/plain"] = self.sentence
        script = joined_for_page(self.SOURCE, self.second_source)
        data["text/html"] = page(self.traits_for_page(), script, self._css, self.picture(), self.caption)
        return data, metadata
