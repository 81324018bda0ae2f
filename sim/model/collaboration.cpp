#include "model/collaboration.hpp"

namespace reformsim {
namespace {

using Params = Collaboration::Params;

const ParameterRow<Params> kRows[] = {
    {"gain", &Params::gain, "1/year", 0, 0.5,
     "Share of the social capital, collective efficacy and internal accountability still to gain "
     "that full collaboration adds in a year.",
     "assumed; the effect it must give: Ronfeldt et al. 2015; Goddard et al. 2007"},
    {"levelling", &Params::levelling, "1/year", 0, 1.2,
     "Share of the distance to the school's best practice closed in a year when full "
     "collaboration is all about teaching.",
     "assumed; the effect it must give: Papay et al. 2020; Burgess et al. 2021"},
    {"contrived", &Params::contrived, "share", 0, 1,
     "Share of collaboration lost where it is wholly imposed, by pressure or prescription.",
     "assumed; direction: Hargreaves and Dawe 1990; Hargreaves and Fullan 2012"},
    {"leader", &Params::leader, "1/leader SD", 0, 1.5,
     "Rise, per SD of leadership, of the log-odds that time given becomes collaboration.",
     "assumed; direction: Bryk et al. 2010"},
    {"growth", &Params::growth, "1/year", 0.3, 2,
     "Rate at which collaboration moves to what time, leader and energy make of it.",
     "assumed; trust and practice take 0.5 to 3 years", Role::constant},
    {"judgement", &Params::judgement, "share", 0, 1,
     "Gain of decisional capital against that of social capital.",
     "assumed; direction: Hargreaves and Fullan 2012", Role::constant},
    {"time_cost", &Params::time_cost, "share", 0, 0.2,
     "Attention of the staff that full collaborative time takes, real or contrived.", "assumed",
     Role::constant},
    {"usual", &Params::usual, "share", 0, 0.5,
     "Collaboration that the usual levels of capital and efficacy already contain.",
     "assumed; what the status quo gives", Role::constant}};

}  // namespace

std::span<const ParameterRow<Params>> Collaboration::parameters() { return kRows; }

void Collaboration::step(const Access& world, const Params& p, const Context& now) {
  const auto years = static_cast<float>(now.years);
  const float moves = now.share(p.growth);
  const float lags = now.applied(p.growth);
  now.parallel.for_each_block(world.schools(), [&](Block b) {
    const auto c = world.in(b);
    const float *time = c[lever::collaborative_time], *focus = c[lever::pedagogy],
                *prescription = c[lever::prescription], *funded = c[col::funded],
                *pressure = c[col::pressure], *energy = c[col::energy],
                *leadership = c[col::leadership], *social = c[col::social_capital],
                *decisional = c[col::decisional_capital], *efficacy = c[col::collective_efficacy],
                *internal = c[col::internal_accountability], *mastery = c[col::mastery],
                *fit = c[col::practice_fit];
    float* collaboration = c[col::collaboration];
    const auto social_change = c[col::social_change];
    const auto efficacy_change = c[col::efficacy_change];
    const auto accountability_change = c[col::accountability_change];
    const auto decisional_change = c[col::decisional_change];
    const auto mastery_change = c[col::mastery_change];
    const auto load = c[col::load];
    for (std::size_t i = 0; i < b.size(); ++i) {
      const float given = time[i] * funded[i];
      const float becomes =
          real_collaboration(given, energy[i], p.leader * leadership[i], p.contrived,
                             time_imposed(pressure[i], prescription[i]));
      const float in_term = becomes + lags * (collaboration[i] - becomes);  // its mean, as it grows
      collaboration[i] += moves * (becomes - collaboration[i]);
      const float gain = p.gain * (in_term - p.usual) * years;
      social_change[i] += gain * (1.0f - social[i]);
      efficacy_change[i] += gain * (1.0f - efficacy[i]);
      accountability_change[i] += gain * (1.0f - internal[i]);
      decisional_change[i] += p.judgement * gain * (1.0f - decisional[i]);
      load[i] += p.time_cost * given;

      const float *own = mastery + i * kPractices, *fits = fit + i * kPractices;
      float best = own[0];
      for (int k = 1; k < kPractices; ++k) best = own[k] > best ? own[k] : best;
      const float closes = 1.0f - exp(-p.levelling * in_term * focus[i] * years);
      for (int k = 0; k < kPractices; ++k)
        mastery_change[i * kPractices + static_cast<std::size_t>(k)] +=
            closes * fits[k] * (best - own[k]);
    }
  });
}

}  // namespace reformsim
