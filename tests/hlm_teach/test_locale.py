"""The catalogue: is every sentence in it, whole, and can it be said in another language?"""

from __future__ import annotations

import ast
import json
import string

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from hlm_teach import locale
from hlm_teach.locale import N_, _, catalogue_for_js, ngettext, strings

TEMPLATE = strings.extract()
MESSAGES = [m for m in TEMPLATE if m.id]
TEXTS = sorted({text for m in MESSAGES for text in (m.id if isinstance(m.id, tuple) else (m.id,))})
MODULES = [p for p in strings.sources() if p.suffix == ".py" and p.parent.name != "locale"]


@pytest.fixture
def polish(tmp_path, monkeypatch):
    """Make a tiny catalogue in a language with three plural forms, and speak it."""
    catalogue = Catalog(locale="pl")
    assert catalogue.plural_forms.startswith("nplurals=3")
    catalogue.add("{group} moves.", "Rusza się {group}.")
    catalogue.add("Not done yet.", "")
    catalogue.add(("{n} group", "{n} groups"), ("{n} grupa", "{n} grupy", "{n} grup"))
    folder = tmp_path / "pl" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    with (folder / "hlm.mo").open("wb") as file:
        write_mo(file, catalogue)
    monkeypatch.setattr(locale, "FOLDER", tmp_path)
    monkeypatch.setenv("HLM_LANG", "pl")
    return tmp_path


def test_template_is_current():
    """Does the committed hlm.pot hold exactly the messages of the code? (If not: make strings.)"""
    with (locale.FOLDER / "hlm.pot").open("rb") as file:
        committed = {m.id: {place for place, _line in m.locations} for m in read_po(file) if m.id}
    now = {m.id: {place for place, _line in m.locations} for m in MESSAGES}
    assert committed == now, "run `make strings`"
    assert len(now) > 20


def test_messages_are_whole():
    """Is each message a sentence or a label, never a piece, with values by name?"""
    assert {text: found for text in TEXTS if (found := strings.faults(text))} == {}


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (" and then", "space"),
        ("and then it moves", "middle of a sentence"),
        ("The mean is {}", "no plain name"),
        ("The mean is {0}", "no plain name"),
        ("The mean is {fit.mu}", "no plain name"),
        ("The mean is %d points.", "percent"),
        ("The mean is %(mu).1f points.", "percent"),
        ("{a} {b}", "nothing but values"),
        ("The mean is {mu", "braces"),
        ("The weight of the", "middle of a sentence"),
        ("one two three four five six seven eight nine ten more", "does not end like a sentence"),
    ],
)
def test_piece_of_a_sentence_is_found_out(text, fault):
    """Does the check of messages see a bad one?"""
    assert any(fault in line for line in strings.faults(text))


def test_percent_sign_is_allowed():
    """May a sentence speak of per cent?"""
    assert strings.faults("A 95% interval, or 95 % in some countries, covers {n} groups.") == []


def test_catalogue_has_plurals_and_labels_of_every_package():
    """Does the extraction see the library, the widgets, the grader and the course, and messages with plurals?"""
    places = {place for m in MESSAGES for place, _line in m.locations}
    for folder in ("hlm_teach/", "hlm_teach/widgets/", "autograder/", "autograder/exercises/", "course/"):
        assert any(place.startswith(folder) for place in places), folder
    assert any(isinstance(m.id, tuple) for m in MESSAGES)


def test_scripts_use_plain_placeholders():
    """Do messages that a JavaScript module says have no format specification, which it could not carry out?"""
    for message in MESSAGES:
        if any(place.endswith(".js") for place, _line in message.locations):
            for text in message.id if isinstance(message.id, tuple) else (message.id,):
                assert not any(spec or conv for _t, _n, spec, conv in string.Formatter().parse(text)), text


@pytest.mark.parametrize("path", MODULES, ids=lambda p: p.relative_to(strings.ROOT).as_posix())
def test_calls_can_be_extracted_and_filled(path):
    """Is each message a literal that the extractor sees, with each of its values given where it is said?"""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    uses_gettext = any(
        isinstance(node, ast.ImportFrom) and (node.module or "").endswith("locale") for node in ast.walk(tree)
    )
    inside = {id(n) for c in ast.walk(tree) if isinstance(c, ast.comprehension) for n in ast.walk(c.target)}
    for node in ast.walk(tree) if uses_gettext else ():
        if isinstance(node, ast.Name) and node.id == "_" and id(node) not in inside:
            assert isinstance(node.ctx, ast.Load), (
                f"line {node.lineno}: `_` says sentences here, name it otherwise"
            )
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args):
            continue
        if node.func.id not in strings.KEYWORDS:
            continue
        texts = node.args[: 2 if node.func.id == "ngettext" else 1]
        for text in texts:
            glued = isinstance(text, ast.JoinedStr | ast.BinOp)
            assert not glued, f"line {node.lineno}: the extractor needs one literal string"
            if node.func.id != "_":
                assert isinstance(text, ast.Constant), (
                    f"line {node.lineno}: the extractor needs a literal string"
                )
        given = {keyword.arg for keyword in node.keywords} | ({"n"} if node.func.id == "ngettext" else set())
        if None not in given and node.func.id != "N_":
            for text in texts:
                if isinstance(text, ast.Constant):
                    needed = strings.placeholders(text.value)
                    assert needed <= given, f"line {node.lineno}: {sorted(needed - given)} not given"
                    if len(given) > 0:
                        assert given - {"n"} <= set().union(*(strings.placeholders(t.value) for t in texts))


def test_language_switches_when_a_sentence_is_said(polish, monkeypatch):
    """Does HLM_LANG choose the language at the time of speaking, with the message itself where none is known?"""
    assert _("{group} moves.", group="A") == "Rusza się A."
    assert _("Not done yet.") == "Not done yet."
    assert _("Never heard of {name}.", name="it") == "Never heard of it."
    monkeypatch.setenv("HLM_LANG", "en")
    assert _("{group} moves.", group="A") == "A moves."
    monkeypatch.setenv("HLM_LANG", "xx-YY")
    assert _("{group} moves.", group="A") == "A moves."
    monkeypatch.setenv("HLM_LANG", "")
    assert locale.language() == "en"


def test_marking_leaves_the_message_alone(polish):
    """Does N_ return the message itself, and is it translated when it is said?"""
    marked = N_("{group} moves.")
    assert marked == "{group} moves."
    assert _(marked, group="B") == "Rusza się B."


@pytest.mark.parametrize(
    ("n", "said"), [(1, "1 grupa"), (3, "3 grupy"), (12, "12 grup"), (22, "22 grupy"), (0, "0 grup")]
)
def test_plural_forms(polish, monkeypatch, n, said):
    """Does a count take the form that the language has for it, and the English one in English?"""
    assert ngettext("{n} group", "{n} groups", n) == said
    monkeypatch.setenv("HLM_LANG", "en")
    assert ngettext("{n} group", "{n} groups", n) == (f"{n} group" if n == 1 else f"{n} groups")


def test_catalogue_for_scripts(polish):
    """Does a JavaScript module get every translation, all plural forms and the rule that chooses among them?"""
    catalogue = json.loads(json.dumps(catalogue_for_js()))
    rule = catalogue.pop("")
    assert catalogue == {
        "{group} moves.": "Rusza się {group}.",
        "{n} group": ["{n} grupa", "{n} grupy", "{n} grup"],
    }
    assert rule["language"] == "pl" and len(rule["plural"]) == 200
    for n in [0, 1, 2, 5, 12, 22, 100, 101, 199, 200, 201, 1012, 1022, 3456]:
        form = int(rule["plural"][n if n < 200 else n % 100 + 100])
        assert catalogue["{n} group"][form].format(n=n) == ngettext("{n} group", "{n} groups", n)
    assert catalogue_for_js("en") == {}


def test_refresh_starts_updates_and_compiles(tmp_path, monkeypatch):
    """Does `make strings` keep translations, add new messages empty and refuse one with other values?"""
    root, folder = tmp_path / "root", tmp_path / "locale"
    package = root / "hlm_teach"
    package.mkdir(parents=True)
    folder.mkdir()
    (package / "a.py").write_text('_("The mean is {mu}.", mu=1)\nngettext("{n} unit", "{n} units", 2)\n')
    (package / "b.js").write_text('const t = _("Reset"); const u = N_("Never mind.");\n')
    said = strings.refresh(folder, root, start=("zh_CN",))
    assert said == ["hlm.pot: 4 messages", "zh_CN: 0 of 4 messages translated"]

    po = folder / "zh_CN" / "LC_MESSAGES" / "hlm.po"
    text = po.read_text(encoding="utf-8")
    po.write_text(
        text.replace(
            'msgid "The mean is {mu}."\nmsgstr ""', 'msgid "The mean is {mu}."\nmsgstr "均值是 {mu}。"'
        )
    )
    (package / "b.js").write_text('const t = _("Start again");\n')
    assert strings.refresh(folder, root) == ["hlm.pot: 3 messages", "zh_CN: 1 of 3 messages translated"]
    monkeypatch.setattr(locale, "FOLDER", folder)
    monkeypatch.setenv("HLM_LANG", "zh_CN")
    assert _("The mean is {mu}.", mu=3) == "均值是 3。"

    before = po.read_bytes()
    assert strings.refresh(folder, root)[0] == "hlm.pot: 3 messages"
    assert po.read_bytes() == before

    po.write_text(po.read_text(encoding="utf-8").replace("均值是 {mu}。", "均值是 {tau}。"), encoding="utf-8")
    with pytest.raises(ValueError, match=r"\['tau'\]"):
        strings.refresh(folder, root)
