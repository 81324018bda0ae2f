// M3 Prescription: moves practice towards one standard. It lifts the weak quickly, holds back the
// strong, ignores local fit and erodes the judgement it does not need; the standard is written for
// tested basics first. Living under command also makes the habit of doing as told. (Hargreaves and
// Ainscow 2015.)
#pragma once

#include "model/mechanism.hpp"
#include "model/practices.hpp"

namespace reformsim {

struct Prescription {
  static constexpr std::string_view name = "prescription", code = "M3";
  static constexpr std::string_view meaning =
      "One standard for all lifts weak practice, holds back strong practice, ignores local fit and "
      "wears judgement away.";
  static constexpr std::uint16_t purpose = 3;
  static constexpr bool switchable = true;

  struct Params {
    float rate = 0.6f;
    float standard = 0.55f;
    float erosion = 0.06f;
    float habit_half_life = 6.0f;
    float tilt = 1.0f;
    float habit = 0.6f;
    float attention = 0.10f;
  };
  static std::span<const ParameterRow<Params>> parameters();

  using Access = Columns<
      Reads<col::mastery, col::decisional_capital, col::pressure>, Owns<col::compliance_habit>,
      Adds<col::mastery_change, col::decisional_change, col::load>, Uses<lever::prescription>>;
  static void step(const Access& world, const Params& p, const Context& now);
};

// Mastery that the standard asks of practice k: more where it serves tested basics.
inline float standard_mastery(float standard, float tilt, int k) {
  return unit(standard * (1.0f + tilt * (kPractice[k].basics - 0.5f)));
}
// How far a school follows what is prescribed: half-heartedly at first, in full once it is used to
// doing as told.
inline float followed(float prescription, float habit) {
  return prescription * 0.5f * (1.0f + habit);
}
// The habit of doing as told that life under so much prescription and pressure ends in.
inline float habit_made(float habit, float prescription, float pressure) {
  return unit(habit * (prescription + pressure));
}

}  // namespace reformsim
