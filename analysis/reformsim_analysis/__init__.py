"""Results and sweep files of reformsim in xarray and pandas, what they say, and figures of it.

Works with the Debian 12 packages python3-xarray, python3-pandas, python3-scipy, python3-matplotlib and
python3-h5netcdf (or python3-netcdf4); nothing else is needed.
"""

from .comparisons import ComparisonError, open_comparison
from .results import ResultsError, open_results, scenario_text, summary, tidy
from .figures import fan_chart
from .sweeps import SweepError, design, factors, failures, measures, open_sweep, short_names, table, tidy_sweep
from .outcomes import effects, luck_share, outcome, point_means
from .sensitivity import morris, one_at_a_time, regional, sobol
from .estimators import elementary_effects, morris_measures, sobol_indices
from .discovery import Box, Peeling, discover, prim
from .sweep_figures import (box_plot, lines_plot, morris_plot, prim_plot, regional_plot, scatter_effects, sobol_plot,
                            tornado_plot)

__all__ = [
    "Box", "ComparisonError", "Peeling", "ResultsError", "SweepError", "box_plot", "design", "discover", "effects", "elementary_effects",
    "factors", "failures", "fan_chart", "lines_plot", "luck_share", "measures", "morris", "morris_measures",
    "morris_plot", "one_at_a_time", "open_comparison", "open_results", "open_sweep", "outcome", "point_means", "prim", "prim_plot",
    "regional", "regional_plot", "scatter_effects", "scenario_text", "short_names", "sobol", "sobol_indices",
    "sobol_plot", "summary", "table", "tidy", "tidy_sweep", "tornado_plot",
]
