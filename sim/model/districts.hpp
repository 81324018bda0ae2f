// The middle tier: a district's capacity drifts slowly around what is rooted there, loses what its
// schools' autonomy drains, and becomes support for its schools according to its role and
// disposition. Applies what mechanisms declare about district capacity. (Chingos, Whitehurst and
// Gallaher 2015.)
#pragma once

#include "model/mechanism.hpp"

namespace reformsim {

struct Districts {
  static constexpr std::string_view name = "districts", code = "owner";
  static constexpr std::uint16_t purpose = 110;
  static constexpr bool switchable = false;

  struct Params {
    float persistence = 0.97f;
    float capacity_sd = 0.15f;
    float leading = 1.4f;
    float rebuilding = 0.2f;
  };
  static std::span<const ParameterRow<Params>> parameters();

  using Access = Columns<Reads<col::district_id, col::district, col::district_disposition>,
                         Owns<col::district_capacity, col::district_drained, col::district_change,
                              col::district_support>,
                         Adds<>, Uses<lever::district_role>>;
  static void step(const Access& world, const Params& p, const Context& now);
};

// What of its capacity a district puts behind its schools. A token district says so and does half;
// a resistant one keeps to its old ways and does a quarter of what leading would add.
inline float support_from(DistrictRole role, int disposition, float capacity, float leading) {
  static constexpr float kDoes[] = {1.0f, 0.5f, 0.25f};
  if (role == DistrictRole::bypassed) return 0.55f * capacity;  // what the law makes it do
  if (role == DistrictRole::mediating) return capacity;
  return unit(capacity * (1.0f + (leading - 1.0f) * kDoes[disposition]));
}

}  // namespace reformsim
