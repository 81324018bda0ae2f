"""Results files of reformsim in xarray and pandas, and figures of them.

Works with the Debian 12 packages python3-xarray, python3-pandas, python3-matplotlib and python3-h5netcdf (or
python3-netcdf4); nothing else is needed.
"""

from .results import ResultsError, open_results, scenario_text, summary, tidy
from .figures import fan_chart

__all__ = ["ResultsError", "fan_chart", "open_results", "scenario_text", "summary", "tidy"]
