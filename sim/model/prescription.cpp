#include "model/prescription.hpp"

namespace reformsim {
namespace {

const ParameterRow<Prescription::Params> kRows[] = {
    {"rate", &Prescription::Params::rate, "1/year", 0.05, 1.0,
     "Share of the distance to the standard closed in a year under full prescription.", "assumed"},
    {"standard", &Prescription::Params::standard, "share", 0.4, 0.8,
     "Mastery the standard asks for in a practice that serves both domains alike.", "assumed"},
    {"erosion", &Prescription::Params::erosion, "1/year", 0, 0.2,
     "Share of decisional capital lost in a year under full prescription.",
     "assumed; direction: Hargreaves and Fullan 2012"},
    {"habit_half_life", &Prescription::Params::habit_half_life, "year", 2, 12,
     "Half-life of the habit of compliance.", "assumed; direction: Munby and Fullan 2016"}};

}  // namespace

std::span<const ParameterRow<Prescription::Params>> Prescription::parameters() { return kRows; }

void Prescription::step(const Access& world, const Params& p, const Context& now) {
  const auto years = static_cast<float>(now.years);
  const float closes = now.share(p.rate);
  const float to_habit = now.share(0.6931471805599453 / p.habit_half_life);
  float standard[kPractices];
  for (int k = 0; k < kPractices; ++k) standard[k] = standard_mastery(p.standard, k);
  now.parallel.for_each_block(world.schools(), [&](Block b) {
    const auto c = world.in(b);
    const float *level = c[lever::prescription], *decisional = c[col::decisional_capital],
                *mastery = c[col::mastery], *pressure = c[col::pressure];
    float* habit = c[col::compliance_habit];
    const auto change = c[col::mastery_change];
    const auto judgement = c[col::decisional_change];
    const auto load = c[col::load];
    for (std::size_t i = 0; i < b.size(); ++i) {
      const float pull = closes * level[i] * (0.5f + 0.5f * habit[i]);
      for (int k = 0; k < kPractices; ++k)
        change[i * kPractices + k] += pull * (standard[k] - mastery[i * kPractices + k]);
      judgement[i] += -p.erosion * level[i] * decisional[i] * years;
      load[i] += 0.10f * level[i];
      habit[i] += to_habit * (unit(0.7f * level[i] + 0.5f * pressure[i]) - habit[i]);
    }
  });
}

}  // namespace reformsim
