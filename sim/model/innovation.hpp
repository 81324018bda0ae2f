// M8 Autonomy and innovation: schools that decide for themselves try things, and the tails grow
// both ways; what comes of it depends on their judgement. Where autonomy has to be earned, it is
// held by schools that give evidence of good work. Without connection good ideas stay where they
// are, and the support of the district thins out. (Munby and Fullan 2016; Hargreaves and Ainscow
// 2015; Rincon-Gallardo and Fullan 2016; Hanushek, Link and Woessmann 2013.)
#pragma once

#include "model/mechanism.hpp"
#include "model/practices.hpp"

namespace reformsim {

struct Innovation {
  static constexpr std::string_view name = "innovation", code = "M8";
  static constexpr std::string_view meaning =
      "Schools that decide for themselves try things, with better and worse luck, while the "
      "support of their district thins out.";
  static constexpr std::uint16_t purpose = 8;
  static constexpr bool switchable = true;

  struct Params {
    float spread = 0.09f;
    float edge = 0.8f;
    float burden = 0.25f;
    float thinning = 0.08f;
    float judgement = 0.12f;
    float by_leader = 0.06f;
    float imports = 0.03f;
    float evidence = 5.0f;
  };
  static std::span<const ParameterRow<Params>> parameters();

  using Access =
      Columns<Reads<col::school_id, col::energy, col::human_capital, col::decisional_capital,
                    col::leadership, col::mastery, col::first_school, col::district_schools,
                    col::district_drained, col::reported_value_added, col::internal_accountability>,
              Owns<col::autonomy_held>,
              Adds<col::mastery_change, col::decisional_change, col::strain, col::drained_change>,
              Uses<lever::autonomy, lever::autonomy_earned, lever::outward_looking>>;
  static void step(const Access& world, const Params& p, const Context& now);
};

// Capacity to make good use of freedom: knowledge, judgement and a leader; 0.5 in the usual school.
inline float capacity_for_freedom(float human, float decisional, float leadership,
                                  float by_leader) {
  return 0.5f * (human + decisional) + by_leader * leadership;
}
// Share of autonomy earned by evidence of good work: published value added and internal
// accountability, both above the mean school's. The mean school has earned half.
inline float autonomy_earned_by(float evidence, float value_added, float accountability) {
  return logistic(evidence * (value_added + accountability));
}
// Autonomy a school holds where a share `has_to_be` of it has to be earned.
inline float held_autonomy(float autonomy, float has_to_be, float earned) {
  return autonomy * (1.0f - has_to_be + has_to_be * earned);
}

}  // namespace reformsim
