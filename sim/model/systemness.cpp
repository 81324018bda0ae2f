#include "model/systemness.hpp"

#include <array>

#include "model/stock.hpp"

namespace reformsim {
namespace {

const ParameterRow<Systemness::Params> kRows[] = {
    {"growth", &Systemness::Params::growth, "1/year", 0.1, 1,
     "Rate at which staff who work with other schools come to act for them.",
     "assumed; direction: Rincon-Gallardo and Fullan 2016"},
    {"decay", &Systemness::Params::decay, "1/year", 0.05, 0.6,
     "Rate at which systemness falls back to what leaders and policy sustain.", "assumed"},
    {"rivalry", &Systemness::Params::rivalry, "share", 0, 1,
     "Share of it that full competition for pupils, money and name undoes.",
     "assumed; direction: Munby and Fullan 2016"},
    {"championing", &Systemness::Params::championing, "1", 0, 4,
     "Rise of what is there without lateral experience when policy is fully coherent, champions "
     "transfer from school to school, and the leader cares for other schools.",
     "assumed; direction: Rincon-Gallardo and Fullan 2016; Munby and Fullan 2016"},
    {"base", &Systemness::Params::base, "share", 0.02, 0.3,
     "Share of staff who act for other schools anyway, without rivalry.",
     "assumed; 0.2 under usual levers", Role::constant},
    {"leaders_only", &Systemness::Params::leaders_only, "share", 0.05, 1,
     "Part of lateral experience that reaches a school when only its leaders take part.",
     "assumed; direction: Coburn et al. 2012", Role::constant},
    {"trusting", &Systemness::Params::trusting, "1/year", 0, 0.2,
     "Trust in the centre gained in a year where all staff act for other schools and work with "
     "them.",
     "assumed; direction: Rincon-Gallardo and Fullan 2016", Role::constant}};

}  // namespace

std::span<const ParameterRow<Systemness::Params>> Systemness::parameters() { return kRows; }

void Systemness::step(const Access& world, const Params& p, const Context& now) {
  const auto years = static_cast<float>(now.years);
  const auto mind = world[col::leader_system_mind];
  now.parallel.for_each_block(world.schools(), [&](Block b) {
    const auto c = world.in(b);
    const float *depth = c[col::engagement_depth], *network = c[col::network_trust],
                *given = c[col::support_given], *received = c[col::support_received],
                *coordination = c[lever::coordination], *competition = c[lever::competition],
                *stakes = c[lever::stakes], *champions = c[lever::school_to_school];
    const int32_t* leader = c[col::leader];
    float* systemness = c[col::systemness];
    const auto trust = c[col::trust_change];
    // Contact that networks make; neighbours meet anyway, which is part of what is usual.
    thread_local std::array<float, kBlock> contact, partners;  // scratch of one block
    contact.fill(0.0f), partners.fill(0.0f);
    for (int k = kFirstClusterTie; k < kTies; ++k) {
      const int32_t* partner = c.plane(col::partner, k);
      const float* weight = c.plane(col::tie_weight, k);
      for (std::size_t i = 0; i < b.size(); ++i) {
        contact[i] += weight[i];
        partners[i] += partner[i] >= 0 ? 1.0f : 0.0f;
      }
    }
    for (std::size_t i = 0; i < b.size(); ++i) {
      const float met = partners[i] > 0.0f ? contact[i] / partners[i] : 0.0f;
      const float lived =
          lateral_experience(p.leaders_only, depth[i], network[i], given[i], received[i], met);
      const float open = unrivalled(p.rivalry, competition[i], stakes[i]);
      const float rests = systemness_at_rest(p, coordination[i], champions[i],
                                             mind[static_cast<std::size_t>(leader[i])], open);
      const float grows = p.growth * lived * open;
      systemness[i] =
          filled(systemness[i], grows + p.decay * rests, p.decay * (1.0f - rests), years);
      trust[i] += p.trusting * systemness[i] * lived * years;
    }
  });
}

}  // namespace reformsim
