#include "model/ties.hpp"

#include <array>
#include <vector>

#include "model/stock.hpp"

namespace reformsim {
namespace {

const ParameterRow<Ties::Params> kRows[] = {
    {"forming", &Ties::Params::forming, "1/year", 0.01, 0.15,
     "Rate at which neighbours form ties without any network.", "Daly and Finnigan 2010-2012"},
    {"decay", &Ties::Params::decay, "1/year", 0.10, 0.35, "Rate at which unused ties fade.",
     "Daly and Finnigan 2010-2012"},
    {"competition", &Ties::Params::competition, "1", 0, 2,
     "Loss of tie forming and trust between neighbours who compete (log-odds at full competition).",
     "assumed; direction: Munby and Fullan 2016"},
    {"lost_with_leader", &Ties::Params::lost_with_leader, "share", 0.5, 0.9,
     "Share of a tie between leaders only that is lost when one of them leaves.",
     "assumed; Coburn et al. 2012"},
    {"deep_loss", &Ties::Params::deep_loss, "share", 0.05, 0.35,
     "Share of a tie that all staff hold that is lost when a leader leaves.",
     "assumed; Coburn et al. 2012", Role::constant},
    {"meeting", &Ties::Params::meeting, "1/year", 0.5, 6,
     "Rate at which contact forms between two schools that take part in full in a network of full "
     "quality.",
     "assumed; within a year: Daly and Finnigan 2010-2012", Role::constant},
    {"neighbour_trust", &Ties::Params::neighbour_trust, "share", 0.2, 0.6,
     "Trust between neighbours outside any network.", "assumed; Bryk and Schneider 2002",
     Role::constant},
    {"stakes_rivalry", &Ties::Params::stakes_rivalry, "share", 0, 1,
     "How far full stakes set neighbours against each other, against full competition.",
     "assumed; direction: Munby and Fullan 2016", Role::constant},
    {"distance", &Ties::Params::distance, "1/SD", 0.1, 1.5,
     "Fall of the logarithm of similarity per SD between two schools' contexts.",
     "assumed; direction: Munby and Fullan 2016", Role::constant}};

}  // namespace

std::span<const ParameterRow<Ties::Params>> Ties::parameters() { return kRows; }

void Ties::step(const Access& world, const Params& p, const Context& now) {
  const auto years = static_cast<float>(now.years);
  const std::size_t n = world.schools();
  const auto real = world[col::engagement_real];
  const auto quality = world[col::network_quality];
  const auto net_trust = world[col::network_trust];
  const auto fear = world[col::fear];
  const auto cluster = world[col::cluster];
  const auto open = world[col::cluster_openness];
  // Share of each school's ties that the leaving of its leader breaks.
  std::vector<float> broken(n);
  now.parallel.for_each_block(n, [&](Block b) {
    const auto c = world.in(b);
    const float *changed = c[col::leader_changed], *depth = c[col::engagement_depth],
                *support = c[col::support_received];
    for (std::size_t r = 0; r < b.size(); ++r)
      broken[b.begin + r] =
          changed[r] * lost_ties(p.lost_with_leader, p.deep_loss, depth[r], support[r]);
  });
  const auto door = [&](std::size_t i) {
    return cluster[i] < 0 ? 0.0f : open[static_cast<std::size_t>(cluster[i])];
  };
  now.parallel.for_each_block(n, [&](Block b) {
    const auto c = world.in(b);
    const float *stakes = c[lever::stakes], *competition = c[lever::competition];
    thread_local std::array<float, kBlock> friendly, forms, kept;  // scratch of one block
    for (std::size_t r = 0; r < b.size(); ++r)
      friendly[r] = friendliness(p.competition, competition[r], stakes[r], p.stakes_rivalry);
    for (int k = 0; k < kTies; ++k) {
      const int32_t* partner = c.plane(col::partner, k);
      float *weight = c.plane(col::tie_weight, k), *trust = c.plane(col::tie_trust, k);
      for (std::size_t r = 0; r < b.size(); ++r) {
        forms[r] = kept[r] = 0.0f;
        if (partner[r] < 0) continue;
        const std::size_t i = b.begin + r;
        const auto j = static_cast<std::size_t>(partner[r]);
        float meet = p.forming * friendly[r], trusts = p.neighbour_trust * friendly[r];
        if (k >= kFirstClusterTie) {
          meet = p.meeting * real[i] * real[j] * 0.5f * (quality[i] + quality[j]);
          trusts = 0.5f * (net_trust[i] + net_trust[j]);
        }
        if (k == kBridgeTie) meet *= door(i) * door(j);  // both clusters must open
        forms[r] = meet;
        kept[r] = 1.0f - unit(broken[i] + broken[j]);
        trust[r] = trusts * (1.0f - 0.5f * (fear[i] + fear[j]));
      }
      for (std::size_t r = 0; r < b.size(); ++r)
        weight[r] = filled(weight[r] * kept[r], forms[r], p.decay, years);
    }
  });
}

}  // namespace reformsim
