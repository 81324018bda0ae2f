#include "model/anchor.hpp"

#include <algorithm>
#include <cmath>

#include "model/initial.hpp"

namespace reformsim {

void centre_teaching(World& world, const Parallel& parallel) {
  const auto mean = [&](std::span<const float> column) {
    const auto roll = std::as_const(world)[col::roll];
    double pupils = 0;
    const double total = parallel.sum_blocks(world.schools(), [&](Block b) {
      double sum = 0;
      for (std::size_t i = b.begin; i < b.end; ++i) sum += static_cast<double>(column[i]) * roll[i];
      return sum;
    });
    pupils = parallel.sum_blocks(world.schools(), [&](Block b) {
      double sum = 0;
      for (std::size_t i = b.begin; i < b.end; ++i) sum += roll[i];
      return sum;
    });
    return pupils > 0 ? total / pupils : 0.0;
  };
  world[col::teaching_usual_basics][0] += mean(world[col::teaching_basics]);
  world[col::teaching_usual_broad][0] += mean(world[col::teaching_broad]);
}

namespace {

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

}  // namespace

ScorePrior score_prior(std::span<const float> score, std::span<const float> deprivation,
                       std::span<const float> pupils, double noise) {
  double n = 0, x = 0, y = 0, xx = 0, xy = 0;
  for (std::size_t i = 0; i < score.size(); ++i) {
    if (std::isnan(score[i])) continue;
    n += 1, x += deprivation[i], y += score[i];
    xx += static_cast<double>(deprivation[i]) * deprivation[i];
    xy += static_cast<double>(deprivation[i]) * score[i];
  }
  ScorePrior prior;
  if (n < 2) return {n > 0 ? y / n : 0.0, 0.0, 0.16};
  const double sxx = xx - x * x / n;
  prior.slope = sxx > 1e-12 ? (xy - x * y / n) / sxx : 0.0;
  prior.intercept = (y - prior.slope * x) / n;
  double residual = 0, luck = 0;
  for (std::size_t i = 0; i < score.size(); ++i) {
    if (std::isnan(score[i])) continue;
    const double r = score[i] - prior.at(deprivation[i]);
    residual += r * r;
    luck += noise * noise / std::max<double>(pupils[i], 1.0);
  }
  prior.true_variance = std::max(residual / n - luck / n, 0.1 * residual / n);
  return prior;
}

void anchor(World& world, const ModelParameters& parameters, Key key) {
  const std::size_t n = world.schools();
  const double noise = parameters.of<Measurement>().noise;

  double pupils = 0, added = 0, broad = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const SchoolMeans m = school_means(world, i);
    pupils += m.pupils;
    added += static_cast<double>(m.pupils) * (m.score - m.intake);
    broad += static_cast<double>(m.pupils) * m.broad;
  }
  const auto mean_added = static_cast<float>(pupils > 0 ? added / pupils : 0.0);
  const auto mean_broad = static_cast<float>(pupils > 0 ? broad / pupils : 0.0);

  const ScorePrior prior =
      score_prior(world[col::imported_score], world[col::deprivation], world[col::roll], noise);
  const Draws draws(key, kScoreDraws, 0);
  double reported = 0;
  for (std::size_t i = 0; i < n; ++i) {
    shift(world, i, -mean_added, 0.0f, 0.0f, -mean_broad);
    SchoolMeans m = school_means(world, i);
    const float seen = world[col::imported_score][i];
    if (!std::isnan(seen)) {
      const double luck_variance = noise * noise / std::max<double>(world[col::roll][i], 1.0);
      const double reliability = prior.true_variance / (prior.true_variance + luck_variance);
      const double expected = prior.at(world[col::deprivation][i]);
      // The score of the list holds the inflation of its day, which the true one does not.
      const double given = expected + reliability * (seen - expected);
      const auto truth = static_cast<float>(given - world[col::inflation][i] +
                                            std::sqrt(reliability * luck_variance) *
                                                draws.normal(world[col::school_id][i], 0));
      const float move = truth - m.score;
      shift(world, i, move, move, seen - truth - world[col::inflation][i] - m.luck, 0.0f);
      world[col::entry_intake][i] += move;
      m = school_means(world, i);
    }
    world[col::true_score][i] = m.score;
    world[col::value_added][i] = m.score - m.intake;
    world[col::reported_score][i] = m.score + m.luck + world[col::inflation][i];
    world[col::reported_before][i] = world[col::reported_score][i];
    world[col::reported_value_added][i] = world[col::reported_score][i] - m.intake;
    world[col::score_at_start][i] = world[col::reported_score][i];
    world[col::ordinary_usual][i] = world[col::ordinary_spending][i];
    reported += static_cast<double>(m.pupils) * world[col::reported_score][i];
  }
  world[col::score_usual][0] = pupils > 0 ? reported / pupils : 0.0;
}

}  // namespace reformsim
