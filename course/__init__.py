"""The nbgrader course: from one source per lesson to graded feedback.

A lesson is written once, as text (``lessons/NN_name.py``). `course.build` makes of it the notebook that a learner opens and
the assignments that nbgrader releases; `course.cli` is the command ``hlm`` that runs a term: build, release, intake,
grade, feedback, report. Grading itself is in `autograder`; nbgrader keeps the gradebook.

``source.py`` reads a lesson, ``rules.py`` says what it must keep to, ``prose.py`` holds its numbers to what it computes,
``build.py`` writes the notebooks, ``folder.py`` knows where everything of a course lies.

What this package does not do: judge answers, or run a student's code.
"""
