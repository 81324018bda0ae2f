#include "model/district_grant.hpp"

#include <algorithm>

#include "model/middle_leadership.hpp"

namespace reformsim {

float set_aside(const Money::Access& world, std::size_t school) {
  const float total = world.at(lever::total_per_pupil, school);
  const float left = total - std::min(world.at(lever::reform_per_pupil, school), total);
  return std::min(world.at(lever::grant_per_pupil, school), left);
}

GrantOffer offer_grant(const Money::Access& world, const Money::Params& p, const Context& now) {
  GrantOffer offer;
  const auto takes = world[col::takes_grant];
  if (world.mean(lever::grant_per_pupil) <= 0.0f) {
    std::fill(takes.begin(), takes.end(), 0.0f);
    return offer;
  }
  const std::size_t districts = world.rows(Entity::district);
  const auto first = world[col::first_school];
  const auto count = world[col::district_schools];
  const auto roll = world[col::roll];
  std::vector<double> own(districts);  // set aside from its schools' money
  offer.pupils.resize(districts), offer.each.resize(districts);
  now.parallel.for_each_block(districts, [&](Block b) {
    for (std::size_t d = b.begin; d < b.end; ++d)
      for (int s = first[d]; s < first[d] + count[d]; ++s) {
        const auto i = static_cast<std::size_t>(s);
        own[d] += static_cast<double>(set_aside(world, i)) * roll[i];
        offer.pupils[d] += roll[i];
      }
  });
  double pot = 0, offered_to = 0, pupils = 0, left = 0;
  for (std::size_t d = 0; d < districts; ++d)
    pot += own[d], offered_to += own[d] > 0 ? 1 : 0, pupils += offer.pupils[d];
  const auto rule = static_cast<GrantRule>(static_cast<int>(world.mean(lever::grant_rule)));
  const float cost = p.grant_posts * price(CostUnit::teacher_year, p);
  for (std::size_t d = 0; d < districts; ++d) {
    if (own[d] <= 0) {
      takes[d] = 0.0f;
      continue;
    }
    const double offered = rule == GrantRule::equal_per_district ? pot / offered_to : own[d];
    if (now.first_of_year)
      takes[d] = takes_up(static_cast<float>(offered), cost, world[col::district_caution][d],
                          world[col::district_disposition][d] == kResistant, p.grant_resisted)
                     ? 1.0f
                     : 0.0f;
    if (takes[d] > 0.0f && offer.pupils[d] > 0)
      offer.each[d] = offered / offer.pupils[d];
    else
      left += offered;
  }
  offer.left = pupils > 0 ? left / pupils : 0.0;
  return offer;
}

}  // namespace reformsim
