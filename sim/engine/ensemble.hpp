// Many replicates of one or several scenarios under the same luck: each replicate's burn-in runs
// once and is branched into every scenario. Parallel over replicates first; over schools where
// replicates are fewer than threads and the schools many.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "engine/simulation.hpp"

namespace reformsim {

struct EnsembleOptions {
  int threads = 0;                          // 0: as many as the machine has
  std::vector<std::uint32_t> replicates;    // which; usually 0 .. n-1
  const std::atomic<bool>* stop = nullptr;  // set by a signal handler; checked between terms
  double until = -1;                        // years; < 0: the scenario's horizon
  std::uint64_t shuffle = 0;                // for tests of order independence
  std::function<void(double)> progress;     // share done, 0..1; called from any thread
};

// Called on any thread for scenario s and replicate r, after burn-in (begin) and at the horizon
// (end). Observers added in begin live until end.
class EnsembleClient {
 public:
  virtual ~EnsembleClient() = default;
  virtual void before_burn_in(std::size_t /*replicate_index*/, Simulation&) {}
  virtual void begin(std::size_t scenario, std::size_t replicate_index, Simulation&) = 0;
  virtual void end(std::size_t scenario, std::size_t replicate_index, Simulation&) = 0;
};

// All scenarios must share population, parameters, mechanisms, status quo, steps and burn-in (else
// they are grouped by those, and each group burns in by itself). Throws Stopped when stopped; what
// `end` was called for is complete.
void run_ensemble(const std::vector<const Scenario*>& scenarios, const EnsembleOptions& options,
                  EnsembleClient& client);

}  // namespace reformsim
