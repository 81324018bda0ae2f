// M9 Parental choice and competition: once a year families choose among the schools near them, and
// pupils move with all they have learnt. Families follow what is published; the advantaged move
// more readily, and a school that is full takes no more. (Bohlmark and Lindahl 2015; Osth,
// Andersson and Malmberg 2013; Burgess, Greaves, Vignoles and Wilson 2015; Munby and Fullan 2016.)
//
// Entrants choose before they come; a few of those already in school change too. Only schools of
// one phase that have each other as neighbours compete, and what goes from one to the other is the
// same expression at both ends: no pupil is lost, no school's sum depends on who adds it. Money
// follows the pupils (M24), and that rivals share less shows in their ties (Ties). Segregation is
// an outcome.
#pragma once

#include "model/mechanism.hpp"

namespace reformsim {

struct Choice {
  static constexpr std::string_view name = "choice", code = "M9";
  static constexpr std::string_view meaning =
      "Once a year families choose among the schools near them, the advantaged more than others, "
      "and pupils move with all they have learnt.";
  static constexpr std::uint16_t purpose = 9;
  static constexpr bool switchable = true;

  struct Params {
    float response = 0.06f;
    float disadvantaged_moves = 0.3f;
    float room = 0.25f;
    float value_added = 0.25f;
    float changers = 0.2f;
    float gap = 0.65f;  // from population.poverty_gap
  };
  static std::span<const ParameterRow<Params>> parameters();

  using Access = Columns<
      Reads<col::phase, col::grades, col::partner, col::catchment, col::catchment_deprivation,
            col::entry_intake, col::reported_score, col::reported_value_added>,
      Owns<col::roll, col::entrants, col::entrant_intake>, Adds<>, Uses<lever::choice>,
      Moves<col::cohort_pupils, col::attainment, col::intake, col::broad_learning>>;
  static void step(const Access& world, const Params& p, const Context& now);
};

// Pupils of a group in one year group of a catchment; `disadvantaged` is their share in it.
inline float own_pupils(float catchment, float disadvantaged, int grades, int group) {
  return catchment * (group == 0 ? disadvantaged : 1.0f - disadvantaged) /
         static_cast<float>(grades);
}
// Their mean intake: what separates the groups is the same everywhere.
inline float own_intake(float entry_intake, float gap, int group) {
  return entry_intake - (group == 0 ? gap : 0.0f);
}

// What draws families, in SDs of the system: the two published numbers, each in its own SDs.
inline float attraction(float score, float value_added, float weight) {
  return (1.0f - weight) * score + weight * value_added;
}
// Odds of a rival that is one SD more attractive against the nearest school.
inline float odds_per_sd(float choice, float response, float moves) {
  return choice * response * moves;
}
// Share of a school's pupils that go to a rival for each SD by which it is ahead. The nearest
// school has odds 1 and each better rival its own; `ahead` is the sum of what they are ahead by.
inline float pull(float odds, float ahead) { return odds / (1.0f + odds * ahead); }
// Pupils that go from one school to another, worked out in this order at either end; `share` of
// them want to, and `taken` is the part of them that can.
inline float flow(float pupils, float share, float taken) { return pupils * share * taken; }
// Places a school has left in a year group that `present` pupils are in.
inline float places_left(float catchment, int grades, float room, float present) {
  const float left = catchment * (1.0f + room) / static_cast<float>(grades) - present;
  return left > 0.0f ? left : 0.0f;
}
// Share a school takes of those that want in.
inline float taken(float wanted, float places) { return wanted > places ? places / wanted : 1.0f; }

}  // namespace reformsim
