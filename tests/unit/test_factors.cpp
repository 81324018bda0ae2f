// Values of factors: quantiles of each distribution, their ends, and their averages.
#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>
#include <vector>

#include <rapidcheck.h>
#include <boost/math/distributions/normal.hpp>

#include "support/designs.hpp"

using namespace support;

namespace {

// Mean and standard deviation of a factor, from its quantiles.
struct Moments {
  double mean, sd;
};
Moments moments(const Factor& factor) {
  constexpr int kGrid = 200'000;
  double sum = 0, squares = 0;
  for (int i = 0; i < kGrid; ++i) {
    const double v = factor_value(factor, (i + 0.5) / kGrid);
    sum += v;
    squares += v * v;
  }
  return {sum / kGrid, std::sqrt(squares / kGrid - sum / kGrid * (sum / kGrid))};
}
void check_moments(const Factor& factor, double mean, double variance) {
  const Moments found = moments(factor);
  CHECK(found.mean == Approx(mean).epsilon(1e-5));
  CHECK(found.sd == Approx(std::sqrt(variance)).epsilon(1e-4));
}

const boost::math::normal kStandard;
double density(double z) { return pdf(kStandard, z); }
double below(double z) { return cdf(kStandard, z); }

// k-th raw moment of a log-normal cut to [low, high].
double log_normal_moment(int k, const Factor& f) {
  const double a = (std::log(f.low) - f.mean) / f.sd, b = (std::log(f.high) - f.mean) / f.sd;
  return std::exp(k * f.mean + 0.5 * k * k * f.sd * f.sd) *
         (below(b - k * f.sd) - below(a - k * f.sd)) / (below(b) - below(a));
}

}  // namespace

// --------------------------------------------------------------------------

TEST_CASE("quantiles of each distribution are those of the books") {
  CHECK(factor_value(range(FactorKind::uniform, -2, 6), 0.25) == 0);
  CHECK(factor_value(range(FactorKind::log_uniform, 0.01, 100), 0.5) == Approx(1).epsilon(1e-13));
  CHECK(factor_value(range(FactorKind::log_uniform, 0.01, 100), 0.75) == Approx(10).epsilon(1e-13));

  const Factor wide = range(FactorKind::normal, -100, 120, 10, 2);
  CHECK(factor_value(wide, 0.5) == Approx(10));
  CHECK(factor_value(wide, 0.975) == Approx(10 + 2 * 1.959963984540054).epsilon(1e-12));
  CHECK(factor_value(wide, 0.025) == Approx(10 - 2 * 1.959963984540054).epsilon(1e-12));
  // half a normal: the median of |z|
  CHECK(factor_value(range(FactorKind::normal, 0, 50), 0.5) ==
        Approx(0.6744897501960817).epsilon(1e-12));

  const Factor skew = range(FactorKind::log_normal, 0, 1e9, 1.5, 0.4);
  CHECK(factor_value(skew, 0.5) == Approx(std::exp(1.5)).epsilon(1e-12));
  CHECK(factor_value(skew, 0.975) ==
        Approx(std::exp(1.5 + 0.4 * 1.959963984540054)).epsilon(1e-12));

  // its top lies where the two triangles' areas meet, half of the left one at its 1 / sqrt 2
  CHECK(factor_value(triangle(2, 3, 6), 0.25) == Approx(3));
  CHECK(factor_value(triangle(2, 3, 6), 0.125) == Approx(2 + std::sqrt(0.5)));
  CHECK(factor_value(triangle(2, 2, 6), 0.75) == Approx(4));
  CHECK(factor_value(triangle(2, 6, 6), 0.25) == Approx(4));
}

TEST_CASE("a normal cut far out in either tail keeps its digits") {
  const Factor right = range(FactorKind::normal, 9, 10), left = range(FactorKind::normal, -10, -9);
  const double from = cdf(complement(kStandard, 9)), to = cdf(complement(kStandard, 10));
  for (const double unit : {0.1, 0.5, 0.9}) {
    const double value = factor_value(right, unit);
    CHECK(cdf(complement(kStandard, value)) == Approx(from - unit * (from - to)).epsilon(1e-9));
    CHECK(factor_value(left, 1 - unit) == Approx(-value).epsilon(1e-12));
  }
  // an upper tail that is only the end of a whole normal
  const double last = factor_value(range(FactorKind::normal, -1, 50), 1 - 0x1p-53);
  CHECK(cdf(complement(kStandard, last)) == Approx(0x1p-53 * below(1)).epsilon(1e-9));
}

TEST_CASE("each level has an equal share of unit space, the last one at 1 too") {
  const Factor factor = levels("x", {5, -1, 7, 7.5});
  CHECK(factor_value(factor, 0) == 5);
  CHECK(factor_value(factor, 0.2499) == 5);
  CHECK(factor_value(factor, 0.25) == -1);
  CHECK(factor_value(factor, 0.5) == 7);
  CHECK(factor_value(factor, 0.7499) == 7);
  CHECK(factor_value(factor, 0.75) == 7.5);
  CHECK(factor_value(factor, 1 - 0x1p-53) == 7.5);
  CHECK(factor_value(factor, 1) == 7.5);
}

TEST_CASE("units 0 and 1 give the ends of a range exactly") {
  for (const Factor& f :
       {range(FactorKind::uniform, 0.1, 0.7), range(FactorKind::log_uniform, 0.003, 0.7),
        range(FactorKind::normal, 0.1, 0.7, 0.4, 5), range(FactorKind::normal, -1e6, 1e6),
        range(FactorKind::normal, 5, 6), range(FactorKind::log_normal, 0.1, 0.7),
        range(FactorKind::log_normal, 0, 1e9), triangle(0.1, 0.3, 0.7), triangle(0.1, 0.1, 0.7)}) {
    CAPTURE(static_cast<int>(f.kind), f.low, f.high);
    CHECK(factor_value(f, 0) == f.low);
    CHECK(factor_value(f, 1) == f.high);
  }
}

TEST_CASE("a value outside unit space is a fault of the program") {
  const Factor factor = range(FactorKind::uniform, 0, 1);
  CHECK_THROWS_AS(factor_value(factor, -1e-9), std::logic_error);
  CHECK_THROWS_AS(factor_value(factor, 1.0001), std::logic_error);
  CHECK_THROWS_AS(factor_value(factor, std::numeric_limits<double>::quiet_NaN()), std::logic_error);
}

TEST_CASE("averages of the quantiles are the moments of the distribution") {
  check_moments(range(FactorKind::uniform, 2, 5), 3.5, 9 / 12.0);

  const double a = 0.02, b = 3, decades = std::log(b / a);
  const double mean = (b - a) / decades;
  check_moments(range(FactorKind::log_uniform, a, b), mean,
                (b * b - a * a) / (2 * decades) - mean * mean);

  for (const auto& [low, high] : {std::pair{-1.0, 0.5}, {-9.0, 9.0}, {2.0, 4.0}, {-4.0, -1.0}}) {
    const double share = below(high) - below(low);
    const double shift = (density(low) - density(high)) / share;
    const double variance = 1 + (low * density(low) - high * density(high)) / share - shift * shift;
    check_moments(range(FactorKind::normal, 10 + 3 * low, 10 + 3 * high, 10, 3), 10 + 3 * shift,
                  9 * variance);
  }

  for (const Factor& f : {range(FactorKind::log_normal, 0.2, 2, 0.1, 0.8),
                          range(FactorKind::log_normal, 1e-3, 3, -0.5, 0.6)}) {
    const double first = log_normal_moment(1, f);
    check_moments(f, first, log_normal_moment(2, f) - first * first);
  }

  for (const double mode : {1.0, 2.5, 4.0}) {
    const double lo = 1, hi = 4;
    check_moments(triangle(lo, mode, hi), (lo + hi + mode) / 3,
                  (lo * lo + hi * hi + mode * mode - lo * hi - lo * mode - hi * mode) / 18);
  }
  check_moments(levels("x", {1, 2, 6}), 3, 14 / 3.0);
}

TEST_CASE("a larger unit never gives a smaller value, and none lies outside the range") {
  REQUIRE(rc::check([] {
    const auto number = [](double from, double to) {
      return from + (to - from) * (*rc::gen::inRange(0, 1'000'001) / 1e6);
    };
    Factor f;
    f.kind = static_cast<FactorKind>(*rc::gen::inRange(1, 6));
    const bool logarithmic = f.kind == FactorKind::log_uniform || f.kind == FactorKind::log_normal;
    f.low = logarithmic ? number(0.001, 3) : number(-5, 5);
    f.high = f.low + number(0.6, 8);
    f.mean = number(-3, 3);
    f.sd = number(0.3, 4);
    f.mode = number(f.low, f.high);
    f.whole = *rc::gen::arbitrary<bool>() && std::ceil(f.low) <= std::floor(f.high);
    std::vector<double> at = {0, 1, 0x1p-53, 1 - 0x1p-53};
    for (int i = 0; i < 20; ++i) at.push_back(number(0, 1));
    std::sort(at.begin(), at.end());
    double last = f.low;
    for (const double unit : at) {
      const double value = factor_value(f, unit);
      RC_ASSERT(value >= last && value <= f.high);
      last = value;
    }
  }));
}

TEST_CASE("values of an integer field are whole numbers within its range") {
  std::vector<int> ends(6), halves(6);
  for (int i = 0; i < 4000; ++i) {
    const double unit = (i + 0.5) / 4000;
    const double near = factor_value(whole(1, 4), unit), far = factor_value(whole(0.5, 4.5), unit);
    REQUIRE(near == std::round(near));
    REQUIRE(far == std::round(far));
    ++ends.at(static_cast<std::size_t>(near));
    ++halves.at(static_cast<std::size_t>(far));
  }
  CHECK(halves == std::vector<int>{0, 1000, 1000, 1000, 1000, 0});
  CHECK(ends[0] + ends[5] == 0);
  CHECK(std::fabs(ends[1] - 667) < 2);
  CHECK(std::fabs(ends[2] - 1333) < 2);
  CHECK(std::fabs(ends[4] - 667) < 2);
  CHECK(factor_value(whole(1.4, 3.6), 0) == 2);  // 1 and 4 lie outside
  CHECK(factor_value(whole(1.4, 3.6), 1) == 3);
}
