// The results file: HDF5 that is also netCDF-4. Layout and version: results_file.md beside this
// file.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "population/population.hpp"
#include "record/recorder.hpp"
#include "scenario/scenario.hpp"

namespace reformsim {

inline constexpr const char* kResultsType = "reformsim results";
inline constexpr int kResultsMajor =
    1;  // raised when a reader of the version before would misread the file
inline constexpr int kResultsMinor = 1;  // raised when something is added

// Version and commit that built this program; "unknown" outside a git checkout.
std::string program_version();
std::string program_commit();

// What differs between two runs of the same recipe; kept in the group /clock, apart from all else.
struct Clock {
  std::string started;  // ISO 8601, UTC
  double wall_s = 0;    // seconds
  int threads = 0;
  std::string host;
};

// Writes PATH whole or not at all (a temporary file beside it, renamed when complete). `incomplete`
// marks a file that holds only the replicates finished before the run was stopped. `population` is
// that of the first replicate. Throws RunError.
void write_results(const std::string& path, const Scenario& scenario, const Population& population,
                   const std::vector<Recording>& recordings, const Clock& clock, bool incomplete);

// What a results file holds of the system; trajectories of schools stay in the file.
struct Results {
  std::string path;
  std::string format_version, program_version, git_commit;
  std::string title, scenario, scenario_digest;  // `scenario` is the resolved text
  std::int64_t seed = 0;
  std::int64_t replicates_wanted = 0;
  bool complete = false;
  std::vector<InputFile> files;
  std::vector<std::string> notes;  // on the population

  std::vector<std::int32_t> replicate;
  std::vector<std::int32_t> set;  // of parameters, by replicate; empty without sets
  std::vector<double> year;
  std::vector<std::string> measure, unit,
      meaning;                             // as in the file, which may be of another version
  std::vector<std::vector<double>> value;  // [measure][replicate * years + time]

  Clock clock;

  // Trajectories: "school", "district", "cluster"; for each its rows and what is recorded of them.
  struct Trajectories {
    std::string of;
    std::uint64_t replicates = 0, rows = 0;
    std::vector<std::string> measures;
  };
  std::vector<Trajectories> trajectories;

  std::size_t years() const { return year.size(); }
  double at(std::size_t measure_index, std::size_t replicate_row, std::size_t time) const {
    return value[measure_index][replicate_row * year.size() + time];
  }
  // The row of a measure; InputError naming the nearest when there is none.
  std::size_t find(std::string_view name) const;
};

// Throws InputError for what is not a results file, is damaged, or has a format this program does
// not read.
Results read_results(const std::string& path);

// Digest over every object, attribute and value of the file except /clock, the list of input files
// and the text of the scenario, for which its digest stands: equal digests, equal results.
std::string results_digest(const std::string& path);

// What `info` prints: human text, or JSON.
std::string describe_results(const std::string& path, bool json);

}  // namespace reformsim
