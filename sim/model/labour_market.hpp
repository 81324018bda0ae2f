// M10 Labour market of teachers and leaders: exhaustion drives people out, exceptional schools
// attract the best, vacancies and departures cost, and nobody is created or lost. People move once
// a year, at the turn of the school year.
//
// Leaders are persons with ids; each row of the leader table is a person, in a school or in the
// pool. Posts and people are matched by request and ranking: vacancies in order of the school's
// name, candidates in order of what is seen of their skill, each with luck. Teachers are counted,
// not named: a school has so many, of a mean skill and a spread of it, and one pool serves the
// whole system. (Beteille, Kalogrides and Loeb 2012; Ronfeldt, Loeb and Wyckoff 2013; Adnot, Dee,
// Katz and Wyckoff 2016; Munby and Fullan 2016.)
#pragma once

#include "model/mechanism.hpp"

namespace reformsim {

struct LabourMarket {
  static constexpr std::string_view name = "labour_market", code = "M10";
  static constexpr std::string_view meaning =
      "Once a year teachers and leaders leave, move and are found; the best go where it is good to "
      "work, and nobody is created or lost.";
  static constexpr std::uint16_t purpose = 10;
  static constexpr bool switchable = true;

  struct Params {
    float teacher_turnover = 0.11f;
    float leader_turnover = 0.11f;
    float exhaustion = 1.2f;
    float sorting = 0.15f;
    float usual_energy = 0.65f;
    float context = 0.12f;
    float attrition = 0.5f;
    float supply_response = 0.9f;
    float friction = 0.03f;
    float applicant_spread = 0.91f;
    float local = 0.8f;
    float staff_share = 0.5f;
    float turnover_loss = 0.4f;
    float succession_shock = 0.12f;
    float hiring_luck = 1.5f;
    float new_leader_skill = -0.5f;
    float training_gain = 0.3f;
  };
  static std::span<const ParameterRow<Params>> parameters();

  using Access = Columns<
      Reads<col::school_id, col::first_school, col::district_schools, col::roll, col::catchment,
            col::dismissal_rate, col::dismissal_selection, col::context, col::energy,
            col::reported_score, col::ordinary_spending, col::ordinary_usual,
            col::teacher_posts_usual, col::funded>,
      Owns<col::teachers, col::teacher_posts, col::teacher_vacancy, col::teacher_skill,
           col::teacher_skill_spread, col::teacher_turnover, col::leader, col::leadership,
           col::leader_tenure, col::leader_changed, col::heads_raised_by, col::head_exceptional,
           col::leader_raised, col::leader_id, col::leader_school, col::leader_skill,
           col::leader_system_mind, col::leader_trained, col::leader_generation, col::pool_teachers,
           col::pool_skill, col::teachers_entered, col::teachers_left, col::leaders_entered,
           col::leaders_left>,
      Adds<col::coherence_change, col::social_change>,
      Uses<lever::leader_training, lever::exceptional_heads>>;
  static void step(const Access& world, const Params& p, const Context& now);
};

// Yearly share that leaves a school whose usual rate is `usual`. A poor context and exhaustion
// push people out; pressure does as far as it exhausts them.
inline float exit_rate(float usual, const LabourMarket::Params& p, float context, float energy) {
  const float rate = usual * exp(p.context * context + p.exhaustion * (p.usual_energy - energy));
  return rate < 0.9f ? rate : 0.9f;
}
// Posts a school can pay: they follow its pupils, and `share` of what it has for each of them above
// or below the usual. `pupils` and `money` (per pupil) are relative to the usual.
inline float posts_at(float usual, float share, float pupils, float money) {
  return usual * pupils * (1.0f - share + share * money);
}

// Coherence lost with the arrival of a new leader. The more of the staff left in the year before,
// the fewer carry on what was there; at the usual turnover it is `shock`.
inline float succession_loss(float shock, float turnover, float usual) {
  return shock * clamp(turnover / usual, 0.0f, 3.0f);
}

// Teachers of a school as a number, a mean and an SD of skill.
struct Staff {
  float count = 0, skill = 0, spread = 0;
};
// Who is left when the share `rate` goes whose mean lies `selection` SDs below the mean of all.
// Those who go are as unlike one another as those who stay, so all that is lost of the variance is
// what lay between the two groups.
inline Staff without_dismissed(Staff all, float rate, float selection) {
  const float stay = 1.0f - rate;
  const float between = rate * selection * selection / stay;
  return {all.count * stay, all.skill + rate * selection * all.spread / stay,
          all.spread * square_root(between < 0.99f ? 1.0f - between : 0.01f)};
}
// Two groups as one.
inline Staff joined(Staff a, Staff b) {
  const float count = a.count + b.count;
  if (!(count > 0.0f)) return {0.0f, 0.0f, a.spread};
  const float share = b.count / count, apart = a.skill - b.skill;
  const float variance = (1.0f - share) * a.spread * a.spread + share * b.spread * b.spread +
                         share * (1.0f - share) * apart * apart;
  return {count, (1.0f - share) * a.skill + share * b.skill, square_root(variance)};
}
// `count` persons from a crowd of the given mean and spread; `luck` is standard normal. The mean of
// a few is a matter of luck, and so is the less of the spread that is left among them.
inline Staff drawn_from(float count, float mean, float spread, float luck) {
  const float part = 1.0f / (count + 1.0f);
  return {count, mean + luck * spread * square_root(part), spread * square_root(1.0f - part)};
}

// The lasting id of the person who takes over a row of the leader table from another.
uint64_t successor_id(uint64_t predecessor, int32_t generation);

}  // namespace reformsim
