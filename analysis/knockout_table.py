"""The table of knock-outs in sim/model/TRACE.md: python3 analysis/knockout_table.py knockouts.csv SCENARIO..."""
import sys

import pandas

data = pandas.read_csv(sys.argv[1]).dropna(subset=["contribution"])
shown = sys.argv[2:]
# What is judged, as the program's own table: from the least size that counts on.
JUDGED = {"true_attainment_mean": ("true attainment", 0.005), "value_added_between_school_sd": ("spread", 0.003),
          "disadvantage_gap": ("gap", 0.005), "broad_learning_mean": ("broad learning", 0.005),
          "inflation_mean": ("inflation", 0.005), "teacher_turnover": ("teachers leaving", 0.002),
          "real_participation": ("real participation", 0.01)}


def cell(row):
    star = "*" if row["clear"] else ""
    return f"{row['contribution']:+.3f} ({row['contribution_standard_error']:.3f}){star}"


data = data[data["measure"].isin(list(JUDGED))].copy()
data["least"] = data["measure"].map(lambda name: JUDGED[name][1])
data["clear"] = (data["contribution_counts"] == 1) & (data["contribution"].abs() >= data["least"])
print("| mechanism | " + " | ".join(name.replace("_", "-") for name in shown) + " | where it shows most |")
print("|---|" + "---|" * (len(shown) + 1))
for (name, code), rows in data.groupby(["mechanism", "code"], sort=False):
    main = rows[rows["measure"] == "true_attainment_mean"].set_index("scenario")
    cells = [cell(main.loc[s]) for s in shown]
    clear, most = rows[rows["clear"]], "nowhere"
    if len(clear):
        best = clear.loc[(clear["contribution"].abs() / clear["least"]).idxmax()]
        most = f"{JUDGED[best['measure']][0]} {best['contribution']:+.3f} in `{best['scenario']}`"
    print(f"| `{name}` {code} | " + " | ".join(cells) + f" | {most} |")
