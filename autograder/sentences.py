"""Every sentence about numbers that the grader says to a student; above each, the example that provoked it.

The examples are run by ``tests/autograder/test_compare.py``, which demands that each sentence is said where it stands.
They are about `shrinkage_factor(se, tau)` or about a value of the student's own, unless they say otherwise.

What a sentence may hold: the student's own number (where it cannot betray a hidden input), the label of a case,
a name that was asked for. What it never holds: the right number, an input of a hidden case, praise.

What this file does not do: decide anything. `autograder.compare` chooses.
"""

from __future__ import annotations

from hlm_teach.locale import N_, ngettext

# ---- right ------------------------------------------------------------------------------------------------------

# value: the right number
CORRECT = N_("Correct.")
# function: right on the cases of the lesson, in the lesson
CORRECT_SHOWN = N_("Correct on every case shown here. Grading calls `{name}` with other inputs too.")
# function: right on the hidden cases as well
CORRECT_CASES = N_("Correct on every case, also on those that the lesson does not show.")
# earlier answer wrong, this one right if one starts from it
CARRIED = N_("Correct, given your own `{earlier}`: the mistake there is counted there only.")
# two earlier answers wrong, this one right if one starts from both
CARRIED_SEVERAL = N_("Correct, given your own {earlier}: the mistakes there are counted there only.")
# return [B]
SINGLE = N_("Your number stands alone inside a list, an array or a Series; it was taken out of it.")
# return B.reshape(-1, 1)
DIMENSIONS = N_("Your array has one dimension more than needed, of length one; it was read without it.")
# return {"mu": mu, "tau": tau, "note": 1}
EXTRA = N_("Your answer holds more than was asked for; the rest was not looked at.")

# ---- nothing to judge -------------------------------------------------------------------------------------------

# def shrinkage_factor(se, tau): ...
EMPTY_FUNCTION = N_(
    "`{name}` has not returned anything yet. If it is written, does it end with `return` and the result?"
)
# my_slope = ...
EMPTY_VALUE = N_("`{name}` has not been computed yet.")
# return (B, ...)
UNFINISHED = N_("A part of your answer is still open: there is `...` in it.")
# if tau > 0: return B
SOME_EMPTY = N_("On the case “{case}” `{name}` returned nothing. Does every branch end with `return`?")
# def shrinkage(se, tau): …
MISSING = N_(
    "There is no `{name}` in the notebook. Keep that name in its cell: it is how the answer is found."
)

# ---- it did not come back ---------------------------------------------------------------------------------------

# se ** 2 / (se ** 2 + Tau ** 2)
RAISED = N_("On the case “{case}” `{name}` stopped with an error: {error}.")
# my_slope = fit.params["homwork"]
RAISED_VALUE = N_("The cell of `{name}` stopped with an error: {error}.")
ADVICE = {
    # Tau for tau
    "NameError": N_(
        "A name is not defined: check its spelling, and that the cell defining it comes earlier."
    ),
    # data["schol"]
    "KeyError": N_("A column, label or key of that name is not there: check its spelling."),
    # y[8] of eight
    "IndexError": N_("A position past the end was asked for: the first has number 0."),
    # def shrinkage_factor(se): …
    "TypeError": N_(
        "An operation or a call got something of the wrong type, or too many or too few arguments."
    ),
    # if se > 0: … with an array
    "ValueError": N_(
        "A value does not fit where it was used. With arrays, `if` and `max` want one value; use np.where or np.maximum."
    ),
    # 1 / tau with tau = 0
    "ZeroDivisionError": N_("Something is divided by zero there: what should come out in that case?"),
    # se.squared()
    "AttributeError": N_(
        "That object has no attribute or method of this name: check its type and the spelling."
    ),
    # import numppy
    "ModuleNotFoundError": N_("A package of that name is not installed where your notebook runs."),
    # from hlm_teach import shrinkage_factor, where that is what the task asks for
    "ImportError": N_("A name cannot be imported where your notebook is graded: write it yourself."),
    # return shrinkage_factor(se, tau) inside shrinkage_factor
    "RecursionError": N_("The function keeps calling itself."),
    # return se**2 / (se**2 + tau**2
    "SyntaxError": N_("The cell is not valid Python: run it and look where the arrow points."),
}
# while True: pass
TIMEOUT = N_("`{name}` was stopped: it used up its computing time. Look for a loop that does not end.")
# time.sleep(10**6), input() from a thread, a lock taken twice
IDLE = N_(
    "`{name}` was stopped: it waited and did nothing. Look for a sleep, for input from the keyboard, "
    "or for something that never comes."
)
# time.sleep(1) in a loop without end
WAITED = N_(
    "`{name}` was stopped: it took too long by the clock. Look for a loop that does not end, or for a sleep in it."
)
# [0] * 10**12
MEMORY = N_("`{name}` was stopped: it asked for more memory than an answer may use.")
# os._exit(0)
CRASHED = N_("Python itself ended while `{name}` was running. Look for exit, quit or kill.")
# return range(8)
UNREADABLE = N_(
    "Your answer is of type {type}, which cannot be read. "
    "Give a number, text, a list, a tuple, a dict, an array, a Series or a DataFrame."
)
# a class of one's own, on a hidden case
UNREADABLE_TYPE = N_(
    "Your answer is of a type that cannot be read. "
    "Give a number, text, a list, a tuple, a dict, an array, a Series or a DataFrame."
)
# return [0.5] * 10**7
TOO_LARGE = N_("Your answer is too large to be read: give only what was asked for.")
# tau2 ** 0.5 with a negative tau2
COMPLEX = N_("Your answer is a complex number: somewhere a root of a negative number is taken.")
# check("my_slope", np.mean)
A_FUNCTION = N_("Your answer is a function where its result was expected: call it, with parentheses.")

# ---- of another shape or type -----------------------------------------------------------------------------------

# return "0.5"
TEXT = N_("You gave text where a number was expected: leave out the quotes, and do not format it.")
# return [None] * len(se)
HOLDS_NONE = N_("Your answer holds None where numbers were expected: something in it was never computed.")
# return se > tau
TRUE_FALSE = N_("You gave True or False where a number was expected.")
# means = data["y"].mean() where one a school is wanted
SHAPE = N_("Expected: {expected}. You gave: {given}.")
# return B.mean() where one a group is wanted
SHAPE_CASE = N_("On the case “{case}” this was expected: {expected}. You gave: {given}.")
# return [[0.1, 0.2], [0.3]]
RAGGED = N_("Your answer is a list whose rows differ in length. Expected: {expected}.")
# a Series without the county LAC
LABELS = N_(
    "The labels of your answer are not those of the groups. Missing: {missing}. Not expected: {extra}."
)
# {"mu": 50.1} where mu and tau are wanted
KEYS = N_("The keys of your dict are not those asked for. Missing: {missing}. Not expected: {extra}.")
# a DataFrame without the column se
COLUMNS = N_(
    "The columns of your DataFrame are not those asked for. Missing: {missing}. Not expected: {extra}."
)

# ---- wrong in a way that has a name -----------------------------------------------------------------------------

# return -B
NEGATIVE = N_("The sign is turned round: your number is the negative of what it should be.")
# return 100 * B
PERCENT = N_("Your number is a hundred times too large: is it in percent?")
# icc / 100
PROPORTION = N_(
    "Your number is a hundred times too small: a proportion where percent is asked for, or one division by a hundred too many?"
)
# return tau ** 2 where tau is asked for
SQUARE = N_("Your number is the square of what it should be: a variance where a standard deviation belongs?")
# return tau where tau2 is asked for
ROOT = N_(
    "Your number is the square root of what it should be: a standard deviation where a variance belongs?"
)
# return 1 - B
COMPLEMENT = N_("Your number is one minus what it should be: the share of the other part.")
# return 1 / B
RECIPROCAL = N_("Your number is upside down: one divided by what it should be.")
# return np.sort(B)
ORDER = N_("These are the right numbers in another order: keep the order of the groups.")
# return round(B, 2)
ROUNDED = N_("Your number is right as far as it goes, but rounded: give it with all its digits.")
# the number of the practice set
OTHER_SET = N_("This is right for {whose}, not for the data drawn for you: compute it from your own.")
# return 0.2647
HARDCODED = N_(
    "Right on the cases that the lesson shows and on no other: it looks as if their results are written into `{name}`. "
    "Compute them from its arguments."
)
# return 0.5
CONSTANT = N_("`{name}` gives the same answer on every case. Does it use all of its arguments?")
# return se**2 / tau**2 * tau with tau = 0 … nan
NAN = N_(
    "Your answer holds NaN, which is not a number: look for 0/0, a missing value or labels that do not match."
)
# return se**2 / 0.0 in numpy
INFINITE = N_("Your answer holds an infinite number: look for a division by zero.")

# ---- wrong in some other way ------------------------------------------------------------------------------------

# value: my_slope = 5.0
WRONG_VALUE = N_("Your value {value} is not what these data give.")
# function, on a case of the lesson
WRONG_CASE = N_("On the case “{case}” your answer {value} is not right.")
# function, on a hidden case
WRONG_HIDDEN = N_("On the case “{case}” your answer is not right.")
# value: one of two means
WRONG_PLACE = N_(
    "{wrong} of {total} numbers are not right; the first of them stands at {place}, where you have {value}."
)
# function: one of eight numbers, on a case of the lesson
WRONG_PLACE_CASE = N_(
    "On the case “{case}” {wrong} of {total} numbers are not right; "
    "the first of them stands at {place}, where you have {value}."
)
# {"n": right, "which": "the other school"}
WRONG_PART = N_("{part} is not right.")
# {"mu": right, "tau": wrong}
PARTS = N_("Right: {right}. Not right yet: {wrong}.")
# right unless tau = 0
PARTLY = N_("Right on {right} of {n} cases; not on “{case}”.")
# the y that was handed in has been sorted in place
MUTATED = N_("`{name}` changes what is handed to it: work on a copy, for example y = y.copy().")
# check("shrinkage_factor", shrinkage_factor(3, 4))
NOT_A_FUNCTION = N_('Give the function itself, without calling it: check("{name}", {name}).')
# def shrinkage_factor(se, tau): … se.mean() in its third line, with a number for se
AT_LINE = N_("{error} (line {line} of its cell)")
# check(shrinkage_factor)
HOW_TO_CHECK = N_('Write the name as text, in quotes: check("{name}").')
# check("shrinkage_factor") before the cell with the function has been run
RUN_FIRST = N_("Run its cell first. If that stops with an error, the last line of the error says why.")

# ---- a sentence with slots --------------------------------------------------------------------------------------

# {"direction": "toward the mean", …} all right
SLOTS_RIGHT = N_("Correct: every blank is right.")


# two of three
def blanks_right(right: int, n: int) -> str:
    """Say how many blanks of a sentence are right."""
    return ngettext("{right} of {n} blank is right.", "{right} of {n} blanks are right.", n, right=right)


# {"direction": "away"}
SLOT_WRONG = N_("“{slot}”: “{option}” is not right.")
# {"direction": "toward teh mean"}
SLOT_UNKNOWN = N_("“{slot}”: “{option}” is not one of the options. They are: {options}.")
# {"direction": ...}
SLOT_OPEN = N_("“{slot}” is still open.")
# ["toward the mean"]
SLOTS_FORM = N_("Give a dict with one option for each blank: {slots}.")

# ---- an object with properties ----------------------------------------------------------------------------------

# a table in which the smallest group hardly moves
ALL_HOLD = N_("Correct: it has every property that was asked for.")
# the string "table"
NOT_EXAMINED = N_(
    "One of the properties could not be looked at in what you gave: check its type, columns and numbers."
)

# ---- read by a person -------------------------------------------------------------------------------------------

# a text
MANUAL = N_("A person reads this answer, with this rubric:")
# an empty cell
MANUAL_EMPTY = N_("This answer is still empty. A person reads it, with this rubric:")
RUBRIC = N_("{points:g}: {what}")

# ---- what things are called, inside the sentences above ----------------------------------------------------------

NOBODY = N_("none")
OWN_ERROR = N_("an exception of its own")
CASE_NUMBER = N_("case {i}")
A_NUMBER = N_("a number")
A_TEXT = N_("text")
A_BOOL = N_("True or False")
NOTHING = N_("nothing (None)")
A_TABLE = N_("an array of shape {shape}")
A_FRAME = N_("a DataFrame of {rows} rows with the columns {columns}")
A_DICT = N_("a dict with the keys {keys}")
A_TUPLE = N_("{n} values, one after the other")
ANOTHER = N_("something of another kind or size ({type})")
POSITION = N_("position {i} (counted from 0)")
QUOTED = N_("“{name}”")


def numbers_in_a_row(n: int) -> str:
    """Say how many numbers a list, a Series or a flat array holds."""
    return ngettext("a list, array or Series of {n} number", "a list, array or Series of {n} numbers", n)
