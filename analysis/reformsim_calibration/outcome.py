"""What remains of the prior: the surviving sets, what was learnt about each parameter, the best sets under the whole
pattern suite, and the page that says so."""
import os
import shutil

import numpy
import pandas

from reformsim_patterns.files import PatternError, read_patterns
from reformsim_patterns.runs import dump
from reformsim_patterns.table import NOT_MEASURED

from . import page as pages
from .chance import thin
from .figures import widths_figure
from .identified import chance_widths, constraints, kish, widths
from .study import DIGITS

CENTRAL = "calibrated_central"


def sources(study):
    """The waves that the surviving sets are from: those drawn by the chance to survive."""
    return [said["name"] for said in study.plan["waves"] if said.get("likely") == "all"]


def sample(study, alive):
    """Indices of the survivors that are kept, in random order, and how many evenly drawn ones they are worth. `alive`
    tells, by wave, which of its points survive. Each wave is thinned by its own chances: even samples of the same
    region, put together, are one."""
    said, start, kept, worth = study.plan["survivors"], 0, [], 0.0
    there = sum(int(wave.sum()) for wave in alive.values())
    share = min(said["kept"], said["wanted"] / there)
    for number, (name, wave) in enumerate(alive.items()):
        found = numpy.flatnonzero(wave)
        if len(found):
            some, value = thin(study.chance(name)[found], round(share * len(found)), said["seed"] + number)
            kept.append(start + found[some])
            worth += value
        start += len(wave)
    return numpy.random.default_rng(said["seed"]).permutation(numpy.concatenate(kept)), worth


def even_weights(study, alive):
    """Weights of all survivors that take back how likely each was to be drawn; those of a wave add up to what its are
    worth."""
    weights = [1 / study.chance(name)[wave] for name, wave in alive.items()]
    return numpy.concatenate([w / w.sum() * kish(w) for w in weights if len(w)])


def prior_draws(study):
    unit, table = study.draws()
    rule, values = study.rule(), table[[line.id for line in study.lines]].to_numpy()
    meet, survive = rule.meets_required(values), rule.survives(values)
    study.note("prior", {"draws": len(unit), "meet_required": int(meet.sum()), "survive": int(survive.sum()),
                         "meet_controls": int((meet & rule.meets_controls(values)).sum()),
                         "mean_share_inside": round(float(rule.share_inside(values).mean()), 3)})
    study.say(f"  of {len(unit)} random draws from the prior {survive.sum()} survive "
              f"({meet.sum()} meet all that is required)")


def acceptance(study):
    """A row for the draws from the prior and for each wave: how its points were drawn, how many, how many meet what is
    required, of these the controls, how many survive (missing where the arms that this needs were not simulated), and the
    rate of what the points were drawn for."""
    rule, rows = study.rule(), []
    drawn = {"prior": "at random from the prior"}
    wanted = {said["name"]: said.get("likely") for said in study.plan["waves"]}
    for said in study.plan["waves"]:
        drawn[said["name"]] = (f"by the chance to {'survive' if said['likely'] == 'all' else 'meet P1 to P4'}"
                               if "likely" in said else "evenly from what is not ruled out" if "cut" in said
                               else "evenly from the prior (Latin hypercube)")
    for name, how in drawn.items():
        if study.stored(name) is None:
            continue
        unit, table = study.stored(name)
        note, values = study.notes()[name], table.reindex(columns=[line.id for line in study.lines]).to_numpy(float)
        looked = numpy.isfinite(values[:, [line in study.others for line in study.lines]]).any()
        rows.append({"wave": name, "drawn": how, "of_prior": note.get("not_ruled_out", numpy.nan if "chance" in note else 1.0),
                     "expected": note.get("chance", numpy.nan), "points": len(values),
                     "meet_required": int(rule.meets_required(values).sum()),
                     "meet_controls": int((rule.meets_required(values) & rule.meets_controls(values)).sum()) if looked else numpy.nan,
                     "survive": int(rule.survives(values).sum()) if looked else numpy.nan})
        drawn_for = "meet_required" if wanted.get(name) == "required" else "survive"
        rows[-1]["rate"] = rows[-1][drawn_for] / len(values)
    return pandas.DataFrame(rows)


def survivors(study):
    rule, waves = study.rule(), sources(study)
    unit, values = study.data(waves, study.lines)
    alive = {name: rule.survives(study.data([name], study.lines)[1]) for name in waves}
    survived = sum(int(wave.sum()) for wave in alive.values())
    if not survived:
        raise PatternError("no set survives")
    chosen, worth = sample(study, alive)
    sets = study.prior.values(unit[chosen])
    names = [f"c{k + 1:03d}" for k in range(len(chosen))]
    table = study.prior.frame(sets)
    table.insert(0, "set", names)
    table.to_csv(os.path.join(study.home, "calibrated.csv"), index=False, float_format="%.5g", lineterminator="\n")
    study.say(f"  {survived} of {len(unit)} points survive; {len(chosen)} are in calibrated.csv, worth {worth:.0f} even ones")
    worth, weights = round(worth), even_weights(study, alive)
    mean, low, high = chance_widths(worth)
    study.note("survivors", {"found": survived, "found_worth": round(float(weights.sum())), "kept": len(chosen), "worth": worth,
                             "chance_width": round(mean, 2), "chance_width_from": round(low, 2),
                             "chance_width_to": round(high, 2)})
    learnt = widths(study.prior, sets, worth, (unit[numpy.concatenate(list(alive.values()))], weights))
    learnt.to_csv(study._path("widths.csv"), index=False, float_format=DIGITS, lineterminator="\n")
    x, y = study.data(["prior", *[w["name"] for w in study.plan["waves"]]], study.lines)
    taught = constraints(x, rule.inside(y), study.prior.names, study.lines, numpy.isfinite(y))
    strongest = []
    for parameter in study.prior.names:
        column = taught[parameter].sort_values(ascending=False)
        strongest.append({"parameter": parameter,
                          "lines": " ".join(f"{line}:{value:.2f}" for line, value in column[:4].items() if value > 0)})
    pandas.DataFrame(strongest).to_csv(study._path("constraints.csv"), index=False, lineterminator="\n")
    acceptance(study).to_csv(study._path("acceptance.csv"), index=False, float_format=DIGITS, lineterminator="\n")
    inside = rule.inside(values[chosen])
    pandas.DataFrame({
        "line": [line.id for line in study.lines], "required": rule.required | rule.controls,
        "prior": rule.inside(study.stored("prior")[1].to_numpy()).mean(axis=0),
        "survivors": inside.mean(axis=0)}).to_csv(study._path("fits.csv"), index=False, float_format="%.3g",
                                                  lineterminator="\n")
    cloud = unit[chosen]
    scores = pandas.DataFrame({
        "set": names, "controls_inside": inside[:, rule.controls].mean(axis=1),
        "required_inside": inside[:, rule.required].mean(axis=1), "share_inside": rule.share_inside(values[chosen]),
        "from_centre": numpy.sqrt((((cloud - cloud.mean(axis=0)) / cloud.std(axis=0)) ** 2).mean(axis=1))})
    scores.to_csv(study._path("scores.csv"), index=False, float_format=DIGITS, lineterminator="\n")
    os.makedirs(study.build, exist_ok=True)
    widths_figure(learnt, os.path.join(study.build, "widths.png"))


def finalists(scores, number):
    """The best sets: those with most lines of the controls inside their brackets, unwidened, for they say when networks
    must not win; then by all that is not required, then the nearest to the centre of the cloud. All meet what is required
    as far as their luck tells."""
    best = scores.sort_values(["controls_inside", "share_inside", "from_centre"], ascending=[False, False, True])
    return list(best["set"][:number])


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


def suite_of(study, name, folder, replicates, only=()):
    """What the pattern suite, or some patterns of it, finds for a set of calibrated.csv; kept until the set changes."""
    place, found = os.path.join(study.build, folder, name), os.path.join(study.build, folder, name, "patterns.csv")
    text = parameters_text(sets_row(study, name), [f"Set {name} of calibrated.csv, for {study.version}."])
    os.makedirs(place, exist_ok=True)
    if not same_text(place + ".yaml", text) or not os.path.exists(found):
        with open(place + ".yaml", "w", encoding="utf-8") as to:
            to.write(text)
        study.say(f"  {name}: {', '.join(only) if only else 'the whole pattern suite'}, {replicates} replicates")
        study.suite(place + ".yaml", place, replicates, only)
        shutil.rmtree(os.path.join(place, "runs"), ignore_errors=True)  # some hundred megabytes
    return pandas.read_csv(found)


def best(study):
    """The best sets: those of the finalists that meet most of what is required, then of the controls, when these are
    judged as the suite judges them; the whole suite on them; and the one that then does best as the central one."""
    said, required, controls = study.plan["survivors"], study.plan["rule"]["required"], study.plan["rule"]["controls"]
    scores = pandas.read_csv(study._path("scores.csv"))
    names = finalists(scores, said["finalists"])
    judged = [suite_count(suite_of(study, name, "required", said["replicates"]["required"], required), study)
              for name in names]
    held = [suite_count(suite_of(study, name, "controls", said["replicates"]["controls"], controls), study) for name in names]
    table = pandas.DataFrame({"set": names, "required_met": [found["required_met"] for found in judged],
                              "required": [found["required"] for found in judged], "held": [found["controls_met"] for found in held]}).merge(scores, on="set")
    all_met = table["required_met"] == table["required"]
    study.say(f"  {all_met.sum()} of {len(table)} finalists meet all that is required")
    study.note("best", {"finalists": len(table), "meet_required": int(all_met.sum()),
                        "and_controls": int((all_met & (table["held"] == held[0]["controls"])).sum())})
    table = table.sort_values(["required_met", "held", "share_inside", "from_centre"],
                              ascending=[False, False, False, True])[:said["best"]].drop(columns="held")
    whole = [suite_count(suite_of(study, name, "best", said["replicates"]["suite"]), study) for name in table["set"]]
    for key in ("hold", "scored", "with_unmeasured", "controls_met", "controls"):
        table[key] = [found[key] for found in whole]
    table.to_csv(study._path("best.csv"), index=False, float_format=DIGITS, lineterminator="\n")
    order = table.sort_values(["required_met", "controls_met", "hold", "from_centre"], ascending=[False, False, False, True])
    central = order.iloc[0]
    nearer = int((scores["from_centre"] < central["from_centre"]).sum())
    about = [f"The central set: set {central['set']} of calibrated.csv. Of the {len(table)} sets that went through the whole pattern suite",
             f"it meets most of P1 to P4 ({central['required_met']} of {central['required']} sub-statistics, "
             f"{said['replicates']['required']} replicates), then most of the controls",
             f"({central['controls_met']} of {central['controls']}), then most of the core ({central['hold']} of {central['scored']}, "
             f"{said['replicates']['suite']} replicates). "
             f"{nearer} of the {len(scores)} sets are nearer to the centre of the cloud.",
             "How it was found: README.md beside this file. Made by analysis/calibrate.py."]
    with open(os.path.join(study.home, CENTRAL + ".yaml"), "w", encoding="utf-8") as file:
        file.write(parameters_text(sets_row(study, central["set"]), about))
    study.note("central", {"set": central["set"], "nearer_to_the_centre": nearer})
    study.say(f"  central: {central['set']}, {central['hold']} of {central['scored']}")


def sets_row(study, name):
    return pandas.read_csv(os.path.join(study.home, "calibrated.csv")).set_index("set").loc[name]


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
