"""Regularities measured in real school systems against the same in simulated ones.

`files` reads the systems of scenarios/regularities, `frames` turns a run into one table of schools a replicate,
`estimators` are those of the published figures, on plain arrays, `statistics` names them for the files, `table` judges,
prints and keeps the table. Runs are made and kept by reformsim_patterns.runs. Needs numpy, scipy, pandas, h5py, yaml.
"""
