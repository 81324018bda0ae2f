// The rules of the mechanisms as plain functions: points known on paper, and directions that the
// reasons given beside each rule ask for.
#include <catch2/catch.hpp>

#include <array>
#include <cmath>
#include <set>
#include <string>

#include "model/term.hpp"
#include "support/rules.hpp"

using namespace reformsim;
using namespace support;

namespace {

float together_of(std::array<float, kFactors> factors, float exponent) {
  return together(std::span<const float, kFactors>(factors), exponent);
}

}  // namespace

// --- M6 capacity building

TEST_CASE(
    "capacity building: coaching thins out at scale, and what is offered is not all taken in") {
  CHECK(coaching_quality(0, 400) == about(1));
  CHECK(coaching_quality(400, 400) == about(0.65));
  CHECK(coaching_quality(1e9f, 400) == about(0.3));
  CHECK(falls([](float coached) { return coaching_quality(coached, 400); }, {0, 50, 400, 5000}));
  CHECK(rises([](float good) { return coaching_quality(300, good); }, {50, 400, 5000}));

  CHECK(absorption(0, 1) == 0);
  CHECK(absorption(1, 1) == 1);
  CHECK(absorption(0.6f, 0) == about(0.3));
  CHECK(absorption(0.6f, 0.5f) == about(0.45));
}

// --- M12 clusters

TEST_CASE("the eight factors together: a mean of the power asked for") {
  const std::array<float, kFactors> mixed = {0.9f, 0.8f, 0.3f, 0.5f, 0.6f, 0.2f, 0.7f, 0.4f};
  double sum = 0, logs = 0, inverse = 0, squares = 0;
  // A factor of 0 would make any product 0; they are held a little above it.
  const double measured_floor = together_of({0, 0, 0, 0, 0, 0, 0, 0}, 1);
  CHECK(measured_floor > 0);
  CHECK(measured_floor <= 0.051);
  for (const float factor : mixed) {
    const double x = measured_floor + (1 - measured_floor) * factor;
    sum += x / kFactors;
    logs += std::log(x) / kFactors;
    inverse += 1 / x / kFactors;
    squares += x * x / kFactors;
  }
  CHECK(together_of(mixed, 1) == about(sum));
  CHECK(together_of(mixed, 0) == about(std::exp(logs)));
  CHECK(together_of(mixed, -1) == about(1 / inverse));
  CHECK(together_of(mixed, 2) == about(std::sqrt(squares)));
  CHECK(together_of(mixed, -30) ==
        Approx(measured_floor + (1 - measured_floor) * 0.2).epsilon(0.1));
  CHECK(rises([&](float exponent) { return together_of(mixed, exponent); },
              {-10, -3, -1, -0.2f, 0, 0.2f, 1, 2}));
  // Continuous where the geometric mean takes over.
  CHECK(together_of(mixed, 0.0101f) == Approx(together_of(mixed, 0)).epsilon(2e-3));
  CHECK(together_of(mixed, -0.0101f) == Approx(together_of(mixed, 0)).epsilon(2e-3));
}

TEST_CASE(
    "the eight factors together: equal factors are themselves, the order does not matter, all "
    "count") {
  for (const float exponent : {-5.0f, -1.0f, 0.0f, 0.5f, 1.0f}) {
    const std::array<float, kFactors> ones = {1, 1, 1, 1, 1, 1, 1, 1};
    CHECK(together_of(ones, exponent) == about(1));
    std::array<float, kFactors> even;
    even.fill(0.6f);
    CHECK(together_of(even, exponent) == Approx(together_of(even, 1)).epsilon(1e-5));
    for (std::size_t f = 0; f < kFactors; ++f) {
      std::array<float, kFactors> better = even, first = even;
      better[f] = 0.9f;
      first[0] = 0.9f;
      CHECK(together_of(better, exponent) > together_of(even, exponent));
      CHECK(together_of(better, exponent) == Approx(together_of(first, exponent)).epsilon(1e-5));
    }
  }
}

// --- M14 diffusion

TEST_CASE(
    "diffusion: what crosses a tie is in proportion to contact, similarity and time; trust helps") {
  CHECK(transfer(0.1f, 0.3f, 1, 1, 1, 1) == about(0.1));
  CHECK(transfer(0.1f, 0.3f, 1, 0, 1, 1) == about(0.03));
  CHECK(transfer(0.1f, 0.3f, 0.5f, 1, 0.8f, 1.0f / 3) == about(0.1 * 0.5 * 0.8 / 3));
  CHECK(transfer(0.1f, 0.3f, 0, 1, 1, 1) == 0);
  CHECK(transfer(0.1f, 0.3f, 1, 1, 0, 1) == 0);
  CHECK(
      rises([](float trust) { return transfer(0.1f, 0.3f, 0.5f, trust, 0.5f, 1); }, {0, 0.4f, 1}));
}

// --- climate, capital, repertoire, teaching (districts: test_rules_middle.cpp)

TEST_CASE("capital: what was built fades by half in a half-life, slower in a coherent school") {
  CHECK(std::exp(-2.0 * fading(2, 0.5f)) == Approx(0.5).epsilon(1e-5));  // the usual school
  CHECK(std::exp(-5.0 * fading(5, 0.5f)) == Approx(0.5).epsilon(1e-5));
  CHECK(fading(2, 1) == about(0.6931472 / (2 * 1.6)));
  CHECK(fading(2, 0) == about(0.6931472 / (2 * 0.4)));
  CHECK(falls([](float coherence) { return fading(2, coherence); }, {0, 0.3f, 0.7f, 1}));
}

TEST_CASE("repertoire: each SD away from where a practice was made loses the stated share of it") {
  CHECK(practice_fit(0.5f, 0, 0) == about(1));
  CHECK(practice_fit(0.5f, 1, 0) == about(0.5));
  CHECK(practice_fit(0.5f, -1, 1) == about(0.25));
  CHECK(practice_fit(0.2f, 2, 1) == about(0.8));
  CHECK(practice_fit(0, 3, -3) == about(1));
  CHECK(practice_fit(0.5f, 0.7f, -0.3f) == about(practice_fit(0.5f, -0.3f, 0.7f)));
}

TEST_CASE("teaching: class size by the logarithm of teachers against the usual, within limits") {
  CHECK(class_size_effect(1) == 0);
  CHECK(class_size_effect(1.5f) ==
        about(0.25 * std::log(1.5)));  // Tennessee STAR: about 0.1 a year
  CHECK(class_size_effect(0.5f) == about(-class_size_effect(2)));
  CHECK(class_size_effect(0) == class_size_effect(0.3f));
  CHECK(class_size_effect(50) == class_size_effect(3));
}

TEST_CASE("practices: the weights of each domain add up to 1, and go with what a practice does") {
  double basics = 0, broad = 0, effectiveness = 0;
  for (int k = 0; k < kPractices; ++k) {
    basics += kPracticeWeights.basics[k];
    broad += kPracticeWeights.broad[k];
    effectiveness += kPractice[k].effectiveness / kPractices;
    CHECK(kPracticeWeights.basics[k] > 0);
    CHECK(kPracticeWeights.broad[k] > 0);
    // The ratio of the two weights follows the practice's split between the domains.
    const double split = kPractice[k].basics / (1.0 - kPractice[k].basics);
    const double first = kPractice[0].basics / (1.0 - kPractice[0].basics);
    CHECK(kPracticeWeights.basics[k] / kPracticeWeights.broad[k] * first ==
          Approx(kPracticeWeights.basics[0] / kPracticeWeights.broad[0] * split).epsilon(1e-4));
  }
  CHECK(basics == about(1));
  CHECK(broad == about(1));
  CHECK(effectiveness == about(1));  // "relative to the mean practice"
}

// --- M21 learning

TEST_CASE("learning: usual teaching in the usual time adds exactly nothing to what is usual") {
  for (const float growth : {0.15f, 0.2f, 0.35f, 0.41f, 0.5f}) CHECK(learnt(growth, 0, 1) == 0);
  CHECK(learnt(0.35f, 0.1f, 1) == about(0.1));
  CHECK(learnt(0.35f, -0.1f, 1) == about(-0.1));
  CHECK(learnt(0.35f, 0, 1.2f) == about(0.07));
  CHECK(learnt(0.35f, 0.1f, 1.2f) == about(0.45 * 1.2 - 0.35));
  CHECK(learnt(0.35f, 0, 0) ==
        about(-0.35));  // no time, no learning: they fall behind by a year's worth
}
