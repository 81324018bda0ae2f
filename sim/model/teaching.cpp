#include "model/teaching.hpp"

namespace reformsim {
namespace {

// Human, social and decisional capital, coherence and efficacy of a half each, energy of 0.65. A
// place to count from: at year 0 what is usual is centred out, whatever it is.
constexpr float kUsualClimate = 3.15f;

using Params = Teaching::Params;

const ParameterRow<Params> kRows[] = {
    {"skill", &Params::skill, "pupil SD/year per teacher SD", 0.10, 0.20,
     "What one SD of teachers' skill adds.", "Rivkin et al. 2005; Chetty et al. 2014"},
    {"practice", &Params::practice, "pupil SD/year", 0.3, 1.6,
     "What full mastery of fitting practices adds against none.",
     "assumed; the effect it must give: Kraft, Blazar and Hogan 2018"},
    {"climate", &Params::climate, "pupil SD/year", 0.05, 0.5,
     "What capital, coherence, energy and efficacy add, per unit of their sum.",
     "assumed; the effect it must give: Branch et al. 2013; Ronfeldt et al. 2015"},
    {"effort", &Params::effort, "pupil SD/year", 0, 1.0,
     "What full effort, called up by pressure or by pay, adds to the teaching of tested basics.",
     "assumed; the effect it must give: Dee and Jacob 2011; Lee 2008; Pham, Nguyen and Springer "
     "2021"},
    {"effort_broad", &Params::effort_broad, "share", 0, 1,
     "What effort adds beyond tested basics, against what it adds to them.",
     "assumed; direction: Jacob 2005", Role::constant},
    {"reach", &Params::reach, "pupil SD/year", 0, 0.5,
     "What full internal accountability, against none, gives the disadvantaged beyond what all are "
     "given.",
     "assumed; direction: Rincon-Gallardo and Fullan 2016; Goddard et al. 2007", Role::constant},
    {"class_size", &Params::class_size, "pupil SD/year", 0, 0.5,
     "Rise of the quality of teaching per unit of the log of teachers per pupil.",
     "Tennessee STAR: 0.2 pupil SD for a third fewer pupils a class, half of it in the first year",
     Role::constant},
    {"time_shift", &Params::time_shift, "share", 0, 0.5,
     "Share of the time for all else that full narrowing takes away.",
     "Center on Education Policy 2008", Role::constant},
    {"time_used", &Params::time_used, "share", 0, 1,
     "Share of the time taken away that becomes teaching of tested basics.", "assumed",
     Role::constant},
    {"drill", &Params::drill, "share", 0, 0.3,
     "Share of the time for tested basics that full gaming wastes on drill for the score.",
     "assumed; direction: Koretz 2017", Role::constant}};

}  // namespace

std::span<const ParameterRow<Params>> Teaching::parameters() { return kRows; }

void Teaching::step(const Access& world, const Params& p, const Context& now) {
  const auto usual_basics = static_cast<float>(world[col::teaching_usual_basics][0]);
  const auto usual_broad = static_cast<float>(world[col::teaching_usual_broad][0]);
  const auto usual_reach = static_cast<float>(world[col::teaching_usual_reach][0]);
  now.parallel.for_each_block(world.schools(), [&](Block b) {
    const auto c = world.in(b);
    const float *skill = c[col::teacher_skill], *teachers = c[col::teachers],
                *posts = c[col::teacher_posts_usual], *mastery = c[col::mastery],
                *fit = c[col::practice_fit], *human = c[col::human_capital],
                *social = c[col::social_capital], *decisional = c[col::decisional_capital],
                *coherence = c[col::coherence], *energy = c[col::energy],
                *efficacy = c[col::collective_efficacy], *effort = c[col::effort],
                *narrowing = c[col::narrowing], *gaming = c[col::gaming],
                *individual = c[col::individual_effort], *aid = c[col::technology_aid],
                *internal = c[col::internal_accountability], *roll = c[col::roll],
                *catchment = c[col::catchment];
    float *basics = c[col::teaching_basics], *broad = c[col::teaching_broad],
          *reach = c[col::teaching_reach], *time_basics = c[col::time_basics],
          *time_broad = c[col::time_broad];
    for (std::size_t i = 0; i < b.size(); ++i) {
      float practice_basics = 0, practice_broad = 0;
      for (std::size_t k = 0; k < kPractices; ++k) {
        const float use = mastery[i * kPractices + k] * fit[i * kPractices + k];
        practice_basics += kPracticeWeights.basics[k] * use;
        practice_broad += kPracticeWeights.broad[k] * use;
      }
      const float climate =
          (human[i] + social[i] + decisional[i] + coherence[i] + energy[i] + efficacy[i]) -
          kUsualClimate;
      const float size = class_size_effect(
          teachers_per_pupil(teachers[i], posts[i], roll[i], catchment[i]), p.class_size);
      // Effort is effort, whoever called it up.
      const float tried = p.effort * (effort[i] + individual[i]);
      const float common = p.skill * skill[i] + p.climate * climate + size;
      // Technology serves the practices it meets.
      const float practised = p.practice * (1.0f + aid[i]);
      basics[i] = common + practised * practice_basics + tried - usual_basics;
      broad[i] = common + practised * practice_broad + p.effort_broad * tried - usual_broad;
      // Where staff hold each other to account, for every pupil, those who have least at home are
      // not left out.
      reach[i] = p.reach * internal[i] - usual_reach;
      // Narrowing moves time from all else to tested basics; drilling for the score wastes some of
      // it.
      time_basics[i] = 1.0f + p.time_used * p.time_shift * narrowing[i] - p.drill * gaming[i];
      time_broad[i] = 1.0f - p.time_shift * narrowing[i];
    }
  });
}

}  // namespace reformsim
