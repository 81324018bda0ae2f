#include "model/districts.hpp"

#include <algorithm>

namespace reformsim {
namespace {

const ParameterRow<Districts::Params> kRows[] = {
    {"persistence", &Districts::Params::persistence, "1", 0.93, 0.99,
     "Correlation of a district's capacity from one year to the next.", "Whitehurst et al. 2013"},
    {"leading", &Districts::Params::leading, "1", 1.0, 2.5,
     "Support of a district that leads from the middle at full strength, against one that "
     "mediates.",
     "assumed; direction: Hargreaves and Ainscow 2015"},
    {"rebuilding", &Districts::Params::rebuilding, "1/year", 0.03, 0.5,
     "Rate at which a district that is not passed over builds up again what was drained from it.",
     "assumed"},
    {"neglect", &Districts::Params::neglect, "1/year", 0, 0.1,
     "Share of its remaining capacity that a district loses in a year in which it is passed over.",
     "assumed; direction: Hargreaves and Ainscow 2015"},
    {"usual_capacity", &Districts::Params::usual_capacity, "share", 0.3, 0.7,
     "Capacity that districts drift around, before what is drained.", "assumed; a choice of scale",
     Role::constant},
    {"capacity_sd", &Districts::Params::capacity_sd, "share", 0.05, 0.5,
     "SD of capacity between districts.", "assumed; the effect it must give: Chingos et al. 2015",
     Role::constant}};

}  // namespace

std::span<const ParameterRow<Districts::Params>> Districts::parameters() { return kRows; }

void Districts::step(const Access& world, const Params& p, const Context& now) {
  const auto keeps = static_cast<float>(power(static_cast<double>(p.persistence), now.years));
  const float shock = p.capacity_sd * square_root(1.0f - keeps * keeps);
  const float lasting = now.applied(-log(static_cast<double>(p.persistence)));
  const auto years = static_cast<float>(now.years);
  const auto first = world[col::first_school];
  const auto count = world[col::district_schools];
  now.parallel.for_each_block(world.rows(Entity::district), [&](Block b) {
    for (std::size_t d = b.begin; d < b.end; ++d) {
      float bypassed = 0;
      for (int32_t s = first[d]; s < first[d] + count[d]; ++s)
        bypassed +=
            static_cast<DistrictRole>(static_cast<int>(world.at(
                lever::district_role, static_cast<std::size_t>(s)))) == DistrictRole::bypassed
                ? 1.0f
                : 0.0f;
      bypassed /= static_cast<float>(std::max(count[d], 1));

      float& capacity = world[col::district_capacity][d];
      float& gained = world[col::capacity_change][d];
      const float luck = now.draws.normal(world[col::district_id][d], 0);
      capacity = unit(p.usual_capacity + keeps * (capacity - p.usual_capacity) + shock * luck +
                      lasting * gained);
      gained = 0.0f;

      // Neglect and rebuilding together pull the drained share to a level; what mechanisms drain
      // comes on top, and some of it is rebuilt within the term.
      float& drained = world[col::district_drained][d];
      float& change = world[col::drained_change][d];
      const float neglected = p.neglect * bypassed;
      const float rate = neglected + p.rebuilding * (1.0f - bypassed);
      const float moves = 1.0f - exp(-rate * years);
      const float level = drained_in_the_long_run(neglected, p.rebuilding * (1.0f - bypassed));
      const float kept = rate * years > 1e-6f ? moves / (rate * years) : 1.0f;
      drained = unit(drained + moves * (level - drained) + kept * change);
      change = 0.0f;
    }
  });
  now.parallel.for_each_block(world.schools(), [&](Block b) {
    const auto c = world.in(b);
    for (std::size_t i = 0; i < b.size(); ++i) {
      const auto d = static_cast<std::size_t>(c[col::district][i]);
      c[col::district_support][i] =
          support_from(world[col::district_capacity][d] * (1.0f - world[col::district_drained][d]),
                       world[col::middle_strength][d], p.leading);
    }
  });
}

}  // namespace reformsim
