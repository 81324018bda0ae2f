#include "model/capacity_building.hpp"

namespace reformsim {
namespace {

const ParameterRow<CapacityBuilding::Params> kRows[] = {
    {"rate", &CapacityBuilding::Params::rate, "1/year", 0.1, 1.2,
     "Share of the mastery still to gain that coached staff gain in a year, at full absorption.",
     "assumed; the effect it must give: Kraft, Blazar and Hogan 2018"},
    {"light_depth", &CapacityBuilding::Params::light_depth, "share", 0, 0.4,
     "Depth of short training with follow-up against coaching.", "assumed; Sims et al. 2021"},
    {"broadcast_depth", &CapacityBuilding::Params::broadcast_depth, "share", 0, 0.1,
     "Depth of evidence sent out and one-off courses against coaching.",
     "assumed; EEF Literacy Octopus 2017, 2019"},
    {"good_coaching", &CapacityBuilding::Params::good_coaching, "schools", 50, 3000,
     "Schools' worth of coaching at which the quality has lost half of what it can lose.",
     "assumed; the effect it must give: Kraft, Blazar and Hogan 2018"}};

}  // namespace

std::span<const ParameterRow<CapacityBuilding::Params>> CapacityBuilding::parameters() {
  return kRows;
}

void CapacityBuilding::step(const Access& world, const Params& p, const Context& now) {
  const std::size_t n = world.schools();
  const double coached = now.parallel.sum_blocks(n, [&](Block b) {
    const auto c = world.in(b);
    double sum = 0;
    for (std::size_t i = 0; i < b.size(); ++i)
      sum += static_cast<double>(c[lever::coaching][i] * c[col::funded][i]);
    return sum;
  });
  const float quality = coaching_quality(static_cast<float>(coached), p.good_coaching);
  const float gains = now.share(p.rate);
  now.parallel.for_each_block(n, [&](Block b) {
    const auto c = world.in(b);
    const float *coaching = c[lever::coaching], *light = c[lever::light_touch],
                *broadcast = c[lever::broadcast], *pedagogy = c[lever::pedagogy],
                *funded = c[col::funded], *energy = c[col::energy], *coherence = c[col::coherence],
                *human = c[col::human_capital], *social = c[col::social_capital],
                *decisional = c[col::decisional_capital], *mastery = c[col::mastery],
                *fit = c[col::practice_fit];
    const auto change = c[col::mastery_change];
    const auto human_change = c[col::human_change];
    const auto social_change = c[col::social_change];
    const auto decisional_change = c[col::decisional_change];
    const auto load = c[col::load];
    for (std::size_t i = 0; i < b.size(); ++i) {
      const float depth =
          coaching[i] * quality + light[i] * p.light_depth + broadcast[i] * p.broadcast_depth;
      const float gain = gains * depth * funded[i] * absorption(energy[i], coherence[i]);
      const float practice = gain * pedagogy[i];
      for (int k = 0; k < kPractices; ++k) {
        const std::size_t at = i * kPractices + static_cast<std::size_t>(k);
        change[at] += practice * fit[at] * (1.0f - mastery[at]);
      }
      human_change[i] += 0.5f * gain * (1.0f - human[i]);
      social_change[i] += 0.2f * gain * (1.0f - social[i]);
      decisional_change[i] += 0.3f * gain * (1.0f - decisional[i]);
      load[i] += funded[i] * (0.08f * coaching[i] + 0.02f * light[i]);
    }
  });
}

}  // namespace reformsim
