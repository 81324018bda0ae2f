// Knock-outs on figures worked out by hand.
#include <catch2/catch.hpp>

#include <cmath>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "decide/knockouts.hpp"
#include "decide/text.hpp"

using namespace reformsim;

namespace {

// Two measures: one that is judged (least 0.005), one that is not.
const std::vector<Measure> kMeasures = {{"true_attainment_mean", "pupil SD", "A.", "mean", "0"},
                                        {"energy_mean", "share", "B.", "mean", "0"}};

Measured run(std::vector<double> first, double second = 0.5) {
  Measured values;
  for (const double value : first) values.push_back({value, second});
  return values;
}

KnockoutScenario scenario(const std::string& name, const Measured& as_given,
                          std::vector<Measured> without) {
  KnockoutScenario one;
  one.name = one.title = one.file = name;
  one.as_given = as_given;
  for (Measured& other : without) {
    one.with.push_back(as_given);
    one.without.push_back(std::move(other));
    one.at_work.push_back(true);
  }
  return one;
}

Knockouts named(Knockouts knockouts, std::vector<std::string> mechanisms) {
  knockouts.mechanism = std::move(mechanisms);
  knockouts.code.assign(knockouts.mechanism.size(), "M0");
  knockouts.replicates = {0, 1, 2};
  knockouts.year = 15;
  return knockouts;
}

// Replicates differ by 1 and mechanisms matter by 0.1: only pairs tell. The first mechanism gives
// the baseline 0.1 and the reform 0.3; the second gives both 0.1, and so nothing to the effect; the
// third gives nothing to anything.
Knockouts three_mechanisms() {
  const Measured base = run({1.0, 2.0, 3.0}), reform = run({1.5, 2.51, 3.49});
  return named(
      knock_out(
          {scenario("base", base, {run({0.9, 1.9, 2.9}), run({0.9, 1.9, 2.9}), base}),
           scenario("reform", reform, {run({1.2, 2.21, 3.2}), run({1.4, 2.41, 3.39}), reform})},
          kMeasures, 0),
      {"first", "second", "third"});
}

}  // namespace

TEST_CASE("a contribution is the effect with a mechanism minus the effect without it",
          "[unit][knockouts]") {
  const Knockouts k = three_mechanisms();
  const Knockouts::Row& reform = k.scenarios[1];
  REQUIRE(reform.effect[0].has_value());
  CHECK(reform.effect[0]->difference == Approx(0.5));
  // With: 0.5, 0.51, 0.49. Without: 0.3, 0.31, 0.3. Differences 0.2, 0.2, 0.19.
  const KnockoutEffect& first = reform.of[0][0];
  REQUIRE(first.contribution.has_value());
  CHECK(first.contribution->mean == Approx(0.5));
  CHECK(first.contribution->reference == Approx(0.91 / 3));
  CHECK(first.contribution->difference == Approx(0.59 / 3));
  CHECK(*first.contribution->standard_error == Approx(0.01 / 3));
  CHECK(first.contribution_counts);
  CHECK(first.change.difference == Approx((0.3 + 0.3 + 0.29) / 3));
  CHECK(first.change_counts);

  const KnockoutEffect& second = reform.of[1][0];
  CHECK(second.contribution->difference == Approx(0).margin(1e-12));
  CHECK_FALSE(second.contribution_counts);
  CHECK(second.change.difference == Approx(0.1));
  CHECK(second.change_counts);

  // The baseline has no effect, only the plain change.
  const Knockouts::Row& base = k.scenarios[0];
  CHECK_FALSE(base.effect[0].has_value());
  CHECK_FALSE(base.of[0][0].contribution.has_value());
  CHECK(base.of[0][0].change.difference == Approx(0.1));

  CHECK(k.without_effect() == std::vector<std::string>{"third"});
}

TEST_CASE("what counts is clear and not too small", "[unit][knockouts]") {
  const auto difference = [](std::vector<double> values) {
    return paired_difference(values, std::vector<double>(values.size(), 0.0));
  };
  CHECK(counts(difference({0.10, 0.11, 0.09, 0.10}), 0.005));
  CHECK_FALSE(counts(difference({0.0010, 0.0011, 0.0009, 0.0010}), 0.005));  // too small
  CHECK(counts(difference({0.0010, 0.0011, 0.0009, 0.0010}), 0.0));
  CHECK_FALSE(counts(difference({0.3, -0.2, 0.1, 0.1}), 0.005));  // not clear
  // Beyond two standard errors (0.1 and 0.05), but with two replicates that says nothing.
  CHECK_FALSE(counts(difference({0.06, 0.14}), 0.005));
  CHECK_FALSE(counts(difference({0.1}), 0.005));  // one replicate
}

TEST_CASE("a mechanism that moves only what is not judged has changed nothing",
          "[unit][knockouts]") {
  const Measured base = run({1.0, 2.0, 3.0});
  const Knockouts k = named(
      knock_out({scenario("alone", base, {run({1.0, 2.0, 3.0}, 0.4)})}, kMeasures, std::nullopt),
      {"mood"});
  CHECK(k.scenarios[0].of[0][1].change_counts);
  CHECK(k.without_effect() == std::vector<std::string>{"mood"});
}

TEST_CASE("a measure that is missing is missing, not zero", "[unit][knockouts]") {
  const Measured base = run({1.0, 2.0, 3.0}), none = run({NAN, NAN, NAN});
  const Knockouts k = named(
      knock_out({scenario("base", base, {none}), scenario("reform", base, {base})}, kMeasures, 0),
      {"first"});
  CHECK(k.scenarios[1].of[0][0].contribution->pairs == 0);
  CHECK_FALSE(k.scenarios[1].of[0][0].contribution_counts);
  CHECK_NOTHROW(knockouts_table(k));
  CHECK(knockouts_json(k).find("NaN") == std::string::npos);
}

TEST_CASE("knock-outs are written at 80 columns, as CSV and as JSON", "[unit][knockouts]") {
  // The table shows seven measures; all of them have to be there.
  std::vector<Measure> measures;
  for (const KnockoutMeasure& shown : knockout_measures())
    measures.push_back({shown.measure, "1", "A.", "mean", "0"});
  const auto all = [&](std::vector<double> values) {
    Measured result;
    for (const double value : values)
      result.push_back(std::vector<double>(knockout_measures().size(), value));
    return result;
  };
  const Measured base = all({1.0, 2.0, 3.0}), reform = all({1.5, 2.51, 3.49});
  Knockouts k =
      named(knock_out({scenario("base", base, {all({0.9, 1.9, 2.9}), base}),
                       scenario("reform, \"the\" one", reform, {all({1.2, 2.21, 3.2}), reform})},
                      measures, 0),
            {"individualistic_policies", "quiet"});
  k.scenarios[1].title =
      "A title that is long enough to be told over more than a single line of it";
  k.scenarios[1].at_work[0] = false;
  k.notes = {"A note."};
  const std::string table = knockouts_table(k);
  std::size_t from = 0;
  while (from < table.size()) {
    const std::size_t to = table.find('\n', from);
    INFO(table.substr(from, to - from));
    CHECK(text_width(table.substr(from, to - from)) <= 80);
    from = to + 1;
  }
  for (const char* text : {"the whole effect", "+0.500*", "+0.197*", "Nothing clear: quiet.",
                           "A note.", "Off in this scenario: individualistic_policies",
                           "Changed nothing in any scenario: quiet."}) {
    INFO(text);
    CHECK(table.find(text) != std::string::npos);
  }
  const std::string csv = knockouts_csv(k);
  CHECK(csv.find("\"reform, \"\"the\"\" one\",") != std::string::npos);
  std::size_t lines = 0;
  for (const char c : csv) lines += c == '\n';
  CHECK(lines == 1 + 2 * 2 * measures.size());
  const auto document = nlohmann::json::parse(knockouts_json(k));
  CHECK(document["changed_nothing"] == nlohmann::json({"quiet"}));
  CHECK(document["scenarios"][1]["mechanisms"][0]["measures"]["disadvantage_gap"]["contribution"]
                ["difference"]
                    .get<double>() == Approx(0.59 / 3));
}
