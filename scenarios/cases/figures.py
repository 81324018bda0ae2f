"""The figures of README.md: runs the commands of the cases and writes their tables, always with the same seed.

  /usr/bin/python3 scenarios/cases/figures.py                     print all tables
  /usr/bin/python3 scenarios/cases/figures.py greater_manchester  print the table of one case, by the name of its file
  /usr/bin/python3 scenarios/cases/figures.py --write             put the tables into README.md
  /usr/bin/python3 scenarios/cases/figures.py --check             tell whether README.md holds what comes out
  /usr/bin/python3 scenarios/cases/figures.py --write --parameters NAME    all tables anew, under a set of parameters

REFORMSIM names the program, build/release/reformsim if it is not set. All tables take two minutes of two processors.
Each shows differences to the baseline, the first scenario of its command, with 95 % intervals over replicates.
Columns of the whole system stand in the comparison.csv that the command writes; what is told of groups of schools,
only this script counts, from the same runs with `record.schools: all`.
"""
import csv
import math
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
TOP = os.path.dirname(os.path.dirname(HERE))
sys.path.insert(0, os.path.join(TOP, "analysis"))
PROGRAM = os.environ.get("REFORMSIM", os.path.join(TOP, "build", "release", "reformsim"))
README = os.path.join(HERE, "README.md")
STATUS_QUO = "scenarios/governance/status_quo.yaml"
AREA = range(1, 11)  # districts 1 to 10: one county

# What the README calls a measure, and by what its share or number is multiplied.
NAMES = {
    "true_attainment_mean": ("true attainment", 1),
    "reported_attainment_mean": ("reported attainment", 1),
    "broad_learning_mean": ("broad learning", 1),
    "inflation_mean": ("inflation", 1),
    "disadvantage_gap": ("gap of the disadvantaged", 1),
    "value_added_between_school_sd": ("spread between schools", 1),
    "between_district_share": ("share between districts, %", 100),
    "within_cluster_sd": ("spread within clusters", 1),
    "between_cluster_sd": ("spread between clusters", 1),
    "declared_participation": ("say they take part, %", 100),
    "real_participation": ("really take part, %", 100),
    "cluster_maturity_mean": ("maturity, stages of 3", 1),
    "cluster_trust_mean": ("trust in clusters, %", 100),
    "self_assessment_bias": ("think too well of themselves", 1),
    "adoption_1": ("master the best practice, %", 100),
    "collaboration": ("really collaborate, %", 100),
    "collective_efficacy_mean": ("collective efficacy, %", 100),
    "teacher_turnover": ("teachers leaving, % a year", 100),
    "energy_mean": ("energy, %", 100),
    "district_ties": ("ties between districts, %", 100),
    "support_received": ("support received, %", 100),
    "initiatives_alive": ("initiatives alive", 1),
    "pressure_mean": ("pressure, %", 100),
}


def case(name):
    return f"scenarios/cases/{name}.yaml"


def system(name):
    return f"scenarios/cases/systems/{name}.yaml"


# ---- what is told of groups of schools: columns (replicate, year, school) of the baseline and of a scenario

def interval(values):
    """Mean and 95 % interval over replicates."""
    import numpy
    from scipy import stats
    values = numpy.asarray(values, float)
    half = stats.t.ppf(0.975, len(values) - 1) * values.std(ddof=1) / math.sqrt(len(values))
    return values.mean(), values.mean() - half, values.mean() + half


def in_districts(data, numbers):
    import numpy
    codes = numpy.char.replace(data["district"].values.astype(str), "D", "").astype(int)
    return numpy.isin(codes, list(numbers))


def secondary(data):
    import numpy
    return numpy.broadcast_to(data["phase"].values.astype(str) == "secondary", data["district"].shape)


def means(data, column, year, chosen, weighted=False):
    """Mean of a column in a year over the chosen schools, one for each replicate."""
    import numpy
    values = data[column].values[:, year, :].astype(float)
    weights = chosen * (data["enrolment"].values.astype(float) if weighted else 1.0)
    if not numpy.all(numpy.any(chosen, axis=1)):
        return numpy.full(len(values), math.nan)  # nobody to tell of in some replicate
    return numpy.sum(values * weights, axis=1) / numpy.sum(weights, axis=1)


def extreme(data, column, year, within, share, highest):
    """The given share of the schools within that have the highest (lowest) values in a year."""
    import numpy
    values = data[column].values[:, year, :].astype(float)
    chosen = numpy.zeros(values.shape, bool)
    for r in range(len(values)):
        inside = values[r][within[r]]
        if highest:
            chosen[r] = within[r] & (values[r] >= numpy.quantile(inside, 1 - share))
        else:
            chosen[r] = within[r] & (values[r] <= numpy.quantile(inside, share))
    return chosen


def effect(chosen, years, column="value_added"):
    """Difference to the baseline in the chosen schools."""
    def rows(base, data):
        where = chosen(base)
        return {year: interval(means(data, column, year, where, True) - means(base, column, year, where, True))
                for year in years}
    return rows


def rise(chosen, against, years):
    """Rise of the published results of leavers since year 0 in the chosen schools, as a multiple of that of others."""
    def rows(base, data):
        mine, theirs = chosen(base), against(base)
        found = {}
        for year in years:
            gain = [means(data, "cohort_value_added", year, group) - means(data, "cohort_value_added", 0, group)
                    for group in (mine, theirs)]
            found[year] = interval(gain[0] / gain[1])
        return found
    return rows


def area(base):
    return in_districts(base, AREA)


def area_secondary(base):
    return in_districts(base, AREA) & secondary(base)


def rest(base):
    return ~in_districts(base, AREA)


def two(base):
    return in_districts(base, (1, 2))


def rest_but_two(base):
    return ~in_districts(base, (1, 2))


def poorest_secondaries(base):
    return extreme(base, "deprivation", 0, area_secondary(base), 0.2, True)


def weakest_secondaries(base):
    return extreme(base, "cohort_value_added", 0, area_secondary(base), 0.2, False)


def four(base):
    return in_districts(base, (1, 2, 3, 4))


def forty(base):
    return secondary(base) & (base["deprivation"].values[:, 0, :] >= 0.43)


def everybody(base):
    import numpy
    return numpy.ones(base["district"].shape, bool)


def weakest(base):
    return extreme(base, "value_added", 0, everybody(base), 0.2, False)


def count(chosen):
    def rows(base, data):
        return {0: interval(chosen(base).sum(axis=1))}
    return rows


def share_rising(chosen, years):
    """Share of the chosen schools whose published results, less the common drift, rose since the year before."""
    def rows(base, data):
        import numpy
        where, found = chosen(base), {}
        for year in years:
            values = data["cohort_value_added"].values.astype(float)
            rose = (values[:, year] - values[:, year - 1] > 0) & where
            found[year] = interval(100 * numpy.sum(rose, axis=1) / numpy.sum(where, axis=1))
        return found
    return rows


def lenders(years, lending):
    """Effect in the schools that lend leaders to others in year 3, or in all others."""
    def rows(base, data):
        gives = data["support_given"].values[:, 3, :] > 0.01
        where = gives if lending else ~gives
        return {year: interval(means(data, "value_added", year, where) - means(base, "value_added", year, where))
                for year in years}
    return rows


def by_district_size(years, largest):
    """Effect in the quarter of the schools that belong to the smallest (largest) districts."""
    def rows(base, data):
        import numpy
        codes, rolls = base["district"].values.astype(str), base["enrolment"].values.astype(float)
        chosen = numpy.zeros(codes.shape, bool)
        for r in range(len(codes)):
            names, which = numpy.unique(codes[r], return_inverse=True)
            size = numpy.bincount(which, rolls[r])[which]
            order = numpy.argsort(size, kind="stable")
            part = order[-len(order) // 4:] if largest else order[:len(order) // 4]
            chosen[r, part] = True
        return {year: interval(means(data, "value_added", year, chosen, True)
                               - means(base, "value_added", year, chosen, True)) for year in years}
    return rows


def led_by_the_ablest(years, others):
    """Value added above the mean of all, in schools led by the ablest twentieth or in the others of their clusters."""
    def rows(base, data):
        import numpy
        found, cluster = {}, data["cluster"].values
        for year in years:
            led = extreme(data, "leadership", year, everybody(data), 0.05, True)
            beside = numpy.stack([numpy.isin(cluster[r], cluster[r][led[r]]) & ~led[r] for r in range(len(led))])
            found[year] = interval(means(data, "value_added", year, beside if others else led)
                                   - means(data, "value_added", year, everybody(data)))
        return found
    return rows


# ---- the cases: the command, what is told, in which years, and of which groups of schools
# A group is (what it says, function, "all" if it is told of the baseline too)

ROWS = ["students_first", "challenge_and_support", "close_to_middle", "persistence", "teachers_as_partners",
        "theory_of_change", "school_to_school", "outward_looking", "coalition_building"]
WRONG = ["external_accountability", "individualistic_policies", "technology", "ad_hoc_policies"]
RIGHT = ["capacity_building", "collaboration", "pedagogy", "coordinated_policy"]
EFFECTS = ["true_attainment_mean", "disadvantage_gap", "value_added_between_school_sd"]
NETWORKS = ["real_participation", "true_attainment_mean", "disadvantage_gap"]

CASES = {
    "no_child_left_behind": dict(
        scenarios=[STATUS_QUO, "scenarios/drivers/report_cards.yaml", case("no_child_left_behind"),
                   case("no_child_left_behind_supported")], replicates=10, years=[2, 5, 8, 12],
        measures=["true_attainment_mean", "reported_attainment_mean", "broad_learning_mean", "disadvantage_gap",
                  "teacher_turnover"]),
    "academies": dict(
        scenarios=[system("england"), case("academies")], replicates=10, years=[4, 8, 15], measures=EFFECTS,
        groups=[("true effect, weakest fifth at the start", effect(weakest, [4, 8, 15]), "")],
        columns=["value_added"]),
    "greater_manchester": dict(
        scenarios=[system("england"), case("greater_manchester"), case("greater_manchester_without_authorities")],
        replicates=20, years=[1, 3, 4, 8], measures=[], horizon=8,
        columns=["value_added", "cohort_value_added", "deprivation"],
        groups=[
            ("true effect, the ten authorities", effect(area, [1, 3, 4, 8]), ""),
            ("true effect, poorest fifth of their secondaries", effect(poorest_secondaries, [1, 3, 4, 8]), ""),
            ("leavers' published rise, times the rest's: the ten", rise(area, rest, [1, 3, 4]), "all"),
            ("the same times, poorest fifth of their secondaries", rise(poorest_secondaries, rest, [1, 3, 4]), "all"),
            ("the same times, weakest fifth of their secondaries", rise(weakest_secondaries, rest, [1, 3, 4]), "all")]),
    "greater_manchester_optimistic": dict(
        scenarios=[system("england"), case("greater_manchester")], replicates=10, years=[1, 3, 4, 8], measures=[],
        horizon=8, columns=["value_added", "cohort_value_added", "deprivation"],
        options=["--parameters", "optimistic"],
        groups=[
            ("true effect, the ten authorities", effect(area, [1, 3, 4, 8]), ""),
            ("leavers' published rise, times the rest's: the ten", rise(area, rest, [1, 3, 4]), "all"),
            ("the same times, poorest fifth of their secondaries", rise(poorest_secondaries, rest, [1, 3, 4]), "all"),
            ("the same times, weakest fifth of their secondaries", rise(weakest_secondaries, rest, [1, 3, 4]),
             "all")]),
    "ontario_equal_grants": dict(
        scenarios=[system("ontario"), case("ontario_equal_grants"), case("ontario_per_pupil")], replicates=6,
        years=[2, 4, 8], horizon=8, measures=["disadvantage_gap", "true_attainment_mean", "collaboration",
                                              "between_district_share"],
        columns=["value_added"],
        groups=[("true effect, quarter in the smallest districts", by_district_size([2, 4, 8], False), ""),
                ("true effect, quarter in the largest districts", by_district_size([2, 4, 8], True), "")]),
    "new_zealand_voluntary": dict(
        scenarios=[system("new_zealand"), case("new_zealand_voluntary"), case("new_zealand_imposed")], replicates=10,
        years=[1, 2, 3, 6, 10, 13], horizon=13,
        measures=["declared_participation", "real_participation", "true_attainment_mean", "disadvantage_gap"]),
    "wales_consortia": dict(
        scenarios=[system("wales"), case("wales_consortia")], replicates=10, years=[1, 3, 5, 10],
        measures=["declared_participation"] + NETWORKS),
    "wales_challenge": dict(
        scenarios=[system("wales"), case("wales_challenge")], replicates=20, years=[1, 3, 8], horizon=8,
        measures=["true_attainment_mean"], columns=["value_added", "cohort_value_added", "deprivation"],
        groups=[("schools in the programme", count(forty), ""),
                ("true effect in them", effect(forty, [1, 3, 8]), ""),
                ("leavers' published rise, times all secondaries'", rise(forty, secondary, [1, 3, 8]), "all"),
                ("leavers' published results up on the year before, %", share_rising(forty, [1, 3]), "all")]),
    "hackney_and_tower_hamlets": dict(
        scenarios=[system("england"), case("hackney_and_tower_hamlets"), case("ten_authorities_together")],
        replicates=10, years=[3, 10, 15], measures=["district_ties"], columns=["value_added", "cohort_value_added"],
        groups=[("true effect, the two", effect(two, [3, 10, 15]), ""),
                ("leavers' published rise, times the rest's: the two", rise(two, rest, [3, 10, 15]), "all"),
                ("true effect, rest of England", effect(rest, [3, 10, 15]), "")]),
    "london": dict(
        scenarios=[system("england"), case("london")], replicates=10, years=[3, 8, 15], measures=[],
        columns=["value_added", "cohort_value_added"],
        groups=[("true effect, the ten authorities", effect(area, [3, 8, 15]), ""),
                ("leavers' published rise, times the rest's", rise(area, rest, [3, 8, 15]), "all")]),
    "schools_partnership_programme": dict(
        scenarios=[system("england"), case("schools_partnership_programme")], replicates=10, years=[1, 2, 5, 10],
        measures=[], columns=["value_added", "engagement_real", "belief_in_networks", "decisional_capital"],
        groups=[("schools in the four authorities", count(four), ""),
                ("take part there, share", effect(four, [1, 2, 5, 10], "engagement_real"), ""),
                ("belief in networks there", effect(four, [1, 2, 5, 10], "belief_in_networks"), ""),
                ("judgement of staff there", effect(four, [1, 2, 5, 10], "decisional_capital"), ""),
                ("true effect there", effect(four, [1, 2, 5, 10]), "")]),
    "trusts_3_to_1": dict(
        scenarios=[system("trusts"), case("trusts_without_lending"),
                   *(case(f"trusts_{ratio}_to_1") for ratio in (1, 2, 3, 4))], replicates=6,
        years=[1, 3, 8], horizon=8, measures=["support_received", "true_attainment_mean"],
        columns=["value_added", "support_given"],
        groups=[("true effect, weakest fifth at the start", effect(weakest, [1, 3, 8]), ""),
                ("true effect, schools that lend in year 3", lenders([1, 3, 8], True), "")]),
    "teaching_school_hubs": dict(
        scenarios=[system("england"), case("teaching_school_hubs")], replicates=10, years=[3, 8, 15],
        measures=["true_attainment_mean", "value_added_between_school_sd"], columns=["value_added", "support_given"],
        groups=[("true effect, hubs of year 3", lenders([3, 8, 15], True), ""),
                ("true effect, all others", lenders([3, 8, 15], False), "")]),
    "alberta": dict(
        scenarios=[STATUS_QUO, case("alberta")], replicates=10, years=[3, 8, 15],
        measures=NETWORKS + ["cluster_maturity_mean", "broad_learning_mean"]),
    "isolated_clusters": dict(
        scenarios=[STATUS_QUO, case("isolated_clusters"), case("connected_clusters")], replicates=10, years=[3, 8, 15],
        measures=["true_attainment_mean", "within_cluster_sd", "between_cluster_sd", "real_participation"]),
    "cosy_networks": dict(
        scenarios=[STATUS_QUO, case("cosy_networks"), case("honest_networks")], replicates=10, years=[3, 8, 15],
        measures=["true_attainment_mean", "real_participation", "cluster_trust_mean", "cluster_maturity_mean",
                  "self_assessment_bias"]),
    "contrived_collegiality": dict(
        scenarios=[STATUS_QUO, case("pressure_without_collegiality"), case("contrived_collegiality"),
                   case("grown_collegiality")], replicates=10, years=[3, 8, 15],
        measures=["true_attainment_mean", "broad_learning_mean", "declared_participation", "real_participation",
                  "collaboration", "collective_efficacy_mean"]),
    "exceptional_leaders_only": dict(
        scenarios=[STATUS_QUO, case("exceptional_leaders_only"), case("exceptional_leaders_connected")],
        replicates=10, years=[8, 15], measures=["true_attainment_mean", "value_added_between_school_sd"],
        columns=["value_added", "leadership"],
        groups=[("schools of the ablest leaders, above the mean", led_by_the_ablest([8, 15], False), "all"),
                ("other schools of their clusters, above the mean", led_by_the_ablest([8, 15], True), "all")]),
    "innovations_1960s": dict(
        scenarios=[STATUS_QUO, case("innovations_1960s"), "scenarios/governance/networked.yaml"], replicates=10,
        years=[5, 10, 15], measures=["adoption_1", "true_attainment_mean", "broad_learning_mean",
                                     "value_added_between_school_sd"]),
    "three_shifts": dict(
        scenarios=[STATUS_QUO, "scenarios/drivers/networks_only.yaml", case("shift_to_demand"),
                   case("shift_to_learning"), case("shift_to_movement"), case("three_shifts")], replicates=10,
        years=[3, 8, 15], measures=NETWORKS),
    "system_leader": dict(
        scenarios=[STATUS_QUO, case("system_leader"), case("traditional_leader")], replicates=20, years=[4, 8, 15],
        options=["--set", "mechanisms.reacting_centre=on"],
        measures=["true_attainment_mean", "reported_attainment_mean", "broad_learning_mean", "teacher_turnover",
                  "initiatives_alive"]),
    "nine_rows": dict(
        scenarios=[STATUS_QUO, *(f"scenarios/cases/nine_rows/{name}.yaml" for name in ROWS)], replicates=20,
        years=[4, 8, 15], options=["--set", "mechanisms.reacting_centre=on"],
        measures=["true_attainment_mean", "teacher_turnover"]),
    "drivers": dict(
        scenarios=[STATUS_QUO, *(f"scenarios/drivers/{name}.yaml" for name in WRONG + RIGHT)], replicates=10,
        years=[3, 8, 15], measures=["true_attainment_mean", "reported_attainment_mean", "broad_learning_mean",
                                    "teacher_turnover"]),
    "beliefs": dict(
        scenarios=[STATUS_QUO, *(case(name) for name in (
            "no_child_left_behind", "no_child_left_behind_supported", "alberta", "isolated_clusters",
            "connected_clusters", "cosy_networks", "honest_networks", "contrived_collegiality", "grown_collegiality",
            "exceptional_leaders_only", "exceptional_leaders_connected", "innovations_1960s", "three_shifts"))],
        sets=True, replicates=10, years=[12], horizon=12, measures=["true_attainment_mean"]),
}


SETS = ["default", "sceptical", "optimistic"]  # of parameters, in scenarios/parameters
MARK = re.compile(r"<!-- parameters: (\w+) -->")


def parameters():
    """The set of parameters that README.md says its tables are made with."""
    with open(README, encoding="utf-8") as file:
        return MARK.search(file.read())[1]


def sets():
    """The sets of the table that compares them: first that of all other tables."""
    return [parameters(), *(name for name in SETS if name != parameters())]


def commands(name):
    """The words of the commands that make the figures of a case, from the top of the repository."""
    what, used = CASES[name], parameters()
    usual = [] if used == SETS[0] or "--parameters" in what.get("options", []) else ["--parameters", used]
    horizon = ["--set", f"horizon.years={what['horizon']}"] if "horizon" in what else []
    words = ["compare", *what["scenarios"], *what.get("options", []), *horizon, "--replicates",
             str(what["replicates"])]
    if "sets" not in what:
        return [[*words, *usual, "-o", f"build/cases/{name}"]]
    return [[*words, "--parameters", chosen, "-o", f"build/cases/{name}_{chosen}"] for chosen in sets()]


def number(value, digits, sign):
    text = f"{value:+.{digits}f}" if sign else f"{value:.{digits}f}"
    return re.sub(r"^[+-](0([.]0*)?)$", r"\1", text)  # no sign for nothing


def cell(mean, low, high, factor=1, sign=True, digits=None):
    digits = digits if digits is not None else (3 if factor == 1 else 1)
    if math.isnan(mean):
        return "none"
    mean, low, high = (number(factor * value, digits, sign) for value in (mean, low, high))
    return f"{mean} ({low} to {high})"


def compared(words, what, extra, replicates):
    """Runs a command: the rows of comparison.csv, and the trajectories of schools where groups are told of."""
    with tempfile.TemporaryDirectory() as folder:
        words = [*words[:words.index("--replicates")], *words[words.index("--replicates") + 2:words.index("-o")],
                 "--replicates", str(replicates), "-o", folder, *extra]
        if "groups" in what:
            words += ["--set", "record.schools=all", "--set", f"record.replicates={replicates}", "--set",
                      f"record.school_measures=[{', '.join(what['columns'])}]"]
        done = subprocess.run([PROGRAM, *words, "--quiet"], cwd=TOP, capture_output=True, text=True)
        if done.returncode:
            sys.exit(done.stderr)
        with open(os.path.join(folder, "comparison.csv"), encoding="utf-8") as file:
            rows = {(row["scenario"], row["measure"], float(row["year"])): row for row in csv.DictReader(file)}
        if "groups" not in what:
            return rows, {}
        from reformsim_analysis.results import open_results
        return rows, {key: open_results(os.path.join(folder, key + ".h5"), "school") for key in scenarios(what)}


def scenarios(what):
    return [os.path.basename(path)[:-5] for path in what["scenarios"]]


def measured(rows, measure, key, year):
    row = rows[key, measure, year]
    return cell(*(float(row[part]) for part in ("difference", "low", "high")), NAMES[measure][1])


def table(name, extra=(), replicates=None):
    """The table of a case as Markdown; extra words go to the end of its commands (for tests, with few replicates)."""
    what = CASES[name]
    replicates = replicates or what["replicates"]
    keys, lines = scenarios(what), []
    if "sets" in what:
        head = ["", "scenario", *(f"`{chosen}`" for chosen in sets())]
        results = [compared(words, what, extra, replicates)[0] for words in commands(name)]
        for measure in what["measures"]:
            lines += [[NAMES[measure][0], f"`{key}`", *(measured(rows, measure, key, what["years"][0])
                                                        for rows in results)] for key in keys[1:]]
    else:
        head = ["", "scenario", *(f"year {year}" for year in what["years"])]
        rows, schools = compared(commands(name)[0], what, extra, replicates)
        for measure in what["measures"]:
            lines += [[NAMES[measure][0], f"`{key}`", *(measured(rows, measure, key, year) for year in what["years"])]
                      for key in keys[1:]]
        for label, function, of_whom in what.get("groups", []):
            for key in keys if of_whom == "all" else keys[1:]:
                values = function(schools[keys[0]], schools[key])
                level = of_whom == "all" and "above the mean" not in label
                digits = 0 if list(values) == [0] else 1 if "%" in label else 2 if "times" in label else 3
                cells = [cell(*value, sign=digits > 0 and not level, digits=digits) for value in values.values()]
                lines.append([label, f"`{key}`", *cells, *[""] * (len(what["years"]) - len(cells))])
    previous = None
    for line in lines:  # a label once
        line[0], previous = ("" if line[0] == previous else line[0]), line[0]
    return "\n".join("| " + " | ".join(line) + " |" for line in [head, ["---"] * len(head), *lines])


def written(words):
    """A command as the README shows it, broken where it is long."""
    lines, line = [], "build/release/reformsim"
    for word in words:
        if len(line) + len(word) > 116:
            lines.append(line + " \\")
            line = "  " + word
        else:
            line += " " + word
    return "\n".join([*lines, line])


def shown(name):
    """What the README holds of a case between its marks: the commands and the table."""
    if "sets" in CASES[name]:
        first = sets()[0]
        words = [word.replace(first, "$set") if word.endswith(first) else word for word in commands(name)[0]]
        text = f"for set in {' '.join(sets())}; do\n{written(words)}\ndone"
    else:
        text = written(commands(name)[0])
    return f"\n```sh\n{text}\n```\n\n{table(name)}\n"


def block(name):
    return re.compile(rf"(<!-- figures: {name} -->\n)(.*?)(<!-- end of figures -->)", re.S)


def main(arguments):
    used = None
    if "--parameters" in arguments:
        at = arguments.index("--parameters")
        used, arguments = arguments[at + 1], arguments[:at] + arguments[at + 2:]
    names = [word for word in arguments if not word.startswith("--")]
    if used and (names or "--write" not in arguments):
        sys.exit("--parameters NAME goes with --write, for all tables")
    names = names or list(CASES)
    unknown = [name for name in names if name not in CASES]
    if unknown:
        sys.exit(f"no figures of {', '.join(unknown)}; there are figures of {', '.join(CASES)}")
    with open(README, encoding="utf-8") as file:
        text = before = file.read()
    if used:
        text = MARK.sub(f"<!-- parameters: {used} -->", text)
        with open(README, "w", encoding="utf-8") as file:
            file.write(text)
    for name in names:
        made = shown(name)
        if "--write" in arguments or "--check" in arguments:
            text = block(name).sub(lambda match: match[1] + made + match[3], text)
            print(name, flush=True)
        else:
            print(f"## {name}\n{made}", flush=True)
    if "--check" in arguments:
        sys.exit("README.md holds other figures" if text != before else 0)
    if "--write" in arguments:
        with open(README, "w", encoding="utf-8") as file:
            file.write(text)


if __name__ == "__main__":
    main(sys.argv[1:])
