#include "experiment/unit.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <new>

#include <fmt/format.h>

#include "engine/common_ground.hpp"
#include "record/measures.hpp"
#include "record/school_statistics.hpp"
#include "scenario/words.hpp"

namespace reformsim {
namespace {

constexpr std::size_t kLists = 4;  // kept at a time; a design rarely has more populations

}  // namespace

std::shared_ptr<const Population> Lists::population(const Scenario& scenario,
                                                    std::uint32_t replicate) {
  if (scenario.text("population.kind") != "list")
    return std::make_shared<const Population>(make_population(scenario, replicate));
  const std::string key = population_ground(scenario);
  const std::lock_guard lock(mutex_);
  for (const Kept& one : kept_)
    if (one.key == key) return one.population;
  if (kept_.size() == kLists) kept_.erase(kept_.begin());
  kept_.push_back({key, std::make_shared<const Population>(make_population(scenario, replicate))});
  return kept_.back().population;
}

Simulation Worker::branch(const Scenario& scenario, std::uint32_t replicate) {
  const std::string ground = common_ground(scenario);
  const auto found = std::find_if(pasts_.begin(), pasts_.end(), [&](const Past& past) {
    return past.replicate == replicate && past.ground == ground;
  });
  if (found == pasts_.end()) {
    // As many as a unit can need, and none from before: worlds are large.
    if (pasts_.size() >= plan_->policies.size()) pasts_.erase(pasts_.begin());
    auto population = lists_->population(scenario, replicate);
    if (std::vector<Problem> problems = check_scopes(scenario, *population); !problems.empty())
      throw InputError(std::move(problems));
    Past past{ground, replicate, std::make_unique<Scenario>(scenario), nullptr};
    past.simulation =
        std::make_unique<Simulation>(*past.scenario, std::move(population), replicate, alone_);
    check_stop();
    past.simulation->burn_in();
    pasts_.push_back(std::move(past));
  } else {
    std::rotate(found, found + 1, pasts_.end());
    if (std::vector<Problem> problems =
            check_scopes(scenario, pasts_.back().simulation->population());
        !problems.empty())
      throw InputError(std::move(problems));
  }
  Simulation simulation = *pasts_.back().simulation;
  simulation.branch(scenario);
  return simulation;
}

void Worker::run_policy(const Scenario& scenario, std::uint32_t replicate, double* values) {
  Simulation simulation = branch(scenario, replicate);
  const std::vector<float> start = schools_at_start(simulation.world());
  const std::size_t years = plan_->years.size();
  for (std::size_t y = 0; y < years; ++y) {
    while (!simulation.done() && simulation.year() < plan_->years[y] - 1e-9) {
      check_stop();
      simulation.next_term();
    }
    const std::vector<double> taken =
        measure_system(simulation.world(), start, simulation.year(), alone_);
    for (std::size_t m = 0; m < plan_->measures.size(); ++m) {
      const double value = taken[plan_->measures[m]];
      // What does not exist is NaN; what is without bounds is a fault.
      if (std::isinf(value))
        throw RunError(fmt::format("{} is not finite at year {}",
                                   system_measures()[plan_->measures[m]].name,
                                   number_text(plan_->years[y])));
      values[m * years + y] = value;
    }
  }
}

UnitResult Worker::run(std::size_t point, std::uint32_t replicate) {
  UnitResult result;
  result.point = static_cast<std::uint32_t>(point);
  result.replicate = replicate;
  result.point_digest = point_digest(*plan_, point);
  result.values.resize(plan_->values_per_unit());
  const auto begun = std::chrono::steady_clock::now();
  const std::size_t each = plan_->measures.size() * plan_->years.size();
  std::size_t s = 0;
  const auto failed = [&](const std::string& reason) {
    result.reason = fmt::format("{}: {}", plan_->policies[s].name, reason);
    result.values.clear();
  };
  try {
    for (; s < plan_->policies.size(); ++s)
      run_policy(scenario_at(*plan_, s, point), replicate, result.values.data() + s * each);
  } catch (const Stopped&) {
    throw;
  } catch (const std::bad_alloc&) {
    throw RunError(fmt::format(
        "there is not enough memory for point {}, replicate {}; fewer --threads need less", point,
        replicate));
  } catch (const InputError& error) {
    failed(error.problems().front().message);
  } catch (const RunError& error) {
    failed(error.what());
  }
  result.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begun).count();
  return result;
}

}  // namespace reformsim
