// Climate of the school: energy, coherence, collective efficacy, internal accountability and trust
// in the centre. Applies the load, strain and sudden changes that mechanisms declare. Load beyond
// what the leader can filter costs coherence and energy. (Munby and Fullan 2016; Bryk et al. 2010.)
#pragma once

#include "model/mechanism.hpp"

namespace reformsim {

struct Climate {
  static constexpr std::string_view name = "climate", code = "owner";
  static constexpr std::uint16_t purpose = 111;
  static constexpr bool switchable = false;

  struct Params {
    float recovery = 0.8f;
    float overload = 0.6f;
    float leadership = 0.06f;
    float spillover = 0.5f;
  };
  static std::span<const ParameterRow<Params>> parameters();

  using Access = Columns<
      Reads<col::leadership, col::leader_tenure, col::social_capital, col::district_support,
            col::value_added, col::teachers, col::teacher_posts_usual>,
      Owns<col::energy, col::coherence, col::collective_efficacy, col::internal_accountability,
           col::trust_in_centre, col::load, col::strain, col::coherence_change, col::trust_change,
           col::efficacy_change, col::accountability_change>,
      Adds<>, Uses<>>;
  static void step(const Access& world, const Params& p, const Context& now);
};

// Attention a leader can keep in order before it turns into overload.
inline float manageable_load(float leadership) { return unit(0.31f + 0.05f * leadership); }

// Support of its district that the usual school has: half of what is possible, less what autonomy
// drains.
inline constexpr float kUsualSupport = 0.385f;

}  // namespace reformsim
