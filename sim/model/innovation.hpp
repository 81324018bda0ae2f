// M8 Autonomy and innovation: schools that decide for themselves try things, and the tails grow
// both ways; what comes of it depends on their judgement. Without connection good ideas stay where
// they are, and the support of the district thins out. (Munby and Fullan 2016; Hargreaves and
// Ainscow 2015; Hanushek et al. 2013.)
#pragma once

#include "model/mechanism.hpp"
#include "model/practices.hpp"

namespace reformsim {

struct Innovation {
  static constexpr std::string_view name = "innovation", code = "M8";
  static constexpr std::uint16_t purpose = 8;
  static constexpr bool switchable = true;

  struct Params {
    float spread = 0.06f;
    float edge = 0.25f;
    float burden = 0.25f;
    float thinning = 0.2f;
  };
  static std::span<const ParameterRow<Params>> parameters();

  using Access = Columns<
      Reads<col::school_id, col::energy, col::human_capital, col::decisional_capital,
            col::leadership, col::first_school, col::district_schools, col::district_drained>,
      Owns<>, Adds<col::mastery_change, col::decisional_change, col::strain, col::district_change>,
      Uses<lever::autonomy>>;
  static void step(const Access& world, const Params& p, const Context& now);
};

// Capacity to make good use of freedom, against the usual school: judgement, knowledge and a
// leader.
inline float use_of_freedom(float human, float decisional, float leadership) {
  return 0.5f * (human + decisional) - 0.5f + 0.06f * leadership;
}

}  // namespace reformsim
