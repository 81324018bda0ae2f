#include "cli/comparison_collector.hpp"

namespace reformsim::cli {

ComparisonCollector::ComparisonCollector(const std::vector<const Scenario*>& scenarios,
                                         std::size_t replicates, SchoolEffects* effects,
                                         double last_year, std::size_t first)
    : Collector(scenarios, replicates),
      scenarios_(scenarios.size()),
      effects_(effects),
      last_year_(last_year),
      first_(first) {
  for (std::size_t r = 0; effects_ != nullptr && r < replicates; ++r) {
    open_.push_back(std::make_unique<Open>());
    open_.back()->observers.resize(scenarios_);
  }
}

void ComparisonCollector::begin(std::size_t scenario, std::size_t replicate_index,
                                Simulation& simulation) {
  Collector::begin(scenario, replicate_index, simulation);
  if (effects_ == nullptr) return;
  auto observer = std::make_unique<SchoolObserver>(last_year_);
  observer->take(simulation);
  simulation.add_observer(observer.get());
  Open& open = *open_[replicate_index];
  const std::lock_guard lock(open.mutex);
  open.observers[scenario] = std::move(observer);
}

void ComparisonCollector::end(std::size_t scenario, std::size_t replicate_index,
                              Simulation& simulation) {
  Collector::end(scenario, replicate_index, simulation);
  if (effects_ == nullptr) return;
  Open& open = *open_[replicate_index];
  std::vector<std::unique_ptr<SchoolObserver>> all;
  {
    const std::lock_guard lock(open.mutex);
    if (++open.ended < scenarios_) return;
    all = std::move(open.observers);
  }
  std::vector<const SchoolObserver*> by_scenario;
  for (const auto& observer : all) by_scenario.push_back(observer.get());
  effects_->add(first_ + replicate_index, by_scenario);
}

}  // namespace reformsim::cli
