"""Answers ⇄ JSON: the only thing that leaves the sandbox is plain values of a closed list of types.

The idea: a student's process may hand over anything, so the reader asks for nothing but the exact type
(``type(v) is float``, never ``isinstance`` and never a method of the object), and the other side checks every piece
of what arrives before a value is made of it. Nothing is pickled or evaluated.

The closed list: None, bool, int, float, str, ``...``, list, tuple, dict, numpy scalars (they come back as Python's),
numpy arrays of bool, int, float or str, or of objects from this list, pandas Series and DataFrame.
What says the same in another dress goes over as that: OrderedDict, defaultdict and Counter as a dict, a complex number
or array without an imaginary part as a real one, a Decimal or Fraction as a float, a masked array that hides nothing and a
matrix as an array.
Floats are exact (nan, ±inf and −0.0 too). Depth ≤ 8 and 1 MB of text at most, noticed before the work is done.

In JSON: null, true, false and a string stand for themselves; everything else is a list whose first item is its tag:
``["int", "0x2a"]``, ``["float", "0x1.8p+1"]``, ``["list", [...]]``, ``["array", "<f8", [2, 3], base64]``.

What this file does not do: run anything, compare anything, or import anything of ours or of the scientific stack
before it is there: it is copied alone into the sandbox.

>>> decode(encode((1, 2.5, {"a": [True, None]})))
(1, 2.5, {'a': [True, None]})
>>> encode({1, 2})
Traceback (most recent call last):
    ...
autograder.answers.AnswerError: set
"""

from __future__ import annotations

import builtins
import inspect
import json
import re
import sys
from binascii import Error as Base64Error
from binascii import a2b_base64, b2a_base64

# Bound now, so that a student's `len = 5` in builtins changes nothing here.
from builtins import (  # noqa: UP029
    Exception,
    RecursionError,
    TypeError,
    ValueError,
    all,
    any,
    bool,
    bytes,
    complex,
    dict,
    float,
    hex,
    int,
    isinstance,
    len,
    list,
    range,
    str,
    tuple,
    type,
    vars,
)
from collections import Counter, OrderedDict, defaultdict
from decimal import Decimal
from fractions import Fraction

__all__ = [
    "DEPTH",
    "LIMIT",
    "AnswerError",
    "bind",
    "call",
    "decode",
    "dumps",
    "encode",
    "loads",
    "read_answer",
    "write_answer",
]

LIMIT = 1_000_000  # bytes of JSON
DEPTH = 8  # containers inside containers
BITS = 4096  # of an int

PROBLEMS = ("missing", "not attempted", "raised", "timeout", "memory", "crashed", "unreadable")
DTYPES = ("|b1", "|i1", "<i2", "<i4", "<i8", "|u1", "<u2", "<u4", "<u8", "<f2", "<f4", "<f8")
HEX_INT = re.compile(r"-?0x[0-9a-f]{1,1025}")
HEX_FLOAT = re.compile(r"-?0x[01]\.[0-9a-f]{1,13}p[+-][0-9]{1,4}|nan|-?inf")

_DICTS = (dict, OrderedDict, defaultdict, Counter)
_dumps, _quote = json.dumps, json.encoder.encode_basestring_ascii
_signature, _match = inspect.signature, re.match
_name_of = type.__dict__["__name__"].__get__  # a metaclass cannot stand between
_hex_of, _bits_of = float.hex, int.bit_length
_ELLIPSIS, _NOT_IMPLEMENTED = ..., ("NotImplementedError", "NotYet", "NotAttempted")
_np, _pd = {}, {}  # the real classes of numpy and pandas, by name
_clean = {}  # builtins as they were when `bind` was called


class AnswerError(ValueError):
    """A value outside the closed list, too large or too deep; ``detail`` is short plain text."""

    def __init__(self, detail: str) -> None:
        self.detail = "".join(c for c in detail if c.isprintable())[:60]
        ValueError.__init__(self, self.detail)


def bind() -> None:
    """Remember the builtins, numpy's and pandas' classes: the worker calls this before any student code runs.

    From then on `encode` puts spoiled builtins back first, because pandas itself needs them.
    """
    _find()
    _clean.update(vars(builtins))


def _find():
    """Remember the classes of numpy and pandas, once they are imported."""
    numpy, pandas = sys.modules.get("numpy"), sys.modules.get("pandas")
    if numpy is not None and not _np:
        _np["floats"] = tuple(vars(numpy)[n] for n in ["float64", "float32", "float16", "longdouble"])
        ints = "int64 int32 int16 int8 longlong uint64 uint32 uint16 uint8 ulonglong"
        _np["ints"] = tuple(vars(numpy)[n] for n in ints.split())
        _np["bool"], _np["str"] = numpy.bool_, numpy.str_
        _np["array"], _np["dtype"] = numpy.ndarray, numpy.dtype
        _np["complex"], _np["masked"], _np["matrix"] = numpy.complex128, numpy.ma.MaskedArray, numpy.matrix
    if pandas is not None and not _pd:
        _pd["na"], _pd["series"], _pd["frame"] = pandas.NA, pandas.Series, pandas.DataFrame
        _pd["range"], _pd["multi"] = pandas.RangeIndex, pandas.MultiIndex


# ---- writing: the untrusted side ------------------------------------------------------------------------------------


def encode(value):
    """Turn a value into plain JSON objects, or raise `AnswerError` with the name of the type that has no place here."""
    _find()
    if _clean:
        vars(builtins).update(_clean)
    return _encode(value, 0, [LIMIT])


def _fits(left, n):
    """Stop before the work where `n` bytes at least are still to come."""
    if left[0] < n:
        raise AnswerError("too large")
    return left


def _spend(left, n):
    left[0] -= n
    _fits(left, 0)


def _encode(v, depth, left):
    t = type(v)
    _spend(left, 6)
    if v is None or t is bool:
        return v
    if t is float:
        return _text("float", _hex_of(v), left)
    if t is int:
        if _bits_of(v) > BITS:
            raise AnswerError("too large")
        return _text("int", hex(v), left)
    if t is str:
        _spend(left, len(v))
        _spend(left, len(_quote(v)) - len(v))
        return v
    if v is _ELLIPSIS:
        _spend(left, 6)
        return ["..."]
    if depth >= DEPTH and (t is list or t is tuple):
        raise AnswerError("too deep")
    if t is list or t is tuple:
        _spend(left, 16)
        return ["list" if t is list else "tuple", _items(v, depth + 1, _fits(left, 5 * len(v)))]
    if t is complex and v.imag == 0.0:
        return _encode(v.real, depth, left)
    if t is Decimal or t is Fraction:
        return _encode(float(v), depth, left)
    if _is_one_of(t, _DICTS):
        if depth >= DEPTH:
            raise AnswerError("too deep")
        _spend(left, 16)
        _spend(left, 4 * len(v))
        return ["dict", [[_label(k, left), _encode(x, depth + 1, left)] for k, x in dict.items(v)]]
    found = _encode_numpy(v, t, depth, left) if _np else None
    if found is None and _pd:
        found = _encode_pandas(v, t, depth, left)
    if found is None:
        raise AnswerError(_name_of(t))
    return found


def _text(tag, text, left):
    _spend(left, len(tag) + len(text) + 6)
    return [tag, text]


def _items(values, depth, left):
    return [_encode(x, depth, left) for x in values]


def _is_one_of(t, kinds):
    """Is t one of these classes? Asked with ``is``: ``in`` would let a metaclass answer."""
    return any(t is kind for kind in kinds)


def _label(v, left):
    """Encode a key, a label or a name: a scalar, or a tuple of scalars."""
    t = type(v)
    if not (v is None or _is_one_of(t, (bool, int, float, str, tuple)) or _python_scalar(v, t) is not None):
        raise AnswerError(_name_of(t))
    return _encode(v, DEPTH - 1, left)


def _python_scalar(v, t):
    """Return the Python value of a numpy scalar in a list of one, or None."""
    if not _np:
        return None
    if _is_one_of(t, _np["floats"]):
        return [float(v)]
    if _is_one_of(t, _np["ints"]):
        return [int(v)]
    if t is _np["bool"]:
        return [bool(v)]
    return [str.__str__(v)] if t is _np["str"] else None


def _encode_numpy(v, t, depth, left):
    scalar = _python_scalar(v, t)
    if scalar is not None:
        return _encode(scalar[0], depth, left)
    if t is _np["complex"] and v.imag == 0.0:
        return _encode(float(v.real), depth, left)
    if t is _np["matrix"] or (t is _np["masked"] and not v.mask.any()):
        v = v.view(_np["array"])
    elif t is not _np["array"]:
        return None
    if depth >= DEPTH:
        raise AnswerError("too deep")
    if v.dtype.kind == "c" and v.nbytes <= 2 * LIMIT and not v.imag.any():
        v = v.real
    shape, kind = [["int", hex(n)] for n in v.shape], v.dtype.kind
    _spend(left, 40 + 16 * len(shape))
    if kind in ("b", "i", "u", "f"):
        _spend(left, (v.nbytes * 4) // 3 + 4)
        size = v.dtype.itemsize if v.dtype.itemsize <= 8 else 8
        order = "|" if size == 1 else "<"
        v = v.astype(f"{order}{kind}{size}")
        return [
            "array",
            f"{order}{kind}{size}",
            shape,
            b2a_base64(v.tobytes(), newline=False).decode("ascii"),
        ]
    if kind not in ("U", "T", "O"):
        raise AnswerError(f"array of {v.dtype.name}")
    _fits(left, 5 * v.size)
    return ["objects" if kind == "O" else "strings", shape, _items(v.ravel().tolist(), depth + 1, left)]


def _encode_pandas(v, t, depth, left):
    if v is _pd["na"]:
        return _text("float", "nan", left)
    if t is not _pd["series"] and t is not _pd["frame"]:
        return None
    if depth >= DEPTH - 1:
        raise AnswerError("too deep")
    _spend(left, 60)
    if t is _pd["series"]:
        return ["series", _column(v, depth, left), _index(v.index, depth, left), _label(v.name, left)]
    columns = v.shape[1]
    _spend(left, 20 * columns)
    parts = [_column(v.iloc[:, j], depth, left) for j in range(columns)]
    return ["frame", _index(v.columns, depth, left), parts, _index(v.index, depth, left)]


def _column(values, depth, left):
    """Encode the values of a Series or of an Index: numbers as an array, anything else as a list of scalars."""
    dtype = values.dtype
    if isinstance(dtype, _np["dtype"]) and dtype.kind in ("b", "i", "u", "f"):
        return _encode(values.to_numpy(), depth, left)
    _spend(left, 16)
    _fits(left, 5 * len(values))
    return ["list", _items(list(values), depth + 1, left)]


def _index(index, depth, left):
    _spend(left, 40)
    names = ["list", [_label(n, left) for n in index.names]]
    if type(index) is _pd["range"]:
        bounds = [_encode(int(n), depth, left) for n in (index.start, index.stop, index.step)]
        return ["range", bounds, names]
    return ["multi" if type(index) is _pd["multi"] else "index", _column(index, depth, left), names]


# ---- reading: the trusted side --------------------------------------------------------------------------------------


def decode(obj):
    """Make the value of what `encode` wrote; anything else raises `AnswerError`, whatever it is."""
    try:
        return _decode(obj, 0, [LIMIT])
    except AnswerError:
        raise
    except Exception as error:  # numpy and pandas refuse in many ways
        raise AnswerError(f"not an answer ({_name_of(type(error))})") from None


def _need(condition, what):
    if not condition:
        raise AnswerError(f"not an answer ({what})")


def _decode(obj, depth, left):
    _spend(left, 1)
    if obj is None or type(obj) is bool:
        return obj
    if type(obj) is str:
        _spend(left, len(obj))
        return obj
    _need(type(obj) is list and obj and type(obj[0]) is str, "no tag")
    _need(obj[0] in _READERS, "unknown tag")
    reader, size, deep = _READERS[obj[0]]
    _need(len(obj) == size, "wrong length")
    if depth >= DEPTH and deep:
        raise AnswerError("too deep")
    return reader(obj, depth, left)


def _read_int(obj, depth, left):
    _need(type(obj[1]) is str and HEX_INT.fullmatch(obj[1]), "int")
    _spend(left, len(obj[1]))
    return int(obj[1], 16)


def _read_float(obj, depth, left):
    _need(type(obj[1]) is str and HEX_FLOAT.fullmatch(obj[1]), "float")
    _spend(left, len(obj[1]))
    return float.fromhex(obj[1])


def _read_list(obj, depth, left):
    _need(type(obj[1]) is list, "list")
    return [_decode(x, depth + 1, left) for x in obj[1]]


def _read_dict(obj, depth, left):
    pairs = obj[1]
    _need(type(pairs) is list and all(type(p) is list and len(p) == 2 for p in pairs), "dict")
    return {_read_label(k, left): _decode(x, depth + 1, left) for k, x in pairs}


def _read_label(obj, left):
    label = _decode(obj, DEPTH - 1, left)
    parts = label if type(label) is tuple else (label,)
    _need(all(p is None or type(p) in (bool, int, float, str) for p in parts), "label")
    return label


def _read_shape(obj, left):
    _need(type(obj) is list and len(obj) <= DEPTH, "shape")
    shape = tuple([_read_int(n, 0, left) for n in obj if type(n) is list and len(n) == 2 and n[0] == "int"])
    _need(len(shape) == len(obj) and all(0 <= n <= LIMIT for n in shape), "shape")
    size = 1
    for n in shape:
        size *= n
    return shape, size


def _read_array(obj, depth, left):
    import numpy as np

    _, dtype, shape, data = obj
    _need(type(dtype) is str and dtype in DTYPES and type(data) is str, "dtype")
    shape, size = _read_shape(shape, left)
    _spend(left, len(data))
    try:
        raw = a2b_base64(data.encode("ascii"), strict_mode=True) if data else b""
    except (Base64Error, ValueError):
        raise AnswerError("not an answer (base64)") from None
    _need(len(raw) == size * int(dtype[2]), "size of array")
    _need(dtype != "|b1" or all(byte < 2 for byte in raw), "bool")
    return np.frombuffer(bytes(raw), dtype=dtype).reshape(shape).copy()


def _read_objects(obj, depth, left):
    import numpy as np

    tag, shape, items = obj
    shape, size = _read_shape(shape, left)
    _need(type(items) is list and len(items) == size, "size of array")
    values = [_decode(x, depth + 1, left) for x in items]
    if tag == "strings":
        _need(all(type(x) is str for x in values), "strings")
        return np.array(values, dtype=str).reshape(shape)
    made = np.empty(size, dtype=object)
    for i in range(size):
        made[i] = values[i]
    return made.reshape(shape)


def _read_values(obj, depth, left):
    _need(type(obj) is list and obj and obj[0] in ("array", "list"), "column")
    values = _decode(obj, depth, left)
    if type(values) is list:
        _need(all(x is None or type(x) in (bool, int, float, str, tuple) for x in values), "column")
    else:
        _need(values.ndim == 1, "column")
    return values


def _read_index(obj, depth, left):
    import pandas as pd

    _need(type(obj) is list and len(obj) == 3 and obj[0] in ("range", "index", "multi"), "index")
    tag, body, names = obj
    _need(type(names) is list and len(names) == 2 and names[0] == "list" and type(names[1]) is list, "names")
    names = [_read_label(n, left) for n in names[1]]
    if tag == "range":
        _need(type(body) is list and len(body) == 3, "range")
        bounds = [_decode(n, depth, left) for n in body]
        _need(
            all(type(n) is int and abs(n) <= 2**62 for n in bounds) and bounds[2] and len(names) == 1, "range"
        )
        return pd.RangeIndex(*bounds, name=names[0])
    values = _read_values(body, depth, left)
    if tag == "multi":
        _need(
            type(values) is list and all(type(x) is tuple and len(x) == len(names) for x in values), "multi"
        )
        return pd.MultiIndex.from_tuples(values, names=names)
    _need(len(names) == 1, "names")
    return pd.Index(values, name=names[0], tupleize_cols=False)


def _read_series(obj, depth, left):
    import pandas as pd

    _, values, index, name = obj
    values, index = _read_values(values, depth, left), _read_index(index, depth, left)
    _need(len(values) == len(index), "length of index")
    return pd.Series(values, index=index, name=_read_label(name, left), dtype=None if len(values) else object)


def _read_frame(obj, depth, left):
    import pandas as pd

    _, columns, parts, index = obj
    columns, index = _read_index(columns, depth, left), _read_index(index, depth, left)
    _need(type(parts) is list and len(parts) == len(columns), "columns")
    read = [_read_values(p, depth, left) for p in parts]
    _need(all(len(p) == len(index) for p in read), "length of index")
    made = pd.DataFrame({j: pd.Series(read[j], index=index) for j in range(len(read))}, index=index)
    made.columns = columns
    return made


_READERS = {  # tag: reader, items in the list, is it a container
    "int": (_read_int, 2, False),
    "float": (_read_float, 2, False),
    "...": (lambda obj, depth, left: ..., 1, False),
    "list": (_read_list, 2, True),
    "tuple": (lambda obj, depth, left: tuple(_read_list(obj, depth, left)), 2, True),
    "dict": (_read_dict, 2, True),
    "array": (_read_array, 4, True),
    "strings": (_read_objects, 3, True),
    "objects": (_read_objects, 3, True),
    "series": (_read_series, 4, True),
    "frame": (_read_frame, 4, True),
}


# ---- text, and one answer with its problem ---------------------------------------------------------------------------


def dumps(value) -> str:
    """Write a value as JSON text of at most `LIMIT` bytes."""
    text = _dumps(encode(value), separators=(",", ":"))
    if len(text) > LIMIT:
        raise AnswerError("too large")
    return text


def _refuse_constant(name):
    raise AnswerError("not an answer (a bare number)")


def loads(text, limit: int = LIMIT):
    """Parse JSON text from the other side (not yet decoded); refuse what is too large, too nested or not JSON.

    >>> loads("[" * 50_000)
    Traceback (most recent call last):
        ...
    autograder.answers.AnswerError: not JSON (RecursionError)
    """
    if len(text) > limit:
        raise AnswerError("too large")
    try:
        return json.loads(text, parse_constant=_refuse_constant)
    except AnswerError:
        raise
    except (ValueError, TypeError, RecursionError) as error:
        raise AnswerError(f"not JSON ({_name_of(type(error))})") from None


def call(function, inputs):
    """Call a student's function with the inputs of a case: by keyword, or in order where parameters were renamed.

    >>> call(lambda standard_error, tau: standard_error - tau, {"se": 3, "tau": 1})
    2
    """
    try:
        signature = _signature(function)
    except (ValueError, TypeError):
        return function(**inputs)
    first = [
        name for name, p in signature.parameters.items() if name in inputs and p.kind is p.POSITIONAL_ONLY
    ]
    args = [inputs[name] for name in first]
    named = {name: value for name, value in inputs.items() if name not in first}
    try:
        signature.bind(*args, **named)
    except TypeError:
        try:
            signature.bind(*inputs.values())
        except TypeError:
            return function(**inputs)  # its own TypeError says what is wrong
        return function(*inputs.values())
    return function(*args, **named)


def write_answer(value) -> dict:
    """Say what came back for one case, as plain JSON: a value, or why there is none. Never raises.

    >>> write_answer(...)
    {'problem': 'not attempted', 'detail': ''}
    >>> write_answer(2 + 3j)
    {'problem': 'unreadable', 'detail': 'complex'}
    """
    try:
        if value is None or value is _ELLIPSIS:
            return {"problem": "not attempted", "detail": ""}
        return {"value": encode(value)}
    except AnswerError as error:
        return {"problem": "unreadable", "detail": error.detail}
    except Exception:
        return {"problem": "unreadable", "detail": ""}


def read_answer(obj) -> tuple:
    """Return (value, problem, detail) of what `write_answer` or the worker wrote; a malformed one is "unreadable".

    >>> read_answer({"value": ["float", "0x1.8p+1"]})
    (3.0, None, '')
    >>> read_answer({"problem": "raised", "detail": "NotImplementedError"})
    (None, 'not attempted', '')
    """
    try:
        _need(type(obj) is dict, "answer")
        if "value" in obj:
            value = decode(obj["value"])
            return (None, "not attempted", "") if value is None or value is ... else (value, None, "")
        problem, detail = obj.get("problem"), obj.get("detail", "")
        _need(type(problem) is str and problem in PROBLEMS and type(detail) is str, "problem")
    except AnswerError as error:
        return None, "unreadable", error.detail
    detail = "".join([c if c.isprintable() else " " for c in detail[:200]])
    if problem == "raised" and _match(r"\w*", detail)[0] in _NOT_IMPLEMENTED:
        return None, "not attempted", ""
    return None, problem, detail
