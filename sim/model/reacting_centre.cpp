#include "model/reacting_centre.hpp"

namespace reformsim {
namespace {

const ParameterRow<ReactingCentre::Params> kRows[] = {
    {"ambition", &ReactingCentre::Params::ambition, "pupil SD/year", 0, 0.2,
     "Rise of what it takes for learning that satisfies the centre.",
     "assumed; California 1999 asked for about 0.03 a year"},
    {"step", &ReactingCentre::Params::step, "share", 0.05, 1,
     "How far one decision moves a lever towards where it is meant to go.", "assumed"},
    {"insight", &ReactingCentre::Params::insight, "share", 0, 1,
     "Share of the inflation that a centre sees through by itself which cares for pupils and "
     "thinks in causes.",
     "assumed; direction: Koretz 2017"},
    {"payoff", &ReactingCentre::Params::payoff, "year", 1, 8,
     "Years that slow remedies take to show; of elections that far apart 37% are too near for "
     "them.",
     "assumed; whole-school reform takes 3 to 5 years: Borman et al. 2003", Role::constant}};

struct Means {
  double reported = 0, inflation = 0, broad = 0;
};

// Means over pupils.
Means means_of(const ReactingCentre::Access& world, const Context& now) {
  const std::size_t n = world.schools();
  const auto over_pupils = [&](auto&& value) {
    return now.parallel.sum_blocks(n, [&](Block b) {
      const auto c = world.in(b);
      double sum = 0;
      for (std::size_t i = 0; i < b.size(); ++i)
        sum += static_cast<double>(c[col::roll][i]) * static_cast<double>(value(c, i));
      return sum;
    });
  };
  const double pupils = over_pupils([](const auto&, std::size_t) { return 1.0f; });
  const double each = pupils > 0 ? 1.0 / pupils : 0.0;
  const int cohorts = world.cohorts();
  return {
      each * over_pupils([](const auto& c, std::size_t i) { return c[col::reported_score][i]; }),
      each * over_pupils([](const auto& c, std::size_t i) { return c[col::inflation][i]; }),
      each * over_pupils([&](const auto& c, std::size_t i) {
        float sum = 0;
        for (int g = 0; g < cohorts; ++g)
          if (g < c[col::grades][i]) sum += c.plane(col::broad_learning, g)[i];
        return sum / static_cast<float>(c[col::grades][i]);
      })};
}

}  // namespace

std::span<const ParameterRow<ReactingCentre::Params>> ReactingCentre::parameters() { return kRows; }

void ReactingCentre::step(const Access& world, const Params& p, const Context& now) {
  if (!now.last_of_year || now.year < 0) return;
  double& since = world[col::centre_reviewed][0];
  since += 1.0;
  const auto cycle = static_cast<double>(world.mean(lever::electoral_cycle));
  if (!election_in(since, cycle)) return;
  const auto luck = [&](std::uint32_t k) { return static_cast<double>(now.draws.uniform(0, k)); };
  const auto persistence = static_cast<double>(world.mean(lever::persistence));
  const auto evidence = static_cast<double>(world.mean(lever::theory_of_change));
  if (!(luck(0) < judges(since, static_cast<double>(world.mean(lever::patience)), persistence)))
    return;

  // It takes stock.
  const double voice = world[col::upward_voice][0];
  const auto pupils_first = static_cast<double>(world.mean(lever::students_first));
  const Means means = means_of(world, now);
  const double level = believed_level(
      means.reported - world[col::score_usual][0], means.inflation, means.broad,
      sight_of(static_cast<double>(p.insight), voice, pupils_first, evidence), pupils_first);
  const double trend = (level - world[col::centre_baseline][0]) / since;
  world[col::centre_trend][0] = trend;
  world[col::centre_baseline][0] = level;
  since = 0.0;

  // And decides. Each lever moves part of the way to where the decision wants it.
  const auto shift = world[col::lever_shift];
  const auto move = [&]<LeverId kId>(LeverTag<kId> lever, double towards) {
    shift[static_cast<std::size_t>(kId)] +=
        static_cast<double>(p.step) * (towards - static_cast<double>(world.mean(lever)));
  };
  const auto decide = [&](CentreStance stance) {
    world[col::centre_stance][0] = static_cast<std::int32_t>(stance);
  };
  const double partnership =
      voice * (static_cast<double>(world.mean(lever::close_to_middle)) + evidence);
  if (trend >= static_cast<double>(p.ambition)) {
    decide(CentreStance::persist);
  } else if (luck(1) < partnership) {
    decide(CentreStance::partner_with_middle);
    move(lever::stakes, 0.0);
    move(lever::target_rise, 0.0);
    move(lever::prescription, 0.0);
    move(lever::initiatives_started, 0.5);
    move(lever::initiative_life, 6.0);
    move(lever::coaching, 0.3);
    move(lever::pedagogy, 1.0);
    move(lever::coordination, 1.0);
    move(lever::expectation, 1.0);
    move(lever::facilitation, 1.0);
    if (world.mean(lever::participation) < 0.5f)
      shift[static_cast<std::size_t>(LeverId::participation)] += 1.0;  // none becomes voluntary
  } else if (luck(2) < 1.0 - 0.5 * (evidence + persistence)) {
    decide(CentreStance::add_initiative);
    move(lever::initiatives_started, 4.0);
    move(lever::initiative_life, 1.0);
  } else {
    decide(CentreStance::switch_driver);
    // Evidence, for which there must be time, begins with support, goes on with what went along
    // with a rise and turns back from what did not. Dogma presses in a hurry and else tosses a
    // coin. Where pressure is high already there is only the other way round.
    const double tried = shift[static_cast<std::size_t>(LeverId::stakes)];
    const double hurry = in_a_hurry(cycle, pupils_first, static_cast<double>(p.payoff));
    bool press = luck(3) < evidence * (1.0 - hurry) ? tried != 0.0 && (tried > 0.0) == (trend > 0.0)
                                                    : luck(4) < hurry || luck(5) < 0.5;
    if (world.mean(lever::stakes) > 0.7f) press = false;
    if (press) {
      move(lever::stakes, 1.0);
      move(lever::publication, 1.0);
      move(lever::target, 0.5);
      move(lever::target_rise, 0.3);
      move(lever::prescription, 1.0);
      move(lever::coaching, 0.0);
      move(lever::light_touch, 0.0);
    } else {
      move(lever::stakes, 0.0);
      move(lever::target, 0.0);
      move(lever::target_rise, 0.0);
      move(lever::prescription, 0.0);
      move(lever::coaching, 0.3);
      move(lever::light_touch, 0.3);
      move(lever::pedagogy, 1.0);
      move(lever::collaborative_time, 0.5);
      move(lever::coordination, 1.0);
    }
  }
}

}  // namespace reformsim
