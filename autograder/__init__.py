"""Checking and grading: one exercise, one judge, in the lesson and in the assignment.

In a lesson: ``from autograder import check, hint, review, solution``. An exercise is an `Exercise` (`autograder.exercise`,
``exercises/``); what is right and what is said about an answer is decided in `autograder.compare`.

Importing this package loads neither the exercises nor the judge: they come with the first check.
"""

from autograder import progress
from autograder.check import check, hint, judge_answer, solution
from autograder.exercise import Exercise
from autograder.home import home, review
from autograder.student_data import assignment_data
from hlm_teach import bets

__all__ = ["Exercise", "assignment_data", "check", "hint", "home", "judge_answer", "review", "solution"]

bets.listeners.append(progress.record_bet)  # a learner's predictions go into their own record
