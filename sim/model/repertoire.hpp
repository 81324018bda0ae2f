// Repertoire of practices: the mastery of each, and what is rooted in the school, to which mastery
// returns when nothing sustains it. Rooted mastery drifts slowly by local shocks, which keeps
// schools as different, and as persistent, as they are measured to be. Applies the changes of
// mastery that mechanisms declare.
#pragma once

#include "model/mechanism.hpp"
#include "model/practices.hpp"

namespace reformsim {

struct Repertoire {
  static constexpr std::string_view name = "repertoire", code = "owner";
  static constexpr std::uint16_t purpose = 113;
  static constexpr bool switchable = false;

  struct Params {
    float persistence = 0.96f;
    float rooted_sd = 0.15f;
    float half_life = 2.0f;
    float context_loss = 0.5f;
  };
  static std::span<const ParameterRow<Params>> parameters();

  using Access =
      Columns<Reads<col::school_id, col::context, col::coherence, col::decisional_capital,
                    col::social_capital>,
              Owns<col::mastery, col::rooted_mastery, col::mastery_change>, Adds<>, Uses<>>;
  static void step(const Access& world, const Params& p, const Context& now);
};

// How well a practice fits where it was not made for: each SD of distance loses `context_loss` of
// it.
inline float practice_fit(float context_loss, float context, float made_for) {
  const float away = context > made_for ? context - made_for : made_for - context;
  return exp(away * log(1.0f - context_loss));
}

inline constexpr float kUsualMastery = 0.45f;  // mean rooted mastery in the usual school
inline constexpr float kCommonShare =
    0.5f;  // of its variance, what a school's practices have in common
inline constexpr float kContextAndMastery =
    -0.15f;  // their correlation: poorer schools, somewhat weaker (Reardon 2016)

}  // namespace reformsim
