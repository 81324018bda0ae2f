// An observer that hashes what each mechanism of each term leaves behind, so that two runs that
// should be equal can be searched for the first term, mechanism, column and entity where they are
// not.
//
// Price: about 4 bytes per row and mechanism that writes the entity, in memory until the run ends:
// 40 MB for 6,194 schools and 75 terms.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "engine/simulation.hpp"

namespace reformsim {

struct TraceStep {
  std::int32_t term = 0;        // since year 0; the term that was being made, negative in burn-in
  std::string mechanism;        // its name, or a name in brackets for a look at the whole world
  std::vector<Column> columns;  // owned or added to
  std::vector<std::uint64_t> hash;  // of each of them
  // By entity kind: one hash per row over these columns; empty when none of them is of that kind.
  std::array<std::vector<std::uint32_t>, kEntities> row_hash;
};

class Trace : public Observer {
 public:
  // The whole world, under a name of the caller's choice: "(start)", "(year 0)".
  void take(const Simulation& simulation, std::string_view name);
  void after_mechanism(const Simulation& simulation, const Mechanism& mechanism) override;

  const std::vector<TraceStep>& steps() const { return steps_; }
  std::uint32_t replicate() const { return replicate_; }
  int steps_per_year() const { return steps_per_year_; }

 private:
  void add(const Simulation& simulation, std::string_view name, std::vector<Column> columns);

  std::vector<TraceStep> steps_;
  std::uint32_t replicate_ = 0;
  int steps_per_year_ = 1;
};

}  // namespace reformsim
