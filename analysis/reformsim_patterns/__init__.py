"""Patterns that the model is held against: what they ask for, the runs they need, and what comes out.

`files` reads the pattern files of scenarios/patterns, `runs` makes the runs they need and keeps them, `arms` opens
them, `estimators` and the `statistics_*` files work out the numbers, `table` judges and prints them, `tournament` is
the pattern that draws the parameters. Needs numpy, pandas, h5py and yaml.
"""
