// Whatever valid scenario is run, nothing leaves its range.
#include <algorithm>
#include <cmath>
#include <ostream>
#include <string>
#include <vector>

#include <rapidcheck.h>
#include <catch2/catch.hpp>

#include "scenario/difference.hpp"
#include "support/scenarios.hpp"

using namespace support;

namespace {

// The first value out of its column's bounds, in words; empty when there is none.
std::string out_of_range(const World& world) {
  for (std::size_t c = 0; c < kColumns; ++c) {
    const auto column = static_cast<Column>(c);
    const ColumnInfo& about = info(column);
    const auto outside = [&](double value) {
      if (column == Column::imported_score && std::isnan(value)) return false;  // none in the list
      if (!std::isfinite(value)) return true;
      if (about.kind == Kind::change) return value != 0;  // its owner has applied it
      return about.low < about.high && (value < about.low || value > about.high);
    };
    const auto look = [&](const auto* values, std::size_t count) -> std::string {
      for (std::size_t k = 0; k < count; ++k)
        if (outside(static_cast<double>(values[k])))
          return fmt::format("{}[{}] = {}", about.name, k, values[k]);
      return {};
    };
    const auto bytes = world.bytes(column);
    std::string found;
    if (about.type == Type::f32)
      found = look(reinterpret_cast<const float*>(bytes.data()), bytes.size() / 4);
    else if (about.type == Type::f64)
      found = look(reinterpret_cast<const double*>(bytes.data()), bytes.size() / 8);
    else if (about.type == Type::i32)
      found = look(reinterpret_cast<const std::int32_t*>(bytes.data()), bytes.size() / 4);
    if (!found.empty()) return found;
  }
  for (const float pupils : world[col::cohort_pupils])
    if (pupils < 0) return fmt::format("{} pupils in a cohort", pupils);
  const auto least = [&](auto tag) {
    return *std::min_element(world[tag].begin(), world[tag].end());
  };
  if (least(col::teachers) < 0) return fmt::format("{} teachers", least(col::teachers));
  if (least(col::teacher_posts) < 0) return fmt::format("{} posts", least(col::teacher_posts));
  if (least(col::grant) < 0) return fmt::format("a grant of {}", least(col::grant));
  if (least(col::ordinary_spending) < -1e-3f)
    return fmt::format("ordinary spending of {}", least(col::ordinary_spending));
  if (world[col::pool_teachers][0] < 0)
    return fmt::format("{} teachers in the pool", world[col::pool_teachers][0]);
  const double received = world[col::money_received][0];
  const double spent = world[col::money_on_levers][0] + world[col::money_on_running][0];
  if (std::abs(received - spent) > 1e-5 * received)
    return fmt::format("received {}, spent {}", received, spent);
  return {};
}

class Guard : public Observer {
 public:
  void after_term(const Simulation& simulation) override {
    if (!found_.empty()) return;
    found_ = out_of_range(simulation.world());
    if (!found_.empty()) found_ = fmt::format("year {:.2f}: {}", simulation.year(), found_);
  }
  const std::string& found() const { return found_; }

 private:
  std::string found_;
};

std::string what_goes_wrong(const Scenario& scenario) {
  const Parallel parallel(1);
  Guard guard;
  Simulation simulation(scenario, population_of(scenario), 0, parallel);
  simulation.add_observer(&guard);
  simulation.burn_in();
  simulation.run_until(1e9);
  return guard.found();
}

// Levers to one end of their ranges for the whole reform, burn-in included.
void all_levers(Scenario& scenario, bool high) {
  for (const Field& row : scenario.table().rows()) {
    if (row.group != FieldGroup::lever) continue;
    const double choices = static_cast<double>(row.choices.size());
    const double value =
        row.type == FieldType::choice ? (high ? choices - 1 : 0) : (high ? row.high : row.low);
    Lever& lever = scenario.lever(row.path);
    lever.status_quo = value;
    lever.reform.assign(1, {value});
  }
}

void set_shape(Scenario& scenario, std::int64_t schools, std::int64_t districts, std::int64_t years,
               std::int64_t steps, std::int64_t burn_in) {
  scenario.set("population.schools", schools);
  scenario.set("population.districts", districts);
  scenario.set("horizon.years", years);
  scenario.set("horizon.steps_per_year", steps);
  scenario.set("horizon.burn_in_years", burn_in);
}

double between(double low, double high) {
  const int thousandths = *rc::gen::inRange(0, 1001);
  return low + (high - low) * thousandths / 1000.0;
}

// A value somewhere in the range, often at one of its ends.
double somewhere(double low, double high) {
  switch (*rc::gen::inRange(0, 4)) {
    case 0:
      return low;
    case 1:
      return high;
    default:
      return between(low, high);
  }
}

double level(const Field& row) {
  if (row.type == FieldType::choice)
    return *rc::gen::inRange(0, static_cast<int>(row.choices.size()));
  return somewhere(row.low, row.high);
}

// A scenario that shows itself when it is the counterexample.
struct Shown {
  Scenario scenario;
  friend std::ostream& operator<<(std::ostream& out, const Shown& shown) {
    return out << difference_text(Scenario(field_table()), shown.scenario);
  }
};

Shown some_scenario() {
  Scenario scenario(field_table());
  const std::int64_t schools = *rc::gen::element(1, 2, 5, 13, 40);
  const std::int64_t districts = *rc::gen::inRange<std::int64_t>(1, schools + 1);
  // Short and long, in few and many terms; what is long and fine at once would only be slow.
  const std::int64_t steps = *rc::gen::element(1, 3, 12);
  const std::int64_t years = *rc::gen::element(1, 2, 6, 50 / static_cast<int>(steps) + 1);
  set_shape(scenario, schools, districts, years, steps, *rc::gen::element(0, 1, 3));
  scenario.set("population.seed", static_cast<std::int64_t>(*rc::gen::inRange(1, 1000)));
  scenario.set("ensemble.seed", static_cast<std::int64_t>(*rc::gen::inRange(1, 1000)));
  const bool any_parameters = *rc::gen::inRange(0, 2) == 0;
  for (const Field& row : scenario.table().rows()) {
    if (row.group == FieldGroup::lever) {
      Lever& lever = scenario.lever(row.path);
      if (*rc::gen::inRange(0, 3) == 0) lever.status_quo = level(row);
      const int entries = *rc::gen::element(0, 1, 1, 2);
      for (int e = 0; e < entries; ++e) {
        LeverEntry entry;
        entry.value = level(row);
        entry.from = between(0, 0.9 * static_cast<double>(years));
        // Choices have nothing in between.
        if (row.type != FieldType::choice) entry.ramp = *rc::gen::element(0, 0, 1, 5);
        if (*rc::gen::inRange(0, 4) == 0) entry.to = entry.from + between(0.1, 5);
        // Some settle something for the whole system and have no scope.
        const bool whole = holds_for_the_whole_system(row.path);
        if (*rc::gen::inRange(0, 4) == 0 && !whole) {
          entry.scope.share = between(0, 1);
          entry.scope.draw = "some";
        }
        lever.reform.push_back(entry);
      }
    } else if (row.group == FieldGroup::mechanism) {
      if (*rc::gen::inRange(0, 6) == 0) scenario.set(row.path, false);
    } else if (row.group == FieldGroup::parameter && any_parameters) {
      if (*rc::gen::inRange(0, 2) == 0) scenario.set(row.path, somewhere(row.low, row.high));
    }
  }
  return {scenario};
}

}  // namespace

TEST_CASE("Nothing leaves its range with all levers at one end", "[worlds][property][sanitize]") {
  for (const bool high : {false, true})
    for (const bool noise : {true, false}) {
      INFO((high ? "all high" : "all low") << (noise ? "" : ", little luck"));
      Scenario scenario(field_table());
      set_shape(scenario, 12, 3, 50, 3, 2);
      all_levers(scenario, high);
      if (!noise)
        for (const char* path :
             {"parameters.measurement.noise", "parameters.innovation.spread",
              "parameters.repertoire.rooted_sd", "parameters.districts.capacity_sd"})
          scenario.set(path, scenario.table().find(path)->low);
      CHECK(what_goes_wrong(scenario) == "");
    }
}

TEST_CASE("Nothing leaves its range with any one parameter at one end", "[worlds][property]") {
  for (const Field& row : field_table().rows()) {
    if (row.group != FieldGroup::parameter) continue;
    for (const double value : {row.low, row.high}) {
      INFO(row.path << " = " << value);
      Scenario scenario = preset("networked", "");
      set_shape(scenario, 24, 3, 6, 3, 2);
      scenario.lever("external_accountability.stakes").reform.assign(1, {0.9});
      scenario.lever("governance.autonomy").reform.assign(1, {0.9});
      scenario.set(row.path, value);
      CHECK(what_goes_wrong(scenario) == "");
    }
  }
}

TEST_CASE("Nothing leaves its range in one school of one district", "[worlds][property]") {
  for (const std::int64_t steps : {1, 3, 12})
    for (const char* name : {"status_quo", "top_down", "autonomous", "networked"}) {
      INFO(name << ", " << steps << " terms a year");
      Scenario scenario = preset(name, "");
      set_shape(scenario, 1, 1, 50, steps, 2);
      CHECK(what_goes_wrong(scenario) == "");
    }
}

TEST_CASE("Nothing leaves its range in corners that broke it once", "[worlds][property]") {
  Scenario scenario(field_table());
  set_shape(scenario, 5, 1, 10, 1, 3);
  scenario.set("ensemble.seed", std::int64_t{4});
  SECTION("few schools that hire more than there are teachers") {
    scenario.lever("funding.total_per_pupil").reform.assign(1, {30000.0, 4.0});
    for (std::int64_t seed = 1; seed <= 20; ++seed) {
      scenario.set("population.seed", seed);
      CHECK(what_goes_wrong(scenario) == "");
    }
  }
  SECTION("networks ordered by a centre that nobody trusts") {
    scenario.lever("networks.participation").reform.assign(1, {2.0});
    scenario.lever("ad_hoc_policies.initiatives").status_quo = 12;
    scenario.lever("ad_hoc_policies.life").status_quo = 0.3;
    scenario.set("parameters.joining.reactance", 0.9);
    scenario.set("parameters.initiative_load.cynicism", 0.15);
    CHECK(what_goes_wrong(scenario) == "");
  }
  SECTION("more money for the reform than there is") {
    scenario.lever("funding.reform_per_pupil").reform.assign(1, {20000.0});
    scenario.lever("funding.rule").reform.assign(1, {3.0});
    bool refused = false;  // either answer will do: not to run it, or to run it in its bounds
    for (const auto& check : field_table().checks())
      refused = refused || !check.check(scenario).empty();
    if (!refused) CHECK(what_goes_wrong(scenario) == "");
  }
}

TEST_CASE("Nothing leaves its range in any scenario", "[worlds][property]") {
  CHECK(rc::check("a valid scenario keeps every column in its bounds", [] {
    const Shown shown = *rc::gen::exec(some_scenario);
    for (const auto& check : field_table().checks()) RC_PRE(check.check(shown.scenario).empty());
    RC_ASSERT(what_goes_wrong(shown.scenario) == std::string());
  }));
}
