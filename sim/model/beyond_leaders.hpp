// M19 Beyond the leaders: teachers, pupils and families who take part carry a change through the
// leaving of a leader and bring it into classrooms; and a school that opens its doors to them has
// to answer for every pupil, which is how it comes to reach the disadvantaged. It is a slow work of
// real engagement and takes time; it goes faster where teachers work together anyway. (Munby and
// Fullan 2016, factor 7; Coburn et al. 2012; Hargreaves and Ainscow 2015.)
#pragma once

#include "model/mechanism.hpp"

namespace reformsim {

struct BeyondLeaders {
  static constexpr std::string_view name = "beyond_leaders", code = "M19";
  static constexpr std::string_view meaning =
      "Teachers, pupils and families who take part carry a change past the leaving of a leader and "
      "to the disadvantaged.";
  static constexpr std::uint16_t purpose = 19;
  static constexpr bool switchable = true;

  struct Params {
    float growth = 1.2f;
    float gain = 0.008f;
    float answering = 0.10f;
    float time_cost = 0.03f;
    float fading = 0.10f;
    float turnover_loss = 0.15f;
  };
  static std::span<const ParameterRow<Params>> parameters();

  using Access =
      Columns<Reads<col::engagement_real, col::collaboration, col::energy, col::leader_changed>,
              Owns<col::engagement_depth>,
              Adds<col::social_change, col::efficacy_change, col::accountability_change, col::load>,
              Uses<lever::beyond_leaders>>;
  static void step(const Access& world, const Params& p, const Context& now);
};

// Yearly rate at which those not yet reached come to take part. Nobody is drawn in by a school that
// takes part in name only; teachers who work together draw each other in.
inline float drawing_in(float growth, float beyond_leaders, float real, float collaboration,
                        float energy) {
  return growth * beyond_leaders * real * (1.0f + collaboration) * energy;
}

}  // namespace reformsim
