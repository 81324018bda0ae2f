// The list of schools a run starts from: what can be seen of them at year 0, whether it was
// imported from a real list or drawn by the synthetic generator. What cannot be seen (capital,
// practices, leaders ...) is drawn by the model conditional on this.
//
// Rows are sorted by (district code, school code), so the order of lines in a CSV changes nothing,
// and the schools of a district are contiguous.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "scenario/scenario.hpp"

namespace reformsim {

enum class Phase : std::int32_t { primary = 0, middle = 1, secondary = 2 };
inline constexpr int kPhases = 3;

struct Population {
  // One entry per school.
  std::vector<std::uint64_t> school_id;  // lasting id: hash of the code; keys the school's luck
  std::vector<std::string> school_code;
  std::vector<std::string> school_name;
  std::vector<std::int32_t> district;  // row in the district tables below
  std::vector<std::int32_t> phase;     // a Phase
  std::vector<float> enrolment;        // pupils
  std::vector<float> tested;           // pupils behind one year's score
  std::vector<float> deprivation;      // share of disadvantaged pupils, 0..1
  std::vector<float> score;  // reported score at year 0, pupil SD around its centre; NaN when none
  std::vector<float> teachers;     // full-time equivalents; NaN when unknown
  std::vector<float> unqualified;  // share of teachers without full qualification; NaN when unknown
  std::vector<float> x, y;         // place in kilometres on a plane; NaN when unknown

  // One entry per district, sorted by code.
  std::vector<std::uint64_t> district_id;
  std::vector<std::string> district_code;
  std::vector<std::string> district_name;
  std::vector<std::int32_t> county;  // row in county_name; neighbouring districts share it
  std::vector<std::string> county_name;

  bool synthetic = false;  // then every replicate has its own list
  std::vector<std::string>
      notes;  // how many values were missing, by column, and what was done about it

  std::size_t schools() const { return school_id.size(); }
  std::size_t districts() const { return district_id.size(); }
};

// The population of one replicate. An imported list is the same in all of them; a synthetic one is
// drawn with the key (population.seed, replicate), the same in every scenario. Bad rows throw
// InputError.
Population make_population(const Scenario& scenario, std::uint32_t replicate);

}  // namespace reformsim
