#include "cli/collector.hpp"

#include <unistd.h>

#include <array>
#include <chrono>
#include <ctime>
#include <filesystem>
#include <utility>

#include "record/parameter_parts.hpp"
#include "scenario/write.hpp"

namespace reformsim::cli {

namespace {

double now_s() {
  return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

}  // namespace

Collector::Collector(std::vector<const Scenario*> scenarios, std::size_t replicates)
    : scenarios_(std::move(scenarios)),
      replicates_(replicates),
      slots_(scenarios_.size() * replicates) {}

void Collector::begin(std::size_t scenario, std::size_t replicate_index, Simulation& simulation) {
  Slot& at = slot(scenario, replicate_index);
  at.recorder = std::make_unique<Recorder>(
      record_plan(*scenarios_[scenario], simulation.population()), serial_);
  at.recorder->take(simulation);
  simulation.add_observer(at.recorder.get());
}

void Collector::end(std::size_t scenario, std::size_t replicate_index, Simulation&) {
  slot(scenario, replicate_index).complete = true;
}

bool Collector::complete_in_all(std::size_t replicate) {
  for (std::size_t s = 0; s < scenarios_.size(); ++s)
    if (!slot(s, replicate).complete) return false;
  return true;
}

std::vector<Recording> Collector::take(std::size_t scenario) {
  std::vector<Recording> recordings;
  for (std::size_t r = 0; r < replicates_; ++r) {
    Slot& at = slot(scenario, r);
    if (!complete_in_all(r)) continue;
    recordings.push_back(std::move(at.recorder->recording()));
    at.recorder.reset();
  }
  return recordings;
}

Ensemble ensemble_of(const Scenario& scenario, const std::string& file, const std::string& name,
                     const std::vector<Recording>& recordings) {
  Ensemble ensemble;
  ensemble.name = name;
  ensemble.title = scenario.text("title");
  ensemble.file = file;
  ensemble.digest = scenario_digest(scenario);
  for (const Recording& recording : recordings) {
    ensemble.replicates.push_back(recording.replicate);
    ensemble.year = recording.year;
    ensemble.values.insert(ensemble.values.end(), recording.system.begin(), recording.system.end());
  }
  ensemble.set = sets_of(scenario, ensemble.replicates);
  return ensemble;
}

Stopwatch::Stopwatch() : begun_(now_s()) {
  const std::time_t now = std::time(nullptr);
  std::tm utc = {};
  gmtime_r(&now, &utc);
  std::array<char, 32> text = {};
  std::strftime(text.data(), text.size(), "%Y-%m-%dT%H:%M:%SZ", &utc);
  started_ = text.data();
}

double Stopwatch::seconds() const { return now_s() - begun_; }

Clock Stopwatch::clock(int threads) const {
  std::array<char, 256> host = {};
  if (gethostname(host.data(), host.size() - 1) != 0) host[0] = '\0';
  return {started_, seconds(), threads, host.data()};
}

}  // namespace reformsim::cli
