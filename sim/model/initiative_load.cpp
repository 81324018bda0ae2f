#include "model/initiative_load.hpp"

namespace reformsim {
namespace {

const ParameterRow<InitiativeLoad::Params> kRows[] = {
    {"attention", &InitiativeLoad::Params::attention, "share", 0.01, 0.12,
     "Attention of the staff that one initiative takes while it lives.", "assumed"},
    {"alignment", &InitiativeLoad::Params::alignment, "1/year", 0, 0.6,
     "Rate at which fully aligned policy builds coherence.",
     "assumed; direction: Honig and Hatch 2004"},
    {"filtering", &InitiativeLoad::Params::filtering, "share", 0, 1,
     "Most of that attention that alignment and the leader can spare the staff.", "assumed"},
    {"cynicism", &InitiativeLoad::Params::cynicism, "share", 0, 0.15,
     "Trust in the centre lost by one initiative given up at once; less when it lived longer.",
     "assumed"}};

}  // namespace

std::span<const ParameterRow<InitiativeLoad::Params>> InitiativeLoad::parameters() { return kRows; }

void InitiativeLoad::step(const Access& world, const Params& p, const Context& now) {
  const auto years = static_cast<float>(now.years);
  now.parallel.for_each_block(world.schools(), [&](Block b) {
    const auto c = world.in(b);
    const float *started = c[lever::initiatives_started], *life = c[lever::initiative_life],
                *alignment = c[lever::coordination], *leadership = c[col::leadership];
    float* alive = c[col::initiatives];
    const auto load = c[col::load];
    const auto trust = c[col::trust_change];
    const auto coherence = c[col::coherence_change];
    for (std::size_t i = 0; i < b.size(); ++i) {
      const float kept = exp(-years / life[i]);
      const float before = alive[i] + started[i] * years;
      alive[i] = alive[i] * kept + started[i] * life[i] * (1.0f - kept);
      const float given_up = before - alive[i];
      load[i] += p.attention * alive[i] * (1.0f - spared(p.filtering, alignment[i], leadership[i]));
      coherence[i] += p.alignment * alignment[i] * years * 0.5f;
      trust[i] += -p.cynicism * given_up * exp(-life[i] * (1.0f / 3.0f));
    }
  });
}

}  // namespace reformsim
