// The model's terms driven by hand, for tests that want to step in between two mechanisms.
#pragma once

#include <functional>
#include <utility>

#include "support/scenarios.hpp"

namespace support {

using AfterMechanism = std::function<void(const Mechanism&, World&)>;

// Continues a burnt-in simulation for `terms` terms and lets `after` look at, or change, what each
// mechanism left. Without `after` it does what Simulation::next_term does.
inline World run_by_hand(const Simulation& start, int terms, const Parallel& parallel,
                         const AfterMechanism& after = {}) {
  const Scenario& scenario = start.scenario();
  const Key key = make_key(static_cast<std::uint64_t>(scenario.integer("ensemble.seed")),
                           start.replicate(), Domain::dynamics);
  World world = start.world();
  LeverColumns levers(scenario, start.population(), world, key);
  const int steps = start.steps_per_year();
  for (int term = start.term(); term < start.term() + terms; ++term) {
    const double year = static_cast<double>(term) / steps;
    levers.set_year(term < 0 ? -1.0 : year + 0.5 / steps, std::as_const(world)[col::lever_shift]);
    for (std::size_t m = 0; m < start.schedule().size(); ++m) {
      const Mechanism& mechanism = start.schedule()[m];
      if (!start.parameters().on[m]) continue;
      const Context now{1.0 / steps,
                        year,
                        term % steps == 0,
                        term % steps == steps - 1,
                        Draws(key, mechanism.purpose, static_cast<std::uint32_t>(term)),
                        parallel};
      mechanism.step(world, levers, start.parameters(), now);
      if (after) after(mechanism, world);
    }
  }
  return world;
}

}  // namespace support
