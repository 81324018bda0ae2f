// M2: targets, pressure, what it is turned into, and who stands between.
#include "model/accountability.hpp"
#include "support/rules.hpp"

using namespace reformsim;
using support::about, support::falls, support::rises;

namespace {

constexpr float kAlways = 0.3f, kSteep = 4.0f;
float felt(TargetKind kind, float demand, float short_of) {
  return felt_pressure(kind, demand, short_of, kAlways, kSteep);
}

}  // namespace

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
    "accountability: pressure is felt most by those short of the target, by nobody without "
    "demand") {
  for (const TargetKind kind : {TargetKind::status, TargetKind::growth, TargetKind::threshold}) {
    CHECK(felt(kind, 0, 2) == 0);
    CHECK(felt(kind, 1, 0) == about(0.65));  // at the target: halfway
    CHECK(felt(kind, 1, -20) == about(0.3));
    CHECK(felt(kind, 1, 20) == about(1));
    CHECK(felt(kind, 0.4f, 0.1f) == about(0.4 * static_cast<double>(felt(kind, 1, 0.1f))));
    CHECK(rises([&](float short_of) { return felt(kind, 0.8f, short_of); },
                {-0.8f, -0.1f, 0, 0.1f, 0.8f}));
  }
  // A bar bites twice as sharply around it.
  CHECK(felt(TargetKind::threshold, 1, 0.1f) ==
        about(static_cast<double>(felt(TargetKind::status, 1, 0.2f))));
  CHECK(felt(TargetKind::threshold, 1, -0.1f) < felt(TargetKind::status, 1, -0.1f));
}

TEST_CASE("accountability: in a large cluster each feels less of what all answer for") {
  CHECK(own_part(1, 10) == 1);
  CHECK(own_part(10, 10) == 1);
  CHECK(own_part(40, 10) == about(0.25));
}

TEST_CASE("accountability: belief in reaching the target fades with the distance") {
  CHECK(within_reach(0, 0.6f) == 1);
  CHECK(within_reach(-2, 0.6f) == 1);
  CHECK(within_reach(0.6f, 0.6f) == about(std::exp(-1.0)));
  CHECK(within_reach(1.2f, 0.6f) == about(std::exp(-2.0)));
  CHECK(within_reach(0.5f, 1.0f) > within_reach(0.5f, 0.3f));
}

TEST_CASE(
    "accountability: turning pressure into work needs capital and energy; trust and help add") {
  CHECK(capability(5, 0, 1, 1, 1) == 0);
  CHECK(capability(5, 1, 0, 1, 1) == 0);
  CHECK(capability(5, 1, 1, 1, 1) == 1);
  CHECK(capability(2, 0.5f, 0.6f, 0, 0) == about(2 * 0.3 * 0.25));
  CHECK(capability(2, 0.5f, 0.6f, 0.5f, 0.2f) == about(2 * 0.3 * 0.75 * 0.6));
  CHECK(rises([](float x) { return capability(2, 0.5f, 0.5f, x, 0.5f); }, {0, 0.5f, 1}));
  CHECK(rises([](float x) { return capability(2, 0.5f, 0.5f, 0.5f, x); }, {0, 0.5f, 1}));
}

TEST_CASE("accountability: the manner of the system's leaders is neutral in the middle") {
  CHECK(challenged(0.4f, 0.5f) == about(1));
  CHECK(challenged(0.4f, 1) == about(1.2));
  CHECK(challenged(0.4f, 0) == about(0.8));
  CHECK(blamed(0.5f) == 0);
  CHECK(blamed(0) == 1);
  CHECK(blamed(1) == -1);
}

TEST_CASE(
    "accountability: a poor label calls up effort as far as it is published and there is a "
    "leader") {
  CHECK(label_answer(1, 1, 0, kSteep, 0) == 0);      // at the usual score
  CHECK(label_answer(1, 1, -0.5f, kSteep, 0) == 0);  // above it
  CHECK(label_answer(1, 0, 2, kSteep, 3) == 0);
  CHECK(label_answer(0, 1, 2, kSteep, 3) == 0);
  const double poor = 2 / (1 + std::exp(-1.0)) - 1;
  CHECK(label_answer(0.4f, 0.5f, 0.25f, kSteep, 0) == about(0.4 * 0.5 * poor * 0.5));
  CHECK(
      rises([](float below) { return label_answer(1, 1, below, kSteep, 0); }, {0, 0.1f, 0.5f, 1}));
  CHECK(rises([](float skill) { return label_answer(1, 1, 0.5f, kSteep, skill); }, {-2, 0, 2}));
}
