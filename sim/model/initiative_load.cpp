#include "model/initiative_load.hpp"

namespace reformsim {
namespace {

const ParameterRow<InitiativeLoad::Params> kRows[] = {
    {"attention", &InitiativeLoad::Params::attention, "share/initiative", 0.02, 0.3,
     "Attention of the staff that one initiative takes while it is new.", "assumed"},
    {"alignment", &InitiativeLoad::Params::alignment, "share/year", 0, 0.3,
     "Coherence that fully aligned policy builds in a year.",
     "assumed; direction: Honig and Hatch 2004"},
    {"filtering", &InitiativeLoad::Params::filtering, "share", 0, 1,
     "Most of that attention that alignment and the leader can spare the staff.", "assumed"},
    {"cynicism", &InitiativeLoad::Params::cynicism, "share/initiative", 0, 0.15,
     "Trust in the centre lost by one initiative given up at once; less when it lived longer.",
     "assumed; direction: Munby and Fullan 2016"},
    {"routine", &InitiativeLoad::Params::routine, "year", 0.5, 5,
     "Years until an initiative has become routine and takes no attention of its own.", "assumed",
     Role::constant},
    {"fruition", &InitiativeLoad::Params::fruition, "year", 1, 8,
     "Life of an initiative at which what is in vain of it has fallen to 37%.",
     "assumed; whole-school reform takes 3 to 5 years: Borman et al. 2003", Role::constant},
    {"disruption", &InitiativeLoad::Params::disruption, "share/initiative", 0, 0.1,
     "Coherence lost by one initiative given up at once; less when it lived longer.",
     "assumed; direction: Hess 1999", Role::constant}};

}  // namespace

std::span<const ParameterRow<InitiativeLoad::Params>> InitiativeLoad::parameters() { return kRows; }

void InitiativeLoad::step(const Access& world, const Params& p, const Context& now) {
  const auto years = static_cast<float>(now.years);
  now.parallel.for_each_block(world.schools(), [&](Block b) {
    const auto c = world.in(b);
    const float *started = c[lever::initiatives_started], *life = c[lever::initiative_life],
                *alignment = c[lever::coordination], *leadership = c[col::leadership],
                *buffer = c[col::middle_buffer];
    float* alive = c[col::initiatives];
    const auto load = c[col::load];
    const auto trust = c[col::trust_change];
    const auto coherence = c[col::coherence_change];
    for (std::size_t i = 0; i < b.size(); ++i) {
      const float kept = exp(-years / life[i]);
      const float before = alive[i] + started[i] * years;
      alive[i] = alive[i] * kept + started[i] * life[i] * (1.0f - kept);
      const float lost = (before - alive[i]) * in_vain(p.fruition, life[i]);
      load[i] += p.attention * alive[i] * still_new(p.routine, life[i]) *
                 (1.0f - spared(p.filtering, alignment[i], leadership[i])) * (1.0f - buffer[i]);
      coherence[i] += p.alignment * alignment[i] * years - p.disruption * lost;
      trust[i] += -p.cynicism * lost;
    }
  });
}

}  // namespace reformsim
