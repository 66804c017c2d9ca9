"""Numbers in the text: what is bound, what must be, and whether a changed digit is noticed."""

from __future__ import annotations

import pytest

from course import build, prose, solved
from course.source import Cell, Lesson, read


def lesson(*texts: str, tags: tuple[str, ...] = ()) -> Lesson:
    """Return a lesson of markdown cells."""
    from pathlib import Path

    return Lesson("77", "77_x", Path("77_x.py"), tuple(Cell("markdown", text, tags=tags) for text in texts))


@pytest.mark.parametrize(
    "text",
    [
        "In 1979 and in the 1980s, as lesson 02 and lessons 04–06 say.",
        "`n = 919`, ```85```, and\n\n```python\nx = 12345\n```\n",
        "[Table 5.4](https://example.org/123) and https://example.org/456",
        "lme4, ps02, x1 and W1 are names.",
        "1. first\n2. second\n10. tenth",
        "## 3. A heading that is numbered",
        "$y_1 + 2x_{2} = 3$ and $$\\frac{1}{2}$$",
        "{{919 = len(radon) | d}} houses, $\\tau = {{0.31 = tau | .2f}}$",
        'a <span style="width: 30px">span</span> <!-- 12 -->',
    ],
)
def test_numbers_that_need_no_binding(text):
    """Are years, code, links, names, list marks, single digits in formulas and bound numbers left alone?"""
    assert prose.unbound(text) == []


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("There are 85 counties.", ["85"]),
        ("There are 7 schools and 1,234.5 pupils.", ["7", "1,234.5"]),
        ("$\\tau = 0.31$ and $10^2$", ["0.31", "10"]),
        ("a 95 % interval", ["95"]),
        ("in 1750 or 2150", ["1750", "2150"]),
        ("1979.5 points", ["1979.5"]),
        ("There were\n85. Then more.", ["85"]),
        ("See chapter 12.", ["12"]),
    ],
)
def test_numbers_that_do(text, numbers):
    """Is every other number found, even at the start of a line, beside a year, or inside a formula?"""
    assert prose.unbound(text) == numbers


def test_places_in_books_are_free_only_where_the_text_is_about_books():
    """May chapters and pages be named under a heading about books, and are other numbers there still bound?"""
    text = "## In the books\n\nGelman & Hill, chapters 12 and 13, pp. 251–259, §12.4; 85 counties."
    problems = prose.form_problems(lesson(text))
    assert len(problems) == 1
    assert "85" in problems[0]
    assert len(prose.form_problems(lesson("## Elsewhere\n\nsee chapter 12"))) == 1


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("{{44 = 44 | d}}", "holds the number to itself"),
        ("{{44 = len([1, 2]) | d}}", "holds the number to itself"),
        ("{{44.07 = fit.mu}}", "has no format"),
        ("{{44.07 = fit. | .2f}}", "is not a Python expression"),
        ("{{44.07}}", "opens no binding"),
    ],
)
def test_a_binding_that_could_not_fail_or_be_read_is_refused(text, words):
    """Is a constant, a missing format, a broken expression or a stray '{{' named?"""
    problems = prose.form_problems(lesson(text))
    assert any(words in problem for problem in problems), problems


def test_expressions_may_hold_bars_equal_signs_and_quotes():
    """Is the format what stands after the last bar, and the text what stands before the first equal sign?"""
    (binding,) = prose.bindings('{{3 = fits["y ~ x + (1 | g)"].n(a=1) | d}}')
    assert (binding.text, binding.expression, binding.spec) == ("3", 'fits["y ~ x + (1 | g)"].n(a=1)', "d")


def test_a_bound_word_and_a_typed_minus():
    """May a name be bound, and is the sign − the same as -?"""
    (name, number) = prose.bindings("{{Aitkin = worst | s}} lost {{−0.61 = slope | .2f}}")
    assert name.agrees("Aitkin") and not name.agrees("AITKIN")
    assert number.agrees("-0.61") and not number.agrees("0.61")


@pytest.mark.slow
def test_every_changed_digit_is_noticed(toy):
    """Does changing any digit of any bound number, one at a time, turn the check red?"""
    made = read(toy.path)
    keys = [b.key for _, text, _ in prose.parts(made) for b in prose.bindings(text)]
    values = solved.run(build.solved_lesson(made, toy.registry), keys).values
    assert prose.value_problems(made, values) == []
    mutants = digits_changed(toy.path.read_text(encoding="utf-8"))
    assert len(mutants) == 2 + 3 + 2 + 1
    for mutant in mutants:
        toy.path.write_text(mutant, encoding="utf-8")
        assert len(prose.value_problems(read(toy.path), values)) == 1


def digits_changed(source: str) -> list[str]:
    """Return the source once for each digit of a bound number, with that digit changed."""
    mutants = []
    for found in prose.BINDING.finditer(source):
        for place in range(found.start(1), found.end(1)):
            if source[place].isdigit():
                mutants.append(source[:place] + str((int(source[place]) + 1) % 10) + source[place + 1 :])
    return mutants


def test_a_value_that_cannot_be_computed_is_said():
    """Does a binding to a name that the lesson lost say so, instead of passing?"""
    (problem,) = prose.value_problems(
        lesson("{{3 = gone | d}}"), {("gone", "d"): "!NameError: name 'gone' is not defined"}
    )
    assert "cannot be checked" in problem and "gone" in problem
    (problem,) = prose.value_problems(lesson("{{3 = gone | d}}"), {})
    assert "was not computed" in problem


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("chapters 12, 13 and 14 of the book", []),
        ("chapter 12, 85 counties", ["85"]),
        ("pp. 251–259 and 477", []),
        ("sections 12.2 and 12.3 for the weighted average", []),
        ("tables 4.1 to 4.3, §5", []),
        ("in section 3, 919 houses and 85 counties", ["919", "85"]),
    ],
)
def test_a_count_after_a_place_is_still_a_count(text, numbers):
    """Does a list of chapters end where a number counts something?"""
    assert prose.unbound(text, in_books=True) == numbers
