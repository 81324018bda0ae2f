#include "model/anchor.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "model/feeder_pools.hpp"
#include "model/initial.hpp"
#include "model/score_prior.hpp"

namespace reformsim {

void centre_teaching(World& world, const ModelParameters& parameters, const Parallel& parallel) {
  const auto growth = static_cast<double>(parameters.of<Learning>().growth);
  const World& now = world;
  const auto roll = now[col::roll];
  const auto over_pupils = [&](auto&& value) {
    return parallel.sum_blocks(world.schools(), [&](Block b) {
      double sum = 0;
      for (std::size_t i = b.begin; i < b.end; ++i)
        sum += static_cast<double>(roll[i]) * static_cast<double>(value(i));
      return sum;
    });
  };
  const double pupils = over_pupils([](std::size_t) { return 1.0; });
  if (pupils <= 0) return;
  const auto reach = now[col::teaching_reach];
  const double usual_reach = over_pupils([&](std::size_t i) { return reach[i]; }) / pupils;
  world[col::teaching_usual_reach][0] += usual_reach;
  // What a school teaches in the time it gives, against the usual; the disadvantaged have their
  // reach on top.
  const auto zero = [&](double& usual, std::span<const float> teaching, std::span<const float> time,
                        auto&& on_top) {
    const double gain = over_pupils([&](std::size_t i) {
      return (growth + static_cast<double>(teaching[i])) * static_cast<double>(time[i]) - growth +
             on_top(i);
    });
    usual += gain / over_pupils([&](std::size_t i) { return time[i]; });
  };
  const auto poor = now[col::deprivation];
  zero(world[col::teaching_usual_basics][0], now[col::teaching_basics], now[col::time_basics],
       [&](std::size_t i) {
         return static_cast<double>(poor[i]) * (static_cast<double>(reach[i]) - usual_reach);
       });
  zero(world[col::teaching_usual_broad][0], now[col::teaching_broad], now[col::time_broad],
       [](std::size_t) { return 0.0; });
}

namespace {

constexpr float kLeastOwn = 0.1f;  // of the pupils of its list that are of a school's catchment

// Draws used here, by index.
enum : std::uint32_t { kTruth = 0, kOccasion };

// Pupil-weighted sums of one school's cohorts.
struct SchoolMeans {
  float pupils = 0, score = 0, intake = 0, luck = 0, broad = 0;
};
SchoolMeans school_means(const World& world, std::size_t i) {
  const std::size_t n = world.schools();
  SchoolMeans m;
  for (int g = 0; g < world[col::grades][i]; ++g)
    for (int group = 0; group < kGroups; ++group) {
      const std::size_t place = plane(n, cohort_plane(g, group), i);
      const float pupils = world[col::cohort_pupils][place];
      m.pupils += pupils;
      m.score += pupils * world[col::attainment][place];
      m.intake += pupils * world[col::intake][place];
      m.luck += pupils * world[col::test_noise][plane(n, g, i)];
      m.broad += pupils * world[col::broad_learning][plane(n, g, i)];
    }
  const float each = 1.0f / std::max(m.pupils, 1e-3f);
  m.score *= each, m.intake *= each, m.luck *= each, m.broad *= each;
  return m;
}

// Moves a school's practice, rooted and present, so far that its value added rises by `added` pupil
// SD, as far as practice has room; its year groups have then always been taught so.
struct Taught {
  float basics = 0, broad = 0;  // pupil SD a year
};
Taught shift_practice(World& world, const ModelParameters& parameters, std::size_t i, float added) {
  const std::size_t n = world.schools();
  const float practice = parameters.of<Teaching>().practice,
              retention = parameters.of<Learning>().retention;
  // A pupil in the year group g has had g + 1 years of it, of which a part has stayed.
  const int grades = world[col::grades][i];
  float years = 0, pupils = 0, stays = 0;
  for (int g = 0; g < grades; ++g) {
    years = retention * years + 1.0f;
    for (int group = 0; group < kGroups; ++group) {
      const float of = world[col::cohort_pupils][plane(n, cohort_plane(g, group), i)];
      pupils += of, stays += of * years;
    }
  }
  if (stays <= 0.0f) return {};
  stays /= pupils;
  float use = 0;
  for (std::size_t k = 0; k < kPractices; ++k)
    use += kPracticeWeights.basics[k] * world[col::practice_fit][i * kPractices + k];
  if (practice * use <= 0.0f) return {};
  const float each = added / (stays * practice * use);
  Taught gains;
  for (std::size_t k = 0; k < kPractices; ++k) {
    const std::size_t at = i * kPractices + k;
    const float moved = unit_flat(world[col::mastery][at] + each) - world[col::mastery][at];
    world[col::mastery][at] += moved;
    world[col::rooted_mastery][at] = unit_flat(world[col::rooted_mastery][at] + each);
    const float taught = practice * world[col::practice_fit][at] * moved;
    gains.basics += kPracticeWeights.basics[k] * taught;
    gains.broad += kPracticeWeights.broad[k] * taught;
  }
  years = 0;
  for (int g = 0; g < grades; ++g) {
    years = retention * years + 1.0f;
    world[col::broad_learning][plane(n, g, i)] += gains.broad * years;
    for (int group = 0; group < kGroups; ++group)
      world[col::attainment][plane(n, cohort_plane(g, group), i)] += gains.basics * years;
  }
  return gains;
}

void shift(World& world, std::size_t i, float attainment, float intake, float luck, float broad) {
  const std::size_t n = world.schools();
  for (int g = 0; g < world[col::grades][i]; ++g) {
    world[col::test_noise][plane(n, g, i)] += luck;
    world[col::broad_learning][plane(n, g, i)] += broad;
    for (int group = 0; group < kGroups; ++group) {
      const std::size_t place = plane(n, cohort_plane(g, group), i);
      world[col::attainment][place] += attainment;
      world[col::intake][place] += intake;
    }
  }
}

// Value added of the eldest year group, its luck included.
float eldest_added(const World& world, std::size_t i) {
  const std::size_t n = world.schools();
  const int g = world[col::grades][i] - 1;
  float pupils = 0, added = 0;
  for (int group = 0; group < kGroups; ++group) {
    const std::size_t place = plane(n, cohort_plane(g, group), i);
    pupils += world[col::cohort_pupils][place];
    added += world[col::cohort_pupils][place] *
             (world[col::attainment][place] - world[col::intake][place]);
  }
  return added / std::max(pupils, 1e-3f) + world[col::test_noise][plane(n, g, i)];
}

// Roll and deprivation are the list's again. What the list shows is what families' choices have
// made of the catchments, so these are worked back from it: the pupils that choice has brought to a
// school are taken from its catchment and, in equal parts, from its year groups. What one school
// gives another gets, so the system's pupils stay as many.
void settle_roll(World& world, std::size_t i) {
  const std::size_t n = world.schools();
  const int grades = world[col::grades][i];
  const float enrolment = world[col::catchment][i], share = world[col::catchment_deprivation][i];
  std::array<float, kGroups> own, more{};  // in each year group, and what choice adds: exactly 0
  for (int group = 0; group < kGroups; ++group) {  // where nobody has moved
    const auto k = static_cast<std::size_t>(group);
    own[k] = own_pupils(enrolment, share, grades, group);
    for (int g = 0; g < grades; ++g)
      more[k] += world[col::cohort_pupils][plane(n, cohort_plane(g, group), i)] - own[k];
    more[k] /= static_cast<float>(grades);
  }
  if (more[0] == 0.0f && more[1] == 0.0f) return;
  std::array<float, kGroups> catchment;
  for (int group = 0; group < kGroups; ++group) {
    const auto k = static_cast<std::size_t>(group);
    const auto cohort = [&](int g) -> float& {
      return world[col::cohort_pupils][plane(n, cohort_plane(g, group), i)];
    };
    float least = world[col::entrants][plane(n, group, i)];
    for (int g = 0; g < grades; ++g) least = std::min(least, cohort(g));
    const float floor = kLeastOwn * own[k];
    // Where next to none are its own, they are kept in proportion instead.
    const bool additive = least - more[k] >= floor;
    const float times = own[k] / std::max(own[k] + more[k], 1e-6f);
    const auto settle = [&](float& pupils) {
      pupils = additive ? pupils - more[k] : pupils * times;
    };
    for (int g = 0; g < grades; ++g) settle(cohort(g));
    settle(world[col::entrants][plane(n, group, i)]);
    catchment[k] = std::max(own[k] - more[k], floor) * static_cast<float>(grades);
  }
  world[col::roll][i] = enrolment;
  world[col::catchment][i] = catchment[0] + catchment[1];
  world[col::catchment_deprivation][i] = unit(catchment[0] / (catchment[0] + catchment[1]));
}

// The true score of each listed school, drawn given the reported one; 0 for the others.
std::vector<float> draw_truth(const World& world, const Expectation& expected,
                              const Measurement::Params& measurement, const Draws& draws) {
  std::vector<float> truth(world.schools());
  for (std::size_t i = 0; i < truth.size(); ++i) {
    if (std::isnan(world[col::imported_score][i])) continue;
    const double luck = luck_variance(measurement, world[col::roll][i]).both();
    const double reliability = expected.within / (expected.within + luck);
    const double unsure =
        reliability * luck + (1 - reliability) * (1 - reliability) * expected.unsure[i];
    // The score of the list holds the inflation of its day, which the true one does not.
    const double given =
        expected.score[i] + reliability * (world[col::imported_score][i] - expected.score[i]);
    truth[i] =
        static_cast<float>(given - world[col::inflation][i] +
                           std::sqrt(unsure) * draws.normal(world[col::school_id][i], kTruth));
  }
  return truth;
}

// A score above that of its like is a sign of a good school as far as schools make scores: their
// value added varies within districts so much of what scores do. What of that burn-in has not kept,
// practice makes up.
void agree_in_practice(World& world, const ModelParameters& parameters, const Expectation& expected,
                       const std::vector<float>& truth) {
  const auto listed = [&](std::size_t i) { return !std::isnan(world[col::imported_score][i]); };
  const auto adds = [&](std::size_t i) {
    const SchoolMeans m = school_means(world, i);
    return static_cast<double>(m.score - m.intake);
  };
  std::vector<double> added(world.schools());
  double squares = 0, shown = 0, added_squares = 0;
  for (std::size_t d = 0; d < world.rows(Entity::district); ++d) {
    const auto first = static_cast<std::size_t>(world[col::first_school][d]);
    const std::size_t last = first + static_cast<std::size_t>(world[col::district_schools][d]);
    double sum = 0, count = 0;
    for (std::size_t i = first; i < last; ++i)
      if (listed(i)) sum += adds(i), count += 1;
    for (std::size_t i = first; i < last; ++i) {
      if (!listed(i)) continue;
      const double above = truth[i] - expected.score[i];
      added[i] = adds(i) - sum / count;
      squares += above * above;
      shown += above * added[i];
      added_squares += added[i] * added[i];
    }
  }
  if (squares <= 0 || added_squares <= 0) return;
  // The covariance with scores that value added is to have, its variance left as it is: what
  // becomes sign was luck before. (More variance would be levelled by contact between schools, and
  // the system would drift.)
  const double target = std::min(added_squares, squares);
  const double luck_left =
      (added_squares - target * target / squares) / (added_squares - shown * shown / squares);
  if (target <= shown || !(luck_left >= 0)) return;
  const double kept = std::sqrt(luck_left), sign = (target - kept * shown) / squares;
  const auto change = [&](std::size_t i) {
    return sign * (truth[i] - expected.score[i]) - (1.0 - kept) * added[i];
  };
  // In no phase is anything moved on the whole: practice falls back in time, and the system would
  // drift; and what one phase gains would be carried into the next.
  std::array<double, kPhases> moved{}, listed_pupils{};
  for (std::size_t i = 0; i < world.schools(); ++i) {
    if (!listed(i)) continue;
    const auto p = static_cast<std::size_t>(world[col::phase][i]);
    const double roll = world[col::roll][i];
    listed_pupils[p] += roll;
    moved[p] += roll * change(i);
  }
  double pupils = 0, basics = 0, broad = 0;
  for (std::size_t i = 0; i < world.schools(); ++i) {
    const auto p = static_cast<std::size_t>(world[col::phase][i]);
    const double roll = world[col::roll][i];
    pupils += roll;
    if (!listed(i)) continue;
    const double mean = moved[p] / std::max(listed_pupils[p], 1e-9);
    const Taught taught =
        shift_practice(world, parameters, i, static_cast<float>(change(i) - mean));
    basics += roll * taught.basics, broad += roll * taught.broad;
  }
  if (pupils <= 0) return;
  world[col::teaching_usual_basics][0] += basics / pupils;
  world[col::teaching_usual_broad][0] += broad / pupils;
}

// Years of the present teaching that new pupils of each school bring with them, as far as it has
// not faded.
std::vector<double> years_brought(const World& world, double retention) {
  const std::size_t n = world.schools();
  std::vector<double> brought(n);
  struct Leavers {
    double pupils = 0, years = 0;
  };
  FeederPools<Leavers> pools(world[col::county]);
  for (int phase = 0; phase < kPhases; ++phase)
    for (std::size_t i = 0; i < n; ++i) {
      if (world[col::phase][i] != phase) continue;
      const Leavers& fed = pools.fed_by(world[col::feeder_pool][i], world[col::feeder_phase][i]);
      brought[i] = fed.pupils > 0 ? fed.years / fed.pupils : 0.0;
      const int eldest = world[col::grades][i] - 1;
      double pupils = 0, years = brought[i];
      for (int g = 0; g <= eldest; ++g) years = retention * years + 1.0;
      for (int group = 0; group < kGroups; ++group)
        pupils += world[col::cohort_pupils][plane(n, cohort_plane(eldest, group), i)];
      pools.leave(world[col::district][i], phase, [&](Leavers& all) {
        all.pupils += pupils;
        all.years += pupils * years;
      });
    }
  return brought;
}

// Value added and broad learning average 0, now and for as long as nothing changes: the zero of
// teaching moves so far that pupils who have always been taught so are there, and all of them have.
// (Only to shift what they know would not do: phases that teach unlike one another would bring it
// back.)
void centre_learning(World& world, const ModelParameters& parameters) {
  const std::size_t n = world.schools();
  const double retention = parameters.of<Learning>().retention;
  const std::vector<double> brought = years_brought(world, retention);
  const auto each_cohort = [&](auto&& visit) {
    for (std::size_t i = 0; i < n; ++i) {
      double years = brought[i];
      for (int g = 0; g < world[col::grades][i]; ++g) {
        years = retention * years + 1.0;
        visit(i, g, years);
      }
    }
  };
  double all_years = 0, added = 0, broad = 0;
  each_cohort([&](std::size_t i, int g, double years) {
    double pupils = 0;
    for (int group = 0; group < kGroups; ++group) {
      const std::size_t place = plane(n, cohort_plane(g, group), i);
      const double of = world[col::cohort_pupils][place];
      pupils += of;
      added += of * static_cast<double>(world[col::attainment][place] - world[col::intake][place]);
    }
    all_years += pupils * years;
    broad += pupils * static_cast<double>(world[col::broad_learning][plane(n, g, i)]);
  });
  if (all_years <= 0) return;
  added /= all_years, broad /= all_years;  // by year of teaching
  world[col::teaching_usual_basics][0] += added;
  world[col::teaching_usual_broad][0] += broad;
  each_cohort([&](std::size_t i, int g, double years) {
    world[col::broad_learning][plane(n, g, i)] -= static_cast<float>(broad * years);
    for (int group = 0; group < kGroups; ++group)
      world[col::attainment][plane(n, cohort_plane(g, group), i)] -=
          static_cast<float>(added * years);
  });
}

}  // namespace

void anchor(World& world, const ModelParameters& parameters, Key key) {
  const std::size_t n = world.schools();
  const auto& measurement = parameters.of<Measurement>();
  for (std::size_t i = 0; i < n; ++i) settle_roll(world, i);
  const Draws draws(key, kScoreDraws, 0);
  const Expectation expected = expectation(world, measurement);
  const std::vector<float> truth = draw_truth(world, expected, measurement, draws);
  agree_in_practice(world, parameters, expected, truth);
  centre_learning(world, parameters);

  double pupils = 0, reported = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const std::uint64_t id = world[col::school_id][i];
    const LuckVariance luck = luck_variance(measurement, world[col::roll][i]);
    auto occasion = static_cast<float>(std::sqrt(luck.occasion)) * draws.normal(id, kOccasion);
    SchoolMeans m = school_means(world, i);
    if (!std::isnan(world[col::imported_score][i])) {
      const float move = truth[i] - m.score;
      // What is left of the score is luck. How much of it stays with the cohorts is drawn given the
      // sum of the two.
      const double all_luck =
          static_cast<double>(world[col::imported_score][i] - truth[i] - world[col::inflation][i]);
      const double lasting = luck.both() > 0 ? luck.cohorts / luck.both() : 1.0;
      const auto of_cohorts = static_cast<float>(
          lasting * all_luck + std::sqrt(lasting * luck.occasion) * draws.normal(id, kOccasion));
      shift(world, i, move, move, of_cohorts - m.luck, 0.0f);
      occasion = static_cast<float>(all_luck) - of_cohorts;
      world[col::entry_intake][i] += move;
      for (int group = 0; group < kGroups; ++group)
        world[col::entrant_intake][plane(n, group, i)] += move;
      m = school_means(world, i);
    }
    const float shared = world[col::inflation][i] + occasion;
    world[col::true_score][i] = m.score;
    world[col::value_added][i] = m.score - m.intake;
    world[col::reported_score][i] = m.score + m.luck + shared;
    world[col::reported_before][i] = world[col::reported_score][i];
    world[col::reported_value_added][i] = world[col::reported_score][i] - m.intake;
    world[col::cohort_value_added][i] = eldest_added(world, i) + shared;
    world[col::score_at_start][i] = world[col::reported_score][i];
    world[col::ordinary_usual][i] = world[col::ordinary_spending][i];
    pupils += m.pupils;
    reported += static_cast<double>(m.pupils) * world[col::reported_score][i];
  }
  world[col::score_usual][0] = pupils > 0 ? reported / pupils : 0.0;
}

}  // namespace reformsim
