// Designs of experiments: designs that name values, how many points there are, and what is refused.
#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "support/designs.hpp"

using namespace support;

TEST_CASE("the names of designs are in the order of their kinds") {
  CHECK(name(DesignKind::grid) == "grid");
  CHECK(name(DesignKind::one_at_a_time) == "one_at_a_time");
  CHECK(name(DesignKind::latin_hypercube) == "latin_hypercube");
  CHECK(name(DesignKind::morris) == design_names().back());
  CHECK(std::set<std::string>(design_names().begin(), design_names().end()).size() == 10);
}

TEST_CASE("a design lays unit space over its factors") {
  const std::vector<Factor> factors = {range(FactorKind::log_uniform, 0.1, 10),
                                       levels("x", {3, 1, 2}), triangle(0, 1, 5)};
  for (const DesignKind kind : kSampled) {
    CAPTURE(name(kind));
    const Design design = make_design(settings(kind, 6), factors);
    REQUIRE(design.factors == 3);
    REQUIRE(design.value.size() == design.unit.size());
    for (std::size_t i = 0; i < design.points(); ++i)
      for (std::size_t f = 0; f < 3; ++f)
        REQUIRE(design.at(i, f) == factor_value(factors[f], design.unit[i * 3 + f]));
  }
}

// --------------------------------------------------------------------

TEST_CASE("a grid has every combination, the last factor fastest") {
  const Design design =
      make_design(settings(DesignKind::grid),
                  {levels("x", {5, 4}), stepped(0, 1, 3), levels("y", {7}), levels("z", {1, 2})});
  CHECK(design.unit.empty());
  CHECK(design.value == Values{5, 0,   7, 1, 5, 0,   7, 2, 5, 0.5, 7, 1, 5, 0.5, 7, 2,
                               5, 1,   7, 1, 5, 1,   7, 2, 4, 0,   7, 1, 4, 0,   7, 2,
                               4, 0.5, 7, 1, 4, 0.5, 7, 2, 4, 1,   7, 1, 4, 1,   7, 2});
}

TEST_CASE("steps of a range go from low to high, equally far apart in unit space") {
  const auto steps = [](Factor factor) {
    return make_design(settings(DesignKind::grid), {factor}).value;
  };
  CHECK(steps(stepped(2, 4, 5)) == Values{2, 2.5, 3, 3.5, 4});
  const Values decades = steps(stepped(0.01, 100, 5, FactorKind::log_uniform));
  for (std::size_t i = 0; i < 5; ++i)
    CHECK(decades[i] == Approx(std::pow(10, static_cast<double>(i) - 2)).epsilon(1e-13));
  CHECK(decades.back() == 100);
  Factor numbers = whole(1, 9);
  numbers.steps = 4;
  CHECK(steps(numbers) == Values{1, 4, 6, 9});  // 3.67 and 6.33
}

TEST_CASE("zip takes the n-th level of each factor together") {
  const Design design =
      make_design(settings(DesignKind::zip),
                  {levels("x", {1, 2, 3}), levels("y", {6, 5, 4}), stepped(0, 1, 3)});
  CHECK(design.value == Values{1, 6, 0, 2, 5, 0.5, 3, 4, 1});
}

TEST_CASE("a list and a CSV are taken as they are") {
  for (const DesignKind kind : {DesignKind::list, DesignKind::csv}) {
    DesignSettings s = settings(kind);
    s.rows = {{3, 0.25}, {-8, 100}, {3, 0.25}, {1, 0}};  // not even held to the range
    const Design design = make_design(s, {levels("x", {1}), range(FactorKind::uniform, 0, 1)});
    CHECK(design.value == Values{3, 0.25, -8, 100, 3, 0.25, 1, 0});
    CHECK(design.unit.empty());
  }
}

TEST_CASE("one at a time starts at the base and leaves out what equals it") {
  DesignSettings s = settings(DesignKind::one_at_a_time);
  s.base = {2, 0.3, 9};
  const Design design =
      make_design(s, {levels("x", {1, 2, 3}), stepped(0.1, 0.5, 5), levels("y", {8})});
  const Values expected = {2, 0.3, 9, 1, 0.3, 9, 3, 0.3, 9, 2, 0.1, 9,
                           2, 0.2, 9, 2, 0.4, 9, 2, 0.5, 9, 2, 0.3, 8};
  REQUIRE(design.value.size() == expected.size());
  for (std::size_t i = 0; i < expected.size(); ++i)
    CHECK(design.value[i] == Approx(expected[i]).epsilon(1e-14));

  // a step computed as 5e-17 is the base 0; but 1e-9 is not 1e-8 where decades count
  s.base = {0};
  CHECK(make_design(s, {stepped(-0.3, 0.6, 10)}).points() == 10);
  s.base = {1e-8};
  CHECK(make_design(s, {stepped(1e-9, 1e6, 16, FactorKind::log_uniform)}).points() == 16);
}

// ---------------------------------------------------------------------------

TEST_CASE("the number of points is known without making them") {
  const std::vector<Factor> some = {levels("x", {1, 2, 3}), stepped(0, 1, 3), triangle(0, 1, 2)};
  for (std::size_t kind = 0; kind < design_names().size(); ++kind)
    for (const bool second_order : {false, true})
      for (const std::size_t count : {0u, 1u, 2u, 3u}) {
        DesignSettings s = settings(static_cast<DesignKind>(kind), 6);
        s.second_order = second_order;
        std::vector<Factor> factors(some.begin(), some.begin() + static_cast<int>(count));
        if (count == 3) factors[2].steps = 3;
        s.base = Values(count, 1);
        s.rows.assign(count == 0 ? 1 : 4, Values(count, 0.5));
        CAPTURE(design_names()[kind], second_order, count);
        REQUIRE(check_design(s, factors).empty());
        const std::size_t points = design_points(s, factors);
        CHECK(points == make_design(s, factors).points());
        CHECK(points >= 1);
        if (count == 0) CHECK(points == 1);
      }
  CHECK(design_points(settings(DesignKind::grid), {some[0], some[1]}) == 9);
  CHECK(design_points(settings(DesignKind::saltelli, 10), some) == 50);
  CHECK(design_points(settings(DesignKind::morris, 10), some) == 40);
}

TEST_CASE("designs beyond ten million points are counted, and refused") {
  const auto refused = [](const DesignSettings& s, const std::vector<Factor>& factors) {
    const auto problems = check_design(s, factors);
    return problems.size() == 1 &&
           problems[0].message.find("at most 10000000 are possible") != std::string::npos;
  };
  constexpr std::size_t kMost = std::numeric_limits<std::size_t>::max();
  const std::vector<Factor> ten(7, levels("x", Values(10, 1)));
  CHECK(check_design(settings(DesignKind::grid), ten).empty());
  CHECK(design_points(settings(DesignKind::grid), ten) == kMostDesignPoints);
  std::vector<Factor> more = ten;
  more[0].levels.push_back(2);
  CHECK(design_points(settings(DesignKind::grid), more) == 11'000'000);
  CHECK(refused(settings(DesignKind::grid), more));
  // 2^64 and 10^100 would be 0 in 64 bits
  CHECK(design_points(settings(DesignKind::grid), std::vector<Factor>(64, levels("x", {0, 1}))) ==
        kMost);
  CHECK(design_points(settings(DesignKind::grid), std::vector<Factor>(100, ten[0])) == kMost);
  CHECK(refused(settings(DesignKind::grid), std::vector<Factor>(100, ten[0])));
  const std::int64_t large = std::numeric_limits<std::int64_t>::max();
  for (const DesignKind kind : kSampled) {
    CAPTURE(name(kind));
    CHECK(refused(settings(kind, 10'000'001), units(2)));
    CHECK(refused(settings(kind, large), units(2)));
    CHECK(check_design(settings(kind, 1'000'000), units(2)).empty());
  }
  CHECK(design_points(settings(DesignKind::saltelli, large), units(2)) == kMost);
  CHECK_THROWS_AS(make_design(settings(DesignKind::grid), more), std::logic_error);
}

TEST_CASE("what does not fit is told in plain words, with its place") {
  const Place in_design{"plan.yaml", 3, 1}, in_factor{"plan.yaml", 8, 5};
  const auto told = [&](DesignSettings s, std::vector<Factor> factors) {
    s.place = in_design;
    for (Factor& factor : factors) factor.place = in_factor;
    std::string all;
    for (const Problem& problem : check_design(s, factors)) all += describe(problem) + "\n";
    CHECK(design_points(s, factors) == 0);
    CHECK_THROWS_AS(make_design(s, factors), std::logic_error);
    return all;
  };
  const auto of_factor = [&](const Factor& factor) {
    return told(settings(DesignKind::random, 5), {factor});
  };
  const std::string design = "plan.yaml:3:1: ", factor = "plan.yaml:8:5: a.range: ";
  const double infinity = std::numeric_limits<double>::infinity();

  // factors
  CHECK(of_factor(levels("a.range", {})) == factor + "there are no levels\n");
  CHECK(of_factor(range(FactorKind::uniform, 2, 2)) ==
        factor + "2 to 2 is not a range; expected two numbers, the smaller one first\n");
  CHECK(of_factor(range(FactorKind::normal, 0, infinity)) ==
        factor + "0 to inf is not a range; expected two numbers, the smaller one first\n");
  CHECK(of_factor(whole(1.2, 1.8)) == factor + "there is no whole number from 1.2 to 1.8\n");
  CHECK(of_factor(range(FactorKind::log_uniform, 0, 1)) ==
        factor + "0 has no logarithm; expected a range above 0\n");
  CHECK(of_factor(range(FactorKind::log_normal, -1, 1)) ==
        factor + "a log-normal has nothing below 0; expected a range from 0, not -1 to 1\n");
  CHECK(of_factor(range(FactorKind::normal, 0, 1, 0, 0)) ==
        factor + "mean 0 and sd 0 are no distribution; expected an sd above 0\n");
  CHECK(of_factor(range(FactorKind::normal, 0, 1, 90, 1)) ==
        factor + "mean 90 and sd 1 leave nothing in the range 0 to 1\n");
  CHECK(of_factor(triangle(0, 2, 1)) == factor + "the mode 2 is not in the range 0 to 1\n");

  // designs by levels
  for (const auto& [kind, called] : {std::pair{DesignKind::grid, "grid"},
                                     {DesignKind::zip, "zip"},
                                     {DesignKind::one_at_a_time, "one_at_a_time"}}) {
    DesignSettings s = settings(kind);
    s.base = {0};
    CHECK(told(s, {range(FactorKind::uniform, 0, 1)}) ==
          factor + "a " + called +
              " design needs levels, or 'steps' for a range; there are neither\n");
  }
  CHECK(told(settings(DesignKind::grid), {stepped(0, 1, 1)}) ==
        factor + "'steps' is 1; expected from 2 (low and high) to 10000000\n");
  CHECK(told(settings(DesignKind::grid), {stepped(0, 1, -4)}) ==
        factor + "'steps' is -4; expected from 2 (low and high) to 10000000\n");
  CHECK(told(settings(DesignKind::grid), {stepped(0, 1, 10'000'001)}) ==
        factor + "'steps' is 10000001; expected from 2 (low and high) to 10000000\n");
  Factor crowded = whole(1, 3);
  crowded.steps = 4;
  CHECK(told(settings(DesignKind::grid), {crowded}) ==
        factor + "4 steps from 1 to 3 give the whole number 2 twice\n");
  CHECK(told(settings(DesignKind::zip), {levels("x", {1, 2}), stepped(0, 1, 3)}) ==
        factor +
            "a zip design needs equally many levels of every factor; here are 3, but x has "
            "2\n");
  CHECK(told(settings(DesignKind::one_at_a_time), {levels("x", {1, 2})}) ==
        design +
            "a one_at_a_time design needs the scenario's own value of every factor: there are "
            "0 of 1\n");

  // written points
  DesignSettings written = settings(DesignKind::list);
  CHECK(told(written, units(2)) == design + "a list design needs at least one point\n");
  written.rows = {{1, 2}, {1, 2, 3}, {}};
  CHECK(told(written, units(2)) ==
        design +
            "a list design needs a value of every factor: point 2 has 3, and there are 2 "
            "factors\n");

  // points in unit space
  for (const DesignKind kind : kSampled) {
    const std::string what = kind == DesignKind::morris ? "'trajectories'" : "'points'";
    CHECK(told(settings(kind, 0), units(2)) ==
          design + what + " is 0; a " + name(kind) + " design needs at least 1\n");
  }
  for (const int odd : {3, 0, -2}) {
    DesignSettings s = settings(DesignKind::morris, 5);
    s.levels = odd;
    CHECK(told(s, units(2)) == design + "'levels' is " + std::to_string(odd) +
                                   "; a morris design needs an even number of them\n");
  }
  CHECK(told(settings(DesignKind::sobol, 5), units(3668)) ==
        design + "a sobol design has room for 3667 factors; there are 3668\n");
  CHECK(told(settings(DesignKind::saltelli, 5), units(1834)) ==
        design + "a saltelli design has room for 1833 factors; there are 1834\n");
  CHECK(check_design(settings(DesignKind::sobol, 5), units(3667)).empty());
  CHECK(check_design(settings(DesignKind::saltelli, 5), units(1833)).empty());

  // everything at once
  const std::string both =
      told(settings(DesignKind::sobol, -1), {levels("a.range", {}), whole(1, 0)});
  CHECK(std::count(both.begin(), both.end(), '\n') == 3);
}
