#include "model/score_prior.hpp"

#include <algorithm>
#include <cmath>

namespace reformsim {

LuckVariance luck_variance(const Measurement::Params& p, double pupils) {
  const auto size = static_cast<float>(pupils);
  const double cohorts = cohort_luck(p.noise, size);
  const double occasion = occasion_luck(p.occasion, p.occasion_size, size);
  return {cohorts * cohorts, occasion * occasion};
}

ScorePrior score_prior(std::span<const float> score, std::span<const std::int32_t> phase,
                       std::span<const float> deprivation, std::span<const float> pupils,
                       const Measurement::Params& luck_of) {
  constexpr double kNothing = 1e-12;
  ScorePrior prior;
  double listed = 0;
  for (int p = 0; p < kPhases; ++p) {
    ScorePrior::Curve& curve = prior.curve[static_cast<std::size_t>(p)];
    // Mean of something over the pupils of the phase's schools with a score.
    const auto mean = [&](auto&& value) {
      double sum = 0, all = 0;
      for (std::size_t i = 0; i < score.size(); ++i) {
        if (phase[i] != p || std::isnan(score[i])) continue;
        const double w = pupils[i];
        all += w, sum += w * value(static_cast<double>(deprivation[i]), score[i]);
      }
      return all > 0 ? sum / all : 0.0;
    };
    double schools = 0;
    for (std::size_t i = 0; i < score.size(); ++i)
      schools += phase[i] == p && !std::isnan(score[i]) ? 1 : 0;
    listed += schools;
    curve.deprivation = mean([](double x, double) { return x; });
    curve.mean = mean([](double, double y) { return y; });
    const auto z = [&](double x) { return x - curve.deprivation; };
    curve.variance = mean([&](double x, double) { return z(x) * z(x); });
    // Two schools make no line, and three no curve.
    if (schools < 3 || curve.variance < kNothing) continue;
    curve.slope = mean([&](double x, double y) { return z(x) * y; }) / curve.variance;
    curve.skew = mean([&](double x, double) { return z(x) * z(x) * z(x); }) / curve.variance;
    const double bends =
        mean([&](double x, double) { return curve.bent(z(x)) * curve.bent(z(x)); });
    if (schools > 3 && bends > kNothing)
      curve.bend = mean([&](double x, double y) { return curve.bent(z(x)) * y; }) / bends;
  }
  if (listed < 2) return prior;
  double residual = 0, luck = 0;
  for (std::size_t i = 0; i < score.size(); ++i) {
    if (std::isnan(score[i])) continue;
    const double r = score[i] - prior.at(phase[i], deprivation[i]);
    residual += r * r;
    luck += luck_variance(luck_of, pupils[i]).both();
  }
  prior.true_variance = std::max(residual / listed - luck / listed, 0.1 * residual / listed);
  return prior;
}

Expectation expectation(const World& world, const Measurement::Params& luck_of) {
  const auto score = world[col::imported_score];
  const auto deprivation = world[col::deprivation];
  const auto phase = world[col::phase];
  const ScorePrior prior = score_prior(score, phase, deprivation, world[col::roll], luck_of);
  Expectation all{std::vector<double>(score.size()), std::vector<double>(score.size()), 0};
  // What is left of the scores, between districts and within (one-way analysis of variance with
  // groups of unequal size).
  const std::size_t districts = world.rows(Entity::district);
  std::vector<double> mean(districts), count(districts);
  const auto each = [&](std::size_t d, auto&& visit) {
    const auto first = static_cast<std::size_t>(world[col::first_school][d]);
    const auto size = static_cast<std::size_t>(world[col::district_schools][d]);
    for (std::size_t i = first; i < first + size; ++i)
      if (!std::isnan(score[i])) visit(i, score[i] - prior.at(phase[i], deprivation[i]));
  };
  double n = 0, groups = 0, sum = 0, luck = 0, squares = 0;
  for (std::size_t d = 0; d < districts; ++d) {
    each(d, [&](std::size_t i, double left) {
      mean[d] += left, count[d] += 1, luck += luck_variance(luck_of, world[col::roll][i]).both();
    });
    sum += mean[d], n += count[d], squares += count[d] * count[d], groups += count[d] > 0 ? 1 : 0;
    if (count[d] > 0) mean[d] /= count[d];
  }
  double inside = 0, across = 0;
  for (std::size_t d = 0; d < districts; ++d) {
    each(d, [&](std::size_t, double left) { inside += (left - mean[d]) * (left - mean[d]); });
    if (count[d] > 0) across += count[d] * (mean[d] - sum / n) * (mean[d] - sum / n);
  }
  double within = prior.true_variance + (n > 0 ? luck / n : 0.0), between = 0;
  if (groups > 1 && n > groups) {
    within = inside / (n - groups);
    between = std::max(0.0, (across / (groups - 1) - within) / ((n - squares / n) / (groups - 1)));
  }
  all.within = n > 0 ? std::max(within - luck / n, 0.1 * within) : within;
  for (std::size_t d = 0; d < districts; ++d) {
    const double sure = count[d] * between / std::max(count[d] * between + within, 1e-12);
    each(d, [&](std::size_t i, double) {
      all.score[i] = prior.at(phase[i], deprivation[i]) + sure * mean[d];
      all.unsure[i] = (1 - sure) * between;
    });
  }
  return all;
}

}  // namespace reformsim
