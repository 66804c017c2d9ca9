"""Odd submissions: clumsy, broken, greedy and hostile ones, and what is owed to each.

``CORPUS`` holds them all; ``tests/corpus/test_corpus.py`` grades them in one class and holds the grader to what they say.
"""

from corpus.broken import FILES, STRUCTURE
from corpus.hardware import KERNEL, RESOURCES
from corpus.hostile import CHEATS, ESCAPES, INJECTION, LEAKS
from corpus.plain import CLUMSY, CONTROLS
from corpus.second import SECOND
from corpus.third import THIRD

FIRST = (*CONTROLS, *CLUMSY, *RESOURCES, *KERNEL, *STRUCTURE, *FILES, *CHEATS, *LEAKS, *ESCAPES, *INJECTION)
CORPUS = (*FIRST, *SECOND, *THIRD)
