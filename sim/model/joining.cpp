#include "model/joining.hpp"

#include <vector>

namespace reformsim {
namespace {

constexpr double kSettling =
    1.0;  // per year: real engagement follows the decision within a year or two
constexpr float kLeaving = 0.25f;  // yearly hazard of leaving without belief in the benefit

const ParameterRow<Joining::Params> kRows[] = {
    {"influence", &Joining::Params::influence, "1/year", 0.8, 4.0,
     "How strongly the participation of others draws a school in.",
     "New Zealand 2014-2025, logistic fit to uptake: about 2 a year"},
    {"saturation", &Joining::Params::saturation, "share", 0.55, 1.0,
     "Share of schools that would ever join of their own accord.",
     "New Zealand 2014-2025: uptake settled near 0.75"},
    {"reactance", &Joining::Params::reactance, "share", 0.1, 0.9,
     "Loss of real participation when membership is ordered by a centre that is not trusted.",
     "assumed; New Zealand 2014: 93% no confidence"},
    {"time_cost", &Joining::Params::time_cost, "share", 0.03, 0.15,
     "Attention that full participation takes.", "assumed"}};

}  // namespace

std::span<const ParameterRow<Joining::Params>> Joining::parameters() { return kRows; }

void Joining::step(const Access& world, const Params& p, const Context& now) {
  const std::size_t n = world.schools();
  const std::size_t clusters = world.rows(Entity::cluster);
  const auto declared = world[col::engagement_declared];

  // What each cluster looks like from outside, before anyone moves.
  std::vector<float> joined(clusters);
  now.parallel.for_each_block(clusters, [&](Block b) {
    for (std::size_t k = b.begin; k < b.end; ++k) {
      const int first = world[col::first_member][k], size = world[col::cluster_size][k];
      float sum = 0;
      for (int m = first; m < first + size; ++m)
        sum += declared[static_cast<std::size_t>(world[col::member][static_cast<std::size_t>(m)])];
      joined[k] = sum / static_cast<float>(size > 0 ? size : 1);
    }
  });
  const double declared_sum = now.parallel.sum_blocks(n, [&](Block b) {
    double sum = 0;
    for (std::size_t i = b.begin; i < b.end; ++i) sum += declared[i];
    return sum;
  });
  const auto everywhere = static_cast<float>(declared_sum / static_cast<double>(n));

  const float settles = now.share(kSettling);
  const auto years = static_cast<float>(now.years);
  const auto within = [&](float hazard) { return 1.0f - exp(-hazard * years); };
  const auto mind = world[col::leader_system_mind];
  now.parallel.for_each_block(n, [&](Block b) {
    const auto c = world.in(b);
    const float *mode = c[lever::participation], *expectation = c[lever::expectation],
                *jointly = c[lever::shared_accountability], *energy = c[col::energy],
                *trust = c[col::trust_in_centre], *reluctance = c[col::reluctance];
    const int32_t *cluster = c[col::cluster], *leader = c[col::leader];
    const float* belief = c[col::belief_in_networks];
    float *says = c[col::engagement_declared], *does = c[col::engagement_real];
    const auto load = c[col::load];
    for (std::size_t i = 0; i < b.size(); ++i) {
      const auto how = static_cast<Participation>(static_cast<int>(mode[i]));
      const float others = cluster[i] < 0
                               ? 0.0f
                               : 0.5f * (joined[static_cast<std::size_t>(cluster[i])] + everywhere);
      const bool would =
          reluctance[i] < would_join(how, p.saturation, expectation[i]) && cluster[i] >= 0;
      const float u = now.draws.uniform(c[col::school_id][i], 0);
      const float outlook =
          unit(belief[i] + 0.2f * (mind[static_cast<std::size_t>(leader[i])] - 0.5f));
      if (says[i] == 0.0f) {
        const float hazard = joining_hazard(how, p.influence, others, outlook, expectation[i]);
        if (would && u < within(hazard)) says[i] = 1.0f;
      } else if (!would && how == Participation::none) {
        says[i] = u < within(2.0f) ? 0.0f : 1.0f;  // the scheme has ended
      } else if (how != Participation::mandated &&
                 u < within(kLeaving * (1.0f - outlook) * (1.0f - 0.7f * expectation[i]))) {
        says[i] = 0.0f;
      }
      const float towards =
          says[i] * settled_engagement(how, p.reactance, belief[i], energy[i], trust[i]);
      does[i] += settles * (towards - does[i]);
      load[i] += p.time_cost * does[i] * (1.0f - 0.3f * jointly[i]);
    }
  });
}

}  // namespace reformsim
