#include "model/learning.hpp"

namespace reformsim {
namespace {

const ParameterRow<Learning::Params> kRows[] = {
    {"growth", &Learning::Params::growth, "pupil SD/year", 0.15, 0.50,
     "What pupils learn in a usual year.", "Hill, Bloom, Black and Lipsey 2008"},
    {"retention", &Learning::Params::retention, "share", 0.2, 0.8,
     "What is left after a year of what a school added.", "Jacob, Lefgren and Sims 2010"},
    {"responsiveness", &Learning::Params::responsiveness, "share", 0, 0.5,
     "How much more the disadvantaged gain or lose from teaching than the mean pupil.",
     "assumed; Tennessee STAR"}};

// Year groups move up by one; the eldest leave, and a new one comes in.
void new_year(const Learning::Access& world, const Learning::Params& p, const Block& b) {
  const auto c = world.in(b);
  const int32_t* grades = c[col::grades];
  for (int g = world.cohorts() - 1; g >= 0; --g) {
    for (int group = 0; group < kGroups; ++group) {
      const int here = cohort_plane(g, group), below = cohort_plane(g - 1, group);
      float *pupils = c.plane(col::cohort_pupils, here), *score = c.plane(col::attainment, here),
            *intake = c.plane(col::intake, here);
      for (std::size_t i = 0; i < b.size(); ++i) {
        if (g >= grades[i]) continue;
        if (g > 0) {
          pupils[i] = c.plane(col::cohort_pupils, below)[i];
          score[i] = c.plane(col::attainment, below)[i];
          intake[i] = c.plane(col::intake, below)[i];
        } else {
          const float share = group == 0 ? c[col::deprivation][i] : 1.0f - c[col::deprivation][i];
          pupils[i] = c[col::roll][i] * share / static_cast<float>(grades[i]);
          intake[i] = c[col::entry_intake][i] - (group == 0 ? p.gap : 0.0f);
          score[i] = intake[i];
        }
      }
    }
    float* broad = c.plane(col::broad_learning, g);
    for (std::size_t i = 0; i < b.size(); ++i)
      if (g < grades[i]) broad[i] = g > 0 ? c.plane(col::broad_learning, g - 1)[i] : 0.0f;
  }
}

}  // namespace

std::span<const ParameterRow<Learning::Params>> Learning::parameters() { return kRows; }

void Learning::step(const Access& world, const Params& p, const Context& now) {
  // What fades in the term, and how much a yearly gain adds in it: over a year the two make
  // retention * old + gain, whatever the number of terms.
  const auto keeps = static_cast<float>(power(p.retention, now.years));
  const float adds = (1.0f - keeps) / (1.0f - p.retention);
  const float settles = now.share(0.5);
  now.parallel.for_each_block(world.schools(), [&](Block b) {
    if (now.first_of_year) new_year(world, p, b);
    const auto c = world.in(b);
    const int32_t* grades = c[col::grades];
    const float *basics = c[col::teaching_basics], *broad = c[col::teaching_broad],
                *time_basics = c[col::time_basics], *time_broad = c[col::time_broad];
    for (int g = 0; g < world.cohorts(); ++g) {
      for (int group = 0; group < kGroups; ++group) {
        float* score = c.plane(col::attainment, cohort_plane(g, group));
        const float* intake = c.plane(col::intake, cohort_plane(g, group));
        const float responds = adds * response(p.responsiveness, group);
        for (std::size_t i = 0; i < b.size(); ++i) {
          const float gain = responds * learnt(p.growth, basics[i], time_basics[i]);
          const float next =
              clamp(intake[i] + keeps * (score[i] - intake[i]) + gain, -12.0f, 12.0f);
          score[i] = g < grades[i] ? next : 0.0f;
        }
      }
      float* other = c.plane(col::broad_learning, g);
      for (std::size_t i = 0; i < b.size(); ++i) {
        const float next = clamp(
            keeps * other[i] + adds * learnt(p.growth, broad[i], time_broad[i]), -12.0f, 12.0f);
        other[i] = g < grades[i] ? next : 0.0f;
      }
    }
    float* wellbeing = c[col::wellbeing];
    for (std::size_t i = 0; i < b.size(); ++i) {
      // Pupils live in the climate their teachers live in, and in the time left for more than
      // tests.
      const float rests = 0.6f + 0.3f * (c[col::energy][i] - 0.65f) +
                          0.3f * (c[col::social_capital][i] - 0.5f) + 0.4f * (time_broad[i] - 1.0f);
      wellbeing[i] = unit(wellbeing[i] + settles * (rests - wellbeing[i]));
    }
  });
}

}  // namespace reformsim
