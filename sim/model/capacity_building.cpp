#include "model/capacity_building.hpp"

namespace reformsim {
namespace {

using Params = CapacityBuilding::Params;

const ParameterRow<Params> kRows[] = {
    {"rate", &Params::rate, "1/year", 0.1, 1.2,
     "Share of the mastery still to gain that coached staff gain in a year, at full absorption.",
     "assumed; the effect it must give: Kraft, Blazar and Hogan 2018"},
    {"light_depth", &Params::light_depth, "share", 0, 0.4,
     "Depth of short training with follow-up against coaching.", "assumed; Sims et al. 2021"},
    {"broadcast_depth", &Params::broadcast_depth, "share", 0, 0.1,
     "Depth of evidence sent out and one-off courses against coaching.",
     "assumed; EEF Literacy Octopus 2017, 2019"},
    {"good_coaching", &Params::good_coaching, "schools", 50, 3000,
     "Schools' worth of coaching at which the quality has lost half of what it can lose.",
     "assumed; the effect it must give: Kraft, Blazar and Hogan 2018"},
    {"least_quality", &Params::least_quality, "share", 0, 0.8,
     "Quality of coaching that is left however many are coached.",
     "assumed; Kraft, Blazar and Hogan 2018", Role::constant},
    {"incoherent", &Params::incoherent, "share", 0, 1,
     "What a school without coherence takes in, against a fully coherent one.",
     "assumed; direction: Bryk et al. 2010", Role::constant},
    {"human", &Params::human, "share", 0, 1,
     "Share of the human capital still to gain that comes with a full gain of mastery.",
     "assumed; direction: Hargreaves and Fullan 2012", Role::constant},
    {"social", &Params::social, "share", 0, 1, "The same for social capital.",
     "assumed; direction: Hargreaves and Fullan 2012", Role::constant},
    {"judgement", &Params::judgement, "share", 0, 1, "The same for decisional capital.",
     "assumed; direction: Hargreaves and Fullan 2012", Role::constant},
    {"attention", &Params::attention, "share", 0, 0.3,
     "Attention that coaching takes when all the staff are coached.", "assumed", Role::constant},
    {"light_attention", &Params::light_attention, "share", 0, 0.1,
     "Attention that short training with follow-up takes when all the staff are in it.", "assumed",
     Role::constant}};

}  // namespace

std::span<const ParameterRow<Params>> CapacityBuilding::parameters() { return kRows; }

void CapacityBuilding::step(const Access& world, const Params& p, const Context& now) {
  const std::size_t n = world.schools();
  const double coached = now.parallel.sum_blocks(n, [&](Block b) {
    const auto c = world.in(b);
    double sum = 0;
    for (std::size_t i = 0; i < b.size(); ++i)
      sum += static_cast<double>(c[lever::coaching][i] * c[col::funded][i]);
    return sum;
  });
  const float quality =
      coaching_quality(static_cast<float>(coached), p.good_coaching, p.least_quality);
  const float rate = p.rate * static_cast<float>(now.years);
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
      // What is still to gain shrinks within the term, too.
      const float gain =
          1.0f - exp(-rate * depth * funded[i] * absorption(energy[i], coherence[i], p.incoherent));
      const float practice = gain * pedagogy[i];
      for (int k = 0; k < kPractices; ++k) {
        const std::size_t at = i * kPractices + static_cast<std::size_t>(k);
        change[at] += practice * fit[at] * (1.0f - mastery[at]);
      }
      human_change[i] += p.human * gain * (1.0f - human[i]);
      social_change[i] += p.social * gain * (1.0f - social[i]);
      decisional_change[i] += p.judgement * gain * (1.0f - decisional[i]);
      load[i] += funded[i] * (p.attention * coaching[i] + p.light_attention * light[i]);
    }
  });
}

}  // namespace reformsim
