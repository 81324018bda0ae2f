// Exercises as the page gets them, and the tables beside them that say how robust they are.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include <nlohmann/json.hpp>

#include "serve/exercise.hpp"

namespace reformsim::serve {

// What was found when an effect was tried: under all surviving sets of parameters ("calibrated") or
// under one belief. Quantiles over sets; under a belief over luck. Units of the quantity.
struct Found {
  std::string parameters, recipe;
  std::string asked;  // the statement that was tried, to compare with what the file says now
  std::size_t sets = 0, holds = 0;
  double median = 0, low = 0, high = 0;  // 50%, 5% and 95% quantile
};

// A measure as people see it: its level, and its difference to the exercise's baseline.
struct Seen {
  std::size_t sets = 0;
  double level = 0, difference = 0, low = 0, high = 0;
};

class Robust {
 public:
  // Reads robustness.csv and numbers.csv of a folder; what is not there is empty. Throws InputError
  // for a table that is not one of ours.
  static Robust read(const std::string& folder);

  // Under "calibrated", and else under a belief; nothing where it was not tried. `id` is that of an
  // effect, "prediction", or "prediction.2" for the second answer.
  const Found* found(const std::string& exercise, const std::string& id,
                     const std::string& parameters) const;
  const Seen* seen(const std::string& exercise, const std::string& scenario,
                   const std::string& measure, double year, const std::string& parameters) const;

  // Where an exercise says what the tables do not: untried, tried with other scenarios, of another
  // robustness, an exception that is none.
  std::vector<Problem> disagreements(const Exercise& exercise) const;

 private:
  std::string path_;
  std::map<std::tuple<std::string, std::string, std::string>, Found> found_;
  std::map<std::tuple<std::string, std::string, std::string, std::string, std::string>, Seen> seen_;
};

// What an exercise's scenarios come to: the same text is the same policies, schools and years.
std::string policy_digest(const Exercise& exercise);

// An exercise as the page gets it, with what the tables found; units and meanings of measures are
// those of the protocol's list.
nlohmann::ordered_json exercise_json(const Exercise& exercise, const Robust& robust);

}  // namespace reformsim::serve
