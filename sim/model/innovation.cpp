#include "model/innovation.hpp"

#include <array>

namespace reformsim {
namespace {

const ParameterRow<Innovation::Params> kRows[] = {
    {"spread", &Innovation::Params::spread, "share/year^0.5", 0, 0.3,
     "SD of a year's change in a practice that a fully autonomous school of full energy tries "
     "things with.",
     "assumed; variance grows: Bohlmark and Lindahl 2015; Osth et al. 2013"},
    {"edge", &Innovation::Params::edge, "1/year", 0, 1.2,
     "Mastery such a school gains (or loses) in a year per unit of capacity above (below) the "
     "usual school's.",
     "assumed; sign by capacity: Hanushek, Link and Woessmann 2013"},
    {"burden", &Innovation::Params::burden, "share", 0, 1.0,
     "Energy that full autonomy costs a school per unit of capacity below the usual.",
     "assumed; direction: Munby and Fullan 2016"},
    {"thinning", &Innovation::Params::thinning, "1/year", 0.02, 0.15,
     "Share of its district's remaining capacity that is drained a year under full autonomy.",
     "assumed; direction: Munby and Fullan 2016"},
    {"judgement", &Innovation::Params::judgement, "1/year", 0, 0.4,
     "Share of the decisional capital still to gain that deciding for itself teaches a fully "
     "autonomous school in a year, per unit of capacity.",
     "assumed; direction: Hargreaves and Fullan 2012", Role::constant},
    {"by_leader", &Innovation::Params::by_leader, "share/SD", 0, 0.2,
     "Capacity to use freedom that one SD of leadership adds.", "assumed", Role::constant},
    {"imports", &Innovation::Params::imports, "1/year", 0, 0.2,
     "Share of the mastery still to gain that a fully autonomous school gains in a year where the "
     "system learns from other systems.",
     "assumed; direction: Munby and Fullan 2016", Role::constant},
    {"evidence", &Innovation::Params::evidence, "1", 0, 20,
     "How strictly evidence of good work decides on the autonomy to be earned.",
     "assumed; direction: Rincon-Gallardo and Fullan 2016", Role::constant}};

}  // namespace

std::span<const ParameterRow<Innovation::Params>> Innovation::parameters() { return kRows; }

void Innovation::step(const Access& world, const Params& p, const Context& now) {
  const auto years = static_cast<float>(now.years);
  const float root = square_root(years);
  const std::size_t n = world.schools();
  const auto mean = [&](auto tag) {
    const auto column = world[tag];
    const double sum = now.parallel.sum_blocks(n, [&](Block b) {
      double part = 0;
      for (std::size_t i = b.begin; i < b.end; ++i) part += static_cast<double>(column[i]);
      return part;
    });
    return static_cast<float>(sum / static_cast<double>(n));
  };
  const float usual_value_added = mean(col::reported_value_added);
  const float usual_internal = mean(col::internal_accountability);
  now.parallel.for_each_block(n, [&](Block b) {
    const auto c = world.in(b);
    const float *autonomy = c[lever::autonomy], *has_to_be = c[lever::autonomy_earned],
                *outward = c[lever::outward_looking], *energy = c[col::energy],
                *human = c[col::human_capital], *decisional = c[col::decisional_capital],
                *leadership = c[col::leadership], *mastery = c[col::mastery],
                *value_added = c[col::reported_value_added],
                *internal = c[col::internal_accountability];
    float* held = c[col::autonomy_held];
    const auto change = c[col::mastery_change];
    const auto judgement = c[col::decisional_change];
    const auto strain = c[col::strain];
    thread_local std::array<std::array<float, kBlock>, kPractices> luck;  // scratch of one block
    const std::span ids{c[col::school_id], b.size()};
    for (std::uint32_t k = 0; k < kPractices; k += 4)
      now.draws.normals4(
          ids, k, {luck[k].data(), luck[k + 1].data(), luck[k + 2].data(), luck[k + 3].data()});
    for (std::size_t i = 0; i < b.size(); ++i) {
      const float earned = autonomy_earned_by(p.evidence, value_added[i] - usual_value_added,
                                              internal[i] - usual_internal);
      held[i] = held_autonomy(autonomy[i], has_to_be[i], earned);
      const float capacity =
          capacity_for_freedom(human[i], decisional[i], leadership[i], p.by_leader);
      const float tries = held[i] * energy[i];
      const float gain = p.edge * tries * (capacity - 0.5f) * years;
      const float from_outside = p.imports * tries * outward[i] * years;
      const float sd = p.spread * tries * root;
      for (std::size_t k = 0; k < kPractices; ++k)
        change[i * kPractices + k] +=
            gain + from_outside * (1.0f - mastery[i * kPractices + k]) + sd * luck[k][i];
      judgement[i] += p.judgement * held[i] * unit(capacity) * (1.0f - decisional[i]) * years;
      strain[i] += p.burden * held[i] * unit(0.5f - capacity);
    }
  });

  const auto first = world[col::first_school];
  const auto count = world[col::district_schools];
  const auto drained = world[col::district_drained];
  const auto held = world[col::autonomy_held];
  const auto drained_change = world[col::drained_change];
  now.parallel.for_each_block(world.rows(Entity::district), [&](Block b) {
    for (std::size_t d = b.begin; d < b.end; ++d) {
      float sum = 0;
      for (int s = first[d]; s < first[d] + count[d]; ++s) sum += held[static_cast<std::size_t>(s)];
      const float share = sum / static_cast<float>(count[d] > 0 ? count[d] : 1);
      drained_change[d] += p.thinning * share * (1.0f - drained[d]) * years;
    }
  });
}

}  // namespace reformsim
