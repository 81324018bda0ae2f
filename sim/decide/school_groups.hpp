// Schools in groups that were there before the reform: by phase, by fifth of deprivation and by
// fifth of size.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "population/population.hpp"

namespace reformsim {

struct SchoolGroup {
  std::string name;   // "deprivation_5": permanent
  std::string kind;   // "all", "phase", "deprivation", "size"
  std::string label;  // for people
  std::int64_t schools = 0;
  double pupils = 0;         // on roll at year 0
  double low = 0, high = 0;  // of deprivation or enrolment; NaN where the kind has neither
};

struct SchoolGroups {
  struct Kind {
    std::size_t first = 0, count = 0;  // its groups
    std::vector<std::int32_t> of;      // by school, from 0 within the kind
  };
  std::vector<SchoolGroup> groups;
  std::vector<Kind> kinds;
};

// Always the same groups, some perhaps without schools. Fifths hold equal numbers of schools,
// ranked by their value at year 0; equal values are ranked by the lasting id.
SchoolGroups group_schools(const Population& population);

}  // namespace reformsim
