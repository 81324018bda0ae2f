// M10 Labour market of teachers and leaders: exhaustion drives people out, exceptional schools
// attract the best, vacancies cost, and nobody is created or lost. Once a year, at the turn of the
// school year.
//
// Leaders are persons with ids; each row of the leader table is a person, in a school or in the
// pool. Posts and people are matched by request and ranking: vacancies in order of what they offer,
// candidates in order of what is seen of their skill, each with luck. (Beteille, Kalogrides and
// Loeb 2012; Munby and Fullan 2016.)
#pragma once

#include "model/mechanism.hpp"

namespace reformsim {

struct LabourMarket {
  static constexpr std::string_view name = "labour_market", code = "M10";
  static constexpr std::uint16_t purpose = 10;
  static constexpr bool switchable = true;

  struct Params {
    float teacher_turnover = 0.11f;
    float leader_turnover = 0.11f;
    float exhaustion = 1.2f;
    float sorting = 0.15f;
  };
  static std::span<const ParameterRow<Params>> parameters();

  using Access =
      Columns<Reads<col::school_id, col::context, col::energy, col::pressure, col::reported_score,
                    col::ordinary_spending, col::ordinary_usual, col::teacher_posts_usual>,
              Owns<col::teachers, col::teacher_posts, col::teacher_vacancy, col::teacher_skill,
                   col::teacher_turnover, col::leader, col::leadership, col::leader_tenure,
                   col::leader_changed, col::leader_id, col::leader_school, col::leader_skill,
                   col::leader_system_mind, col::leader_trained, col::leader_generation,
                   col::pool_teachers, col::pool_skill, col::teachers_entered, col::teachers_left,
                   col::leaders_entered, col::leaders_left>,
              Adds<col::coherence_change, col::social_change>, Uses<>>;
  static void step(const Access& world, const Params& p, const Context& now);
};

// Yearly share that leaves a school, against the usual rate. A poor context, exhaustion and
// pressure push people out.
inline float exit_rate(float usual, float exhaustion, float context, float energy, float pressure) {
  const float rate =
      usual * exp(0.12f * context + exhaustion * (0.62f - energy) + 0.2f * (pressure - 0.09f));
  return rate < 0.9f ? rate : 0.9f;
}
// Posts a school can pay when its ordinary spending is `ratio` times the usual; half of it is
// teachers' pay.
inline float posts_at(float usual, float ratio) { return usual * (0.5f + 0.5f * ratio); }

// Newcomers to headship against those who hold a post: posts go to the better of the candidates,
// and this is about what that choice adds, so that posts average 0.
inline constexpr float kNewLeaderSkill = -0.4f;

// The lasting id of the person who takes over a row of the leader table from another.
uint64_t successor_id(uint64_t predecessor, int32_t generation);

}  // namespace reformsim
