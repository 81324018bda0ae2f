#include "model/beyond_leaders.hpp"

#include "model/stock.hpp"

namespace reformsim {
namespace {

const ParameterRow<BeyondLeaders::Params> kRows[] = {
    {"growth", &BeyondLeaders::Params::growth, "1/year", 0.2, 3,
     "Share of those not yet reached who are drawn in during a year, in a school that takes part "
     "in "
     "full, with all its energy and all the effort a network can make.",
     "assumed; one to three years: Coburn et al. 2012"},
    {"gain", &BeyondLeaders::Params::gain, "1/year", 0, 0.1,
     "Social capital and collective efficacy that full engagement beyond the leaders gives in a "
     "year.",
     "assumed; direction: Munby and Fullan 2016"},
    {"answering", &BeyondLeaders::Params::answering, "1/year", 0, 0.4,
     "Internal accountability that a school gains in a year in which teachers, pupils and families "
     "all take part, and see what it does.",
     "assumed; direction: Munby and Fullan 2016; Hargreaves and Ainscow 2015"},
    {"time_cost", &BeyondLeaders::Params::time_cost, "share", 0, 0.1,
     "Attention that the full effort to engage teachers, pupils and families takes.", "assumed"},
    {"fading", &BeyondLeaders::Params::fading, "1/year", 0.03, 0.4,
     "Rate at which engagement beyond the leaders fades by itself.", "assumed", Role::constant},
    {"turnover_loss", &BeyondLeaders::Params::turnover_loss, "share", 0, 0.4,
     "Share of it that is lost when the leader leaves.", "assumed; Coburn et al. 2012",
     Role::constant}};

}  // namespace

std::span<const ParameterRow<BeyondLeaders::Params>> BeyondLeaders::parameters() { return kRows; }

void BeyondLeaders::step(const Access& world, const Params& p, const Context& now) {
  const auto years = static_cast<float>(now.years);
  now.parallel.for_each_block(world.schools(), [&](Block b) {
    const auto c = world.in(b);
    const float *beyond = c[lever::beyond_leaders], *real = c[col::engagement_real],
                *collaboration = c[col::collaboration], *energy = c[col::energy],
                *changed = c[col::leader_changed];
    float* depth = c[col::engagement_depth];
    const auto social = c[col::social_change];
    const auto efficacy = c[col::efficacy_change];
    const auto internal = c[col::accountability_change];
    const auto load = c[col::load];
    for (std::size_t i = 0; i < b.size(); ++i) {
      const float before = depth[i] * (1.0f - p.turnover_loss * changed[i]);
      depth[i] =
          filled(before, drawing_in(p.growth, beyond[i], real[i], collaboration[i], energy[i]),
                 p.fading, years);
      const float lived = 0.5f * (before + depth[i]) * years;  // its mean in the term
      social[i] += p.gain * lived;
      efficacy[i] += p.gain * lived;
      internal[i] += p.answering * lived;
      load[i] += p.time_cost * beyond[i] * real[i];
    }
  });
}

}  // namespace reformsim
