// M23 The centre reacts: off unless a scenario switches it on; the schedule is then its starting
// point. Elections come round; at each the centre may judge what it has tried by the rise of
// published scores since it last took stock, with its own patience and style, and persists, adds an
// initiative, switches driver or goes into partnership with the middle. What it decides is added to
// the scheduled levels of the levers. (Munby and Fullan 2016, the table of system leaders;
// Rincon-Gallardo and Fullan 2016; Fullan 2011.)
//
// The levers electoral_cycle, patience, students_first and theory_of_change act only here,
// persistence and close_to_middle here and in M16: without this mechanism the schedule is the
// centre's will, whatever its manner.
#pragma once

#include "model/mechanism.hpp"

namespace reformsim {

enum class CentreStance { persist, add_initiative, switch_driver, partner_with_middle };

struct ReactingCentre {
  static constexpr std::string_view name = "reacting_centre", code = "M23";
  static constexpr std::string_view meaning =
      "Once in each electoral cycle the centre reads the reported trend and persists, adds an "
      "initiative, switches driver or partners with the middle.";
  static constexpr std::uint16_t purpose = 23;
  static constexpr bool switchable = true;
  static constexpr bool standard = false;  // off unless asked

  struct Params {
    float ambition = 0.03f;
    float step = 0.5f;
    float insight = 0.5f;
    float payoff = 3.0f;
  };
  static std::span<const ParameterRow<Params>> parameters();

  using Access = Columns<
      Reads<col::reported_score, col::inflation, col::broad_learning, col::grades, col::roll,
            col::score_usual, col::upward_voice>,
      Owns<col::lever_shift, col::centre_stance, col::centre_reviewed, col::centre_baseline,
           col::centre_trend>,
      Adds<>,
      Uses<lever::electoral_cycle, lever::patience, lever::students_first, lever::close_to_middle,
           lever::persistence, lever::theory_of_change, lever::stakes, lever::publication,
           lever::target, lever::target_rise, lever::prescription, lever::initiatives_started,
           lever::initiative_life, lever::coaching, lever::light_touch, lever::pedagogy,
           lever::collaborative_time, lever::coordination, lever::expectation, lever::facilitation,
           lever::participation>>;
  static void step(const Access& world, const Params& p, const Context& now);
};

// How far the centre sees through inflated scores: what the middle tells it, and what it finds out
// for itself as far as it cares for pupils and thinks in causes.
inline double sight_of(double insight, double voice, double students_first,
                       double theory_of_change) {
  return 1.0 - (1.0 - voice) * (1.0 - insight * students_first * theory_of_change);
}
// What it takes for the level of learning: published scores less what it sees to be inflation, and
// broad learning as far as it cares for pupils and sees it, up to half of the weight.
inline double believed_level(double reported, double inflation, double broad, double sight,
                             double students_first) {
  const double weight = 0.5 * students_first * sight;
  return (1.0 - weight) * (reported - sight * inflation) + weight * broad;
}
// Whether an election falls into the year that made `years` of the years since it took stock.
inline bool election_in(double years, double cycle) {
  const auto count = [&](double y) { return static_cast<std::int64_t>(y / cycle + 1e-9); };
  return count(years) > count(years - 1.0);
}
// Chance that a centre judges its reform at an election after `years`: in full after its patience,
// which persistence lengthens and its lack shortens by up to half.
inline double judges(double years, double patience, double persistence) {
  const double chance = years / (patience * (0.5 + persistence));
  return chance < 1.0 ? chance : 1.0;
}
// Chance that only a remedy will do which can be legislated and shows at once: the nearer the next
// election, and the more the centre cares for what looks well, up to all; care for pupils makes it
// think twice as far ahead at most.
inline double in_a_hurry(double cycle, double students_first, double payoff) {
  return exp(-2.0 * students_first * cycle / payoff);
}

}  // namespace reformsim
