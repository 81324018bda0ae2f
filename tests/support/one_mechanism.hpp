// One mechanism alone, on a world of a few schools whose columns the test fills by hand. Changes it
// declares are not applied: they add up for the test to look at.
#pragma once

#include <string>

#include "support/scenarios.hpp"

namespace support {

template <class M>
struct OneMechanism {
  std::shared_ptr<const Scenario> scenario;  // levers point into it
  std::shared_ptr<const Population> population;
  World world;
  LeverColumns levers;
  typename M::Params p;
  int term = 0;

  // One district of `schools` schools, and one cluster of all of them.
  OneMechanism(int schools, const std::string& lever_text)
      : scenario(std::make_shared<const Scenario>(
            scenario_of("population: {schools: " + std::to_string(schools) + ", districts: 1}\n" +
                        lever_text))),
        population(population_of(*scenario)) {
    const auto n = static_cast<std::size_t>(schools);
    WorldShape shape;
    shape.rows = {n, n, 1, 1, kLevers, 1};
    shape.cohorts = 1;
    world = World(shape);
    for (std::size_t i = 0; i < n; ++i) {
      world[col::school_id][i] = 1000 + i;
      world[col::member][i] = static_cast<std::int32_t>(i);
    }
    world[col::cluster_size][0] = world[col::district_schools][0] = schools;
    levers = LeverColumns(*scenario, *population, world, make_key(1, 0, Domain::dynamics));
    levers.set_year(1);
  }

  void run(double years, int steps_per_year = 3) {
    const Parallel parallel(1);
    const int steps = static_cast<int>(years * steps_per_year + 0.5);
    for (int s = 0; s < steps; ++s, ++term)
      M::step(typename M::Access(world, levers), p,
              Context{1.0 / steps_per_year, 1.0 + static_cast<double>(s) / steps_per_year,
                      s % steps_per_year == 0, s % steps_per_year == steps_per_year - 1,
                      Draws(make_key(1, 0, Domain::dynamics), M::purpose,
                            static_cast<std::uint32_t>(term)),
                      parallel});
  }

  template <class Tag>
  void fill(Tag tag, float value) {
    for (auto& x : world[tag]) x = value;
  }
};

}  // namespace support
