// Plans: what is written is what is meant, the resolved plan is the same plan, and every mistake is
// told with its place, all of them at once.
#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include <catch2/catch.hpp>

#include "base/error.hpp"
#include "experiment/plan.hpp"
#include "experiment/unit.hpp"
#include "model/fields.hpp"
#include "record/measures.hpp"
#include "record/school_statistics.hpp"
#include "scenario/read.hpp"
#include "scenario/words.hpp"
#include "scenario/write.hpp"
#include "support/folder.hpp"

using namespace reformsim;
using support::Folder;
namespace fs = std::filesystem;
using Values = std::vector<double>;

namespace {

const std::string kCoaching = "levers.capacity_building.coaching";
const std::string kStakes = "levers.external_accountability.stakes";

struct PlanFolder : Folder {
  PlanFolder() {
    write("base.yaml",
          "reformsim: 1\ntitle: As it is\npopulation: {schools: 6, districts: 2}\n"
          "horizon: {years: 3, burn_in_years: 1}\nensemble: {replicates: 4, seed: 5}\n");
    write("reform.yaml",
          "reformsim: 1\nextends: base.yaml\nlevers:\n"
          "  external_accountability.stakes: 0.9\n"
          "  capacity_building.coaching: {value: 0.5, from: 1, ramp: 2, scope: {share: 0.5}}\n"
          "  pedagogy.focus: [{value: 1, from: 0, to: 1}, {value: 0.5, from: 2}]\n");
  }
  void write(const std::string& name, const std::string& text) const {
    std::ofstream(path / name, std::ios::binary) << text;
  }
  std::string file(const std::string& name) const { return (path / name).string(); }
  Plan plan(const std::string& text, const PlanOptions& options = {}) const {
    return read_plan_text(text, "p.yaml", path.string(), field_table(), options);
  }
  // Without the folder's name.
  std::vector<std::string> problems(const std::string& text, const PlanOptions& o = {}) const {
    std::vector<std::string> found;
    try {
      plan(text, o);
    } catch (const InputError& error) {
      for (const Problem& problem : error.problems()) {
        std::string one = describe(problem);
        const std::string prefix = path.string() + "/";
        if (const std::size_t at = one.find(prefix); at != std::string::npos)
          one.erase(at, prefix.size());
        found.push_back(one);
      }
    }
    return found;
  }
};

const std::string kHead =
    "reformsim_plan: 1\nscenarios: {base: base.yaml, reform: reform.yaml}\nbaseline: base\n";

Values column(const Plan& plan, std::size_t factor) {
  Values values;
  for (std::size_t p = 0; p < plan.points(); ++p) values.push_back(plan.design.at(p, factor));
  return values;
}

// The same experiment with the same points, measures and settings.
void require_same(const Plan& a, const Plan& b) {
  REQUIRE(experiment_lines(a) == experiment_lines(b));
  REQUIRE(plan_digest(a) == plan_digest(b));
  REQUIRE(what_differs(a, b).empty());
  REQUIRE(a.points() == b.points());
  for (std::size_t p = 0; p < a.points(); ++p) REQUIRE(point_digest(a, p) == point_digest(b, p));
  REQUIRE(a.design.unit == b.design.unit);
  REQUIRE(a.title == b.title);
  REQUIRE(a.description == b.description);
  REQUIRE(a.baseline == b.baseline);
  REQUIRE(a.replicates == b.replicates);
  REQUIRE((!a.precision || a.batch == b.batch));
  REQUIRE(a.measures == b.measures);
  REQUIRE(a.years == b.years);
  REQUIRE(a.seed == b.seed);
  REQUIRE(a.common_random_numbers == b.common_random_numbers);
  REQUIRE(a.stop_on_failure == b.stop_on_failure);
  for (std::size_t f = 0; f < a.factors.size(); ++f) {
    REQUIRE(a.factors[f].reaches == b.factors[f].reaches);
    REQUIRE(factor_text(a.factors[f]) == factor_text(b.factors[f]));
  }
  for (std::size_t s = 0; s < a.policies.size(); ++s)
    REQUIRE(resolved_yaml(a.policies[s].scenario) == resolved_yaml(b.policies[s].scenario));
  REQUIRE(resolved_plan(a, false) == resolved_plan(b, false));
}

}  // namespace

TEST_CASE("a plan is read as it is meant") {
  const PlanFolder folder;
  const Plan plan = folder.plan(
      kHead + "title: \"Two: things\"\ndescription: |\n  in two\n  lines\nfactors:\n" +
      "  capacity_building.coaching: {low: 0.25, high: 0.75, in: reform}\n" +  // without "levers."
      "  " + kStakes + ": [0.125, 1]\n" +
      "  population.schools: {distribution: log_uniform, low: 4, high: 40}\n" +
      "  population.deprivation_mean: {distribution: normal, mean: 0.3, sd: 0.1, low: 0.1, "
      "high: 0.6}\n" +
      "  population.district_size_cv: {distribution: log_normal, mean: 0, sd: 0.5, low: 0.2, "
      "high: 2}\n" +
      "  population.intake_sd: {distribution: triangular, mode: 0.4, low: 0.2, high: 0.5}\n" +
      "  networks.participation: [none, mandated]\n" + "  mechanisms.innovation: [on, false]\n" +
      "design: {kind: sobol, points: 16, seed: 9}\nseed: 12\nreplicates: 3\n" +
      "measures: [teacher_turnover, true_attainment_mean]\nyears: [3, 1]\non_failure: stop\n");
  CHECK(plan.title == "Two: things");
  CHECK(plan.description == "in two\nlines\n");
  REQUIRE(plan.policies.size() == 2);
  CHECK(plan.policies[0].name == "base");
  CHECK(plan.policies[1].scenario.lever("external_accountability.stakes").reform.size() == 1);
  CHECK(plan.baseline == 0);
  REQUIRE(plan.factors.size() == 8);
  CHECK(plan.factors[0].factor.path == kCoaching);
  CHECK(plan.factors[0].reaches == std::vector<bool>{false, true});
  CHECK(plan.factors[1].reaches == std::vector<bool>{true, true});
  const FactorKind kinds[] = {FactorKind::uniform, FactorKind::levels,     FactorKind::log_uniform,
                              FactorKind::normal,  FactorKind::log_normal, FactorKind::triangular,
                              FactorKind::levels,  FactorKind::levels};
  for (std::size_t f = 0; f < 8; ++f) CHECK(plan.factors[f].factor.kind == kinds[f]);
  CHECK(plan.factors[1].factor.levels == Values{0.125, 1});
  CHECK(plan.factors[2].factor.whole);
  CHECK(plan.factors[3].factor.mean == 0.3);
  CHECK(plan.factors[3].factor.sd == 0.1);
  CHECK(plan.factors[5].factor.mode == 0.4);
  CHECK(plan.factors[7].factor.levels == Values{1, 0});
  CHECK(factor_names(*plan.factors[6].field)[2] == "mandated");
  CHECK(factor_text(plan.factors[6]) == "levels none, mandated");
  CHECK(plan.settings.kind == DesignKind::sobol);
  CHECK(plan.settings.seed == 9);
  CHECK(plan.points() == 16);
  for (const double schools : column(plan, 2)) CHECK(schools == std::round(schools));
  CHECK(plan.seed == 12);
  CHECK(plan.replicates == 3);
  CHECK_FALSE(plan.precision);
  CHECK(plan.common_random_numbers);
  CHECK(plan.years == Values{1, 3});
  REQUIRE(plan.measures.size() == 2);
  CHECK(std::string(system_measures()[plan.measures[0]].name) == "teacher_turnover");
  CHECK(plan.stop_on_failure);
  CHECK(plan.values_per_unit() == 8);
  // What a sweep never keeps.
  CHECK(plan.policies[0].scenario.text("record.schools") == "none");
}

TEST_CASE("what a plan does not say is that of its scenarios") {
  const PlanFolder folder;
  const Plan plan =
      folder.plan("reformsim_plan: 1\nscenarios: [base.yaml, reform.yaml]\n");  // names: the stems
  CHECK(plan.policies[1].name == "reform");
  CHECK(plan.points() == 1);
  CHECK(plan.factors.empty());
  CHECK(plan.seed == 5);
  CHECK(plan.replicates == 4);
  CHECK(plan.years == Values{3});
  CHECK(plan.baseline == 0);
  CHECK(plan.measures.size() == 8);
  CHECK_FALSE(plan.stop_on_failure);
  CHECK(folder.plan("reformsim_plan: 1\nscenarios: base.yaml\nyears: all\n").years ==
        Values{0, 1, 2, 3});
  CHECK(folder.plan("reformsim_plan: 1\nscenarios: base.yaml\nmeasures: all\n").measures.size() ==
        system_measures().size());
  PlanOptions options;
  options.seed = 99;
  options.replicates = 7;
  options.sets = {"horizon.years=4", "population.schools=9"};
  const Plan other = folder.plan(kHead, options);
  CHECK(other.seed == 99);
  CHECK(other.replicates == 7);
  CHECK(other.years == Values{4});
  for (const Policy& policy : other.policies) {
    CHECK(policy.scenario.integer("population.schools") == 9);
    CHECK(policy.scenario.integer("ensemble.seed") == 99);
  }
}

TEST_CASE("overlays and parameters of a plan are laid over each scenario") {
  const PlanFolder folder;
  folder.write("small.yaml", "reformsim: 1\npopulation: {schools: 8}\n");
  folder.write("later.yaml", "reformsim: 1\npopulation: {schools: 10}\n");
  const Plan one = folder.plan(kHead + "with: small.yaml\n");
  for (const Policy& policy : one.policies)
    CHECK(policy.scenario.integer("population.schools") == 8);
  PlanOptions options;
  options.with = {folder.file("later.yaml")};  // the command line wins
  const Plan two = folder.plan(kHead + "with: [small.yaml]\n", options);
  CHECK(two.policies[1].scenario.integer("population.schools") == 10);
  CHECK(what_differs(one, two) ==
        std::vector<std::string>{"scenario base: population.schools was 8, and is 10 now",
                                 "scenario reform: population.schools was 8, and is 10 now"});
}

TEST_CASE("designs that people write name the values, in the order of the factors") {
  const PlanFolder folder;
  const std::string factors =
      "factors: {" + kCoaching + ": {low: 0, high: 1}, networks.participation: [none]}\n";
  const Plan list = folder.plan(kHead + factors +
                                "design:\n  kind: list\n  rows:\n    - [0.1, mandated]\n"
                                "    - [0.7, none]\n    - [0.1, mandated]\n");
  CHECK(list.points() == 3);
  CHECK(column(list, 0) == Values{0.1, 0.7, 0.1});
  CHECK(column(list, 1) == Values{2, 0, 2});
  folder.write("points.csv",
               "levers.networks.participation,remark,capacity_building.coaching\n"
               "mandated,first,0.1\nnone,\"a, b\",0.7\nmandated,,0.1\n");
  const Plan csv = folder.plan(kHead + factors + "design: {kind: csv, file: points.csv}\n");
  CHECK(csv.design.value == list.design.value);
  CHECK(plan_digest(csv) == plan_digest(list));
  require_same(csv, folder.plan(resolved_plan(csv, true)));
  CHECK(folder.problems(kHead + "design: {kind: csv, file: none.csv}\n").size() == 1);
}

TEST_CASE("the resolved plan is the same plan") {
  const PlanFolder folder;
  const std::string ranges =
      "factors:\n  " + kCoaching + ": {low: 0.1, high: 0.7, steps: 3, in: [reform]}\n" +
      "  population.schools: {low: 3.5, high: 9.5, steps: 3}\n" +
      "  population.deprivation_mean: {distribution: normal, mean: 0.3, sd: 0.1, low: 0.1, "
      "high: 0.6, steps: 3}\n" +
      "  population.district_size_cv: {distribution: log_normal, mean: 0.1, sd: 0.3, low: 0.2, "
      "high: 2, steps: 3}\n" +
      "  population.intake_sd: {distribution: triangular, mode: 0.3333333333333333, low: 0.2, "
      "high: 0.5, steps: 3}\n" +
      "  networks.participation: [none, mandated, voluntary]\n  mechanisms.innovation: {levels: "
      "[on, off, on]}\n";
  for (const char* design :
       {"kind: grid", "kind: zip", "kind: one_at_a_time", "{kind: random, points: 11, seed: 3}",
        "{kind: latin_hypercube, points: 11}", "{kind: sobol, points: 12, seed: 4}",
        "{kind: saltelli, points: 4}", "{kind: saltelli, points: 4, second_order: true}",
        "{kind: morris, trajectories: 3, levels: 6, seed: 8}"}) {
    CAPTURE(design);
    std::string text(design);
    text = text[0] == '{' ? text : "{" + text + "}";
    const Plan plan = folder.plan(
        kHead + ranges + "design: " + text +
        "\ntitle: 'it''s: \"odd\" #1'\nseed: 123456789012\ncommon_random_numbers: false\n"
        "replicates: {batch: 2, most: 9, until: {measure: disadvantage_gap, year: 2, "
        "half_width: 0.01}}\nyears: [0, 2, 3]\nmeasures: [disadvantage_gap]\n");
    const Plan again = folder.plan(resolved_plan(plan, true));
    require_same(plan, again);
    // Without the places of the scenarios' files, which it needs only for lists of schools.
    require_same(plan, read_plan_text(resolved_plan(plan, false), "x", "/nowhere", field_table()));
    CHECK(resolved_plan(again, true) == resolved_plan(plan, true));
  }
}

TEST_CASE("names that people give come back from the resolved plan") {
  const PlanFolder folder;
  for (const char* name : {"'two words'", "\"quo\\\"te\"", "'a/b'", "Grüße", "'true'", "'1'",
                           "\"in: [x], y\"", "'#no comment'", "'back\\slash'", "'- x'", "'%'"}) {
    CAPTURE(name);
    const Plan plan =
        folder.plan("reformsim_plan: 1\nscenarios:\n  base: base.yaml\n  " + std::string(name) +
                    ": reform.yaml\nbaseline: " + name + "\nfactors: {" + kCoaching +
                    ": {levels: [0, 1], in: [" + name + "]}}\n");
    CHECK(plan.baseline == 1);
    CHECK(plan.factors[0].reaches == std::vector<bool>{false, true});
    require_same(plan, folder.plan(resolved_plan(plan, true)));
  }
}

TEST_CASE("the resolved plan finds its files from every folder") {
  const PlanFolder folder;
  const fs::path before = fs::current_path();
  fs::current_path(folder.path);
  const Plan plan = read_plan_text(kHead, "p.yaml", ".", field_table());
  const std::string text = resolved_plan(plan, true);
  fs::current_path(before);
  CHECK_THAT(text, Catch::Contains("directory: \"" + fs::canonical(folder.path).string()));
}

TEST_CASE("more points and replicates leave the experiment what it was, and begin the same") {
  const PlanFolder folder;
  const std::string factors = "factors: {" + kCoaching + ": {low: 0, high: 1}}\n";
  for (const char* kind : {"random", "sobol", "saltelli"}) {
    CAPTURE(kind);
    const auto with = [&](int points, int replicates) {
      return folder.plan(kHead + factors + "design: {kind: " + kind +
                         ", points: " + std::to_string(points) +
                         "}\nreplicates: " + std::to_string(replicates) + "\n");
    };
    const Plan few = with(4, 2), many = with(32, 5);
    CHECK(plan_digest(few) == plan_digest(many));
    CHECK(what_differs(few, many).empty());
    REQUIRE(few.points() < many.points());
    for (std::size_t p = 0; p < few.points(); ++p)
      REQUIRE(point_digest(few, p) == point_digest(many, p));
  }
  const auto precise = [&](int most) {
    return folder.plan(
        kHead + factors + "design: {kind: random, points: 2}\nreplicates: {batch: 4, most: " +
        std::to_string(most) + ", until: {measure: disadvantage_gap, half_width: 1}}\n");
  };
  for (const int most : {1, 2, 3, 4, 5, 9}) {
    CAPTURE(most);
    CHECK(what_differs(precise(most), precise(64)).empty());
    CHECK(precise(most).batch == 4);
    require_same(precise(most), folder.plan(resolved_plan(precise(most), true)));
  }
}

TEST_CASE("what makes another experiment is named") {
  const PlanFolder folder;
  folder.write("other.yaml",
               "reformsim: 1\nextends: reform.yaml\npopulation: {schools: 7}\n"
               "levers: {capacity_building.coaching: 0.25}\n");
  folder.write("titled.yaml", "reformsim: 1\nextends: base.yaml\ntitle: Other words\n");
  const std::string rest = "factors: {" + kStakes + ": [0, 1]}\nseed: 1\nyears: 3\n";
  const auto plan = [&](const std::string& text) {
    return folder.plan("reformsim_plan: 1\n" + text);
  };
  const std::string both = "scenarios: {base: base.yaml, reform: reform.yaml}\n";
  const Plan before = plan(both + rest);
  const auto differs = [&](const std::string& text) { return what_differs(before, plan(text)); };
  using Lines = std::vector<std::string>;
  CHECK(differs(both + rest).empty());
  CHECK(differs("scenarios: {base: base.yaml, reform: other.yaml}\n" + rest) ==
        Lines{"scenario reform: capacity_building.coaching was rises to 0.5 from year 1 over 2 "
              "years in a random 50% of schools, and is rises to 0.25 from year 0 now",
              "scenario reform: population.schools was 6, and is 7 now"});
  CHECK(differs("scenarios: {base: titled.yaml, reform: reform.yaml}\n" + rest) ==
        Lines{"scenario base: its title, its description or its list of schools is another now"});
  CHECK(differs("scenarios: {base: base.yaml, more: reform.yaml}\n" + rest) ==
        Lines{"scenario reform is not in the plan now", "scenario more was not in the plan"});
  CHECK(differs("scenarios: {reform: reform.yaml, base: base.yaml}\nbaseline: base\n" + rest) ==
        Lines{"scenarios or factors stand in another order now"});
  CHECK(differs(both + "factors: {" + kStakes + ": [0, 0.5]}\nseed: 2\nyears: 3\n") ==
        Lines{"factor " + kStakes + " was {levels: [0, 1]}, and is {levels: [0, 0.5]} now",
              "seed was 1, and is 2 now"});
  CHECK(differs(both + rest + "baseline: reform\nmeasures: disadvantage_gap\n").size() == 2);
  CHECK(differs(both + rest + "common_random_numbers: off\n") ==
        Lines{"common_random_numbers was true, and is false now"});
  // Neither is what the results are of.
  CHECK(
      differs(both + rest + "title: x\ndescription: y\non_failure: stop\nreplicates: 9\n").empty());
}

TEST_CASE("the scenario at a point is the one with the same --set") {
  const PlanFolder folder;
  const Plan plan = folder.plan(
      kHead + "factors:\n  " + kStakes +
      ": [0, 0.3]\n  population.districts: [1, 4]\n"
      "  population.deprivation_mean: [0.25, 0.3]\n  networks.participation: [mandated, none]\n"
      "  mechanisms.innovation: [off, on]\n  population.schools: {low: 4, high: 8, steps: 2}\n"
      "design: zip\nreplicates: 2\n");
  REQUIRE(plan.points() == 2);
  const std::vector<std::string> sets[2] = {
      {kStakes + "=0", "population.districts=1", "population.deprivation_mean=0.25",
       "levers.networks.participation=mandated", "mechanisms.innovation=off",
       "population.schools=4"},
      {kStakes + "=0.3", "population.districts=4", "population.deprivation_mean=0.3",
       "levers.networks.participation=none", "mechanisms.innovation=on", "population.schools=8"}};
  const char* files[2] = {"base.yaml", "reform.yaml"};
  for (std::size_t p = 0; p < 2; ++p)
    for (std::size_t s = 0; s < 2; ++s) {
      CAPTURE(p, s);
      std::vector<std::string> all = sets[p];
      for (const char* set :
           {"record.schools=none", "record.districts=false", "record.clusters=false",
            "record.replicates=1", "ensemble.replicates=2"})
        all.emplace_back(set);
      const Scenario direct = read_scenario(folder.file(files[s]), field_table(), {}, all);
      CHECK(resolved_yaml(scenario_at(plan, s, p)) == resolved_yaml(direct));
    }
}

TEST_CASE("a unit has the bits of a run of its scenario, whatever was run before it") {
  const PlanFolder folder;
  const Plan plan = folder.plan(kHead + "factors:\n  " + kStakes +
                                ": [0, 0.3]\n  population.districts: [1, 3]\nyears: [1, 3]\n"
                                "replicates: 2\n");
  Lists lists;
  Worker all(plan, lists, nullptr);
  for (std::uint32_t r = 0; r < 2; ++r)
    for (std::size_t p = 0; p < plan.points(); ++p) {
      CAPTURE(p, r);
      const UnitResult shared = all.run(p, r);
      const UnitResult alone = Worker(plan, lists, nullptr).run(p, r);
      REQUIRE(shared.values.size() == plan.values_per_unit());
      REQUIRE(std::memcmp(shared.values.data(), alone.values.data(),
                          shared.values.size() * sizeof(double)) == 0);
      for (std::size_t s = 0; s < 2; ++s) {
        const Scenario scenario = scenario_at(plan, s, p);
        const Parallel parallel(1);
        Simulation simulation(scenario,
                              std::make_shared<const Population>(make_population(scenario, r)), r,
                              parallel);
        simulation.burn_in();
        const std::vector<float> start = schools_at_start(simulation.world());
        while (!simulation.done()) simulation.next_term();
        const std::vector<double> direct =
            measure_system(simulation.world(), start, simulation.year(), parallel);
        for (std::size_t m = 0; m < plan.measures.size(); ++m)
          CHECK(
              std::bit_cast<std::uint64_t>(direct[plan.measures[m]]) ==
              std::bit_cast<std::uint64_t>(shared.values[(s * plan.measures.size() + m) * 2 + 1]));
      }
    }
}

TEST_CASE("without common random numbers each point has its own luck") {
  const PlanFolder folder;
  const std::string text = kHead + "factors: {" + kStakes + ": [0, 0.5]}\ncommon_random_numbers: ";
  const Plan on = folder.plan(text + "on\n"), off = folder.plan(text + "off\n");
  std::set<std::int64_t> seeds;
  for (std::size_t p = 0; p < 2; ++p) {
    CHECK(scenario_at(on, 1, p).integer("ensemble.seed") == on.seed);
    const std::int64_t seed = scenario_at(off, 0, p).integer("ensemble.seed");
    CHECK(seed >= 0);
    CHECK(seed == scenario_at(off, 1, p).integer("ensemble.seed"));  // scenarios share it
    seeds.insert(seed);
  }
  CHECK(seeds.size() == 2);
}

TEST_CASE("a lever keeps its schedule, and only how far it moves is varied") {
  const PlanFolder folder;
  const Plan plan =
      folder.plan(kHead + "factors: {" + kCoaching + ": [0.125, 1], " + kStakes + ": [0.25, 1]}\n");
  REQUIRE(plan.points() == 4);
  const Scenario reform = scenario_at(plan, 1, 2);
  const Lever& coaching = reform.lever("capacity_building.coaching");
  REQUIRE(coaching.reform.size() == 1);
  CHECK(coaching.reform[0].value == 1);
  CHECK(coaching.reform[0].from == 1);
  CHECK(coaching.reform[0].ramp == 2);
  CHECK(coaching.reform[0].scope.share == 0.5);
  // Where the scenario has no entry: at once, everywhere, for good.
  const Scenario base = scenario_at(plan, 0, 1);
  const LeverEntry& entry = base.lever("capacity_building.coaching").reform.at(0);
  CHECK(entry.value == 0.125);
  CHECK((entry.from == 0 && entry.ramp == 0 && entry.scope == Scope{}));
  CHECK(base.lever("external_accountability.stakes").reform.at(0).value == 1);
}

TEST_CASE("values that do not go together at a point make its runs fail, with the reason") {
  const PlanFolder folder;
  const Plan plan =
      folder.plan(kHead + "factors: {population.districts: [2, 40]}\nreplicates: 1\n");
  CHECK_NOTHROW(scenario_at(plan, 0, 0));
  CHECK_THROWS_AS(scenario_at(plan, 0, 1), InputError);
  Lists lists;
  Worker worker(plan, lists, nullptr);
  const UnitResult good = worker.run(0, 0), bad = worker.run(1, 0);
  CHECK_FALSE(good.failed());
  CHECK(good.values.size() == plan.values_per_unit());
  CHECK(bad.reason ==
        "base: population.districts: 40 districts for 6 schools; expected at most one district for "
        "each school");
  CHECK(bad.values.empty());
  CHECK(worker.run(0, 0).values.size() == good.values.size());  // and it goes on
}

TEST_CASE("a range of whole numbers may reach half a number beyond the field's own") {
  const PlanFolder folder;
  const Plan plan = folder.plan(kHead +
                                "factors: {population.districts: {low: 0.5, high: 4.5}}\n"
                                "design: {kind: sobol, points: 64}\n");
  std::vector<int> count(6, 0);
  for (const double value : column(plan, 0)) ++count[static_cast<std::size_t>(value)];
  CHECK(count == std::vector<int>{0, 16, 16, 16, 16, 0});
}

// --------------------------------------------------------------------

TEST_CASE("every mistake is told with its place, what was expected and the nearest name") {
  const PlanFolder folder;
  const auto one = [&](const std::string& text) {
    const std::vector<std::string> found = folder.problems(text);
    return found.size() == 1 ? found[0] : std::to_string(found.size()) + ": " + join(found, " | ");
  };
  const auto more = [&](const std::string& text) { return one(kHead + text); };
  using Catch::Equals;
  // Each begins in line 4.
  const std::pair<std::string, std::string> expected[] = {
      {"factor: {}", "p.yaml:4:1: 'factor' is not known here; did you mean 'factors'?"},
      {"title: [a]", "p.yaml:4:8: title: found a list; expected a text"},
      {"title: a\ntitle: b", "p.yaml:5:1: 'title' is given twice; it first stands in line 4"},
      {"factors: [a]", "p.yaml:4:10: factors: expected field paths with their values"},
      {"factors: {levers.capacity_building.coachin: [0]}",
       "p.yaml:4:11: levers.capacity_building: 'coachin' is not known; did you mean 'coaching'?"},
      {"factors: {capacity_building.coachin: [0]}",
       "p.yaml:4:11: levers.capacity_building: 'coachin' is not known; did you mean 'coaching'?"},
      {"factors: {population.shools: [1]}",
       "p.yaml:4:11: population: 'shools' is not known; did you mean 'schools'?"},
      {"factors:\n  population.schools: [1]\n  population.schools: [2]",
       "p.yaml:6:3: factors: population.schools is given twice; it first stands in line 5"},
      {"factors:\n  capacity_building.coaching: [1]\n  levers.capacity_building.coaching: [0]",
       "p.yaml:6:3: factors: levers.capacity_building.coaching is given twice; it first stands in "
       "line 5"},
      {"factors: {horizon.years: [1, 2]}",
       "p.yaml:4:11: factors: horizon.years cannot be varied: it is set by the plan itself"},
      {"factors: {title: [a]}", "p.yaml:4:11: factors: title cannot be varied: it is a text"},
      {"factors: {population.schools: []}",
       "p.yaml:4:31: population.schools: a list of values is empty"},
      {"factors: {population.schools: [4, 2.5]}",
       "p.yaml:4:35: population.schools: 2.5 is not a whole number; expected a whole number from "
       "1"},
      {"factors: {population.schools: [0]}",
       "p.yaml:4:32: population.schools: 0 is out of range; expected a whole number from 1 to "
       "10000000"},
      {"factors: {levers.external_accountability.stakes: [0.5, 1.5]}",
       "p.yaml:4:56: levers.external_accountability.stakes: 1.5 is out of range; expected a share "
       "from 0 to 1"},
      {"factors: {networks.participation: [manadted]}",
       "p.yaml:4:36: levers.networks.participation: 'manadted' is not a choice; expected one of "
       "none, voluntary, mandated, voluntary_but_inevitable; did you mean 'mandated'?"},
      {"factors: {mechanisms.innovation: [maybe]}",
       "p.yaml:4:35: mechanisms.innovation: 'maybe' is not a switch; expected on or off"},
      {"factors: {networks.participation: {low: 0, high: 1}}",
       "p.yaml:4:35: levers.networks.participation: a choice or a switch is varied over a list"},
      {"factors: {pedagogy.focus: [0.5]}",
       "p.yaml:4:11: levers.pedagogy.focus: this lever has several entries in scenario "
       "reform"},
      {"factors: {capacity_building.coaching: {low: 0, hihg: 1}}\ndesign: {kind: random, points: "
       "1}",
       "p.yaml:4:48: 'levers.capacity_building.coaching.hihg' is not known here; did you mean "
       "'high'?"},
      {"factors: {capacity_building.coaching: {low: 0.5, high: 0.5}}\ndesign: {kind: random, "
       "points: "
       "1}",
       "p.yaml:4:39: levers.capacity_building.coaching: low 0.5 is not below high 0.5"},
      {"factors: {capacity_building.coaching: {low: -0.5}}\ndesign: {kind: random, points: 1}",
       "p.yaml:4:45: levers.capacity_building.coaching.low: -0.5 is out of range; expected a "
       "number "
       "from 0 to 1"},
      {"factors: {capacity_building.coaching: {distribution: nromal}}\ndesign: {kind: random, "
       "points: 1}",
       "p.yaml:4:54: levers.capacity_building.coaching.distribution: 'nromal' is not a choice; "
       "expected one of uniform, log_uniform, normal, log_normal, triangular; did you mean "
       "'normal'?"},
      {"factors: {capacity_building.coaching: {distribution: normal, mean: 0.5}}\ndesign: {kind: "
       "random, points: 1}",
       "p.yaml:4:39: levers.capacity_building.coaching: `sd` is missing"},
      {"factors: {capacity_building.coaching: {distribution: triangular, mode: 2}}\ndesign: {kind: "
       "random, points: 1}",
       "p.yaml:4:72: levers.capacity_building.coaching.mode: 2 is out of range; expected a number "
       "from 0 to 1"},
      {"factors: {capacity_building.coaching: {distribution: log_uniform}}\ndesign: {kind: random, "
       "points: 1}",
       "p.yaml:4:39: levers.capacity_building.coaching: a logarithm needs low above 0"},
      {"factors: {capacity_building.coaching: {mean: 0.5}}\ndesign: {kind: random, points: 1}",
       "p.yaml:4:40: levers.capacity_building.coaching.mean means nothing for the distribution "
       "uniform; it takes distribution, low, high, steps, in"},
      {"factors: {capacity_building.coaching: {levels: [0], low: 0}}",
       "p.yaml:4:53: levers.capacity_building.coaching.low means nothing for a list of levels"},
      {"factors: {capacity_building.coaching: {levels: [0], in: refrom}}",
       "p.yaml:4:57: levers.capacity_building.coaching.in: there is no scenario 'refrom'; did you "
       "mean 'reform'?; there are base, reform"},
      {"factors: {capacity_building.coaching: {levels: [0], in: []}}",
       "p.yaml:4:57: levers.capacity_building.coaching.in: found an empty list"},
      {"factors: {capacity_building.coaching: {low: 0}}",
       "p.yaml:4:11: levers.capacity_building.coaching: a grid design needs levels, or 'steps'"},
      {"design: gird",
       "p.yaml:4:9: design.kind: 'gird' is not a choice; expected one of grid, zip"},
      {"design: {kind: sobol}", "p.yaml:4:9: design: `points` is missing"},
      {"design: {kind: sobol, points: 0}",
       "p.yaml:4:31: design.points: 0 is out of range; expected a whole number from 1 to 10000000"},
      {"design: {points: 10}", "p.yaml:4:10: design.points means nothing for the design grid"},
      {"design: {kind: sobol, points: 4, trajectories: 3}",
       "p.yaml:4:34: design.trajectories means nothing for the design sobol; it takes kind, "
       "points, "
       "seed"},
      {"design: {kind: list}", "p.yaml:4:9: design.rows: expected a list of points"},
      {"design: {kind: csv}", "p.yaml:4:9: design: `file` is missing"},
      {"factors: {population.schools: [1]}\ndesign: {kind: list, rows: [[4], [5, 6]]}",
       "p.yaml:5:34: design.rows: expected a list of points, each a list of 1 values"},
      {"factors: {population.schools: [1]}\ndesign: {kind: list, rows: [[4], [0]]}",
       "p.yaml:5:35: population.schools: 0 is out of range"},
      {"factors: {population.schools: [1, 2], population.districts: [1]}\ndesign: zip",
       "p.yaml:4:39: population.districts: a zip design needs equally many levels of every factor"},
      {"seed: -1", "p.yaml:4:7: seed: -1 is out of range; expected a whole number from 0 to"},
      {"common_random_numbers: 2",
       "p.yaml:4:24: common_random_numbers: '2' is not a switch; expected on or off"},
      {"replicates: 0",
       "p.yaml:4:13: replicates: 0 is out of range; expected a whole number from 1"},
      {"replicates: {batch: 4}", "p.yaml:4:13: replicates: `until` is missing"},
      {"replicates: {until: {measure: disadvantage_gap}}",
       "p.yaml:4:21: replicates.until: expected {measure: NAME, year: Y, half_width: H}"},
      {"replicates: {until: {measure: disadvantage_ga, half_width: 1}}",
       "p.yaml:4:31: replicates.until.measure: there is no measure 'disadvantage_ga'; did you mean "
       "'disadvantage_gap'?"},
      {"measures: teacher_turnover\nreplicates: {until: {measure: disadvantage_gap, half_width: "
       "1}}",
       "p.yaml:5:31: replicates.until.measure: this measure is not kept; add it to `measures`"},
      {"replicates: {until: {measure: disadvantage_gap, year: 1, half_width: 1}}",
       "p.yaml:4:55: replicates.until.year: this year is not kept; add it to `years`"},
      {"replicates: {until: {measure: disadvantage_gap, half_width: 0}}",
       "p.yaml:4:61: replicates.until.half_width: 0 is out of range"},
      {"measures: [teacher_turnover, disadvantage_gapp]",
       "p.yaml:4:30: measures: there is no measure 'disadvantage_gapp'; did you mean "
       "'disadvantage_gap'? (reformsim explain lists them)"},
      {"measures: []", "p.yaml:4:11: measures: expected at least one"},
      {"years: []", "p.yaml:4:8: years: expected at least one"},
      {"years: [1, 4]",
       "p.yaml:4:12: years: 4 is out of range; expected a whole number from 0 to 3"},
      {"years: 1.5", "p.yaml:4:8: years: 1.5 is not a whole number"},
      {"on_failure: stopp",
       "p.yaml:4:13: on_failure: 'stopp' is not a choice; expected one of finish, stop; did you "
       "mean "
       "'stop'?"},
      {"with: none.yaml", "p.yaml:4:7: with: none.yaml: no such file"},
      {"with: [base.yaml, refrom.yaml]\nyears: 30",
       "p.yaml:4:19: with: refrom.yaml: no such file; did you mean 'reform.yaml'?"},
  };
  for (const auto& [text, message] : expected) {
    CAPTURE(text);
    CHECK_THAT(more(text + "\n"), Catch::StartsWith(message));
  }
  CHECK_THAT(one("x: 1\nreformsim_plan: 1\nscenarios: base.yaml\n"),
             Catch::StartsWith("p.yaml:1:1: 'x' is not known here; known are reformsim_plan"));
  CHECK_THAT(one("scenarios: base.yaml\n"),
             Catch::StartsWith("p.yaml:1:1: the format version is missing"));
  CHECK_THAT(one("reformsim_plan: 2\nscenarios: base.yaml\n"),
             Equals("p.yaml:1:17: reformsim_plan: expected 1"));
  CHECK_THAT(one("reformsim_plan: 1\n"), Catch::StartsWith("p.yaml: scenarios: expected files"));
  CHECK_THAT(one("- a\n"), Catch::StartsWith("p.yaml:1:1: this is not a plan"));
  CHECK_THAT(one(""), Catch::StartsWith("p.yaml:1:1: this is not a plan"));
  CHECK_THAT(one("reformsim_plan: 1\nscenarios: [base.yaml, ./base.yaml]\n"),
             Catch::StartsWith("p.yaml:2:24: scenarios: there are two of the name 'base'"));
  CHECK_THAT(one("reformsim_plan: 1\nscenarios: {\"a\\nb\": base.yaml, c: base.yaml}\n"),
             Equals("p.yaml:2:13: scenarios: the text holds a line break; expected one line"));
  CHECK_THAT(one("reformsim_plan: 1\nscenarios: {cat: base.yaml, dog: refrom.yaml}\n"),
             Equals("p.yaml:2:34: scenarios.dog: refrom.yaml: no such file; did you mean "
                    "'reform.yaml'?"));
  CHECK_THAT(
      one("reformsim_plan: 1\nscenarios: [base.yaml, none.yaml]\n"),
      Equals("p.yaml:2:24: scenarios.none: none.yaml: no such file; did you mean 'base.yaml'?"));
  CHECK_THAT(one("reformsim_plan: 1\nscenarios: {cat: base.yaml}\nbaseline: dog\n"),
             Equals("p.yaml:3:11: baseline: there is no scenario 'dog'; there are cat"));
}

TEST_CASE("all problems of a plan and of its scenarios are told at once, in order") {
  const PlanFolder folder;
  folder.write("broken.yaml", "reformsim: 1\nhorizon: {yeras: 3}\n");
  const std::string rest =
      "baseline: refrom\nfactors:\n  population.shools: [1]\n"
      "  population.districts: {low: 3, high: 2, in: [broken, non]}\n"
      "design: {kind: soboll}\nseed: x\nreplicates: 0\nmeasures: [a, disadvantage_gap]\n"
      "years: [x]\non_failure: no\n";
  const auto lines = [&](const std::string& text) {
    std::vector<std::string> places;
    for (const std::string& one : folder.problems(text))
      places.push_back(one.substr(0, one.find(": ")));
    return places;
  };
  const std::vector<std::string> expected = {"broken.yaml:2:11", "p.yaml:3:11", "p.yaml:5:3",
                                             "p.yaml:6:25",      "p.yaml:6:47", "p.yaml:7:16",
                                             "p.yaml:8:7",       "p.yaml:9:13", "p.yaml:10:12",
                                             "p.yaml:11:9",      "p.yaml:12:13"};
  CHECK(lines("reformsim_plan: 1\nscenarios: {broken: broken.yaml, good: base.yaml}\n" + rest) ==
        expected);
  // Also where no scenario can be read.
  CHECK(lines("reformsim_plan: 1\nscenarios: {broken: broken.yaml}\n" + rest) == expected);
  // A scenario with problems of its own is there all the same.
  CHECK(
      folder
          .problems("reformsim_plan: 1\nscenarios: {good: base.yaml, broken: broken.yaml}\n"
                    "baseline: broken\nfactors: {population.schools: {levels: [3], in: broken}}\n")
          .size() == 1);
}

TEST_CASE("mistakes in the table of a design have their line and column") {
  const PlanFolder folder;
  const std::string text = kHead +
                           "factors: {population.schools: [1], population.districts: [1]}\n"
                           "design: {kind: csv, file: points.csv}\n";
  folder.write("points.csv", "population.schools,population.districs\n4,2\n");
  CHECK(folder.problems(text) ==
        std::vector<std::string>{"points.csv:1:1: there is no column 'population.districts'; did "
                                 "you mean 'population.districs'?"});
  folder.write("points.csv", "population.schools,population.districts\n4,2\n0,x\n,1\n2.5,1\n5,1\n");
  const std::vector<std::string> found = folder.problems(text);
  REQUIRE(found.size() == 4);
  CHECK_THAT(found[0], Catch::StartsWith("points.csv:3:1: population.schools: 0 is out of range"));
  CHECK_THAT(found[1],
             Catch::StartsWith("points.csv:3:3: population.districts: 'x' is not a number"));
  CHECK_THAT(found[2], Catch::StartsWith("points.csv:4:1: population.schools: found no value"));
  CHECK_THAT(found[3], Catch::StartsWith("points.csv:5:1: population.schools: 2.5 is not a whole"));
  folder.write("points.csv", "population.schools,population.districts\n");
  CHECK(folder.problems(text).size() == 1);
}

TEST_CASE("what cannot be held in memory or on disk is refused before anything starts") {
  const PlanFolder folder;
  const std::string factor = "factors: {" + kCoaching + ": {low: 0, high: 1}}\n";
  CHECK_THAT(
      folder
          .problems(kHead + factor + "design: {kind: random, points: 10000}\nreplicates: 1000000\n")
          .at(0),
      Catch::StartsWith("p.yaml:6:13: 10000 points x 1000000 replicates are too many"));
  std::string rows = "levers.capacity_building.coaching\n";
  for (int i = 0; i < 250001; ++i) rows += "0.5\n";
  folder.write("points.csv", rows);
  CHECK_THAT(folder.problems(kHead + factor + "design: {kind: csv, file: points.csv}\n").at(0),
             Catch::StartsWith("p.yaml:5:27: design.file: 250001 points x 1 factors are more"));
  // The largest that is accepted can be read again.
  rows.resize(rows.size() - 4);
  folder.write("points.csv", rows);
  const Plan plan = folder.plan(kHead + factor + "design: {kind: csv, file: points.csv}\n");
  CHECK(folder.plan(resolved_plan(plan, true)).design.value == plan.design.value);
}

TEST_CASE("nothing is laid over a scenario that is given as a text") {
  const PlanFolder folder;
  folder.write("small.yaml", "reformsim: 1\npopulation: {schools: 8}\n");
  const std::string text = resolved_plan(folder.plan(kHead), true);
  PlanOptions options;
  options.with = {folder.file("small.yaml")};
  const std::vector<std::string> found = folder.problems(text, options);
  REQUIRE(found.size() == 2);
  CHECK_THAT(found[0], Catch::Contains("scenarios.base: nothing can be laid over a scenario"));
}
