#include "model/measurement.hpp"

#include <array>

namespace reformsim {
namespace {

const ParameterRow<Measurement::Params> kRows[] = {
    {"inflation", &Measurement::Params::inflation, "pupil SD", 0.1, 2.0,
     "What full gaming adds to the reported score.",
     "assumed; the share it must give: Klein et al. 2000; Koretz 2017"},
    {"noise", &Measurement::Params::noise, "pupil SD", 0.5, 1.5,
     "SD of one pupil's luck; a cohort's is smaller by the square root of its size.",
     "measured: growth of California's primary schools 1999-2000, 239 API points"},
    {"occasion", &Measurement::Params::occasion, "pupil SD", 0, 0.12,
     "SD of the luck of one test, shared by the whole school, in a school of 300 pupils.",
     "measured: growth of California's primary schools 1999-2000, SD 29.4 of 239 API points a "
     "pupil, "
     "of which only part falls with size; r of yearly changes -0.12 in New York City"},
    {"occasion_size", &Measurement::Params::occasion_size, "1", 0, 0.5,
     "How fast the luck of an occasion falls with size: its SD goes with pupils to minus this "
     "power.",
     "measured: size of yearly changes, California's primary schools 0.29, New York City 0.35",
     Role::constant}};

// Draws used here, by index.
enum : std::uint32_t { kCohort = 0, kOccasion };

// Value added of one year group of a school, its luck included.
float cohort_added(const Measurement::Access::Part& c, int g, std::size_t i) {
  float pupils = 0, added = 0;
  for (int group = 0; group < kGroups; ++group) {
    const int place = cohort_plane(g, group);
    const float count = c.plane(col::cohort_pupils, place)[i];
    pupils += count;
    added += count * (c.plane(col::attainment, place)[i] - c.plane(col::intake, place)[i]);
  }
  return added / (pupils > 1e-3f ? pupils : 1e-3f) + c.plane(col::test_noise, g)[i];
}

}  // namespace

std::span<const ParameterRow<Measurement::Params>> Measurement::parameters() { return kRows; }

void Measurement::step(const Access& world, const Params& p, const Context& now) {
  if (!now.first_of_year && !now.last_of_year) return;
  const auto drift = static_cast<float>(now.year >= 0 ? p.drift * (now.year + now.years) : 0.0);
  now.parallel.for_each_block(world.schools(), [&](Block b) {
    const auto c = world.in(b);
    const int32_t* grades = c[col::grades];
    if (now.first_of_year) {
      // Luck moves up with its cohort; the new cohort brings its own.
      for (int g = world.cohorts() - 1; g > 0; --g) {
        float* here = c.plane(col::test_noise, g);
        const float* below = c.plane(col::test_noise, g - 1);
        for (std::size_t i = 0; i < b.size(); ++i) here[i] = g < grades[i] ? below[i] : 0.0f;
      }
      float* entering = c.plane(col::test_noise, 0);
      now.draws.normals({c[col::school_id], b.size()}, kCohort, {entering, b.size()});
      for (std::size_t i = 0; i < b.size(); ++i) {
        const float pupils = c.plane(col::cohort_pupils, cohort_plane(0, 0))[i] +
                             c.plane(col::cohort_pupils, cohort_plane(0, 1))[i];
        entering[i] *= cohort_luck(p.noise, pupils);
      }
    }
    if (!now.last_of_year) return;
    thread_local std::array<std::array<float, kBlock>, 4>
        sum;  // scratch: pupils, true, intake, noise
    for (auto& s : sum) s.fill(0.0f);
    for (int g = 0; g < world.cohorts(); ++g) {
      const float* luck = c.plane(col::test_noise, g);
      for (int group = 0; group < kGroups; ++group) {
        const float *pupils = c.plane(col::cohort_pupils, cohort_plane(g, group)),
                    *score = c.plane(col::attainment, cohort_plane(g, group)),
                    *intake = c.plane(col::intake, cohort_plane(g, group));
        for (std::size_t i = 0; i < b.size(); ++i) {
          sum[0][i] += pupils[i];
          sum[1][i] += pupils[i] * score[i];
          sum[2][i] += pupils[i] * intake[i];
          sum[3][i] += pupils[i] * luck[i];
        }
      }
    }
    thread_local std::array<float, kBlock> occasion;
    now.draws.normals({c[col::school_id], b.size()}, kOccasion, {occasion.data(), b.size()});
    for (std::size_t i = 0; i < b.size(); ++i) {
      const float each = 1.0f / (sum[0][i] > 1e-3f ? sum[0][i] : 1e-3f);
      const float score = sum[1][i] * each, from_intake = sum[2][i] * each;
      const float inflation = p.inflation * c[col::gaming][i];
      // What is published goes beyond the truth by this, in every year group.
      const float shared =
          inflation + occasion[i] * occasion_luck(p.occasion, p.occasion_size, sum[0][i]) + drift;
      c[col::inflation][i] = inflation;
      c[col::true_score][i] = score;
      c[col::value_added][i] = score - from_intake;
      c[col::reported_before][i] = c[col::reported_score][i];
      c[col::reported_score][i] = clamp(score + sum[3][i] * each + shared, -12.0f, 12.0f);
      c[col::reported_value_added][i] = c[col::reported_score][i] - from_intake;
      c[col::cohort_value_added][i] =
          clamp(cohort_added(c, grades[i] - 1, i) + shared, -12.0f, 12.0f);
    }
  });
}

}  // namespace reformsim
