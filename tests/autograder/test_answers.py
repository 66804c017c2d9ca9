"""What may leave the sandbox: exact values of a closed list of types, and nothing that lies about itself."""

from __future__ import annotations

import json
import math
import struct
import subprocess
import sys
import time
from collections import Counter, OrderedDict, defaultdict, namedtuple
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from autograder import answers
from autograder.answers import (
    DEPTH,
    LIMIT,
    AnswerError,
    decode,
    dumps,
    encode,
    loads,
    read_answer,
    write_answer,
)

SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(-(2**80), 2**80), st.floats(), st.text(max_size=8), st.just(...)
)
DTYPES = st.sampled_from(["?", "i1", "i8", "u2", "f2", "f4", "f8", ">f8", ">i4"])
ARRAYS = DTYPES.flatmap(
    lambda d: hnp.arrays(d, hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4))
)
VALUES = st.recursive(
    SCALARS | ARRAYS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.tuples(inner, inner),
        st.dictionaries(st.one_of(st.text(max_size=4), st.integers()), inner, max_size=4),
    ),
    max_leaves=12,
)


def same(a, b) -> bool:
    """Are two values the same, bit for bit and type for type (byte order aside)?"""
    if type(a) is not type(b):
        return False
    if type(a) is float:
        return (math.isnan(a) and math.isnan(b)) or struct.pack("d", a) == struct.pack("d", b)
    if type(a) in (list, tuple):
        return len(a) == len(b) and all(same(x, y) for x, y in zip(a, b, strict=True))
    if type(a) is dict:
        return list(a) == list(b) and all(same(a[k], b[k]) for k in a)
    if type(a) is np.ndarray:
        native = a.astype(a.dtype.newbyteorder("="))
        return native.dtype == b.dtype and native.shape == b.shape and native.tobytes() == b.tobytes()
    return a == b


@settings(max_examples=300, deadline=None)
@given(VALUES)
def test_a_value_comes_back_as_it_was(value):
    """Does every value of the closed list survive the way through text, to the last bit?"""
    assert same(value, decode(loads(dumps(value))))


@settings(max_examples=200, deadline=None)
@given(VALUES)
def test_the_size_is_never_underestimated(value):
    """Does the running count, which stops a huge answer early, cover the text that is written?"""
    left = [LIMIT]
    obj = answers._encode(value, 0, left)
    assert len(json.dumps(obj, separators=(",", ":"))) <= LIMIT - left[0]


LABELLED = {
    "plain": pd.Series([1.5, np.nan, -0.0]),
    "labelled": pd.Series([1.5, 2.5], index=pd.Index(["a", "b"], name="school"), name="mean"),
    "integers as labels": pd.Series([1, 2], index=[7, 3]),
    "two levels": pd.Series(
        [1.0, 2.0], index=pd.MultiIndex.from_tuples([("a", 1), ("b", 2)], names=["s", None])
    ),
    "strings": pd.Series(["x", "y"]),
    "bool": pd.Series([True, False]),
    "empty": pd.Series([], dtype=float, index=pd.Index([], dtype=str)),
    "repeated labels": pd.Series([1.0, 2.0], index=["a", "a"]),
}


@pytest.mark.parametrize("name", LABELLED)
def test_a_series_comes_back_with_its_labels(name):
    """Do values, index, names and order of a Series survive?"""
    pd.testing.assert_series_equal(
        decode(loads(dumps(LABELLED[name]))),
        LABELLED[name],
        check_dtype=name != "empty",
        check_index_type=False,
    )


def test_a_data_frame_comes_back():
    """Do columns of several types, repeated labels and two-level columns survive?"""
    frame = pd.DataFrame(
        {"n": [1, 2], "mean": [1.5, np.inf], "school": ["a", "b"], "ok": [True, False]}, index=["r", "r"]
    )
    pd.testing.assert_frame_equal(decode(loads(dumps(frame))), frame)
    wide = pd.DataFrame([[1.0, 2.0]], columns=pd.MultiIndex.from_tuples([("a", "x"), ("a", "y")]))
    pd.testing.assert_frame_equal(decode(loads(dumps(wide))), wide)


@pytest.mark.parametrize(
    ("given_", "expected"),
    [
        (pd.Series([1, None], dtype="Int64"), [1.0, math.nan]),
        (pd.Series(pd.Categorical(["b", "a"])), ["b", "a"]),
        (pd.Series([0.5], index=pd.CategoricalIndex(["Public"])), [0.5]),
        (pd.Series([True, None], dtype="boolean"), [True, math.nan]),
    ],
)
def test_what_honest_pandas_code_returns_can_be_read(given_, expected):
    """Are nullable and categorical columns read as their plain values?"""
    assert same([x.item() if hasattr(x, "item") else x for x in decode(encode(given_))], expected)


def test_numpy_scalars_become_pythons():
    """Is np.float32(0.1) read as the float it is, and np.int64, np.bool_ and np.str_ as Python's own?"""
    given_ = [np.float64(0.1), np.float32(0.1), np.int8(-3), np.bool_(True), np.str_("a"), np.longdouble(2)]
    assert same(decode(encode(given_)), [0.1, float(np.float32(0.1)), -3, True, "a", 2.0])


class LyingFloat(float):
    """Says that it equals everything."""

    def __eq__(self, other):
        return True

    __hash__ = float.__hash__


class LyingClass:
    """Says that it is a float."""

    __class__ = float

    def __float__(self):
        return 1.0

    def __getattr__(self, name):
        raise SystemExit("asked")


class Meta(type):
    """Makes a class whose name, equality and hash are traps."""

    def __eq__(cls, other):
        raise SystemExit("compared")

    def __hash__(cls):
        raise SystemExit("hashed")

    __name__ = property(lambda cls: 1 / 0)


Trap = Meta("Trap", (), {})
Hashable = Meta("Hashable", (), {"__hash__": lambda self: 1})


class SubArray(np.ndarray):
    """An array of its own."""


def object_array(item):
    made = np.empty(1, dtype=object)
    made[0] = item
    return made


LIARS = {
    "float that equals everything": lambda: LyingFloat(1.0),
    "claims to be a float": LyingClass,
    "trap": Trap,
    "the trap's class": lambda: Trap,
    "array of its own": lambda: np.zeros(2).view(SubArray),
    "masked array that hides something": lambda: np.ma.masked_array([1.0, 2.0], mask=[True, False]),
    "complex array": lambda: np.array([1 + 2j]),
    "dates": lambda: np.array(["2020-01-01"], dtype="M8[D]"),
    "subclass of dict": lambda: type("Dict", (OrderedDict,), {})(a=1),
    "subclass of tuple": lambda: namedtuple("P", "x")(1),
    "liar in a key": lambda: {(1, 2, LyingFloat(1.0)): 1},
    "set as key": lambda: {frozenset(): 1},
    "set": lambda: {1, 2},
    "range": lambda: range(3),
    "complex": lambda: 1j,
    "bytes": lambda: b"bytes",
    "function": lambda: len,
    "timestamp": lambda: pd.Timestamp("2020-01-01"),
    "index": lambda: pd.Index([1, 2]),
    "liar in lists": lambda: [[LyingClass()]],
    "liar in an array": lambda: object_array(LyingClass()),
    "trap in an array": lambda: object_array(Trap()),
    "trap as a name": lambda: pd.Series([1.0], name=Hashable()),
    "liar in a Series": lambda: pd.Series(object_array(LyingFloat(1.0)), dtype=object),
}


DRESSED = {
    "OrderedDict": (OrderedDict(a=1.5), {"a": 1.5}),
    "defaultdict": (defaultdict(list, a=1.5), {"a": 1.5}),
    "Counter": (Counter("aab"), {"a": 2, "b": 1}),
    "Decimal": (Decimal("1.5"), 1.5),
    "Fraction": (Fraction(3, 2), 1.5),
    "complex without an imaginary part": (complex(1.5), 1.5),
    "numpy's complex": (np.complex128(1.5), 1.5),
    "complex array": (np.array([1 + 0j, 2]), np.array([1.0, 2.0])),
    "masked array that hides nothing": (np.ma.masked_array([1.0, 2.0]), np.array([1.0, 2.0])),
    "masked with a mask of no": (np.ma.masked_array([1, 2], mask=[False, False]), np.array([1, 2])),
    "matrix": (np.ones((2, 2)).view(np.matrix), np.ones((2, 2))),
}


@pytest.mark.parametrize("name", DRESSED)
def test_the_same_value_in_another_dress_is_read(name):
    """Does an answer that is right lose nothing because a library made it of a sister type?"""
    given, wanted = DRESSED[name]
    found = decode(encode(given))
    assert type(found) is type(wanted)
    np.testing.assert_equal(found, wanted)


@pytest.mark.parametrize("name", LIARS)
def test_whatever_is_not_exactly_on_the_list_is_unreadable(name):
    """Is a subclass, a duck and every foreign type refused without being asked anything?"""
    liar = LIARS[name]()
    with pytest.raises(AnswerError):
        encode(liar)
    assert write_answer(liar)["problem"] == "unreadable"


def nested(depth):
    value = 1.0
    for _ in range(depth):
        value = [value]
    return value


def test_depth_is_limited():
    """Are eight containers inside one another read, and nine refused, on both sides?"""
    assert decode(encode(nested(DEPTH))) == nested(DEPTH)
    with pytest.raises(AnswerError, match="too deep"):
        encode(nested(DEPTH + 1))
    with pytest.raises(AnswerError, match="too deep"):
        decode(["list", [encode(nested(DEPTH))]])


def self_referential():
    ring = []
    ring += [ring] * 1000
    return ring


@pytest.mark.parametrize(
    "make",
    [
        lambda: [None] * 50_000_000,
        self_referential,
        lambda: np.broadcast_to(1.0, (10**9, 10**6)),
        lambda: np.broadcast_to(np.array(["a"], dtype=object), (10**9,)),
        lambda: "x" * (LIMIT + 1),
        lambda: 1 << 10**8,
        lambda: {str(i): "y" * 100 for i in range(20_000)},
        lambda: pd.Series(np.zeros(200_000)),
        lambda: pd.DataFrame(np.zeros((1, 100_000))),
        lambda: pd.Series(range(10**6), dtype="Int64"),
        lambda: ["\x00" * 160] * 1100,
    ],
)
def test_a_huge_answer_is_refused_before_it_is_written(make):
    """Does a list of a hundred million references, or one that holds itself, cost next to nothing?"""
    value = make()
    start = time.process_time()
    with pytest.raises(AnswerError, match=r"too (large|deep)"):
        dumps(value)
    assert time.process_time() - start < 1.0


@pytest.mark.parametrize("n", [20_000, 30_000, 93_000])
def test_large_answers_within_the_limit_pass(n):
    """Does an array of 93,000 numbers (0.99 MB as text) pass, and a list of 20,000?"""
    value = np.arange(n) / 7 if n > 20_000 else [float(i) for i in range(n)]
    assert len(dumps(value)) <= LIMIT
    assert same(decode(loads(dumps(value))), value)


HOSTILE = [
    1,
    1.5,
    [],
    ["?"],
    [1],
    [["list", []]],
    ["int", 5],
    ["int", "5"],
    ["int", "0x" + "f" * 2000],
    ["float", "1.5"],
    ["float", "0x1.0p+9999"],
    ["float", "__import__('os')"],
    ["list", 3],
    ["list", [1]],
    ["list", [["float"]]],
    ["dict", [["a"]]],
    ["dict", [[["list", []], 1]]],
    ["dict", {"a": 1}],
    ["array", "<f8", [["int", "0x2"]], "AAAA"],
    ["array", "O", [["int", "0x1"]], "AAAAAAAAAAA="],
    ["array", "<f8", [["int", "-0x1"]], ""],
    ["array", "<f8", [["int", "0x0"], ["int", "0xffffffffffff"]], ""],
    ["array", "<f8", [["int", "0x1"]] * 40, "AAAAAAAAAAA="],
    ["array", "|b1", [["int", "0x1"]], "Ag=="],
    ["array", "<f8", "abc", ""],
    ["array", "<f8", [["int", "0x1"]], "!!!!"],
    ["array", "<f8", [["int", "0x1"]], "\u00e9"],
    ["strings", [["int", "0x1"]], [None]],
    ["objects", [["int", "0x5"]], []],
    [
        "series",
        ["list", []],
        ["range", [["int", "0x0"], ["int", "0x5"], ["int", "0x1"]], ["list", [None]]],
        None,
    ],
    [
        "series",
        ["list", []],
        ["range", [["int", "0x0"], ["int", "0x5"], ["int", "0x0"]], ["list", [None]]],
        None,
    ],
    ["series", ["list", [["dict", []]]], ["index", ["list", ["a"]], ["list", [None]]], None],
    ["series", ["list", [None]], ["multi", ["list", ["a"]], ["list", [None]]], None],
    ["series", ["list", [None]], ["index", ["list", ["a"]], ["list", [None]]], ["list", []]],
    ["frame", ["index", ["list", ["a"]], ["list", [None]]], [], ["index", ["list", []], ["list", [None]]]],
    {"value": 1},
]


@pytest.mark.parametrize("obj", HOSTILE, ids=lambda o: json.dumps(o)[:60])
def test_malformed_json_is_a_clean_refusal(obj):
    """Does every forged piece end in AnswerError, whatever numpy or pandas would have said?"""
    with pytest.raises(AnswerError):
        decode(obj)
    value, problem, detail = read_answer({"value": obj})
    assert (value, problem) == (None, "unreadable")
    assert len(detail) <= 60


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(
        ["list", "dict", "array", "series", "frame", "index", "range", "<f8", "AAAA", "int", "0x1"]
    ),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=15,
)


@settings(max_examples=500, deadline=None)
@given(JSON)
def test_no_json_makes_the_reader_stumble(obj):
    """Is any JSON at all either a value that can be written again, or AnswerError?"""
    try:
        value = decode(obj)
    except AnswerError:
        return
    assert same(decode(encode(value)), value)


@pytest.mark.parametrize(
    "text", ["[" * 400_000, "NaN", "1" * 5000, "{", "", '{"a": Infinity}', "x" * (LIMIT + 1), "\ud800"]
)
def test_text_that_is_no_answer_is_a_clean_refusal(text):
    """Do nesting bombs, bare NaN, giant integers and broken text all end in AnswerError?"""
    with pytest.raises(AnswerError):
        loads(text)


@pytest.mark.parametrize(
    ("obj", "expected"),
    [
        ({"value": None}, (None, "not attempted", "")),
        ({"value": ["..."]}, (None, "not attempted", "")),
        ({"problem": "timeout"}, (None, "timeout", "")),
        ({"problem": "raised", "detail": "NotYet: later"}, (None, "not attempted", "")),
        ({"problem": "raised", "detail": "KeyError\n<b>"}, (None, "raised", "KeyError <b>")),
        ({"problem": "correct"}, (None, "unreadable", "not an answer (problem)")),
        ({"problem": "raised", "detail": 3}, (None, "unreadable", "not an answer (problem)")),
        ([], (None, "unreadable", "not an answer (answer)")),
    ],
)
def test_an_answer_is_a_value_or_a_known_problem(obj, expected):
    """Can the worker report a value, a known problem, or nothing that is believed?"""
    assert read_answer(obj) == expected


def test_detail_is_bounded():
    """Is the text that a student's process may send along cut?"""
    assert len(read_answer({"problem": "raised", "detail": "x" * 10_000})[2]) == 200


SPOILED = """
import sys, builtins, importlib.util, math
spec = importlib.util.spec_from_file_location("answers", sys.argv[1])
answers = importlib.util.module_from_spec(spec); spec.loader.exec_module(answers)
assert "numpy" not in sys.modules and "pandas" not in sys.modules and not any(m.startswith("autograder") for m in sys.modules)
import numpy as np, pandas as pd
answers.bind()
frame, array, floats = pd.DataFrame({"a": [1.5]}), np.arange(3.0), [1.5, math.nan]
keep = print
import json
for name in ("len", "list", "type", "isinstance", "float", "str", "dict", "all", "range", "bool", "int", "hex", "tuple", "bytes"):
    setattr(builtins, name, 5)
pd.DataFrame = pd.Series = sys.modules["numpy"] = json.dumps = None
texts = [answers.dumps(frame)]
np.ndarray = np.float64 = None
texts += [answers.dumps(v) for v in (array, floats, {"x": (1, True)})]
keep("\\n".join(texts))
"""


def test_it_runs_alone_and_with_spoiled_builtins():
    """Does the file work by itself, importing nothing heavy, when a student has overwritten len, list, type and np?"""
    done = subprocess.run(
        [sys.executable, "-c", SPOILED, str(Path(answers.__file__))],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    frame, array, floats, pairs = [decode(loads(line)) for line in done.stdout.splitlines()]
    pd.testing.assert_frame_equal(frame, pd.DataFrame({"a": [1.5]}))
    assert array.tolist() == [0.0, 1.0, 2.0] and same(floats, [1.5, math.nan]) and pairs == {"x": (1, True)}


def test_a_function_is_called_by_name_or_else_in_order():
    """Does a renamed parameter cost nothing, and a missing one still say so?"""
    inputs = {"se": 3.0, "tau": 4.0}
    assert answers.call(lambda tau, se: se - tau, inputs) == -1.0
    assert answers.call(lambda s, t: s - t, inputs) == -1.0
    assert answers.call(lambda *both: both, inputs) == (3.0, 4.0)
    assert answers.call(lambda se, tau, digits=2: se, inputs) == 3.0
    assert answers.call(lambda tau, /, se: se - tau, inputs) == -1.0
    assert answers.call(lambda tau, /, *, se: se - tau, inputs) == -1.0
    assert answers.call(lambda s, t, /: s - t, inputs) == -1.0
    with pytest.raises(TypeError, match="tau"):
        answers.call(lambda se: se, inputs)
