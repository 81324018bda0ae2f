"""What remains of the prior: the surviving sets, what was learnt about each parameter, the best sets under the whole
pattern suite, and the page that says so."""
import os

import numpy
import pandas

from reformsim_patterns.files import PatternError, read_patterns
from reformsim_patterns.runs import dump
from reformsim_patterns.table import NOT_MEASURED

from . import page as pages
from .figures import widths_figure
from .identified import constraints, widths
from .study import DIGITS

CENTRAL = "calibrated_central"


def _full_waves(study):
    """Names of the waves that simulated every arm and are there."""
    return [w["name"] for w in study.plan["waves"] if w["arms"] == "all" and study.stored(w["name"]) is not None]


def survive_both(study, name, unit, values):
    """Which points survive in the small world, and again in the patterns' own (kept as `name`)."""
    alive = study.rule().survives(values)
    if alive.any():
        there, rule = study.confirmed(name, unit[alive])
        alive[alive] = rule.meets_required(there)
    return alive


def prior_draws(study):
    unit, table = study.draws()
    rule = study.rule()
    values = table[[line.id for line in study.lines]].to_numpy()
    meet, small = rule.meets_required(values), rule.survives(values)
    survive = survive_both(study, "prior_confirm", unit, values)
    study._note("prior", {"draws": len(unit), "meet_required": int(meet.sum()),
                          "survive_small": int(small.sum()), "survive": int(survive.sum()),
                          "mean_share_inside": round(float(rule.share_inside(values).mean()), 3)})
    study.say(f"  of {len(unit)} random draws from the prior {survive.sum()} survive "
              f"({meet.sum()} meet all that is required)")


def acceptance(study):
    """A row for each wave with all arms: points, those that meet what is required, those that survive."""
    rule, rows, waves = study.rule(), [], _full_waves(study)
    unit, values = study.data(waves, study.lines)
    in_both, start = survive_both(study, "confirm", unit, values), 0
    for name in ["prior", *waves]:
        if study.stored(name) is None:
            continue
        unit, table = study.stored(name)
        values = table.to_numpy()
        if name == "prior":
            survive = survive_both(study, "prior_confirm", unit, values)
        else:
            survive, start = in_both[start:start + len(unit)], start + len(unit)
        rows.append({"wave": name, "not_ruled_out": study.notes().get(name, {}).get("not_ruled_out", 1.0),
                     "points": len(values), "meet_required": int(rule.meets_required(values).sum()),
                     "survive_small": int(rule.survives(values).sum()), "survive": int(survive.sum()), "rate": float(survive.mean()),
                     "share_inside": float(rule.share_inside(values).mean())})
    return pandas.DataFrame(rows)


def survivors(study):
    said, rule = study.plan["survivors"], study.rule()
    unit, values = study.data(_full_waves(study), study.lines)
    alive = numpy.flatnonzero(survive_both(study, "confirm", unit, values))
    if not len(alive):
        raise PatternError("no set survives")
    luck = numpy.random.default_rng(said["seed"])
    chosen = luck.permutation(alive)[:said["wanted"]]
    sets = study.prior.values(unit[chosen])
    names = [f"c{k + 1:03d}" for k in range(len(chosen))]
    table = study.prior.frame(sets)
    table.insert(0, "set", names)
    table.to_csv(os.path.join(study.home, "calibrated.csv"), index=False, float_format="%.5g", lineterminator="\n")
    study.say(f"  {len(alive)} of {len(unit)} points survive; {len(chosen)} are in calibrated.csv")

    found = widths(study.prior, study.prior.values(unit[alive]))
    found.to_csv(study._path("widths.csv"), index=False, float_format=DIGITS, lineterminator="\n")
    x, y = study.data([w["name"] for w in study.plan["waves"] if study.stored(w["name"]) is not None], study.lines)
    taught = constraints(x, numpy.where(numpy.isfinite(y), rule.inside(y), True), study.prior.names, study.lines)
    strongest = []
    for parameter in study.prior.names:
        column = taught[parameter].sort_values(ascending=False)
        strongest.append({"parameter": parameter,
                          "lines": " ".join(f"{line}:{value:.2f}" for line, value in column[:4].items() if value > 0)})
    pandas.DataFrame(strongest).to_csv(study._path("constraints.csv"), index=False, lineterminator="\n")
    acceptance(study).to_csv(study._path("acceptance.csv"), index=False, float_format=DIGITS, lineterminator="\n")
    inside = rule.inside(values)
    pandas.DataFrame({
        "line": [line.id for line in study.lines], "required": rule.required,
        "prior": rule.inside(study.stored("prior")[1].to_numpy()).mean(axis=0) if study.stored("prior") else numpy.nan,
        "survivors": inside[alive].mean(axis=0)}).to_csv(study._path("fits.csv"), index=False, float_format="%.3g",
                                                         lineterminator="\n")
    scores = pandas.DataFrame({"set": names, "share_inside": rule.share_inside(values[chosen])})
    there, strict = study.confirmed("confirm", unit[rule.survives(values)])
    inside_there = strict.inside(there)[:, strict.required].mean(axis=1)[strict.meets_required(there)]
    scores["required_inside"] = pandas.Series(inside_there, index=alive)[chosen].to_numpy()
    cloud = unit[alive]
    scores["from_centre"] = numpy.sqrt((((unit[chosen] - cloud.mean(axis=0)) / cloud.std(axis=0)) ** 2).mean(axis=1))
    scores.to_csv(study._path("scores.csv"), index=False, float_format=DIGITS, lineterminator="\n")
    widths_figure(found, os.path.join(study.build, "widths.png"))


def finalists(scores, number):
    """The best sets, those near the centre of the cloud before others: of the best quarter (by required lines inside
    their brackets in the patterns' own world, unwidened, then by the other lines) the nearest to the centre."""
    best = scores.sort_values(["required_inside", "share_inside", "from_centre"], ascending=[False, False, True])
    best = best[:max(number, len(scores) // 4)]
    return list(best.sort_values("from_centre")["set"][:number])


def parameters_text(row, about):
    """A file of parameters of one set: a series by path."""
    nested = {}
    for path, value in row.items():
        section, name = path.split(".", 1)
        nested.setdefault(section, {})[name] = float(value)
    return "".join(f"# {line}\n" for line in about) + dump({"reformsim": 1, "parameters": nested})


def same_text(path, text):
    if not os.path.exists(path):
        return False
    with open(path, encoding="utf-8") as file:
        return file.read() == text


def best(study):
    """The whole pattern suite on the best sets, and the best of these as the central one."""
    sets = pandas.read_csv(os.path.join(study.home, "calibrated.csv")).set_index("set")
    scores = pandas.read_csv(study._path("scores.csv"))
    folder = os.path.join(study.build, "best")
    os.makedirs(folder, exist_ok=True)
    rows = []
    for name in finalists(scores, study.plan["survivors"]["best"]):
        place = os.path.join(folder, name)
        text = parameters_text(sets.loc[name], [f"Set {name} of calibrated.csv."])
        os.makedirs(place, exist_ok=True)
        file = place + ".yaml"
        if not same_text(file, text) or not os.path.exists(os.path.join(place, "patterns.csv")):
            with open(file, "w", encoding="utf-8") as to:
                to.write(text)
            study.say(f"  {name}: the whole pattern suite")
            study.suite(file, place, study.plan["survivors"]["replicates"])
        rows.append({"set": name, **suite_count(pandas.read_csv(os.path.join(place, "patterns.csv")), study)})
    table = pandas.DataFrame(rows).merge(scores, on="set")
    table.to_csv(study._path("best.csv"), index=False, float_format=DIGITS, lineterminator="\n")
    order = table.sort_values(["required_met", "hold", "from_centre"], ascending=[False, False, True])
    central = order.iloc[0]
    about = [f"The central set: set {central['set']} of calibrated.csv, the survivor that does best on the whole",
             f"pattern suite: {central['hold']} of {central['scored']} sub-statistics of the core inside their brackets.",
             "How it was found: README.md beside this file. Made by analysis/calibrate.py."]
    with open(os.path.join(study.home, CENTRAL + ".yaml"), "w", encoding="utf-8") as file:
        file.write(parameters_text(sets.loc[central["set"]], about))
    study.say(f"  central: {central['set']}, {central['hold']} of {central['scored']}")


def suite_count(table, study):
    """What a run of the suite found: core lines that hold, those of P1 to P4, those that cannot be measured."""
    patterns = read_patterns(os.path.join(os.path.dirname(study.home), "patterns"))
    core = {pattern.name for pattern in patterns if pattern.core}
    table = table[~table["stretch"] & table["pattern"].isin(core)]
    scored = table[table["scored"]]
    needed = scored[scored["pattern"].isin(study.plan["rule"]["required"])]
    control = scored[scored["pattern"].str.startswith("N") & (scored["pattern"] != "N6")]
    return {"hold": int((scored["verdict"] == "holds").sum()), "scored": len(scored),
            "with_unmeasured": len(scored) + int((table["verdict"] == NOT_MEASURED).sum()),
            "required_met": int((needed["verdict"] == "holds").sum()), "required": len(needed),
            "controls_met": int((control["verdict"] == "holds").sum()), "controls": len(control)}


def page(study):
    pages.write(study)
