// Scenarios and runs for tests, in a line each.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "engine/simulation.hpp"
#include "model/fields.hpp"
#include "model/initial.hpp"
#include "population/population.hpp"
#include "scenario/read.hpp"

namespace support {

using namespace reformsim;

// The text follows the format line; files it names are looked for from the top of the checkout.
inline Scenario scenario_of(const std::string& text, const std::vector<std::string>& sets = {}) {
  return read_scenario_text("reformsim: 1\n" + text, REFORMSIM_SOURCE_DIR "/test.yaml",
                            REFORMSIM_SOURCE_DIR, field_table(), sets);
}

inline Scenario preset(const std::string& name, const std::string& text) {
  return scenario_of("extends: scenarios/governance/" + name + ".yaml\n" + text);
}

// Every part of the model at work: networks, coaching, sanctions, money short and shared by bids.
inline const std::string kLively = R"(
mechanisms: {reacting_centre: true}
parameters.reacting_centre.ambition: 0.1
levers:
  external_accountability: {stakes: 0.5, publication: 0.6, target_rise: 0.03}
  capacity_building: {coaching: {value: 0.15, ramp: 1}, light_touch: 0.3}
  governance: {autonomy: 0.6, district_role: leading, prescription: 0.3, choice: 0.5}
  collaboration: {time: 0.4}
  technology: {investment: 0.4}
  individualistic_policies: {appraisal: 0.5, dismissal: 0.03}
  networks: {participation: voluntary_but_inevitable, expectation: 0.8, facilitation: 0.6,
             openness: 0.7, peer_review: 0.6, composition: cross_district,
             brokering: 0.6, hubs: 0.1, leader_training: 0.1, cross_review: 0.5}
  system_leadership: {electoral_cycle: 1, patience: 0.5}
  funding: {rule: competitive}
)";

inline std::shared_ptr<const Population> population_of(const Scenario& scenario,
                                                       std::uint32_t replicate = 0) {
  return std::make_shared<const Population>(make_population(scenario, replicate));
}

// A world at year 0.
inline Simulation burnt_in(const Scenario& scenario, const Parallel& parallel,
                           std::uint32_t replicate = 0) {
  Simulation simulation(scenario, population_of(scenario, replicate), replicate, parallel);
  simulation.burn_in();
  return simulation;
}

inline World world_after(const Scenario& scenario, double years, const Parallel& parallel,
                         std::uint32_t replicate = 0) {
  Simulation simulation = burnt_in(scenario, parallel, replicate);
  simulation.run_until(years);
  return simulation.world();
}

inline std::size_t at(std::int64_t row) { return static_cast<std::size_t>(row); }

}  // namespace support
