#include "population/population.hpp"

#include "population/import.hpp"
#include "population/synthesis.hpp"

namespace reformsim {

Population make_population(const Scenario& scenario, std::uint32_t replicate) {
  if (scenario.text("population.kind") == "list") return import_population(scenario);
  return synthesise(scenario, replicate);
}

}  // namespace reformsim
