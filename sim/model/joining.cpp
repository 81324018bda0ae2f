#include "model/joining.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace reformsim {
namespace {

const ParameterRow<Joining::Params> kRows[] = {
    {"influence", &Joining::Params::influence, "1/year", 0.8, 4.0,
     "Rate of voluntary uptake: how strongly the participation of others draws a school in.",
     "New Zealand 2014-2025, logistic fit to uptake: about 2 a year"},
    {"saturation", &Joining::Params::saturation, "share", 0.55, 1.0,
     "Share of schools that would ever join of their own accord.",
     "New Zealand 2014-2025: uptake settled near 0.75"},
    {"reactance", &Joining::Params::reactance, "share", 0.1, 0.9,
     "Mean loss of real participation among schools that did not choose it, under a centre that is "
     "not trusted at all.",
     "assumed; New Zealand 2014: 93% no confidence"},
    {"time_cost", &Joining::Params::time_cost, "share", 0.03, 0.15,
     "Attention that full participation takes.", "assumed"},
    {"critical_mass", &Joining::Params::critical_mass, "share", 0.05, 0.40,
     "Participation below which uptake stalls.", "assumed; Centola et al. 2018", Role::constant},
    {"coalition", &Joining::Params::coalition, "share", 0, 0.5,
     "Participation that the usual coalition stands for before anybody has joined.",
     "assumed; the uptake it must give: New Zealand 2014-2025, 62% after two years",
     Role::constant},
    {"expected", &Joining::Params::expected, "share", 0, 0.6,
     "Participation that full expectation stands for where joining is thought inevitable.",
     "assumed; direction: Munby and Fullan 2016", Role::constant},
    {"care", &Joining::Params::care, "1", 0, 0.6,
     "How far care for other schools (the leader's, the staff's, the cluster's) makes up for "
     "belief "
     "in one's own benefit.",
     "assumed; direction: Rincon-Gallardo and Fullan 2016", Role::constant},
    {"commitment", &Joining::Params::commitment, "share", 0.3, 0.95,
     "How far a member of usual outlook and energy really takes part.", "assumed", Role::constant},
    {"settling", &Joining::Params::settling, "1/year", 0.4, 3,
     "Rate at which real participation follows the decision.",
     "assumed; New Zealand: a fifth had agreed plans when three fifths had joined", Role::constant},
    {"leaving", &Joining::Params::leaving, "1/year", 0.1, 3,
     "Hazard of leaving for a member that sees no use in it and of whom nothing is expected.",
     "assumed", Role::constant},
    {"compliance", &Joining::Params::compliance, "1/year", 1, 12,
     "Hazard of joining in name when it is ordered, and of leaving when the scheme has ended.",
     "assumed", Role::constant}};

}  // namespace

std::span<const ParameterRow<Joining::Params>> Joining::parameters() { return kRows; }

void Joining::step(const Access& world, const Params& p, const Context& now) {
  const std::size_t n = world.schools();
  const std::size_t clusters = world.rows(Entity::cluster);
  const auto mind = world[col::leader_system_mind];
  const auto purpose = world[col::cluster_purpose];
  const auto years = static_cast<float>(now.years);

  // Participation in each school's cluster and everywhere, as the mean of the two.
  std::vector<float> joined(clusters);
  const auto see = [&](std::span<const float> says) {
    now.parallel.for_each_block(clusters, [&](Block b) {
      for (std::size_t k = b.begin; k < b.end; ++k) {
        const int first = world[col::first_member][k], size = world[col::cluster_size][k];
        float sum = 0;
        for (int m = first; m < first + size; ++m)
          sum += says[static_cast<std::size_t>(world[col::member][static_cast<std::size_t>(m)])];
        joined[k] = sum / static_cast<float>(size > 0 ? size : 1);
      }
    });
    const double all = now.parallel.sum_blocks(n, [&](Block b) {
      double sum = 0;
      for (std::size_t i = b.begin; i < b.end; ++i) sum += says[i];
      return sum;
    });
    return static_cast<float>(all / static_cast<double>(n));
  };
  // The chance that a school ends the term on the other side, if `everywhere` and `joined` are what
  // it sees.
  std::vector<float> outlook(n), chance(n), halfway(n);
  const auto weigh = [&](Block b, float everywhere) {
    const auto c = world.in(b);
    const float *mode = c[lever::participation], *expectation = c[lever::expectation],
                *coalition = c[lever::coalition_building], *reluctance = c[col::reluctance],
                *says = c[col::engagement_declared], *looks = outlook.data() + b.begin;
    const int32_t* cluster = c[col::cluster];
    float* moves = chance.data() + b.begin;
    thread_local std::array<float, kBlock> comes, goes;  // yearly hazards
    for (std::size_t i = 0; i < b.size(); ++i) {
      const auto how = static_cast<Participation>(static_cast<int>(mode[i]));
      comes[i] = goes[i] = 0.0f;
      if (how == Participation::none || cluster[i] < 0) {
        goes[i] = p.compliance;  // the scheme has ended
        continue;
      }
      if (how == Participation::mandated) {
        comes[i] = p.compliance;
        continue;
      }
      goes[i] = leaving_hazard(p.leaving, looks[i], expectation[i]);
      if (reluctance[i] >= would_join(how, p.saturation, expectation[i])) continue;
      const float others = 0.5f * (joined[static_cast<std::size_t>(cluster[i])] + everywhere);
      comes[i] = joining_hazard(
          p.influence, p.saturation,
          felt_participation(how, others, coalition[i], p.coalition, expectation[i], p.expected),
          p.critical_mass, looks[i]);
    }
    for (std::size_t i = 0; i < b.size(); ++i)
      moves[i] = changes_side(says[i] > 0.0f ? goes[i] : comes[i],
                              says[i] > 0.0f ? comes[i] : goes[i], years);
  };

  // Uptake feeds on itself: what counts is what schools see of each other halfway through the term.
  const float before = see(world[col::engagement_declared]);
  now.parallel.for_each_block(n, [&](Block b) {
    const auto c = world.in(b);
    const float *belief = c[col::belief_in_networks], *system = c[col::systemness],
                *says = c[col::engagement_declared];
    const int32_t *cluster = c[col::cluster], *leader = c[col::leader];
    for (std::size_t i = 0; i < b.size(); ++i)
      outlook[b.begin + i] =
          outlook_of(belief[i], p.care, mind[static_cast<std::size_t>(leader[i])], system[i],
                     cluster[i] < 0 ? 0.0f : purpose[static_cast<std::size_t>(cluster[i])]);
    weigh(b, before);
    for (std::size_t i = 0; i < b.size(); ++i)
      halfway[b.begin + i] = says[i] + 0.5f * chance[b.begin + i] * (1.0f - 2.0f * says[i]);
  });
  const float everywhere = see(halfway);

  const float settles = now.share(p.settling);
  now.parallel.for_each_block(n, [&](Block b) {
    weigh(b, everywhere);
    const auto c = world.in(b);
    const float *mode = c[lever::participation], *coalition = c[lever::coalition_building],
                *energy = c[col::energy], *trust = c[col::trust_in_centre],
                *reluctance = c[col::reluctance], *changed = c[col::leader_changed],
                *depth = c[col::engagement_depth];
    float *says = c[col::engagement_declared], *does = c[col::engagement_real],
          *since = c[col::member_for];
    const float *looks = outlook.data() + b.begin, *likely = chance.data() + b.begin;
    const auto load = c[col::load];
    for (std::size_t i = 0; i < b.size(); ++i) {
      const float said = says[i];
      if (likely[i] > 0.0f && now.draws.uniform(c[col::school_id][i], 0) < likely[i])
        says[i] = 1.0f - said;
      // Who joins does so halfway through the term, on average.
      since[i] =
          says[i] > 0.0f ? std::min(since[i] + (said > 0.0f ? years : 0.5f * years), 100.0f) : 0.0f;
      // Who would not have joined of their own accord is there because of others' will.
      const auto how = static_cast<Participation>(static_cast<int>(mode[i]));
      const bool chose = how != Participation::mandated && reluctance[i] < p.saturation;
      const float resists =
          chose ? 0.0f : resisted(p.reactance, trust[i], coalition[i], reluctance[i]);
      const float towards = 0.5f * (said + says[i]) *  // who moves does so halfway, on average
                            willingness(p.commitment, looks[i], energy[i]) * (1.0f - resists);
      // A new leader takes up what others than the old one were part of.
      does[i] *= 1.0f - changed[i] * (1.0f - depth[i]);
      does[i] += settles * (towards - does[i]);
      load[i] += p.time_cost * does[i];
    }
  });
}

}  // namespace reformsim
