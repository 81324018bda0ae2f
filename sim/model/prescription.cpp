#include "model/prescription.hpp"

namespace reformsim {
namespace {

const ParameterRow<Prescription::Params> kRows[] = {
    {"rate", &Prescription::Params::rate, "1/year", 0.05, 1.0,
     "Rate at which a school that is used to doing as told closes the distance to the standard, "
     "under full prescription.",
     "assumed"},
    {"standard", &Prescription::Params::standard, "share", 0.36, 0.72,
     "Mastery the standard asks for in a practice that serves both domains alike.", "assumed"},
    {"erosion", &Prescription::Params::erosion, "1/year", 0, 0.2,
     "Share of decisional capital lost in a year under full prescription.",
     "assumed; direction: Hargreaves and Fullan 2012"},
    {"habit_half_life", &Prescription::Params::habit_half_life, "year", 2, 12,
     "Half-life of the habit of compliance.", "assumed; direction: Munby and Fullan 2016"},
    {"tilt", &Prescription::Params::tilt, "1", 0, 1.5,
     "How much more of a practice the standard asks for that serves tested basics alone, against "
     "one that serves both domains alike: half of this.",
     "assumed; direction: Hargreaves and Ainscow 2015", Role::constant},
    {"habit", &Prescription::Params::habit, "share", 0.2, 1,
     "Habit of compliance that prescription, or pressure, of 1 leads to in the end.", "assumed",
     Role::constant},
    {"attention", &Prescription::Params::attention, "share", 0, 0.3,
     "Attention of the staff that full prescription takes.", "assumed", Role::constant}};

}  // namespace

std::span<const ParameterRow<Prescription::Params>> Prescription::parameters() { return kRows; }

void Prescription::step(const Access& world, const Params& p, const Context& now) {
  const auto years = static_cast<float>(now.years);
  const float to_habit = now.share(0.6931471805599453 / p.habit_half_life);
  float standard[kPractices];
  for (int k = 0; k < kPractices; ++k) standard[k] = standard_mastery(p.standard, p.tilt, k);
  now.parallel.for_each_block(world.schools(), [&](Block b) {
    const auto c = world.in(b);
    const float *level = c[lever::prescription], *decisional = c[col::decisional_capital],
                *mastery = c[col::mastery], *pressure = c[col::pressure];
    float* habit = c[col::compliance_habit];
    const auto change = c[col::mastery_change];
    const auto judgement = c[col::decisional_change];
    const auto load = c[col::load];
    for (std::size_t i = 0; i < b.size(); ++i) {
      const float pull = p.rate * followed(level[i], habit[i]) * years;
      for (int k = 0; k < kPractices; ++k)
        change[i * kPractices + k] += pull * (standard[k] - mastery[i * kPractices + k]);
      judgement[i] += -p.erosion * level[i] * decisional[i] * years;
      load[i] += p.attention * level[i];
      habit[i] += to_habit * (habit_made(p.habit, level[i], pressure[i]) - habit[i]);
    }
  });
}

}  // namespace reformsim
