#include "model/capital.hpp"

#include "model/climate.hpp"

namespace reformsim {
namespace {

// The usual school's, from which differences count.
constexpr float kOrdinaryCapital = 0.5f;
constexpr float kOrdinaryEnergy = 0.65f;

using Params = Capital::Params;

const ParameterRow<Params> kRows[] = {
    {"half_life", &Params::half_life, "year", 0.7, 6,
     "Years in which half of what support built is lost after it ends, in the usual school.",
     "Jacob, Lefgren and Sims 2010; Coburn et al. 2012"},
    {"from_support", &Params::from_support, "1", 0, 0.8,
     "Capital sustained per unit of the district's support above the usual.",
     "assumed; the effect it must give: Chingos et al. 2015"},
    {"shared_support", &Params::shared_support, "share", 0, 1,
     "What support sustains of human and decisional capital, against social capital.", "assumed",
     Role::constant},
    {"skill", &Params::skill, "share/teacher SD", 0, 0.5,
     "Human capital that one SD of teachers' mean skill sustains.", "assumed", Role::constant},
    {"leader_social", &Params::leader_social, "share/leader SD", 0, 0.12,
     "Social capital that one SD of leadership sustains.",
     "assumed; direction: Bryk et al. 2010; Grissom et al. 2021", Role::constant},
    {"leader_judgement", &Params::leader_judgement, "share/leader SD", 0, 0.12,
     "Decisional capital that one SD of leadership sustains.",
     "assumed; direction: Grissom et al. 2021", Role::constant},
    {"energy", &Params::energy, "1", 0, 0.6,
     "Social capital sustained per unit of energy above the usual.",
     "assumed; direction: Bryk and Schneider 2002", Role::constant},
    {"fear", &Params::fear, "1", 0, 0.4, "Social capital that full fear takes.",
     "assumed; direction: Edmondson 1999", Role::constant},
    {"coherence", &Params::coherence, "1", 0, 1.8,
     "How much longer what was built lasts per unit of coherence, in half-lives.",
     "assumed; direction: Coburn et al. 2012", Role::constant}};

}  // namespace

std::span<const ParameterRow<Params>> Capital::parameters() { return kRows; }

void Capital::step(const Access& world, const Params& p, const Context& now) {
  const auto years = static_cast<float>(now.years);
  const auto usual_support = static_cast<float>(world[col::support_usual][0]);
  now.parallel.for_each_block(world.schools(), [&](Block b) {
    const auto c = world.in(b);
    const float *skill = c[col::teacher_skill], *leadership = c[col::leadership],
                *support = c[col::district_support], *energy = c[col::energy],
                *coherence = c[col::coherence], *fear = c[col::fear];
    float *human = c[col::human_capital], *social = c[col::social_capital],
          *decisional = c[col::decisional_capital], *human_change = c[col::human_change],
          *social_change = c[col::social_change], *decisional_change = c[col::decisional_change];
    for (std::size_t i = 0; i < b.size(); ++i) {
      const float rate = years * fading(p.half_life, coherence[i], p.coherence);
      const float fades = 1.0f - exp(-rate);
      const float apply = fades / rate;  // see Context::applied
      const float helped = p.from_support * (support[i] - usual_support);
      const float human_rests = kOrdinaryCapital + p.skill * skill[i] + p.shared_support * helped;
      const float social_rests = kOrdinaryCapital + p.leader_social * leadership[i] +
                                 p.energy * (energy[i] - kOrdinaryEnergy) + helped -
                                 p.fear * fear[i];
      const float decisional_rests =
          kOrdinaryCapital + p.leader_judgement * leadership[i] + p.shared_support * helped;
      human[i] = unit(human[i] + fades * (human_rests - human[i]) + apply * human_change[i]);
      social[i] = unit(social[i] + fades * (social_rests - social[i]) + apply * social_change[i]);
      decisional[i] = unit(decisional[i] + fades * (decisional_rests - decisional[i]) +
                           apply * decisional_change[i]);
      human_change[i] = social_change[i] = decisional_change[i] = 0.0f;
    }
  });
}

}  // namespace reformsim
