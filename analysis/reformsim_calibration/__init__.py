"""Calibration of the free parameters through sweeps: history matching on the patterns that a sweep can show.

`priors` draws the parameters, `cheap` finds the patterns that system measures of a sweep can show and the arms they
need, `stand_ins` are their statistics of schools, `waves` makes and runs the sweeps, `emulator` learns statistics from
parameters, `matching` proposes the next points, `survivors` decides which sets remain, `identified` says what the
patterns taught about each parameter. The command is analysis/calibrate.py; what was found is in
scenarios/parameters. Needs numpy, pandas, scipy, h5py, yaml and scikit-learn.
"""
