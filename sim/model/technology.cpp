#include "model/technology.hpp"

namespace reformsim {
namespace {

const ParameterRow<Technology::Params> kRows[] = {
    {"gain", &Technology::Params::gain, "1", 0.2, 4.0,
     "Share that full use adds to the effect of a school's practices per unit of pedagogy above "
     "what is needed, or takes away below.",
     "assumed; the effect it must give: Cristia et al. 2017; Escueta et al. 2020"},
    {"needed", &Technology::Params::needed, "share", 0.3, 0.7,
     "Pedagogy at which technology neither helps nor harms.",
     "assumed; direction: Escueta et al. 2020; Munby and Fullan 2016"},
    {"attention", &Technology::Params::attention, "share", 0, 0.2,
     "Attention of the staff that full use takes.", "assumed; direction: Munby and Fullan 2016"},
    {"uptake", &Technology::Params::uptake, "1/year", 0.5, 4,
     "Rate at which use follows what is bought.", "assumed; Cristia et al. 2017: within 15 months",
     Role::constant}};

}  // namespace

std::span<const ParameterRow<Technology::Params>> Technology::parameters() { return kRows; }

void Technology::step(const Access& world, const Params& p, const Context& now) {
  const float follows = now.share(p.uptake);
  const float lags = now.applied(p.uptake);
  now.parallel.for_each_block(world.schools(), [&](Block b) {
    const auto c = world.in(b);
    const float *bought = c[lever::technology], *funded = c[col::funded],
                *mastery = c[col::mastery], *fit = c[col::practice_fit],
                *judgement = c[col::decisional_capital];
    float *use = c[col::technology_use], *aid = c[col::technology_aid];
    const auto load = c[col::load];
    for (std::size_t i = 0; i < b.size(); ++i) {
      const float wanted = bought[i] * funded[i];
      const float in_term = wanted + lags * (use[i] - wanted);  // mean use while it grows
      use[i] = unit(use[i] + follows * (wanted - use[i]));
      const float pedagogy =
          pedagogy_met(mastery + i * kPractices, fit + i * kPractices, judgement[i]);
      aid[i] = technology_aid(p.gain, in_term, pedagogy, p.needed);
      load[i] += p.attention * in_term;
    }
  });
}

}  // namespace reformsim
