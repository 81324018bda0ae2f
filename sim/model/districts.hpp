// The middle tier: a district's capacity drifts slowly around what is rooted there, loses what its
// schools' autonomy drains and what it loses while it is passed over, is built up again when it has
// a part to play, and becomes support for its schools. Applies what mechanisms declare about
// district capacity. (Chingos, Whitehurst and Gallaher 2015; Hargreaves and Ainscow 2015.)
#pragma once

#include "model/mechanism.hpp"

namespace reformsim {

struct Districts {
  static constexpr std::string_view name = "districts", code = "owner";
  static constexpr std::string_view meaning =
      "A district's capacity drifts around what is rooted there and becomes support for its "
      "schools.";
  static constexpr std::uint16_t purpose = 110;
  static constexpr bool switchable = false;

  struct Params {
    float persistence = 0.97f;
    float leading = 1.15f;
    float rebuilding = 0.08f;
    float neglect = 0.055f;
    float usual_capacity = 0.5f;
    float capacity_sd = 0.35f;
  };
  static std::span<const ParameterRow<Params>> parameters();

  using Access = Columns<Reads<col::district_id, col::district, col::first_school,
                               col::district_schools, col::middle_strength>,
                         Owns<col::district_capacity, col::district_drained, col::drained_change,
                              col::capacity_change, col::district_support>,
                         Adds<>, Uses<lever::district_role>>;
  static void step(const Access& world, const Params& p, const Context& now);
};

// What a district puts behind its schools: its capacity, and more as it leads from the middle.
inline float support_from(float capacity, float middle_strength, float leading) {
  return unit(capacity * (1.0f + (leading - 1.0f) * middle_strength));
}
// Share of a district's capacity that is drained in the long run, where a share `draining` of what
// is left goes in a year (to its schools' autonomy and by neglect) and a share `rebuilding` of what
// went comes back.
inline float drained_in_the_long_run(float draining, float rebuilding) {
  return draining > 0.0f ? draining / (draining + rebuilding) : 0.0f;
}

}  // namespace reformsim
