#include "model/individualistic_policies.hpp"

namespace reformsim {
namespace {

using Params = IndividualisticPolicies::Params;

const ParameterRow<Params> kRows[] = {
    {"effort", &Params::effort, "share", 0, 0.8,
     "Individual effort that full appraisal and stakes call up in staff of full energy.",
     "assumed; the effect it must give: Pham, Nguyen and Springer 2021; Springer et al. 2010"},
    {"trust", &Params::trust, "share/year", -0.15, 0.05,
     "Change of social capital in a year under full appraisal and stakes.",
     "assumed, zero included; direction: Munby and Fullan 2016"},
    {"accuracy", &Params::accuracy, "1", 0.2, 0.9,
     "Correlation of a full appraisal with a teacher's true skill.",
     "Kane and Staiger 2012; Jacob and Lefgren 2008"},
    {"unseen_accuracy", &Params::unseen_accuracy, "share", 0, 1,
     "Share of that accuracy that leaders have without any appraisal.",
     "Jacob and Lefgren 2008: principals tell best and worst, less the rest; assumed",
     Role::constant},
    {"threat", &Params::threat, "year", 0, 15,
     "Stakes for single teachers per share of them dismissed in a year; stakes of 1 are those of "
     "full merit pay.",
     "assumed; direction: Dee and Wyckoff 2015", Role::constant},
    {"skill", &Params::skill, "1/year", 0, 0.15,
     "Share of the human capital still to gain that full appraisal and stakes add in a year.",
     "assumed; direction: Taylor and Tyler 2012", Role::constant},
    {"burden", &Params::burden, "share", 0, 0.15,
     "Attention that full appraisal takes, and energy that full stakes for single teachers take.",
     "assumed", Role::constant},
    {"settling", &Params::settling, "1/year", 0.5, 6,
     "Rate at which individual effort answers the incentive.", "assumed, within about a year",
     Role::constant},
    {"usual_appraisal", &Params::usual_appraisal, "share", 0, 1,
     "Appraisal that the usual capital and load of schools already contain.",
     "assumed; the level of the status quo", Role::constant}};

}  // namespace

std::span<const ParameterRow<Params>> IndividualisticPolicies::parameters() { return kRows; }

void IndividualisticPolicies::step(const Access& world, const Params& p, const Context& now) {
  const auto years = static_cast<float>(now.years);
  const float settles = now.share(p.settling);
  const float usual = incentive(p.usual_appraisal, 0.0f);
  now.parallel.for_each_block(world.schools(), [&](Block b) {
    const auto c = world.in(b);
    const float *appraisal = c[lever::appraisal], *merit_pay = c[lever::merit_pay],
                *dismissal = c[lever::dismissal], *human = c[col::human_capital],
                *energy = c[col::energy];
    float *effort = c[col::individual_effort], *rate = c[col::dismissal_rate],
          *selection = c[col::dismissal_selection];
    const auto human_change = c[col::human_change];
    const auto social_change = c[col::social_change];
    const auto strain = c[col::strain];
    const auto load = c[col::load];
    for (std::size_t i = 0; i < b.size(); ++i) {
      const float stakes = individual_stakes(merit_pay[i], dismissal[i], p.threat);
      const float asked = incentive(appraisal[i], stakes);
      effort[i] = unit(effort[i] + settles * (p.effort * asked * energy[i] - effort[i]));
      rate[i] = dismissal[i];
      selection[i] = appraisal_accuracy(p.accuracy, p.unseen_accuracy, appraisal[i]) *
                     dismissed_below(dismissal[i]);
      human_change[i] += p.skill * (asked - usual) * (1.0f - human[i]) * years;
      social_change[i] += p.trust * (asked - usual) * years;
      strain[i] += p.burden * stakes;
      load[i] += p.burden * (appraisal[i] - p.usual_appraisal);
    }
  });
}

}  // namespace reformsim
