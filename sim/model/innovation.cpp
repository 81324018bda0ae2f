#include "model/innovation.hpp"

#include <array>

namespace reformsim {
namespace {

const ParameterRow<Innovation::Params> kRows[] = {
    {"spread", &Innovation::Params::spread, "share/year^0.5", 0, 0.2,
     "SD of a year's change in a practice that a fully autonomous school tries things with.",
     "assumed; variance grows: Bohlmark and Lindahl 2015; Osth et al. 2013"},
    {"edge", &Innovation::Params::edge, "1/year", 0, 0.8,
     "Mastery a fully autonomous school gains (or loses) a year per unit of capacity above (below) "
     "the "
     "usual school's.",
     "assumed; sign by capacity: Hanushek, Link and Woessmann 2013"},
    {"burden", &Innovation::Params::burden, "share", 0, 0.6,
     "Energy that full autonomy costs a school without the capacity for it.",
     "assumed; direction: Munby and Fullan 2016"},
    {"thinning", &Innovation::Params::thinning, "1/year", 0.02, 0.3,
     "Share of its district's remaining capacity that is drained a year under full autonomy.",
     "assumed; direction: Munby and Fullan 2016"}};

}  // namespace

std::span<const ParameterRow<Innovation::Params>> Innovation::parameters() { return kRows; }

void Innovation::step(const Access& world, const Params& p, const Context& now) {
  const auto years = static_cast<float>(now.years);
  const float root = square_root(years);
  now.parallel.for_each_block(world.schools(), [&](Block b) {
    const auto c = world.in(b);
    const float *autonomy = c[lever::autonomy], *energy = c[col::energy],
                *human = c[col::human_capital], *decisional = c[col::decisional_capital],
                *leadership = c[col::leadership];
    const auto change = c[col::mastery_change];
    const auto judgement = c[col::decisional_change];
    const auto strain = c[col::strain];
    thread_local std::array<std::array<float, kBlock>, kPractices> luck;  // scratch of one block
    const std::span ids{c[col::school_id], b.size()};
    for (std::uint32_t k = 0; k < kPractices; k += 4)
      now.draws.normals4(
          ids, k, {luck[k].data(), luck[k + 1].data(), luck[k + 2].data(), luck[k + 3].data()});
    for (std::size_t i = 0; i < b.size(); ++i) {
      const float able = use_of_freedom(human[i], decisional[i], leadership[i]);
      const float tries = autonomy[i] * (0.3f + energy[i]);
      const float mean = p.edge * tries * able * years;
      const float sd = p.spread * tries * root;
      for (int k = 0; k < kPractices; ++k)
        change[i * kPractices + static_cast<std::size_t>(k)] +=
            mean + sd * luck[static_cast<std::size_t>(k)][i];
      judgement[i] += 0.12f * autonomy[i] * (0.5f + able) * (1.0f - decisional[i]) * years;
      strain[i] += p.burden * autonomy[i] * unit(0.1f - able);
    }
  });

  const auto first = world[col::first_school];
  const auto count = world[col::district_schools];
  const auto drained = world[col::district_drained];
  const auto district_change = world[col::district_change];
  now.parallel.for_each_block(world.rows(Entity::district), [&](Block b) {
    for (std::size_t d = b.begin; d < b.end; ++d) {
      float sum = 0;
      for (int s = first[d]; s < first[d] + count[d]; ++s)
        sum += world.at(lever::autonomy, static_cast<std::size_t>(s));
      const float mean = sum / static_cast<float>(count[d] > 0 ? count[d] : 1);
      district_change[d] += p.thinning * mean * (1.0f - drained[d]) * years;
    }
  });
}

}  // namespace reformsim
