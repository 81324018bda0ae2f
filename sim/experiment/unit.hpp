// Runs one unit of a sweep: all scenarios of one point and one replicate, each from the same
// burn-in where they have the same past. A worker keeps the last burnt-in world: points that differ
// only in their reform share it. That saves time and changes no bit.
#pragma once

#include <atomic>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/parallel.hpp"
#include "engine/simulation.hpp"
#include "experiment/journal.hpp"
#include "experiment/plan.hpp"

namespace reformsim {

// Lists of schools, which are the same in every replicate: read once for all workers.
class Lists {
 public:
  std::shared_ptr<const Population> population(const Scenario& scenario, std::uint32_t replicate);

 private:
  struct Kept {
    std::string key;
    std::shared_ptr<const Population> population;
  };
  std::mutex mutex_;
  std::vector<Kept> kept_;
};

class Worker {
 public:
  // `stop` is looked at between terms. All must outlive the worker.
  Worker(const Plan& plan, Lists& lists, const std::atomic<bool>* stop)
      : plan_(&plan), lists_(&lists), stop_(stop) {}

  // What goes wrong in the run is the result's reason. Throws Stopped, and nothing else but faults
  // of the program.
  UnitResult run(std::size_t point, std::uint32_t replicate);

 private:
  void run_policy(const Scenario& scenario, std::uint32_t replicate, double* values);
  Simulation branch(const Scenario& scenario, std::uint32_t replicate);
  void check_stop() const {
    if (stop_ != nullptr && stop_->load()) throw Stopped();
  }

  const Plan* plan_;
  Lists* lists_;
  const std::atomic<bool>* stop_;
  Parallel alone_{1};
  struct Past {
    std::string ground;
    std::uint32_t replicate = 0;
    std::unique_ptr<Scenario> scenario;  // that of the simulation
    std::unique_ptr<Simulation> simulation;
  };
  std::vector<Past> pasts_;  // the latest last
};

}  // namespace reformsim
