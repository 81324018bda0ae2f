// M6 Capacity building: raises capital and mastery with a lag. Depth against reach: what is
// broadcast reaches many and changes little; coaching changes much, but good coaches are scarce, so
// it thins out at scale (Kraft, Blazar and Hogan 2018; EEF Literacy Octopus 2017, 2019).
#pragma once

#include "model/mechanism.hpp"
#include "model/practices.hpp"

namespace reformsim {

struct CapacityBuilding {
  static constexpr std::string_view name = "capacity_building", code = "M6";
  static constexpr std::string_view meaning =
      "Training and coaching raise capital and mastery with a lag; what reaches many goes less "
      "deep.";
  static constexpr std::uint16_t purpose = 6;
  static constexpr bool switchable = true;

  struct Params {
    float rate = 0.45f;
    float light_depth = 0.12f;
    float broadcast_depth = 0.01f;
    float good_coaching = 400.0f;
    float least_quality = 0.3f;
    float incoherent = 0.5f;
    float human = 0.5f;
    float social = 0.2f;
    float judgement = 0.3f;
    float attention = 0.08f;
    float light_attention = 0.02f;
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
inline float coaching_quality(float coached, float good, float least = 0.3f) {
  return least + (1.0f - least) * good / (good + coached);
}
// What a school takes in of what it is offered; without coherence, `incoherent` of what a coherent
// one does.
inline float absorption(float energy, float coherence, float incoherent = 0.5f) {
  return energy * (incoherent + (1.0f - incoherent) * coherence);
}

}  // namespace reformsim
