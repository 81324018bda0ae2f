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
  static constexpr std::uint16_t purpose = 3;
  static constexpr bool switchable = true;

  struct Params {
    float rate = 0.35f;
    float standard = 0.55f;
    float erosion = 0.06f;
    float habit_half_life = 6.0f;
  };
  static std::span<const ParameterRow<Params>> parameters();

  using Access = Columns<
      Reads<col::mastery, col::decisional_capital, col::pressure>, Owns<col::compliance_habit>,
      Adds<col::mastery_change, col::decisional_change, col::load>, Uses<lever::prescription>>;
  static void step(const Access& world, const Params& p, const Context& now);
};

// Mastery that the standard asks of practice k: more where it serves tested basics.
inline float standard_mastery(float standard, int k) {
  return standard * (0.6f + 0.6f * kPractice[k].basics);
}

}  // namespace reformsim
