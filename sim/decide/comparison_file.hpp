// The comparison file: HDF5 that is also netCDF-4. Layout and version: comparison_file.md beside
// this file.
#pragma once

#include <string>

#include "decide/findings.hpp"

namespace reformsim {

inline constexpr const char* kComparisonType = "reformsim comparison";
inline constexpr int kComparisonMajor =
    1;  // raised when a reader of the version before would misread the file
inline constexpr int kComparisonMinor = 1;  // raised when something is added

// Whole or not at all. Throws RunError.
void write_comparison(const std::string& path, const Findings& findings);

// Throws InputError for what is not a comparison file, is damaged, or has a format this program
// does not read.
Findings read_comparison(const std::string& path);

}  // namespace reformsim
