#include "model/open_clusters.hpp"

#include <array>
#include <vector>

namespace reformsim {
namespace {

const ParameterRow<OpenClusters::Params> kRows[] = {
    {"opening", &OpenClusters::Params::opening, "1/year", 0.2, 2,
     "Rate at which a cluster's openness comes to what present conditions sustain.",
     "assumed; trust and practice take 0.5 to 3 years", Role::constant},
    {"spanning", &OpenClusters::Params::spanning, "share", 0, 1,
     "Part of openness that only people who act for schools beyond their own cluster can carry.",
     "assumed; direction: Daly and Finnigan 2010-2012"},
    {"insularity", &OpenClusters::Params::insularity, "share", 0, 0.8,
     "Openness lost by a cluster of full inner trust that is neither asked to be open nor checked.",
     "assumed; direction: Munby and Fullan 2016"},
    {"conformity", &OpenClusters::Params::conformity, "1/year", 0, 1,
     "Rate at which members of a closed cluster of full trust come to do what the others do, "
     "better "
     "or worse.",
     "assumed; direction: Frank, Zhao and Borman 2004"},
    {"validation", &OpenClusters::Params::validation, "1/year", 0.2, 2,
     "Rate at which clusters learn to review and validate one another.",
     "assumed; direction: Munby and Fullan 2016"},
    {"enough_spanners", &OpenClusters::Params::enough_spanners, "share", 0.2, 1,
     "Share of active leaders' and staff's care for other schools at which a cluster has all the "
     "people that openness needs.",
     "assumed", Role::constant},
    {"review_load", &OpenClusters::Params::review_load, "share", 0, 0.1,
     "Attention that full review from cluster to cluster takes in a school that takes part in "
     "full.",
     "assumed; less than the review inside a cluster", Role::constant}};

}  // namespace

std::span<const ParameterRow<OpenClusters::Params>> OpenClusters::parameters() { return kRows; }

void OpenClusters::step(const Access& world, const Params& p, const Context& now) {
  const auto years = static_cast<float>(now.years);
  const float opens = now.share(static_cast<double>(p.opening));
  const float checks = now.share(static_cast<double>(p.validation));
  const auto real = world[col::engagement_real];
  const auto mastery = world[col::mastery];
  using Practices = std::array<float, kPractices>;
  std::vector<Practices> usual(world.rows(Entity::cluster));  // what active members do
  now.parallel.for_each_block(world.rows(Entity::cluster), [&](Block b) {
    for (std::size_t k = b.begin; k < b.end; ++k) {
      const auto first = static_cast<std::size_t>(world[col::first_member][k]);
      const auto size = static_cast<std::size_t>(world[col::cluster_size][k]);
      if (size == 0) continue;
      float policy = 0, review = 0, competition = 0, active = 0, people = 0;
      for (std::size_t m = first; m < first + size; ++m) {
        const auto i = static_cast<std::size_t>(world[col::member][m]);
        const auto leader = static_cast<std::size_t>(world[col::leader][i]);
        policy += world.at(lever::openness, i);
        competition += world.at(lever::competition, i);
        review += world.at(lever::cross_review, i);
        active += real[i];
        people +=
            real[i] * 0.5f * (world[col::leader_system_mind][leader] + world[col::systemness][i]);
        for (std::size_t q = 0; q < kPractices; ++q)
          usual[k][q] += real[i] * mastery[i * kPractices + q];
      }
      for (float& share : usual[k]) share /= active > 0.0f ? active : 1.0f;
      const float per = 1.0f / static_cast<float>(size);
      float& checked = world[col::cluster_validation][k];
      float& open = world[col::cluster_openness][k];
      checked += checks * (unit(review * per * active * per) - checked);
      float sustained = 0.0f;  // nobody takes part: there is nothing to open
      if (active > 0.0f)
        sustained = openness_sustained(
            policy * per, p.spanning, spanners_found(people / active, p.enough_spanners, checked),
            competition * per, p.insularity, world[col::cluster_trust][k], checked);
      open += opens * (sustained - open);
    }
  });
  now.parallel.for_each_block(world.schools(), [&](Block b) {
    const auto c = world.in(b);
    const float *review = c[lever::cross_review], *part = c[col::engagement_real],
                *trust = c[col::network_trust], *own = c[col::mastery];
    const int32_t* cluster = c[col::cluster];
    const auto load = c[col::load];
    const auto change = c[col::mastery_change];
    for (std::size_t i = 0; i < b.size(); ++i) {
      load[i] += p.review_load * review[i] * part[i];
      if (cluster[i] < 0 || trust[i] <= 0.0f) continue;
      const auto k = static_cast<std::size_t>(cluster[i]);
      const float gives = conforms(p.conformity, trust[i], world[col::cluster_openness][k]) * years;
      for (std::size_t q = 0; q < kPractices; ++q)
        change[i * kPractices + q] += gives * (usual[k][q] - own[i * kPractices + q]);
    }
  });
}

}  // namespace reformsim
