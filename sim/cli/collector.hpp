// Gathers the recordings of an ensemble: what is kept in memory is what was measured, never the
// worlds.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/parallel.hpp"
#include "decide/comparison.hpp"
#include "engine/ensemble.hpp"
#include "record/recorder.hpp"
#include "record/results_file.hpp"

namespace reformsim::cli {

class Collector : public EnsembleClient {
 public:
  Collector(std::vector<const Scenario*> scenarios, std::size_t replicates);

  void begin(std::size_t scenario, std::size_t replicate_index, Simulation& simulation) override;
  void end(std::size_t scenario, std::size_t replicate_index, Simulation& simulation) override;

  // Recordings of a scenario, in order of replicates, as far as they are complete in every
  // scenario: what is compared needs its pair. They are moved out: to be asked once.
  std::vector<Recording> take(std::size_t scenario);

 protected:
  Recorder& recorder(std::size_t scenario, std::size_t replicate) {
    return *slot(scenario, replicate).recorder;
  }

 private:
  struct Slot {
    std::unique_ptr<Recorder> recorder;
    bool complete = false;
  };
  Slot& slot(std::size_t scenario, std::size_t replicate) {
    return slots_[scenario * replicates_ + replicate];
  }
  bool complete_in_all(std::size_t replicate);

  std::vector<const Scenario*> scenarios_;
  std::size_t replicates_;
  // Replicates run beside each other already; one that takes its measures needs no second thread.
  Parallel serial_{1};
  // A slot is written by the one thread that runs it; the vector never changes its size.
  std::vector<Slot> slots_;
};

// The ensemble that a comparison or a summary reads.
Ensemble ensemble_of(const Scenario& scenario, const std::string& file, const std::string& name,
                     const std::vector<Recording>& recordings);

// When, where and how fast; for the results file.
class Stopwatch {
 public:
  Stopwatch();
  double seconds() const;
  Clock clock(int threads) const;

 private:
  std::string started_;
  double begun_;
};

}  // namespace reformsim::cli
