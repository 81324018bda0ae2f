#include "model/ties.hpp"

#include <array>

namespace reformsim {
namespace {

constexpr float kMeeting =
    2.0f;  // yearly rate at which contact forms between members who work together
constexpr float kDeepLoss =
    0.2f;  // share of a deep tie lost with a leader (Coburn et al. 2012; assumed)

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
     "Coburn et al. 2012; assumed"}};

}  // namespace

std::span<const ParameterRow<Ties::Params>> Ties::parameters() { return kRows; }

void Ties::step(const Access& world, const Params& p, const Context& now) {
  const auto years = static_cast<float>(now.years);
  const auto real = world[col::engagement_real];
  const auto quality = world[col::network_quality];
  const auto net_trust = world[col::network_trust];
  const auto changed = world[col::leader_changed];
  const auto fear = world[col::fear];
  const auto cluster = world[col::cluster];
  const auto open = world[col::cluster_openness];
  now.parallel.for_each_block(world.schools(), [&](Block b) {
    const auto c = world.in(b);
    const float *stakes = c[lever::stakes], *publication = c[lever::publication],
                *autonomy = c[lever::autonomy], *beyond = c[lever::beyond_leaders];
    thread_local std::array<float, kBlock> friendly;  // scratch of one block
    for (std::size_t r = 0; r < b.size(); ++r)
      friendly[r] = exp(-p.competition * unit(stakes[r] * 0.5f + publication[r] * autonomy[r]));
    for (int k = 0; k < kTies; ++k) {
      const int32_t* partner = c.plane(col::partner, k);
      float *weight = c.plane(col::tie_weight, k), *trust = c.plane(col::tie_trust, k);
      for (std::size_t r = 0; r < b.size(); ++r) {
        if (partner[r] < 0) continue;
        const std::size_t i = b.begin + r;
        const auto j = static_cast<std::size_t>(partner[r]);
        const float lost = p.lost_with_leader + (kDeepLoss - p.lost_with_leader) * beyond[r];
        float forms = p.forming * friendly[r], trusts = 0.4f * friendly[r];
        if (k >= kFirstClusterTie) {
          forms = kMeeting * real[i] * real[j] * 0.5f * (quality[i] + quality[j]);
          trusts = 0.5f * (net_trust[i] + net_trust[j]);
        }
        if (k == kBridgeTie) {
          // Only what both clusters open lets a bridge stand.
          const float a = cluster[i] < 0 ? 0.0f : open[static_cast<std::size_t>(cluster[i])];
          const float o = cluster[j] < 0 ? 0.0f : open[static_cast<std::size_t>(cluster[j])];
          forms *= a * o;
        }
        const float breaks = lost * unit(changed[i] + changed[j]);
        const float w = weight[r];
        weight[r] = unit(w + years * (forms * (1.0f - w) - p.decay * w) - breaks * w);
        trust[r] = unit(trusts * (1.0f - 0.5f * (fear[i] + fear[j])));
      }
    }
  });
}

}  // namespace reformsim
