#include "engine/simulation.hpp"

#include "engine/common_ground.hpp"
#include "model/anchor.hpp"
#include "model/clusters.hpp"
#include "model/initial.hpp"

namespace reformsim {

Simulation::Simulation(const Scenario& scenario, std::shared_ptr<const Population> population,
                       std::uint32_t replicate, const Parallel& parallel)
    : scenario_(&scenario),
      population_(std::move(population)),
      replicate_(replicate),
      parallel_(&parallel),
      steps_per_year_(static_cast<int>(scenario.integer("horizon.steps_per_year"))),
      term_(-static_cast<int>(scenario.integer("horizon.burn_in_years")) * steps_per_year_),
      key_(make_key(static_cast<std::uint64_t>(scenario.integer("ensemble.seed")), replicate,
                    Domain::dynamics)),
      population_key_(make_key(static_cast<std::uint64_t>(scenario.integer("population.seed")),
                               replicate, Domain::population)),
      parameters_(model_parameters(scenario, replicate)) {
  world_ = make_world(scenario, *population_, parameters_, population_key_);
  levers_ = LeverColumns(scenario, *population_, world_, key_);
}

const std::vector<Mechanism>& Simulation::schedule() const { return term_schedule(); }

double Simulation::year() const { return static_cast<double>(term_) / steps_per_year_; }

void Simulation::step(const Mechanism& mechanism) {
  const int in_year = ((term_ % steps_per_year_) + steps_per_year_) % steps_per_year_;
  const Context now{1.0 / steps_per_year_,
                    year(),
                    in_year == 0,
                    in_year == steps_per_year_ - 1,
                    Draws(key_, mechanism.purpose, static_cast<std::uint32_t>(term_)),
                    *parallel_};
  mechanism.step(world_, levers_, parameters_, now);
}

void Simulation::next_term() {
  REFORMSIM_CHECK(term_ < 0 || anchored_, "term {} before the world was anchored at year 0", term_);
  // Levers act at their level in the middle of the term, so that ramps do not lag.
  levers_.set_year(term_ < 0 ? -1.0 : year() + 0.5 / steps_per_year_,
                   std::as_const(world_)[col::lever_shift]);
  const std::vector<Mechanism>& list = schedule();
  for (std::size_t m = 0; m < list.size(); ++m) {
    if (!parameters_.on[m]) continue;
    step(list[m]);
    for (Observer* observer : observers_) observer->after_mechanism(*this, list[m]);
  }
  ++term_;
  for (Observer* observer : observers_) observer->after_term(*this);
}

void Simulation::burn_in() {
  if (anchored_) return;  // restored from a later state
  const auto& list = schedule();
  if (term_ == 0)  // no burn-in: at least know what money and teaching are usual
    for (std::size_t m = 0; m < list.size(); ++m)
      if (parameters_.on[m] && (list[m].name == Money::name || list[m].name == Teaching::name))
        step(list[m]);
  while (term_ < 0) {
    next_term();
    if (term_ % steps_per_year_ == 0) centre_teaching(world_, parameters_, *parallel_);
  }
  if (scenario_->integer("horizon.burn_in_years") == 0)
    centre_teaching(world_, parameters_, *parallel_);
  anchor(world_, parameters_, population_key_);
  anchored_ = true;
  settle_scenario();
}

// What a scenario settles once, at year 0: who could form a cluster, and whom each lever's scope
// reaches.
void Simulation::settle_scenario() {
  if (term_ == 0)
    world_ = form_clusters(*scenario_, *population_, parameters_, world_, population_key_);
  levers_ = LeverColumns(*scenario_, *population_, world_, key_);
}

void Simulation::branch(const Scenario& scenario) {
  if (common_ground(scenario) != common_ground(*scenario_))
    throw RunError(
        "the scenario to continue with differs in more than its reform levers, title and horizon: "
        "population, parameters, mechanisms, status quo, burn-in and seeds must be the same");
  scenario_ = &scenario;
  settle_scenario();
}

void Simulation::restore(State state) {
  world_ = std::move(state.world);
  term_ = state.term;
  anchored_ = state.anchored;
  levers_ = LeverColumns(*scenario_, *population_, world_, key_);
}

bool Simulation::done() const {
  return term_ >= static_cast<int>(scenario_->integer("horizon.years")) * steps_per_year_;
}

void Simulation::run_until(double year_to) {
  while (!done() && year() < year_to - 1e-9) next_term();
}

void Simulation::finalise() {
  for (Observer* observer : observers_) observer->finished(*this);
}

}  // namespace reformsim
