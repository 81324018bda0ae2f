"""A made-up imported list with three phases, districts that differ, and gaps: for both models."""

import csv
import os

import numpy as np

PHASES = ["primary", "middle", "secondary"]
HEADERS = ["school", "district", "county", "phase", "roll", "poor", "score", "unqualified"]
SCENARIO = """reformsim: 1
population:
  kind: list
  file: list.csv
  columns:
    school_id: school
    district_id: district
    county: county
    phase: phase
    enrolment: roll
    deprivation: poor
    score: score
    unqualified_teachers: unqualified
  score_pupil_sd: 1
  score_centre: none
  phases: {primary: [primary], middle: [middle], secondary: [secondary]}
"""


def drawn_list(schools=120, districts=10, seed=5):
    """Columns of a list as initial.list_columns takes them, rows in order of districts."""
    rng = np.random.default_rng(seed)
    normal = rng.standard_normal
    sizes = np.diff(np.r_[0, np.sort(rng.choice(schools - 1, districts - 1, False)) + 1, schools])
    district, phase = np.repeat(np.arange(districts), sizes), rng.choice(3, schools, p=[0.6, 0.15, 0.25])
    poor = 0.4 - 0.12 * (phase == 2) + 0.12 * normal(districts)[district] + 0.15 * normal(schools)
    poor = np.clip(poor, 0.01, 0.97)
    enrolment = np.round(np.array([400, 700, 1000])[phase] * np.exp(0.45 * normal(schools)))
    # A bent line that is another in secondary schools; districts and schools of their own; luck.
    score = (0.9 * (poor - 0.37) ** 2 - (1.3 + 0.3 * (phase == 2)) * (poor - 0.37)
             + 0.12 * normal(districts)[district] + 0.2 * normal(schools)
             + 2.4 / np.sqrt(enrolment) * normal(schools))
    score[rng.random(schools) < 0.08] = np.nan
    unqualified = np.clip(0.1 + 0.15 * poor + 0.05 * normal(schools), 0, 1)
    unqualified[rng.random(schools) < 0.05] = np.nan
    return {"district": district, "phase": phase, "county": np.arange(districts) * 2 // districts,
            "place": np.full((schools, 2), np.nan), "enrolment": enrolment, "deprivation": poor,
            "score": score, "unqualified": unqualified}


def write_list(listed, folder):
    """The list as a CSV in a folder, and the layer that names it, whose path is returned."""
    def cell(value):
        return "" if np.isnan(value) else repr(float(value))
    with open(os.path.join(folder, "list.csv"), "w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(HEADERS)
        for i, d in enumerate(listed["district"]):
            out.writerow([f"{i:04}", f"{d:03}", f"county {listed['county'][d]}",
                          PHASES[listed["phase"][i]], int(listed["enrolment"][i]),
                          *(cell(listed[name][i]) for name in ("deprivation", "score", "unqualified"))])
    path = os.path.join(folder, "list.yaml")
    with open(path, "w", encoding="utf-8") as file:
        file.write(SCENARIO)
    return path
