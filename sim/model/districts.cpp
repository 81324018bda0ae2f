#include "model/districts.hpp"

namespace reformsim {
namespace {

constexpr float kUsual = 0.5f;

const ParameterRow<Districts::Params> kRows[] = {
    {"persistence", &Districts::Params::persistence, "1", 0.93, 0.99,
     "Correlation of a district's capacity from one year to the next.", "Whitehurst et al. 2013"},
    {"capacity_sd", &Districts::Params::capacity_sd, "share", 0.05, 0.25,
     "SD of capacity between districts.", "assumed; the effect it must give: Chingos et al. 2015"},
    {"leading", &Districts::Params::leading, "1", 1.0, 2.0,
     "Support of a willing district that leads from the middle, against one that mediates.",
     "assumed; direction: Hargreaves and Ainscow 2015"},
    {"rebuilding", &Districts::Params::rebuilding, "1/year", 0.05, 0.5,
     "Rate at which a district builds up again what was drained from it.", "assumed"}};

}  // namespace

std::span<const ParameterRow<Districts::Params>> Districts::parameters() { return kRows; }

void Districts::step(const Access& world, const Params& p, const Context& now) {
  const auto keeps = static_cast<float>(power(p.persistence, now.years));
  const float shock = p.capacity_sd * square_root(1.0f - keeps * keeps);
  const float rebuilt = now.share(p.rebuilding);
  now.parallel.for_each_block(world.rows(Entity::district), [&](Block b) {
    for (std::size_t d = b.begin; d < b.end; ++d) {
      float& capacity = world[col::district_capacity][d];
      float& drained = world[col::district_drained][d];
      float& change = world[col::district_change][d];
      const float luck = now.draws.normal(world[col::district_id][d], 0);
      capacity = unit(kUsual + keeps * (capacity - kUsual) + shock * luck);
      drained = unit(drained * (1.0f - rebuilt) + change);
      change = 0.0f;
    }
  });
  now.parallel.for_each_block(world.schools(), [&](Block b) {
    const auto c = world.in(b);
    for (std::size_t i = 0; i < b.size(); ++i) {
      const auto d = static_cast<std::size_t>(c[col::district][i]);
      const auto role = static_cast<DistrictRole>(static_cast<int>(c[lever::district_role][i]));
      c[col::district_support][i] = support_from(
          role, world[col::district_disposition][d],
          world[col::district_capacity][d] * (1.0f - world[col::district_drained][d]), p.leading);
    }
  });
}

}  // namespace reformsim
