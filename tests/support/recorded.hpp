// Runs whose end and whose recording can be compared byte for byte.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "engine/ensemble.hpp"
#include "record/recorder.hpp"
#include "support/bytes.hpp"
#include "support/scenarios.hpp"

namespace support {

struct Recorded {
  World world;
  Recording recording;
};

inline std::string difference(const Recorded& a, const Recorded& b) {
  std::string text = difference(a.world, b.world);
  return text.empty() ? difference(a.recording, b.recording) : text;
}

// From the list of schools to the horizon, recording.
inline Recorded run_recorded(const Scenario& scenario, const Parallel& parallel,
                             std::uint32_t replicate = 0) {
  Simulation simulation = burnt_in(scenario, parallel, replicate);
  Recorder recorder(record_plan(scenario, simulation.population()), parallel);
  recorder.take(simulation);
  simulation.add_observer(&recorder);
  simulation.run_until(1e9);
  simulation.finalise();
  return {simulation.world(), recorder.recording()};
}

// Keeps what every scenario and replicate of an ensemble ended as.
class Keeper : public EnsembleClient {
 public:
  explicit Keeper(bool record = true) : record_(record) {}

  void begin(std::size_t s, std::size_t r, Simulation& simulation) override {
    if (!record_) return;
    auto recorder = std::make_unique<Recorder>(
        record_plan(simulation.scenario(), simulation.population()), serial_);
    recorder->take(simulation);
    simulation.add_observer(recorder.get());
    const std::lock_guard lock(mutex_);
    recorders_[{s, r}] = std::move(recorder);
  }
  void end(std::size_t s, std::size_t r, Simulation& simulation) override {
    const std::lock_guard lock(mutex_);
    Recorded& kept = kept_[{s, r}];
    kept.world = simulation.world();
    if (record_) kept.recording = recorders_.at({s, r})->recording();
  }

  const Recorded& at(std::size_t scenario, std::size_t replicate) const {
    return kept_.at({scenario, replicate});
  }
  std::size_t size() const { return kept_.size(); }

 private:
  bool record_;
  Parallel serial_{1};
  std::mutex mutex_;
  std::map<std::pair<std::size_t, std::size_t>, std::unique_ptr<Recorder>> recorders_;
  std::map<std::pair<std::size_t, std::size_t>, Recorded> kept_;
};

}  // namespace support
