// Paired comparison: differences, intervals and costs against numbers worked out on paper.
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>
#include <sstream>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "decide/comparison.hpp"
#include "decide/comparison_output.hpp"

using namespace reformsim;

namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

const std::vector<Measure> kMeasures = {
    {"value_added_mean", "pupil SD", "Value added.", "mean over pupils", "0.1"},
    {"spending_per_pupil", "currency per pupil per year", "Spending.", "mean over pupils", "0.1"},
    {"lever_spending_per_pupil", "currency per pupil per year", "Levers.", "mean", "0.1"},
};

// Four replicates at years 0, 1, 3: value added rises by gain[r] at year 3, levers cost `levers` a
// year.
Ensemble ensemble(const std::string& name, const std::vector<double>& gain, double levers,
                  double spending = 1000) {
  Ensemble result;
  result.name = name;
  result.title = "Title of " + name;
  result.year = {0, 1, 3};
  for (std::size_t r = 0; r < gain.size(); ++r) {
    result.replicates.push_back(static_cast<std::uint32_t>(r));
    const double luck = 0.5 * static_cast<double>(r);  // shared by all scenarios
    for (const double year : result.year) {
      result.values.push_back(luck + (year == 3 ? gain[r] : 0));
      result.values.push_back(spending);
      result.values.push_back(levers);
    }
  }
  return result;
}

std::size_t columns(const std::string& line) {
  std::size_t count = 0;
  for (const char c : line) count += (c & 0xC0) != 0x80;
  return count;
}

}  // namespace

TEST_CASE("paired difference and its t interval, worked out on paper") {
  // Differences 0.1 0.3 0.2 0.4: mean 0.25, sum of squares 0.05, variance 0.05/3, SE sqrt(0.05/12)
  // = 0.0645497, t(3; 0.975) = 3.182446 from any table.
  const PairedDifference d = paired_difference(std::vector<double>{1.0, 2.0, 3.0, 4.0},
                                               std::vector<double>{0.9, 1.7, 2.8, 3.6});
  REQUIRE(d.pairs == 4);
  CHECK(d.mean == Approx(2.5));
  CHECK(d.reference == Approx(2.25));
  CHECK(d.difference == Approx(0.25));
  REQUIRE(d.standard_error);
  CHECK(*d.standard_error == Approx(0.0645497).epsilon(1e-5));
  CHECK(*d.low == Approx(0.25 - 3.182446 * 0.0645497).epsilon(1e-5));
  CHECK(*d.high == Approx(0.25 + 3.182446 * 0.0645497).epsilon(1e-5));
  CHECK(d.higher == 1.0);
  CHECK(d.distinguishable());
}

TEST_CASE("pairing removes the luck that two scenarios share") {
  // Unpaired, a spread of 50 between replicates would bury a difference of 0.1.
  const PairedDifference d = paired_difference(std::vector<double>{0.09, 50.1, 100.11},
                                               std::vector<double>{0.0, 50.0, 100.0});
  CHECK(d.distinguishable());
  CHECK(*d.low > 0.07);
  CHECK(*d.high < 0.13);
}

TEST_CASE("what float32 columns cannot resolve is no difference") {
  const PairedDifference rounding = paired_difference(
      std::vector<double>{5500.0001, 5500.0001, 5500.0002}, std::vector<double>{5500, 5500, 5500});
  CHECK(rounding.difference == 0.0);
  CHECK_FALSE(rounding.distinguishable());
  CHECK(paired_text(rounding, 1, 1) == "the same");
  const PairedDifference real = paired_difference(std::vector<double>{5500.010, 5500.011, 5500.012},
                                                  std::vector<double>{5500, 5500, 5500});
  CHECK(real.distinguishable());
}

TEST_CASE("one replicate has a difference and no interval") {
  const PairedDifference d = paired_difference(std::vector<double>{3.0}, std::vector<double>{1.0});
  CHECK(d.difference == 2.0);
  CHECK_FALSE(d.standard_error);
  CHECK_FALSE(d.low);
  CHECK_FALSE(d.high);
  CHECK_FALSE(d.distinguishable());
}

TEST_CASE("the share of replicates above counts ties half") {
  const PairedDifference d =
      paired_difference(std::vector<double>{1, 0, 2, 5}, std::vector<double>{0, 1, 2, 4});
  CHECK(d.higher == Approx(2.5 / 4));
}

TEST_CASE("values that are not defined leave their pair out") {
  const PairedDifference some =
      paired_difference(std::vector<double>{1, kNan, 3}, std::vector<double>{0, 0, kNan});
  CHECK(some.pairs == 1);
  CHECK(some.difference == 1.0);
  const PairedDifference none =
      paired_difference(std::vector<double>{kNan}, std::vector<double>{0});
  CHECK(none.pairs == 0);
  CHECK(std::isnan(none.difference));
  CHECK(std::isnan(none.higher));
}

TEST_CASE("a difference is clear from the year after which it stays clear") {
  const PairedDifference clear =
      paired_difference(std::vector<double>{1.0, 1.1, 0.9}, std::vector<double>{0, 0, 0});
  const PairedDifference unclear =
      paired_difference(std::vector<double>{1.0, -1.1, 0.9}, std::vector<double>{0, 0, 0});
  REQUIRE(clear.distinguishable());
  REQUIRE_FALSE(unclear.distinguishable());
  using Series = std::vector<PairedDifference>;
  CHECK(distinguishable_from(Series{unclear, clear, clear}) == 1u);
  CHECK(distinguishable_from(Series{clear, unclear, clear}) == 2u);
  CHECK(distinguishable_from(Series{clear, clear}) == 0u);
  CHECK_FALSE(distinguishable_from(Series{clear, unclear}));
  CHECK_FALSE(distinguishable_from(Series{}));
}

TEST_CASE("comparison: totals over years and cost per tenth of an SD") {
  // Gain at the end 0.2 on average. Levers cost 30 against 10 a year: 20 more over 3 years is 60
  // per pupil, that is 30 for each 0.1. The step from year 1 to year 3 counts twice.
  const Comparison c =
      compare({ensemble("base", {0, 0, 0, 0}, 10), ensemble("reform", {0.19, 0.21, 0.2, 0.2}, 30)},
              kMeasures, 0);
  const ScenarioComparison& reform = c.scenarios[1];
  REQUIRE(reform.lever_spending);
  CHECK(reform.lever_spending->mean == Approx(90));
  CHECK(reform.lever_spending->difference == Approx(60));
  REQUIRE(reform.cost_per_tenth);
  CHECK(*reform.cost_per_tenth == Approx(30));
  REQUIRE(reform.measures[0].distinguishable_from);
  CHECK(*reform.measures[0].distinguishable_from == 3.0);
  CHECK_FALSE(c.scenarios[0].cost_per_tenth);
  CHECK_FALSE(unequal_costs(c));
}

TEST_CASE("no cost per gain where the gain is not clear or is a loss") {
  const Ensemble base = ensemble("base", {0, 0, 0, 0}, 10);
  const Comparison unclear =
      compare({base, ensemble("reform", {0.5, -0.5, 0.3, -0.2}, 30)}, kMeasures, 0);
  CHECK_FALSE(unclear.scenarios[1].cost_per_tenth);
  const Comparison loss =
      compare({base, ensemble("reform", {-0.19, -0.21, -0.2, -0.2}, 30)}, kMeasures, 0);
  CHECK_FALSE(loss.scenarios[1].cost_per_tenth);
}

TEST_CASE("the baseline may be any scenario, and the sign follows it") {
  const Comparison c = compare(
      {ensemble("a", {0.2, 0.2, 0.21, 0.19}, 10), ensemble("b", {0, 0, 0, 0}, 10)}, kMeasures, 1);
  CHECK(c.scenarios[0].measures[0].at[2].difference == Approx(0.2));
  CHECK(c.scenarios[1].measures[0].at[2].difference == 0.0);
}

TEST_CASE("costs that differ by more than half a percent are announced under the table") {
  const Ensemble base = ensemble("base", {0, 0, 0, 0}, 10, 1000);
  const Comparison within =
      compare({base, ensemble("reform", {1, 1, 1, 1}, 10, 1004)}, kMeasures, 0);
  const Comparison beyond =
      compare({base, ensemble("reform", {1, 1, 1, 1}, 10, 1006)}, kMeasures, 0);
  CHECK_FALSE(unequal_costs(within));
  CHECK(unequal_costs(beyond));
  const std::string sentence = "do not cost the same";
  CHECK(comparison_table(within).find(sentence) == std::string::npos);
  CHECK(comparison_table(beyond).find(sentence) != std::string::npos);
}

TEST_CASE("only replicates and years that all scenarios have are compared") {
  Ensemble longer = ensemble("longer", {0.1, 0.2, 0.3, 0.4}, 10);
  longer.replicates = {2, 3, 4, 5};
  longer.year = {0, 1, 4};
  const Comparison c = compare({ensemble("base", {0, 0, 0, 0}, 10), longer}, kMeasures, 0);
  CHECK(c.replicates == std::vector<std::uint32_t>{2, 3});
  CHECK(c.year == std::vector<double>{0, 1});
  CHECK(c.longer);
  // Replicate 2 of the baseline (luck 1.0) meets replicate 2 of the other, its first row (luck 0).
  CHECK(c.scenarios[1].measures[0].at[0].difference == Approx(-1.0));
  Ensemble apart = longer;
  apart.replicates = {7, 8, 9, 10};
  CHECK_THROWS_AS(compare({ensemble("base", {0, 0, 0, 0}, 10), apart}, kMeasures, 0), RunError);
}

TEST_CASE("numbers are rounded to what the interval supports") {
  PairedDifference d;
  d.pairs = 20;
  d.difference = 0.043212;
  d.standard_error = 0.006;
  d.low = 0.031;
  d.high = 0.0554;
  CHECK(paired_text(d, 1, 5) == "+0.043 (+0.031 to +0.055)");
  d.low = -0.2;
  d.high = 0.286;
  CHECK(paired_text(d, 1, 5) == "+0.04 (-0.20 to +0.29)");
  CHECK(paired_text(d, 100, 5) == "+4 (-20 to +29)");
  d.difference = -0.00001;
  d.low = -0.002;
  d.high = 0.002;
  CHECK(paired_text(d, 1, 3) == "0.000 (-0.002 to +0.002)");
  d.low = d.high = std::nullopt;
  d.difference = 0.5;
  CHECK(paired_text(d, 1, 2) == "+0.50");
  d.difference = 0;
  CHECK(paired_text(d, 1, 2) == "the same");
}

TEST_CASE("percentages only where zero means none") {
  CHECK_FALSE(is_ratio({"true_attainment_mean", "pupil SD", "", "", ""}));
  CHECK(is_ratio({"disadvantage_gap", "pupil SD", "", "", ""}));
  CHECK(is_ratio({"value_added_between_school_sd", "pupil SD", "", "", ""}));
  CHECK(is_ratio({"spending_per_pupil", "currency per pupil per year", "", "", ""}));
}

TEST_CASE("the table fits 80 columns and names what a reader needs") {
  std::vector<Ensemble> all = {ensemble("status_quo", {0, 0, 0, 0}, 10),
                               ensemble("top_down", {0.1, 0.12, 0.14, 0.11}, 30, 12345.6),
                               ensemble("networked", {-0.3, 0.2, 0.1, 0.4}, 50)};
  all[1].title = "Réforme « du haut vers le bas » avec un titre beaucoup trop long pour la table";
  all[2].title = all[0].title;  // told apart by the file's name
  const std::string table = comparison_table(compare(all, kMeasures, 0));
  std::istringstream lines(table);
  for (std::string line; std::getline(lines, line);) {
    INFO(line);
    CHECK(columns(line) <= 80);
  }
  INFO(table);
  CHECK(table.find("baseline: status_quo") != std::string::npos);
  CHECK(table.find("4 replicates") != std::string::npos);
  CHECK(table.find("0.08 pupil SD") != std::string::npos);
  CHECK(table.find("  networked ") != std::string::npos);
  CHECK(table.find("Réforme « du haut vers ...") != std::string::npos);
}

TEST_CASE("JSON and CSV hold every scenario, measure and year") {
  const Comparison c =
      compare({ensemble("base", {0, 0, 0, 0}, 10), ensemble("re,form", {0.19, 0.21, 0.2, 0.2}, 30)},
              kMeasures, 0);
  const auto json = nlohmann::json::parse(comparison_json(c));
  CHECK(json["baseline"] == "base");
  CHECK(json["replicates"].size() == 4);
  const auto& series = json["scenarios"][1]["measures"]["value_added_mean"];
  CHECK(series["difference"][2].get<double>() == Approx(0.2));
  CHECK(series["probability_better"][2] == 1.0);
  CHECK(series["percent"][2].is_null());
  CHECK(series["distinguishable_from"] == 3);
  const auto& spending = json["scenarios"][1]["measures"]["lever_spending_per_pupil"];
  CHECK(spending["percent"][2] == 200);
  CHECK(spending["probability_better"][2] == 0.0);

  std::istringstream lines(comparison_csv(c));
  std::string line;
  std::getline(lines, line);
  CHECK(line.rfind("scenario,title,baseline,measure,unit,year,", 0) == 0);
  std::size_t rows = 0;
  bool found = false;
  while (std::getline(lines, line)) {
    ++rows;
    found = found || line.rfind("\"re,form\",Title", 0) == 0 || line.rfind("\"re,form\",", 0) == 0;
  }
  CHECK(rows == 2 * kMeasures.size() * 3);
  CHECK(found);
}
