// A draft as it is written: the population file with its reasons as comments, and the copy.
#pragma once

#include <array>
#include <string>
#include <vector>

#include "population/draft.hpp"

namespace reformsim {

// Share of the variance of pupils' scores that lies between schools: about 0.20 (Hedges and
// Hedberg 2007), so schools' means lie sqrt(0.20) = 0.45 pupil SD apart.
inline constexpr double kBetweenSchools = 0.20;

struct DraftFacts {
  std::string command, list;
  std::string file;  // as the population file names it
  bool deprivation_percent = false, unqualified_percent = false, skip_bad_rows = false;
  std::array<std::vector<std::string>, kPhases> phases;
  double score_sd_between = 0;  // standard deviation of the score between schools; 0: no score
};

// Adds to draft.assumed what the file assumes.
std::string draft_yaml(Draft& draft, const DraftFacts& facts);

std::string csv_text(const std::vector<std::string>& header,
                     const std::vector<std::vector<std::string>>& rows);

}  // namespace reformsim
