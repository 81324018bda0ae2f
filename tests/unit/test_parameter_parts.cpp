// Luck and parameters apart, and when there are replicates enough. Numbers worked out on paper.
#include <catch2/catch.hpp>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "decide/comparison.hpp"
#include "decide/comparison_output.hpp"
#include "decide/estimate.hpp"
#include "decide/knockouts.hpp"
#include "decide/settled.hpp"

using namespace reformsim;

namespace {

constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
using Sets = std::vector<std::size_t>;
using Values = std::vector<double>;

const std::vector<Measure> kMeasures = {
    {"true_attainment_mean", "pupil SD", "True attainment.", "mean over pupils", "0.1"},
    {"teacher_turnover", "share/year", "Turnover.", "mean over teachers", "0.1"}};

// Ensembles with one year, of the first measure; the second is zero.
std::vector<Ensemble> ensembles_of(const std::vector<Values>& values, const Sets& sets = {}) {
  std::vector<Ensemble> all;
  for (const Values& of : values) {
    Ensemble one;
    one.name = std::string(1, static_cast<char>('a' + all.size()));
    one.year = {0};
    one.set = sets;
    for (std::size_t r = 0; r < of.size(); ++r) {
      one.replicates.push_back(static_cast<std::uint32_t>(r));
      one.values.insert(one.values.end(), {of[r], 0.0});
    }
    all.push_back(one);
  }
  return all;
}

}  // namespace

TEST_CASE("variance between sets and within them, worked out on paper", "[unit][parts]") {
  // Set means 2, 6, 10. Within: 2 + 2 + 2 over 3 degrees of freedom is 2. Between: 2 (16 + 0 + 16)
  // over 2 is 32; (32 - 2) / 2 lucks is 15.
  const Values values = {1, 3, 5, 7, 9, 11};
  const Sets sets = {0, 0, 1, 1, 2, 2};
  const VarianceParts parts = variance_parts(values, sets);
  CHECK(parts.luck == Approx(std::sqrt(2.0)));
  CHECK(parts.parameters == Approx(std::sqrt(15.0)));
  const ClusteredMean mean = clustered_mean(values, sets);
  CHECK(mean.mean == 6);
  CHECK(mean.sets == 3);
  CHECK(mean.standard_error == Approx(4 / std::sqrt(3.0)));  // the set means have an SD of 4
  // Set means drawn together by sqrt(15) / 4; the 5th percentile of three lies a tenth of the way
  // from the first to the second.
  const ParameterBand band = parameter_band(values, sets);
  CHECK(band.low == Approx(6 - 0.9 * std::sqrt(15.0)));
  CHECK(band.high == Approx(6 + 0.9 * std::sqrt(15.0)));
  // The order of replicates and the numbers of the sets do not matter.
  const VarianceParts again = variance_parts(Values{9, 1, 7, 11, 3, 5}, Sets{4, 9, 0, 4, 9, 0});
  CHECK(again.luck == Approx(parts.luck));
  CHECK(again.parameters == Approx(parts.parameters));
}

TEST_CASE("sets of unequal numbers of lucks", "[unit][parts]") {
  // Set a: 0; set b: 2, 4, 6. Within 8 / 2 = 4. Between, about the mean of all, 3: 1 * 9 + 3 * 1 =
  // 12 over 1; lucks a set: (4 - (1 + 9) / 4) / 1 = 1.5; (12 - 4) / 1.5.
  const Values values = {0, 2, 4, 6};
  const Sets sets = {0, 1, 1, 1};
  const VarianceParts parts = variance_parts(values, sets);
  CHECK(parts.luck == Approx(2));
  CHECK(parts.parameters == Approx(std::sqrt(8 / 1.5)));
  // A set counts once, however many lucks it has: the mean of 0 and 4.
  const ClusteredMean mean = clustered_mean(values, sets);
  CHECK(mean.mean == 2);
  CHECK(mean.standard_error == Approx(2));
}

TEST_CASE("what is not known is not made up", "[unit][parts]") {
  // Luck alone makes the means differ by less than they might: no variance below zero.
  const VarianceParts none = variance_parts(Values{0, 2, 0, 2}, Sets{0, 0, 1, 1});
  CHECK(none.parameters == 0);
  CHECK(none.luck == Approx(std::sqrt(2.0)));
  // They cannot be told from luck then, which is no band without width.
  const ParameterBand untold = parameter_band(Values{0, 2, 0, 2}, Sets{0, 0, 1, 1});
  CHECK(std::isnan(untold.low));
  CHECK(std::isnan(untold.high));
  // Without luck there is nothing to be told from.
  const ParameterBand same = parameter_band(Values{1, 1, 1, 1}, Sets{0, 0, 1, 1});
  CHECK(same.low == 1);
  CHECK(same.high == 1);
  // One luck a set: they cannot be told apart, but the standard error is known.
  const VarianceParts one = variance_parts(Values{1, 2, 3}, Sets{0, 1, 2});
  CHECK(std::isnan(one.parameters));
  CHECK(std::isnan(one.luck));
  CHECK(clustered_mean(Values{1, 2, 3}, Sets{0, 1, 2}).standard_error ==
        Approx(1 / std::sqrt(3.0)));
  // One set: luck, and no standard error, however many lucks.
  const VarianceParts alone = variance_parts(Values{1, 3}, Sets{0, 0});
  CHECK(std::isnan(alone.parameters));
  CHECK(alone.luck == Approx(std::sqrt(2.0)));
  CHECK(std::isnan(clustered_mean(Values{1, 3}, Sets{0, 0}).standard_error));
  // Without sets nothing is told apart, and replicates are their own witnesses.
  CHECK(std::isnan(variance_parts(Values{1, 3}, Sets{}).luck));
  CHECK(clustered_mean(Values{1, 3}, Sets{}).standard_error == 1);
  // A missing value takes its replicate out, and a set without any its set.
  CHECK(set_means(Values{1, kNan, kNan, kNan, 5, 7}, Sets{0, 0, 1, 1, 2, 2}) == Values{1, 6});
}

TEST_CASE("a difference over sets has their spread in its interval", "[unit][parts]") {
  // Differences 1, 3 | 5, 7 | -1, 1: set means 2, 6, 0, mean 8/3, SD of means sqrt(28/3).
  const Values reform = {11, 23, 35, 47, 9, 21}, base = {10, 20, 30, 40, 10, 20};
  const Sets sets = {0, 0, 1, 1, 2, 2};
  const PairedDifference d = paired_difference(reform, base, sets);
  CHECK(d.pairs == 6);
  CHECK(d.sets == 3);
  CHECK(d.difference == Approx(8.0 / 3));
  CHECK(*d.standard_error == Approx(std::sqrt(28.0 / 3 / 3)));
  CHECK(*d.high - d.difference == Approx(4.302653 * std::sqrt(28.0 / 9)).epsilon(1e-6));
  CHECK(d.higher == Approx(5.0 / 6));        // replicates
  CHECK(*d.sets_higher == Approx(2.5 / 3));  // sets; the mean of the third is zero
  CHECK(*d.sd_luck == Approx(std::sqrt(2.0)));
  CHECK(*d.sd_parameters == Approx(std::sqrt(28.0 / 3 - 1)));

  const Estimate e = estimate(reform, base, true, sets);
  CHECK(e.difference == Approx(d.difference));
  CHECK(e.sd_parameters == Approx(*d.sd_parameters));
  CHECK(e.sets_higher == Approx(2.5 / 3));
  // Ratio of the means of set means: 73/3 over 65/3. Set means of the residuals s - R b.
  const double ratio = 73.0 / 65;
  CHECK(e.ratio == Approx(ratio));
  const Values residual = {17 - ratio * 15, 41 - ratio * 35, 15 - ratio * 15};
  double squares = 0;
  for (const double one : residual) squares += one * one;
  CHECK(e.ratio_high - e.ratio == Approx(4.302653 * std::sqrt(squares / 2 / 3) / (65.0 / 3)));

  // Without sets it is as ever: replicates are witnesses of their own.
  const PairedDifference plain = paired_difference(reform, base);
  CHECK(plain.sets == 0);
  CHECK_FALSE(plain.sd_luck);
  CHECK(*plain.standard_error < *d.standard_error);
  CHECK(std::isnan(estimate(reform, base, true).sd_luck));
}

TEST_CASE("replicates that share a set in any scenario stand together", "[unit][parts]") {
  std::vector<Ensemble> all = ensembles_of({{1, 2, 3, 4, 5}, {1, 2, 3, 4, 5}});
  CHECK(common_sets(all, all[0].replicates).empty());
  all[0].set = {7, 7, 3, 3, 5};
  CHECK(common_sets(all, all[0].replicates) == Sets{0, 0, 1, 1, 2});
  all[1].set = {0, 0, 0, 1, 2};  // the third shares one with the first two, and the fourth with it
  CHECK(common_sets(all, all[0].replicates) == Sets{0, 0, 0, 0, 1});
  CHECK(common_sets(all, {1, 4}) == Sets{0, 1});
}

TEST_CASE("the table tells parameters and luck apart in 80 columns", "[unit][parts]") {
  const std::vector<Ensemble> all =
      ensembles_of({{0, 0, 0, 0, 0, 0}, {1, 3, 5, 7, -1, 1}}, {0, 0, 1, 1, 2, 2});
  const Comparison comparison = compare(all, kMeasures, 0);
  const std::string table = comparison_table(comparison);
  CHECK(table.find("They simulate 3 sets of parameters") != std::string::npos);
  CHECK(table.find("2.887   1.414       83%           83%\n") != std::string::npos);
  for (std::size_t begin = 0; begin < table.size();) {
    const std::size_t end = table.find('\n', begin);
    CHECK(end - begin <= 80);
    begin = end + 1;
  }
  CHECK(comparison_csv(comparison).find(",3,2.88675135,1.41421356,0.833333333\n") !=
        std::string::npos);
  CHECK(comparison_json(comparison).find("\"share_of_sets_higher\"") != std::string::npos);
  CHECK(comparison_json(compare(ensembles_of({{0, 1}, {1, 1}}), kMeasures, 0)).find("sets") ==
        std::string::npos);
}

TEST_CASE("knock-outs respect sets", "[unit][parts]") {
  KnockoutScenario one;
  one.as_given = {{1, 0}, {3, 0}, {5, 0}, {7, 0}};
  one.with = {one.as_given};
  one.without = {{{0, 0}, {0, 0}, {0, 0}, {0, 0}}};
  one.at_work = {true};
  const auto change = [&](const Sets& sets) {
    return knock_out({one}, kMeasures, std::nullopt, sets).scenarios[0].of[0][0].change;
  };
  CHECK(*change({0, 0, 1, 1}).standard_error == Approx(2));  // of the set means 2 and 6
  CHECK(*change({}).standard_error == Approx(std::sqrt(20.0 / 3 / 4)));
}

TEST_CASE("enough replicates: an order that is settled, or a width", "[unit][parts]") {
  const auto enough = [](const std::vector<Values>& values, const std::string& aim,
                         const Sets& sets = {}) {
    return settled(read_precision(aim, "--until", kMeasures), ensembles_of(values, sets), kMeasures,
                   0);
  };
  const std::string order = "true_attainment_mean";
  CHECK(enough({{0, 0, 0}, {1, 1.1, 0.9}}, order));
  CHECK_FALSE(enough({{0, 0, 0}, {1, -1, 0.9}}, order));
  CHECK_FALSE(enough({{0}, {1}}, order));  // one replicate settles nothing
  // Every two of them: the second and the third are not told apart.
  CHECK_FALSE(enough({{0, 0, 0}, {1, 1.1, 0.9}, {1.1, 0.9, 1}}, order));
  // Less than a week of learning apart, and surely so, is alike.
  CHECK(enough({{0, 0, 0}, {0.001, -0.001, 0.002}}, order));
  CHECK(enough({{0, 0, 0}, {0, 0, 0}}, order));
  CHECK(enough({{0, 0, 0}, {5, -5, 3}}, "teacher_turnover"));  // all zero
  // Half the width for the mean of 0.9, 1, 1.1: t(2) 0.1 / sqrt 3 = 0.248.
  CHECK(enough({{0, 0, 0}, {1, 1.1, 0.9}}, order + "=0.249"));
  CHECK_FALSE(enough({{0, 0, 0}, {1, 1.1, 0.9}}, order + "=0.248"));
  // Two sets are two witnesses.
  const Values four = {1, 1.1, 0.9, 1};
  CHECK(enough({{0, 0, 0, 0}, four}, order + "=0.2"));
  CHECK_FALSE(enough({{0, 0, 0, 0}, four}, order + "=0.2", {0, 0, 1, 1}));

  const auto refused = [](const std::string& aim) -> std::string {
    try {
      read_precision(aim, "--until", kMeasures);
    } catch (const InputError& error) {
      return error.what();
    }
    return "";
  };
  CHECK(refused("true_attainment_men").find("did you mean 'true_attainment_mean'?") !=
        std::string::npos);
  for (const char* bad : {"=0", "=-1", "=", "=x", "=1x", "=nan", "=inf"})
    CHECK(refused(order + bad).find("a number above zero") != std::string::npos);
  const std::string width = precision_note({0, 0.01}, kMeasures, 40, 3, true);
  CHECK(width.find("looked at 3 times") != std::string::npos);
  CHECK(width.find("a little too narrow") != std::string::npos);
  const std::string sought = precision_note({0, {}}, kMeasures, 40, 5, true);
  CHECK(sought.find("one in seven at five looks") != std::string::npos);
  CHECK(sought.find("too narrow") == std::string::npos);
  const std::string once = precision_note({0, {}}, kMeasures, 40, 1, false);
  CHECK(once.find("not enough") != std::string::npos);
  CHECK(once.find("looks") == std::string::npos);
}
