"""Predict, commit, reveal: a learner's bet before a figure, settled after it.

A prediction teaches only if it is written down before the answer is seen. `bet` takes a choice and how sure the learner
is; `settle`, in the cell that shows the figure, says what came out and keeps the bet in the learner's own record.
The answer is never typed into a lesson: each choice stands for a statement about computed values, and the one that
holds is the answer.

What this file does not do: stop anybody. Without a bet the figure is shown all the same.
"""

from __future__ import annotations

from collections.abc import Mapping

from hlm_teach.locale import _

__all__ = ["bet", "settle"]

_OPEN: dict[str, tuple[str, float]] = {}


def bet(name: str, choice: str = "", sure: float = 50) -> None:
    """Write down a prediction before its figure is drawn.

    Parameters
    ----------
    name : str
        The name of the question, as it stands in the lesson.
    choice : str
        The letter of the answer; the empty string is no bet.
    sure : float
        How sure you are, in percent, 0 to 100.

    Examples
    --------
    >>> bet("slope", "c", sure=70)
    Your bet is (c), 70 percent sure. Run the next cell.
    >>> bet("slope")
    No bet yet: write the letter of your answer between the quotes and run this cell again.
    >>> bet("slope", "c", sure=700)
    The bet was not taken: `sure` is a percentage between 0 and 100, but it is 700.
    """
    choice = choice.strip().strip("()").lower() if isinstance(choice, str) else ""
    if not choice:
        _OPEN.pop(name, None)
        print(_("No bet yet: write the letter of your answer between the quotes and run this cell again."))
    elif not _is_percentage(sure):
        print(
            _("The bet was not taken: `sure` is a percentage between 0 and 100, but it is {sure}.", sure=sure)
        )
    else:
        _OPEN[name] = (choice, float(sure))
        print(
            _(
                "Your bet is ({choice}), {sure:.0f} percent sure. Run the next cell.",
                choice=choice,
                sure=float(sure),
            )
        )


def settle(name: str, /, **holds: bool) -> None:
    """Say which statement holds, and what was bet on it.

    Parameters
    ----------
    name : str
        The name given to `bet`.
    **holds : bool
        For each letter whether its statement holds. Exactly one must.

    Raises
    ------
    ValueError
        If none or several of the statements hold: a mistake of the lesson's author.

    Examples
    --------
    >>> settle("never asked", a=False, b=True)
    The answer is (b). You had placed no bet.
    >>> settle("slope", a=True, b=True)
    Traceback (most recent call last):
    ...
    ValueError: Exactly one answer of a bet must hold, but of 'slope' these do: a, b. Change the statements.
    """
    right = _the_one(name, holds)
    choice, sure = _OPEN.pop(name, ("", 0.0))
    if not choice:
        print(_("The answer is ({right}). You had placed no bet.", right=right))
        return
    values = {"right": right, "choice": choice, "sure": sure}
    if choice == right:
        print(_("The answer is ({right}), as you said, {sure:.0f} percent sure.", **values))
    elif choice in holds:
        print(
            _(
                "The answer is ({right}). You said ({choice}), {sure:.0f} percent sure: what did you expect to see?",
                **values,
            )
        )
    else:
        print(_("The answer is ({right}). You wrote ({choice}), which is not one of the choices.", **values))
        return
    _keep(name, choice, sure, choice == right)


def _the_one(name: str, holds: Mapping[str, bool]) -> str:
    held = [letter for letter, is_so in holds.items() if bool(is_so)]
    if len(held) != 1:
        raise ValueError(
            _(
                "Exactly one answer of a bet must hold, but of {name!r} these do: {held}. Change the statements.",
                name=name,
                held=", ".join(held) or _("none"),
            )
        )
    return held[0]


def _is_percentage(sure) -> bool:
    return isinstance(sure, int | float) and not isinstance(sure, bool) and 0 <= sure <= 100


def _keep(name: str, choice: str, sure: float, right: bool) -> None:
    from autograder.progress import record_bet

    record_bet(name, choice, sure, right)
