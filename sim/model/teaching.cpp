#include "model/teaching.hpp"

namespace reformsim {
namespace {

constexpr float kTimeShift =
    0.30f;  // of the time for all else, at most (Center on Education Policy 2008)

const ParameterRow<Teaching::Params> kRows[] = {
    {"skill", &Teaching::Params::skill, "pupil SD/year per teacher SD", 0.10, 0.20,
     "What one SD of teachers' skill adds.", "Rivkin et al. 2005; Chetty et al. 2014"},
    {"practice", &Teaching::Params::practice, "pupil SD/year", 0.3, 1.6,
     "What full mastery of fitting practices adds against none.",
     "assumed; the effect it must give: Kraft, Blazar and Hogan 2018"},
    {"climate", &Teaching::Params::climate, "pupil SD/year", 0.05, 0.5,
     "What capital, coherence, energy and efficacy add, per unit of their sum.",
     "assumed; the effect it must give: Branch et al. 2013; Ronfeldt et al. 2015"},
    {"effort", &Teaching::Params::effort, "pupil SD/year", 0, 1.0,
     "What full effort under pressure adds to the teaching of tested basics.",
     "assumed; the effect it must give: Dee and Jacob 2011; Lee 2008"}};

}  // namespace

std::span<const ParameterRow<Teaching::Params>> Teaching::parameters() { return kRows; }

void Teaching::step(const Access& world, const Params& p, const Context& now) {
  const auto usual_basics = static_cast<float>(world[col::teaching_usual_basics][0]);
  const auto usual_broad = static_cast<float>(world[col::teaching_usual_broad][0]);
  now.parallel.for_each_block(world.schools(), [&](Block b) {
    const auto c = world.in(b);
    const float *skill = c[col::teacher_skill], *teachers = c[col::teachers],
                *posts = c[col::teacher_posts_usual], *mastery = c[col::mastery],
                *fit = c[col::practice_fit], *human = c[col::human_capital],
                *social = c[col::social_capital], *decisional = c[col::decisional_capital],
                *coherence = c[col::coherence], *energy = c[col::energy],
                *efficacy = c[col::collective_efficacy], *effort = c[col::effort],
                *narrowing = c[col::narrowing], *gaming = c[col::gaming];
    float *basics = c[col::teaching_basics], *broad = c[col::teaching_broad],
          *time_basics = c[col::time_basics], *time_broad = c[col::time_broad];
    for (std::size_t i = 0; i < b.size(); ++i) {
      float practice_basics = 0, practice_broad = 0;
      for (std::size_t k = 0; k < kPractices; ++k) {
        const float use = mastery[i * kPractices + k] * fit[i * kPractices + k];
        practice_basics += kPracticeWeights.basics[k] * use;
        practice_broad += kPracticeWeights.broad[k] * use;
      }
      const float climate =
          (human[i] + social[i] + decisional[i] + coherence[i] + energy[i] + efficacy[i]) -
          3.15f;  // the usual school's sum
      const float size = posts[i] > 0.0f ? class_size_effect(teachers[i] / posts[i]) : 0.0f;
      const float common = p.skill * skill[i] + p.climate * climate + size;
      basics[i] = common + p.practice * practice_basics + p.effort * effort[i] - usual_basics;
      broad[i] = common + p.practice * practice_broad - usual_broad;
      // Narrowing moves time from all else to tested basics; drilling for the score wastes some of
      // it.
      time_basics[i] = 1.0f + 0.5f * kTimeShift * narrowing[i] - 0.1f * gaming[i];
      time_broad[i] = 1.0f - kTimeShift * narrowing[i];
    }
  });
}

}  // namespace reformsim
