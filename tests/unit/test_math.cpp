// exp, log, power, logistic and the inverse normal against long double and Boost.Math: the error
// bounds that math.hpp states, measured over dense grids of bit patterns, and the exact bits, which
// every result rests on.
#include <catch2/catch.hpp>

#include <bit>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include <boost/math/special_functions/erf.hpp>

#include "base/hash.hpp"
#include "base/math.hpp"

namespace {

using Wide = long double;

// Distance of a float (24 bits) or double (53 bits) from the truth, in units of the truth's last
// place.
Wide units(Wide got, Wide want, int bits) {
  int exponent = 0;
  std::frexp(want, &exponent);
  return std::fabs(got - want) / std::ldexp(1.0L, exponent - bits);
}

struct Worst {
  Wide error = 0;
  double at = 0;
  void take(Wide candidate, double x) {
    if (!(candidate <= error)) error = candidate, at = x;  // a NaN is the worst of all
  }
};

// Every `stride`-th float of [low, high] by bit pattern, both signs, so that every power of two is
// met.
template <class Use>
void floats_between(float low, float high, std::uint32_t stride, Use&& use) {
  for (const std::uint32_t sign : {0u, 0x80000000u})
    for (std::uint64_t bits = 0; bits < 0x7f800000u; bits += stride) {
      const auto x = std::bit_cast<float>(static_cast<std::uint32_t>(bits) | sign);
      if (x >= low && x <= high) use(x);
    }
  use(low);
  use(high);
}

Worst float_error(float low, float high, std::uint32_t stride, float (*ours)(float),
                  Wide (*truth)(Wide)) {
  Worst worst;
  floats_between(low, high, stride, [&](float x) {
    const Wide want = truth(x);
    if (want == 0)
      worst.take(ours(x) == 0 ? 0 : INFINITY, x);
    else
      worst.take(units(ours(x), want, 24), x);
  });
  return worst;
}

Wide true_logistic(Wide x) { return 1 / (1 + std::exp(-x)); }

double true_inverse_normal(double u) { return -std::sqrt(2.0) * boost::math::erfc_inv(2 * u); }

#define CHECK_WORST(worst, bound)                          \
  do {                                                     \
    const Worst measured = worst;                          \
    INFO("worst at " << measured.at);                      \
    CHECK(static_cast<double>(measured.error) <= (bound)); \
  } while (false)

}  // namespace

TEST_CASE("the float functions are within 4 units in the last place, as math.hpp says") {
  // Odd strides, so that the low bits of the mantissa take part.
  CHECK_WORST(float_error(-87, 88, 3989, reformsim::exp, std::exp), 4);
  CHECK_WORST(float_error(-4, 4, 4999, reformsim::exp, std::exp), 4);
  const float largest = std::numeric_limits<float>::max();
  CHECK_WORST(float_error(1e-37f, largest, 3989, reformsim::log, std::log), 4);
  CHECK_WORST(float_error(0.5f, 2, 31, reformsim::log, std::log), 4);  // where it passes through 0
  CHECK_WORST(float_error(-87, 87, 3989, reformsim::logistic, true_logistic), 4);
}

TEST_CASE("the float functions hold at their edges") {
  const float infinity = std::numeric_limits<float>::infinity();
  CHECK(reformsim::exp(0.0f) == 1.0f);
  CHECK(reformsim::log(1.0f) == 0.0f);
  CHECK(reformsim::logistic(0.0f) == 0.5f);
  for (const float below : {-87.5f, -1000.0f, -infinity})
    CHECK(reformsim::exp(below) == reformsim::exp(-87.0f));
  for (const float above : {88.5f, 1000.0f, infinity})
    CHECK(reformsim::exp(above) == reformsim::exp(88.0f));
  CHECK(reformsim::exp(-infinity) > 0.0f);
  CHECK(std::isfinite(reformsim::exp(infinity)));
  for (const float small : {9e-38f, 1e-45f, 0.0f, -1.0f, -infinity})
    CHECK(reformsim::log(small) == reformsim::log(1e-37f));
  CHECK(reformsim::logistic(-infinity) > 0.0f);
  CHECK(reformsim::logistic(infinity) == 1.0f);

  CHECK(reformsim::unit(-0.5f) == 0.0f);
  CHECK(reformsim::unit(0.25f) == 0.25f);
  CHECK(reformsim::unit(1.5f) == 1.0f);
  CHECK(reformsim::clamp(5.0f, -12.0f, 3.0f) == 3.0f);
  CHECK(reformsim::clamp(-50.0f, -12.0f, 3.0f) == -12.0f);
}

TEST_CASE("exp and logistic never fall, to a unit in the last place") {
  // A step down between neighbours would make a school that is better off do worse. Polynomials in
  // floating point may step down by a rounding, never by more.
  for (const float start : {-80.0f, -1.0f, -0.3466f, 0.3466f, 1.0f, 10.3972f, 80.0f}) {
    float x = start;
    for (int i = 0; i < 4000; ++i) {
      const float next = std::nextafter(x, 100.0f);
      REQUIRE(reformsim::exp(next) >= reformsim::exp(x) * (1 - 0x1p-22f));
      REQUIRE(reformsim::logistic(next) >= reformsim::logistic(x) * (1 - 0x1p-22f));
      x = next;
    }
  }
}

TEST_CASE("the float inverse normal is within 2e-6 over (0, 1)") {
  // Its arguments are draws: middles of 2^-24 (or twice that) wide cells. The two ends in full,
  // where a normal deviate goes wrong first, the rest in part.
  constexpr std::uint32_t kCells = 1u << 24;
  Worst worst;
  for (std::uint32_t k = 0; k < kCells; k += k < 3000 || k > kCells - 3000 ? 1 : 97) {
    const float u = (static_cast<float>(k) + 0.5f) * 0x1p-24f;
    if (u >= 1.0f) continue;  // outside (0, 1): k + 0.5 has no float this far up
    worst.take(std::fabs(static_cast<Wide>(reformsim::inverse_normal(u)) - true_inverse_normal(u)),
               u);
  }
  CHECK_WORST(worst, 2e-6);
  CHECK(reformsim::inverse_normal(0.5f) == 0.0f);
  for (const float u : {0x1p-24f, 0.001f, 0.02f, 0.25f, 0.4375f})
    CHECK(reformsim::inverse_normal(1.0f - u) == -reformsim::inverse_normal(1.0f - (1.0f - u)));
}

TEST_CASE(
    "the double functions are within 4 units in the last place, power within 1e-15 of its "
    "logarithm") {
  std::mt19937_64 engine(20240901);
  const auto between = [&](double low, double high) {
    return low + (high - low) * (static_cast<double>(engine() >> 11) * 0x1p-53);
  };
  Worst exp_error, log_error, near_one, power_error;
  for (int i = 0; i < 200000; ++i) {
    const double x = i < 1000 ? -0.5 + 0.001 * i : between(-700, 700);
    exp_error.take(units(reformsim::exp(x), std::exp(static_cast<Wide>(x)), 53), x);
    const double y = std::exp(between(-690, 700));
    log_error.take(units(reformsim::log(y), std::log(static_cast<Wide>(y)), 53), y);
    const double z = i < 1000 ? 1 + (i - 1000) * 0x1p-50 : between(0.5, 2);
    if (z != 1) near_one.take(units(reformsim::log(z), std::log(static_cast<Wide>(z)), 53), z);

    // The rounding of exponent * log(base) is magnified by exp: the relative error grows with its
    // size.
    const double base = std::exp(between(-10, 10)), exponent = between(-20, 20);
    const Wide want = std::pow(static_cast<Wide>(base), static_cast<Wide>(exponent));
    const Wide size = std::max<Wide>(1, std::fabs(exponent * std::log(base)));
    power_error.take(std::fabs(reformsim::power(base, exponent) - want) / want / size, exponent);
  }
  CHECK_WORST(exp_error, 4);
  CHECK_WORST(log_error, 4);
  CHECK_WORST(near_one, 4);
  CHECK_WORST(power_error, 1e-15);
}

TEST_CASE("the double functions hold at their edges") {
  CHECK(reformsim::exp(0.0) == 1.0);
  CHECK(reformsim::log(1.0) == 0.0);
  CHECK(reformsim::power(3.0, 0.0) == 1.0);
  CHECK(reformsim::power(1.0, 123.0) == 1.0);
  CHECK(reformsim::exp(-1e9) == reformsim::exp(-700.0));
  CHECK(reformsim::exp(1e9) == reformsim::exp(700.0));
  CHECK(reformsim::log(0.0) == reformsim::log(1e-300));
}

TEST_CASE("the double inverse normal has a relative error below 1.2e-9") {
  Worst worst;
  const auto look = [&](double u) {
    const double want = true_inverse_normal(u);
    if (want != 0) worst.take(std::fabs((reformsim::inverse_normal(u) - want) / want), u);
  };
  for (int i = 1; i < 20000; ++i) look(i / 20000.0);
  for (int i = 1; i < 2000; ++i) {
    look(std::ldexp(1.0, -1 - i / 4) * (1 + 0.2 * (i % 4)));  // down to 2^-500
    look(1 - 0.03 * i / 2000.0);
    look(0.5 + 1e-7 * (i - 1000));
  }
  for (const double u : {0.02425, 1 - 0.02425}) {  // where one approximation follows another
    look(u);
    look(std::nextafter(u, 0.0));
    look(std::nextafter(u, 1.0));
  }
  CHECK_WORST(worst, 1.2e-9);
  CHECK(reformsim::inverse_normal(0.5) == 0.0);
}

TEST_CASE("the share that leaves a stock is the same over a year whatever the number of terms") {
  for (const double rate : {0.0, 0.05, 0.5, 2.0})
    for (const int terms : {1, 3, 12}) {
      double left = 1;
      for (int t = 0; t < terms; ++t) left *= 1 - reformsim::share_within(rate, 1.0 / terms);
      CHECK(left == Approx(std::exp(-rate)).epsilon(1e-14));
    }
}

TEST_CASE("the functions give these very bits") {
  // The promise of math.hpp: the same bits on every processor. A change of these numbers changes
  // every result, however small it is.
  std::vector<float> floats;
  for (int i = -2000; i <= 2000; ++i) {
    const float x = static_cast<float>(i) * 0.04375f;
    floats.push_back(reformsim::exp(x));
    floats.push_back(reformsim::logistic(x));
    floats.push_back(reformsim::log(std::fabs(x) + 0.001f));
    floats.push_back(reformsim::inverse_normal((static_cast<float>(i) + 2000.5f) / 4001.0f));
  }
  CHECK(reformsim::hash64_of(std::span<const float>(floats)) == 0xbd58e7b9a384c64full);
  std::vector<double> doubles;
  for (int i = -2000; i <= 2000; ++i) {
    const double x = i * 0.35;
    doubles.push_back(reformsim::exp(x));
    doubles.push_back(reformsim::log(std::fabs(x) + 0.001));
    doubles.push_back(reformsim::power(std::fabs(x) + 0.001, 0.37));
    doubles.push_back(reformsim::inverse_normal((i + 2000.5) / 4001.0));
  }
  CHECK(reformsim::hash64_of(std::span<const double>(doubles)) == 0x3f8560171c25a57bull);
}
