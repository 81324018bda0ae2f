// The rules of the mechanisms as plain functions: points known on paper, and directions that the
// reasons given beside each rule ask for.
#include <catch2/catch.hpp>

#include <array>
#include <cmath>
#include <set>
#include <string>

#include "model/term.hpp"

using namespace reformsim;

namespace {

// Whether f rises (or falls) strictly from each of these arguments to the next.
template <class F>
bool rises(F&& f, std::initializer_list<float> arguments) {
  float before = -INFINITY;
  for (const float x : arguments) {
    const float value = f(x);
    if (!(value > before)) return false;
    before = value;
  }
  return true;
}
template <class F>
bool falls(F&& f, std::initializer_list<float> arguments) {
  return rises([&](float x) { return -f(x); }, arguments);
}

Approx about(double value) { return Approx(value).margin(1e-6).epsilon(1e-5); }

float together_of(std::array<float, kFactors> factors, float exponent) {
  return together(std::span<const float, kFactors>(factors), exponent);
}

}  // namespace

// --- M1 initiative load

TEST_CASE("initiatives: alignment and an able leader spare the staff a share of the attention") {
  CHECK(spared(0.5f, 0, 0) == about(0.125));  // logistic(0) = 1/2, its half of a half
  CHECK(spared(0.5f, 1, 0) == about(0.375));
  CHECK(spared(0.5f, 1, 50) == about(0.5));  // never more than the filtering
  CHECK(spared(0, 1, 3) == 0);
  CHECK(rises([](float alignment) { return spared(0.5f, alignment, 0); }, {0, 0.3f, 0.7f, 1}));
  CHECK(rises([](float leadership) { return spared(0.5f, 0.3f, leadership); }, {-3, -1, 0, 1, 3}));
}

// --- M2 accountability

TEST_CASE("accountability: a school is short of a level by its score, of growth by its rise") {
  // Level: the system's mean at year 0 plus the target, less the score. The year before does not
  // matter.
  CHECK(shortfall(TargetKind::status, 0.3f, -9, 0.1f, 0.5f) == about(0.3));
  CHECK(shortfall(TargetKind::threshold, 0.3f, -9, 0.1f, 0.5f) == about(0.3));
  CHECK(shortfall(TargetKind::status, 0.6f, 0, 0.1f, 0.5f) == about(0));
  CHECK(shortfall(TargetKind::status, 1.0f, 0, 0.1f, 0.5f) == about(-0.4));
  // Growth: the rise asked for less the rise made. The system's mean does not matter.
  CHECK(shortfall(TargetKind::growth, 0.3f, 0.25f, -9, 0.05f) == about(0));
  CHECK(shortfall(TargetKind::growth, 0.2f, 0.25f, -9, 0.05f) == about(0.1));
  CHECK(shortfall(TargetKind::growth, 0.5f, 0.25f, -9, 0.05f) == about(-0.2));
}

TEST_CASE(
    "accountability: pressure is felt most by those short of the target, and by nobody without "
    "demand") {
  for (const TargetKind kind : {TargetKind::status, TargetKind::growth, TargetKind::threshold}) {
    CHECK(felt_pressure(kind, 0, 2) == 0);
    CHECK(felt_pressure(kind, 1, 0) == about(0.65));  // at the target: halfway
    CHECK(felt_pressure(kind, 1, -20) == about(0.3));
    CHECK(felt_pressure(kind, 1, 20) == about(1));
    CHECK(felt_pressure(kind, 0.4f, 0.1f) == about(0.4 * felt_pressure(kind, 1, 0.1f)));
    CHECK(rises([&](float short_of) { return felt_pressure(kind, 0.8f, short_of); },
                {-0.8f, -0.1f, 0, 0.1f, 0.8f}));
  }
  // A bar bites more sharply around it.
  CHECK(felt_pressure(TargetKind::threshold, 1, 0.1f) > felt_pressure(TargetKind::status, 1, 0.1f));
  CHECK(felt_pressure(TargetKind::threshold, 1, -0.1f) <
        felt_pressure(TargetKind::status, 1, -0.1f));
}

TEST_CASE("accountability: belief in reaching the target fades with the distance") {
  CHECK(within_reach(0, 0.6f) == 1);
  CHECK(within_reach(-2, 0.6f) == 1);
  CHECK(within_reach(0.6f, 0.6f) == about(std::exp(-1.0)));
  CHECK(within_reach(1.2f, 0.6f) == about(std::exp(-2.0)));
  CHECK(falls([](float short_of) { return within_reach(short_of, 0.6f); }, {0, 0.1f, 0.5f, 2}));
  CHECK(within_reach(0.5f, 1.0f) > within_reach(0.5f, 0.3f));
}

TEST_CASE("accountability: capability needs capital and energy, and trust and support help") {
  CHECK(capability(0, 1, 1, 1) == 0);
  CHECK(capability(1, 0, 1, 1) == 0);
  CHECK(capability(1, 1, 1, 1) == 1);
  CHECK(capability(0.5f, 0.5f, 0, 0) == about(3.2 * 0.25 * 0.5 * 0.6));
  CHECK(capability(0.5f, 0.5f, 0.5f, 0.5f) == about(3.2 * 0.25 * 0.75 * 1.0));
  CHECK(rises([](float x) { return capability(x, 0.5f, 0.5f, 0.5f); }, {0.1f, 0.3f, 0.6f}));
  CHECK(rises([](float x) { return capability(0.4f, x, 0.5f, 0.5f); }, {0.1f, 0.3f, 0.6f}));
  CHECK(rises([](float x) { return capability(0.4f, 0.5f, x, 0.5f); }, {0, 0.5f, 1}));
  CHECK(rises([](float x) { return capability(0.4f, 0.5f, 0.5f, x); }, {0, 0.5f, 1}));
}

// --- M3 prescription

TEST_CASE("prescription: the standard asks more where a practice serves tested basics") {
  for (int k = 0; k < kPractices; ++k) {
    CHECK(standard_mastery(0.55f, k) == about(0.55 * (0.6 + 0.6 * kPractice[k].basics)));
    CHECK(standard_mastery(0, k) == 0);
    CHECK(standard_mastery(0.8f, k) > standard_mastery(0.5f, k));
    CHECK(standard_mastery(0.8f, k) <= 1);
    for (int other = 0; other < kPractices; ++other)
      if (kPractice[k].basics > kPractice[other].basics)
        CHECK(standard_mastery(0.5f, k) > standard_mastery(0.5f, other));
  }
}

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

// --- M8 innovation

TEST_CASE("innovation: freedom helps above the usual capacity and harms below it") {
  CHECK(use_of_freedom(0.5f, 0.5f, 0) == about(0));
  CHECK(use_of_freedom(0.8f, 0.6f, 0) == about(0.2));
  CHECK(use_of_freedom(0.2f, 0.4f, 0) == about(-0.2));
  CHECK(use_of_freedom(0.5f, 0.5f, 1) == about(0.06));
  CHECK(use_of_freedom(0.7f, 0.3f, 0) == about(use_of_freedom(0.3f, 0.7f, 0)));
}

// --- M10 labour market

TEST_CASE(
    "labour market: exhaustion, pressure and a poor context drive people out, up to a limit") {
  const float usual = 0.62f, calm = 0.09f;  // energy and pressure of the usual school
  CHECK(exit_rate(0.11f, 1.2f, 0, usual, calm) == about(0.11));
  CHECK(exit_rate(0.11f, 1.2f, 1, usual, calm) == about(0.11 * std::exp(0.12)));
  CHECK(exit_rate(0.11f, 1.2f, 0, 0.12f, calm) == about(0.11 * std::exp(0.6)));
  CHECK(exit_rate(0.11f, 1.2f, 0, usual, 0.59f) == about(0.11 * std::exp(0.1)));
  CHECK(exit_rate(0.11f, 0, 0, 0.1f, calm) == about(0.11));
  CHECK(exit_rate(0.8f, 5, 3, 0, 1) == 0.9f);
  CHECK(falls([&](float energy) { return exit_rate(0.11f, 1.2f, 0, energy, calm); },
              {0, 0.3f, 0.65f, 1}));
  CHECK(rises([&](float context) { return exit_rate(0.11f, 1.2f, context, 0.6f, calm); },
              {-2, 0, 2}));
  CHECK(rises([&](float pressure) { return exit_rate(0.11f, 1.2f, 0, 0.6f, pressure); },
              {0, 0.5f, 1}));
}

TEST_CASE("labour market: half of ordinary money is teachers") {
  CHECK(posts_at(30, 1) == 30);
  CHECK(posts_at(30, 1.2f) == about(33));
  CHECK(posts_at(30, 0) == 15);
  CHECK(posts_at(0, 2) == 0);
}

TEST_CASE("labour market: a successor has an id of their own") {
  std::set<uint64_t> ids = {12345};
  uint64_t id = 12345;
  for (int32_t generation = 1; generation < 1000; ++generation) {
    id = successor_id(id, generation);
    REQUIRE(ids.insert(id).second);
  }
  CHECK(successor_id(1, 1) == successor_id(1, 1));
  CHECK(successor_id(1, 1) != successor_id(2, 1));
  CHECK(successor_id(1, 1) != successor_id(1, 2));
}

// --- M11 joining

TEST_CASE("joining: nobody joins where there are no networks, all where they are ordered") {
  CHECK(would_join(Participation::none, 0.75f, 1) == 0);
  CHECK(would_join(Participation::mandated, 0.75f, 0) == 1);
  CHECK(would_join(Participation::voluntary, 0.75f, 0) == about(0.75));
  CHECK(would_join(Participation::voluntary_but_inevitable, 0.75f, 0) == about(0.75));
  CHECK(would_join(Participation::voluntary, 0.75f, 1) == about(0.975));
  CHECK(would_join(Participation::voluntary, 1, 1) == about(1));
  CHECK(rises([](float e) { return would_join(Participation::voluntary, 0.6f, e); }, {0, 0.5f, 1}));
}

TEST_CASE(
    "joining: the hazard rises with others, belief and expectation; an order waits for none of "
    "them") {
  const auto hazard = [](Participation how, float others, float belief, float expectation) {
    return joining_hazard(how, 2, others, belief, expectation);
  };
  CHECK(hazard(Participation::voluntary, 0, 0.5f, 0) == about(2 * 0.04 * 1.0));
  CHECK(hazard(Participation::voluntary, 0.5f, 1, 0) == about(2 * 0.54 * 1.7));
  CHECK(hazard(Participation::voluntary_but_inevitable, 0, 0.5f, 1) == about(2 * 0.35));
  CHECK(hazard(Participation::voluntary_but_inevitable, 0, 0.5f, 0) == about(2 * 0.10));
  CHECK(hazard(Participation::mandated, 0, 0, 0) == 4);
  CHECK(hazard(Participation::mandated, 1, 1, 1) == 4);
  for (const Participation how :
       {Participation::voluntary, Participation::voluntary_but_inevitable}) {
    CHECK(rises([&](float others) { return hazard(how, others, 0.5f, 0.3f); }, {0, 0.3f, 0.9f}));
    CHECK(rises([&](float belief) { return hazard(how, 0.2f, belief, 0.3f); }, {0, 0.3f, 0.9f}));
  }
  CHECK(
      rises([&](float e) { return hazard(Participation::voluntary_but_inevitable, 0.2f, 0.5f, e); },
            {0, 0.3f, 0.9f}));
  CHECK(joining_hazard(Participation::voluntary, 3, 0.2f, 0.5f, 0) >
        joining_hazard(Participation::voluntary, 1, 0.2f, 0.5f, 0));
}

TEST_CASE("joining: an order meets reactance, and makes members in name") {
  const auto settled = [](Participation how, float reactance, float trust) {
    return settled_engagement(how, reactance, 0.6f, 0.5f, trust);
  };
  const double willing = 0.7 * 0.9;
  for (const Participation how :
       {Participation::voluntary, Participation::voluntary_but_inevitable}) {
    CHECK(settled(how, 0.5f, 0.1f) == about(willing));
    CHECK(settled(how, 0.9f, 0.9f) == about(willing));
  }
  CHECK(settled(Participation::mandated, 0, 0.2f) == about(willing));
  CHECK(settled(Participation::mandated, 0.5f, 0.2f) == about(willing * 0.5));
  CHECK(settled(Participation::mandated, 0.5f, 1) == about(willing * 0.9));
  CHECK(rises([&](float trust) { return settled(Participation::mandated, 0.5f, trust); },
              {0, 0.5f, 1}));
  CHECK(settled_engagement(Participation::voluntary, 0.5f, 1, 1, 1) == 1);
  CHECK(settled_engagement(Participation::voluntary, 0.5f, 0, 0, 0) == about(0.1));
  CHECK(settled_engagement(Participation::mandated, 0.9f, 1, 1, 0) == 0);  // never below none
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
  CHECK(transfer(0.1f, 1, 1, 1, 1) == about(0.1));
  CHECK(transfer(0.1f, 1, 0, 1, 1) == about(0.03));
  CHECK(transfer(0.1f, 0.5f, 1, 0.8f, 1.0f / 3) == about(0.1 * 0.5 * 0.8 / 3));
  CHECK(transfer(0.1f, 0, 1, 1, 1) == 0);
  CHECK(transfer(0.1f, 1, 1, 0, 1) == 0);
  CHECK(rises([](float trust) { return transfer(0.1f, 0.5f, trust, 0.5f, 1); }, {0, 0.4f, 1}));
}

// --- districts, climate, capital, repertoire, teaching

TEST_CASE("districts: support by role and disposition") {
  for (const int disposition : {0, 1, 2}) {
    CHECK(support_from(DistrictRole::bypassed, disposition, 0.5f, 1.4f) == about(0.275));
    CHECK(support_from(DistrictRole::mediating, disposition, 0.5f, 1.4f) == about(0.5));
  }
  CHECK(support_from(DistrictRole::leading, 0, 0.5f, 1.4f) == about(0.7));
  CHECK(support_from(DistrictRole::leading, 1, 0.5f, 1.4f) == about(0.6));
  CHECK(support_from(DistrictRole::leading, 2, 0.5f, 1.4f) == about(0.55));
  CHECK(support_from(DistrictRole::leading, 0, 0.9f, 1.4f) == 1);
  CHECK(support_from(DistrictRole::leading, 0, 0.5f, 1) == about(0.5));
}

TEST_CASE("climate: an able leader and aligned policy keep more in order") {
  CHECK(manageable_load(0) == about(0.31));
  CHECK(manageable_load(2) == about(0.41));
  CHECK(manageable_load(-7) == 0);
  CHECK(manageable_load(30) == 1);
}

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

TEST_CASE("learning: the disadvantaged respond more, the others less") {
  CHECK(response(0.25f, 0) == about(1.25));
  CHECK(response(0.25f, 1) == about(0.875));
  CHECK(response(0, 0) == 1);
  CHECK(response(0, 1) == 1);
}
