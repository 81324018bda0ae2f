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
  static constexpr std::string_view meaning =
      "Mastery of each practice takes up what the term adds and falls back to what is rooted in "
      "the school.";
  static constexpr std::uint16_t purpose = 113;
  static constexpr bool switchable = false;

  struct Params {
    float persistence = 0.96f;
    float rooted_sd = 0.17f;
    float half_life = 1.5f;
    float context_loss = 0.5f;
    float usual_mastery = 0.45f;
    float common_share = 0.5f;
    float context_correlation = -0.1f;
    float frail = 0.4f;
  };
  static std::span<const ParameterRow<Params>> parameters();

  using Access =
      Columns<Reads<col::school_id, col::local_context, col::coherence, col::decisional_capital,
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
// Mean fit over the practices, by what each does.
inline float mean_fit(float context_loss, float context) {
  float sum = 0, all = 0;
  for (const Practice& p : kPractice) {
    sum += p.effectiveness * practice_fit(context_loss, context, p.context);
    all += p.effectiveness;
  }
  return sum / all;
}
// No circumstances are without practices that suit them: which practices fit differs from context
// to context, how well they fit on the whole does not. So the fits of a context are scaled to the
// mean fit of the usual context, none above 1.
inline float settled_fit(float context_loss, float context, float made_for) {
  const float scale = mean_fit(context_loss, 0.0f) / mean_fit(context_loss, context);
  return unit(scale * practice_fit(context_loss, context, made_for));
}

// What holds a practice in place when its support has gone: half coherence, half the judgement and
// trust of the staff; 0.5 in the usual school.
inline float sustains(float coherence, float decisional, float social) {
  return 0.5f * coherence + 0.25f * (decisional + social);
}
// Yearly rate at which mastery falls back to what is rooted. The half-life is `half_life` where
// `sustained` is 0.5, and `frail` of it where nothing sustains it.
inline float falls_back(float half_life, float frail, float sustained) {
  return 0.6931472f / (half_life * (frail + 2.0f * (1.0f - frail) * sustained));
}
// Mastery that roots in a school of this context, on average.
inline float usual_rooted(float usual_mastery, float context_correlation, float rooted_sd,
                          float context) {
  return usual_mastery + context_correlation * rooted_sd * context;
}

}  // namespace reformsim
