// M6 Capacity building: raises capital and mastery with a lag. Depth against reach: what is
// broadcast reaches many and changes little; coaching changes much, but good coaches are scarce, so
// it thins out at scale (Kraft, Blazar and Hogan 2018; EEF Literacy Octopus 2017, 2019).
#pragma once

#include "model/mechanism.hpp"
#include "model/practices.hpp"

namespace reformsim {

struct CapacityBuilding {
  static constexpr std::string_view name = "capacity_building", code = "M6";
  static constexpr std::uint16_t purpose = 6;
  static constexpr bool switchable = true;

  struct Params {
    float rate = 0.45f;
    float light_depth = 0.12f;
    float broadcast_depth = 0.01f;
    float good_coaching = 400.0f;
  };
  static std::span<const ParameterRow<Params>> parameters();

  using Access =
      Columns<Reads<col::mastery, col::practice_fit, col::energy, col::coherence,
                    col::human_capital, col::social_capital, col::decisional_capital, col::funded>,
              Owns<>,
              Adds<col::mastery_change, col::human_change, col::social_change,
                   col::decisional_change, col::load>,
              Uses<lever::coaching, lever::light_touch, lever::broadcast, lever::pedagogy>>;
  static void step(const Access& world, const Params& p, const Context& now);
};

// Quality of coaching when `coached` schools' worth of staff are coached at once.
inline float coaching_quality(float coached, float good) {
  return 0.3f + 0.7f * good / (good + coached);
}
// What a school takes in of what it is offered.
inline float absorption(float energy, float coherence) {
  return energy * (0.5f + 0.5f * coherence);
}

}  // namespace reformsim
