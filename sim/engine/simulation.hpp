// One replicate of one scenario: init, next term, finalise. Whoever wants to look (recorder, trace,
// a page in a workshop) is an observer or reads world() between terms; the engine knows none of
// them.
#pragma once

#include <memory>
#include <vector>

#include "base/parallel.hpp"
#include "base/random.hpp"
#include "model/levers.hpp"
#include "model/term.hpp"
#include "model/world.hpp"
#include "population/population.hpp"
#include "scenario/scenario.hpp"

namespace reformsim {

class Simulation;

class Observer {
 public:
  virtual ~Observer() = default;
  // After each mechanism of each term; only traces want this.
  virtual void after_mechanism(const Simulation&, const Mechanism&) {}
  // After each term, burn-in included (then year() <= 0).
  virtual void after_term(const Simulation&) {}
  // Nothing follows.
  virtual void finished(const Simulation&) {}
};

class Simulation {
 public:
  // init: the world of this replicate at the start of burn-in. The scenario and the population must
  // outlive it.
  Simulation(const Scenario& scenario, std::shared_ptr<const Population> population,
             std::uint32_t replicate, const Parallel& parallel);

  // Runs the burn-in under the status quo and anchors the world at year 0; nothing if that was done
  // before.
  void burn_in();

  // Continues as another scenario from here: same population, same luck, other levers. The two must
  // agree in everything but reform levers, title and horizon; RunError otherwise.
  void branch(const Scenario& scenario);

  void next_term();
  bool done() const;  // the horizon is reached
  void run_until(double year);
  void finalise();  // tells observers that nothing follows

  // Years since the start of the reform: 0 after burn-in, -burn_in_years at the start.
  double year() const;
  int term() const { return term_; }  // terms since year 0; negative in burn-in
  int steps_per_year() const { return steps_per_year_; }
  std::uint32_t replicate() const { return replicate_; }
  const World& world() const { return world_; }
  const Parallel& parallel() const { return *parallel_; }
  const Population& population() const { return *population_; }
  const Scenario& scenario() const { return *scenario_; }
  const ModelParameters& parameters() const { return parameters_; }
  const std::vector<Mechanism>& schedule() const;

  void add_observer(Observer* observer) { observers_.push_back(observer); }
  void clear_observers() { observers_.clear(); }

  // The whole state, to be continued to the same bytes.
  struct State {
    World world;
    int term = 0;
    bool anchored = false;
  };
  State state() const { return {world_, term_, anchored_}; }
  void restore(State state);

 private:
  void step(const Mechanism& mechanism);
  void settle_scenario();

  const Scenario* scenario_;
  std::shared_ptr<const Population> population_;
  std::uint32_t replicate_;
  const Parallel* parallel_;
  int steps_per_year_;
  int term_;
  bool anchored_ = false;
  Key key_;
  Key population_key_;
  ModelParameters parameters_;
  World world_;
  LeverColumns levers_;
  std::vector<Observer*> observers_;
};

}  // namespace reformsim
