// The rows of a list of schools: which column of the CSV is which, and what each cell says.
#pragma once

#include <array>
#include <limits>
#include <string_view>
#include <vector>

#include "scenario/csv.hpp"
#include "scenario/scenario.hpp"

namespace reformsim {

constexpr double kUnknown = std::numeric_limits<double>::quiet_NaN();

// The columns a list can have, in the order of the settings population.columns.*.
enum ListColumn {
  kSchoolId,
  kSchoolName,
  kDistrictId,
  kDistrictName,
  kCounty,
  kPhase,
  kEnrolment,
  kTested,
  kDeprivation,
  kScore,
  kTeachers,
  kUnqualified,
  kLatitude,
  kLongitude,
  kListColumns
};

// One row of the list, as far as it could be read. Unknown numbers are NaN.
struct ListedSchool {
  std::string_view code, name, district, district_name, county;
  int phase = 0;
  double enrolment = kUnknown, tested = kUnknown, deprivation = kUnknown, score = kUnknown;
  double teachers = kUnknown, unqualified = kUnknown, latitude = kUnknown, longitude = kUnknown;
  std::size_t row = 0;
  bool bad = false;
};

// What a column is called under population.columns.
const char* column_setting(ListColumn column);

struct SchoolList {
  std::vector<ListedSchool> schools;     // one per row of the CSV, bad ones flagged
  std::vector<Problem> problems;         // of the rows, those with a wrong number of cells included
  std::array<bool, kListColumns> has{};  // whether the list has the column
};

// The phase of every school of a list that has no column for it: the one that the scenario gives
// texts for, if it is one; else primary.
int phase_of_all(const Scenario& scenario);

// Throws InputError when the settings do not fit the file's header. The texts of the result point
// into `csv`.
SchoolList read_list(const Scenario& scenario, const CsvTable& csv);

}  // namespace reformsim
