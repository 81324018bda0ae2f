#include "model/accountability.hpp"

namespace reformsim {
namespace {

constexpr double kEffortRate = 1.5;  // per year: effort answers within a year
constexpr double kHabitRate = 0.8;   // gaming and narrowing are learnt over a year or two
constexpr float kInternalBuffer =
    0.3f;  // Munby and Fullan 2016: what internal accountability takes off

const ParameterRow<Accountability::Params> kRows[] = {
    {"publication_weight", &Accountability::Params::publication_weight, "share", 0, 0.5,
     "Demand made by publication, or by a yearly inspection, alone; stakes of 1 make a demand of "
     "1.",
     "assumed; report cards alone moved little: Hanushek and Raymond 2005"},
    {"reach", &Accountability::Params::reach, "pupil SD", 0.2, 1.5,
     "Distance at which belief in reaching the target has fallen to 37%.",
     "assumed; direction: Reback 2008; Deming et al. 2016"},
    {"misuse", &Accountability::Params::misuse, "share", 0, 1,
     "Share of the pressure that could not be turned into better work that goes into gaming and "
     "into "
     "narrowing.",
     "assumed; direction: Koretz 2017; Jacob 2005"},
    {"strain", &Accountability::Params::strain, "share", 0, 0.6,
     "Energy lost to pressure of 1 that could not be turned into better work.",
     "assumed; direction: Munby and Fullan 2016"}};

}  // namespace

std::span<const ParameterRow<Accountability::Params>> Accountability::parameters() { return kRows; }

void Accountability::step(const Access& world, const Params& p, const Context& now) {
  const auto usual = static_cast<float>(world[col::score_usual][0]);
  const auto years = static_cast<float>(now.years);
  const float to_effort = now.share(kEffortRate);
  const float to_habit = now.share(kHabitRate);
  now.parallel.for_each_block(world.schools(), [&](Block b) {
    const auto c = world.in(b);
    const float *score = c[col::reported_score], *before = c[col::reported_before],
                *human = c[col::human_capital], *social = c[col::social_capital],
                *decisional = c[col::decisional_capital], *energy = c[col::energy],
                *trust = c[col::trust_in_centre], *support = c[col::district_support],
                *internal = c[col::internal_accountability], *funded = c[col::funded];
    const float *publication = c[lever::publication], *stakes = c[lever::stakes],
                *inspection = c[lever::inspection], *kinds = c[lever::target_kind],
                *target = c[lever::target], *rise = c[lever::target_rise],
                *coaching = c[lever::coaching];
    const float* habit = c[col::compliance_habit];
    float *risen = c[col::target_risen], *pressure = c[col::pressure], *effort = c[col::effort],
          *gaming = c[col::gaming], *narrowing = c[col::narrowing], *fear = c[col::fear];
    const auto strain = c[col::strain];
    const auto trust_change = c[col::trust_change];
    const auto load = c[col::load];
    for (std::size_t i = 0; i < b.size(); ++i) {
      const auto kind = static_cast<TargetKind>(static_cast<int>(kinds[i]));
      const float goal = target[i] + (kind == TargetKind::growth ? 0.0f : risen[i]);
      risen[i] += rise[i] * years;
      const float short_of = shortfall(kind, score[i], before[i], usual, goal);
      const float demand = unit(stakes[i] + p.publication_weight * publication[i] +
                                p.publication_weight * inspection[i] * funded[i]);
      pressure[i] = felt_pressure(kind, demand, short_of) * (1.0f - kInternalBuffer * internal[i]);

      const float capital = (human[i] + social[i] + decisional[i]) * (1.0f / 3.0f);
      const float help = unit(support[i] + 0.5f * coaching[i] * funded[i]);
      const float turned = within_reach(short_of, p.reach) *
                           capability(capital, energy[i], trust[i], help) *
                           (1.0f - 0.3f * habit[i]);  // who waits to be told finds fewer ways
      const float unturned = pressure[i] * (1.0f - turned);
      effort[i] += to_effort * (pressure[i] * turned - effort[i]);
      gaming[i] += to_habit * (p.misuse * unturned * demand - gaming[i]);
      narrowing[i] += to_habit * (p.misuse * (unturned + 0.5f * pressure[i]) - narrowing[i]);
      narrowing[i] = unit(narrowing[i]);
      fear[i] += to_effort * (unturned - fear[i]);
      strain[i] += p.strain * unturned * (1.2f - help);
      trust_change[i] += -0.03f * unturned * years;
      load[i] += 0.10f * pressure[i];
    }
  });
}

}  // namespace reformsim
