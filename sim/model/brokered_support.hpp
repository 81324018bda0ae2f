// M15 Brokered support: mature clusters, hubs and districts that lead from the middle lend leaders
// and staff of strong schools to weak ones, as far as there are strong and willing schools to stand
// behind each (three or four to one). Whom they take for strong and weak is what they see, not what
// is true. Helping develops the helper too; a donor that gives more time than it can spare does it
// less well, and pays for it at home. (Greany 2018; Hargreaves and Ainscow 2015; Kho et al. 2023;
// Chapman and Muijs 2014.)
#pragma once

#include "model/mechanism.hpp"

namespace reformsim {

struct BrokeredSupport {
  static constexpr std::string_view name = "brokered_support", code = "M15";
  static constexpr std::string_view meaning =
      "Strong schools, hubs and districts lend leaders and staff to weak or isolated ones, within "
      "what they can spare.";
  static constexpr std::uint16_t purpose = 15;
  static constexpr bool switchable = true;

  struct Params {
    float rate = 1.2f;
    float time_given = 0.30f;
    float stretch = 1.0f;
    float donor_gain = 0.25f;
    float spare = 0.10f;
    float seen = 0.20f;
    float seen_energy = 0.5f;
    float loyalty = 0.1f;
    float settling = 1.0f;
    float home_loss = 0.2f;
  };
  static std::span<const ParameterRow<Params>> parameters();

  using Access = Columns<
      Reads<col::school_id, col::member, col::first_member, col::cluster_size,
            col::cluster_maturity, col::first_school, col::district_schools, col::middle_strength,
            col::engagement_real, col::systemness, col::reluctance, col::reported_value_added,
            col::mastery, col::practice_fit, col::human_capital, col::social_capital,
            col::decisional_capital, col::energy, col::coherence, col::funded>,
      Owns<col::support_received, col::support_given>,
      Adds<col::mastery_change, col::human_change, col::decisional_change, col::social_change,
           col::coherence_change, col::strain, col::load>,
      Uses<lever::brokering, lever::support_ratio, lever::hubs, lever::pedagogy>>;
  static void step(const Access& world, const Params& p, const Context& now);
};

// What is seen of how well a school does, in pupil SD: its published value added, and how lively it
// looks.
inline float seen_standing(float seen_energy, float reported_value_added, float energy) {
  return reported_value_added + seen_energy * energy;
}
// How far a school that stands so much above the others of its group counts as strong (share).
inline float seen_strength(float seen, float above) { return unit_flat(above / seen); }
// Share of schools that would lend their people: more than those of the staff who act for other
// schools too, for some follow; no school where nobody does.
inline float share_willing(float systemness) { return square_root(systemness); }
// What a donor can still give, of what it could, with part of its spare time given already.
inline float still_free(float spare, float given) { return positive(1.0f - given / spare); }
// What support is worth from donors who give it `time` of their own: beyond what they can spare it
// only spreads thinner.
inline float worth(float spare, float time) { return time > spare ? spare / time : 1.0f; }
// Time given within what can be spared, from which a donor learns.
inline float well_given(float spare, float given) { return given < spare ? given : spare; }
// Time given beyond what can be spared (share of a leader's time).
inline float overstretch(float spare, float given) { return given > spare ? given - spare : 0.0f; }

}  // namespace reformsim
