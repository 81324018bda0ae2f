// Gathers a comparison: the recordings of every scenario, and what happens to single schools and
// districts.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "cli/collector.hpp"
#include "decide/school_effects.hpp"

namespace reformsim::cli {

class ComparisonCollector : public Collector {
 public:
  // `effects` may be null: where the scenarios have not the same schools nothing is paired. It has
  // had `first` replicates before these, and expects these.
  ComparisonCollector(const std::vector<const Scenario*>& scenarios, std::size_t replicates,
                      SchoolEffects* effects, double last_year, std::size_t first = 0);

  void begin(std::size_t scenario, std::size_t replicate_index, Simulation& simulation) override;
  void end(std::size_t scenario, std::size_t replicate_index, Simulation& simulation) override;

 private:
  // The observers of one replicate, until all its scenarios have ended.
  struct Open {
    std::mutex mutex;
    std::vector<std::unique_ptr<SchoolObserver>> observers;
    std::size_t ended = 0;
  };
  std::size_t scenarios_;
  SchoolEffects* effects_;
  double last_year_;
  std::size_t first_;
  std::vector<std::unique_ptr<Open>> open_;
};

}  // namespace reformsim::cli
