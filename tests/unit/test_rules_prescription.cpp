// M3: the standard, how it is followed, and the habit it makes.
#include "model/prescription.hpp"
#include "support/rules.hpp"

using namespace reformsim;
using support::about, support::rises;

TEST_CASE("prescription: the standard asks more where a practice serves tested basics") {
  for (int k = 0; k < kPractices; ++k) {
    CHECK(standard_mastery(0.55f, 1.0f, k) == about(0.55 * (0.5 + kPractice[k].basics)));
    CHECK(standard_mastery(0.55f, 0, k) == about(0.55));
    CHECK(standard_mastery(0.72f, 1.5f, k) <= 1);
    for (int other = 0; other < kPractices; ++other)
      if (kPractice[k].basics > kPractice[other].basics)
        CHECK(standard_mastery(0.5f, 1.0f, k) > standard_mastery(0.5f, 1.0f, other));
  }
}

TEST_CASE("prescription: it is followed better by those used to it, and makes the habit") {
  CHECK(followed(0.8f, 0) == about(0.4));
  CHECK(followed(0.8f, 1) == about(0.8));
  CHECK(habit_made(0.6f, 0.2f, 0.1f) == about(0.18));
  CHECK(habit_made(1, 1, 1) == 1);
  CHECK(rises([](float pressure) { return habit_made(0.6f, 0.2f, pressure); }, {0, 0.3f, 0.8f}));
}
