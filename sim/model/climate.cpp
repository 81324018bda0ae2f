#include "model/climate.hpp"

#include "model/teaching.hpp"

namespace reformsim {
namespace {

const ParameterRow<Climate::Params> kRows[] = {
    {"recovery", &Climate::Params::recovery, "1/year", 0.3, 2.0,
     "Rate at which energy and coherence move to what present conditions sustain.",
     "assumed; trust and practice take 0.5 to 3 years"},
    {"overload", &Climate::Params::overload, "1", 0.1, 1.5,
     "Energy and coherence lost per unit of attention beyond what the leader can manage.",
     "assumed; direction: Munby and Fullan 2016"},
    {"leadership", &Climate::Params::leadership, "share/SD", 0.02, 0.15,
     "Coherence, energy, internal accountability and room for demands that one SD of leadership "
     "sustains.",
     "assumed; the effect it must give: Branch et al. 2013; Grissom et al. 2021"},
    {"spillover", &Climate::Params::spillover, "share/pupil SD", 0, 1.5,
     "Collective efficacy that a pupil SD of past success sustains.",
     "assumed; Eells 2011: largely reverse causation"},
    {"energy_rests", &Climate::Params::energy_rests, "share", 0.4, 0.9,
     "Energy that the usual school sustains when nothing strains it; what 0.5 is on other scales.",
     "assumed", Role::constant},
    {"coherence_rests", &Climate::Params::coherence_rests, "share", 0.2, 0.8,
     "Coherence that the usual school sustains without aligned policy.", "assumed", Role::constant},
    {"accountability_rests", &Climate::Params::accountability_rests, "share", 0.1, 0.7,
     "Internal accountability that the usual school sustains.", "assumed", Role::constant},
    {"trust_rests", &Climate::Params::trust_rests, "share", 0.3, 0.8,
     "Trust in the centre that a centre enjoys which gives up nothing and presses nobody; usual "
     "policy wears it down to about 0.5.",
     "assumed", Role::constant},
    {"belief_rate", &Climate::Params::belief_rate, "1/year", 0.1, 1.5,
     "Rate at which collective efficacy and internal accountability move.",
     "assumed; trust and practice take 0.5 to 3 years", Role::constant},
    {"trust_rate", &Climate::Params::trust_rate, "1/year", 0.05, 0.5,
     "Rate at which trust in the centre comes back.", "assumed; direction: Munby and Fullan 2016",
     Role::constant},
    {"surroundings", &Climate::Params::surroundings, "1", 0, 0.5,
     "Climate sustained per unit of social capital, or of the district's support, above the usual; "
     "and energy lost per unit of posts without a teacher.",
     "assumed; direction: Bryk et al. 2010", Role::constant},
    {"manageable", &Climate::Params::manageable, "share", 0.1, 0.6,
     "Attention for demands from outside that the usual leader can keep in order.", "assumed",
     Role::constant},
    {"softness", &Climate::Params::softness, "share", 0.005, 0.2,
     "How near to that limit load already begins to cost.", "assumed", Role::constant},
    {"settling_in", &Climate::Params::settling_in, "year", 0.5, 6,
     "Years until a new leader's skill comes fully to bear.",
     "Miller 2013; Beteille, Kalogrides and Loeb 2012: 2 to 5 years", Role::constant}};

}  // namespace

std::span<const ParameterRow<Climate::Params>> Climate::parameters() { return kRows; }

void Climate::step(const Access& world, const Params& p, const Context& now) {
  const float moves = now.share(p.recovery);
  const float slowly = now.share(p.belief_rate);
  const float trusts = now.share(p.trust_rate);
  const float by_move = now.applied(p.recovery), by_slow = now.applied(p.belief_rate),
              by_trust = now.applied(p.trust_rate);
  const auto usual_support = static_cast<float>(world[col::support_usual][0]);
  now.parallel.for_each_block(world.schools(), [&](Block b) {
    const auto c = world.in(b);
    const float *leadership = c[col::leadership], *tenure = c[col::leader_tenure],
                *social = c[col::social_capital], *support = c[col::district_support],
                *success = c[col::value_added], *teachers = c[col::teachers],
                *posts = c[col::teacher_posts_usual], *roll = c[col::roll],
                *catchment = c[col::catchment];
    float *energy = c[col::energy], *coherence = c[col::coherence],
          *efficacy = c[col::collective_efficacy], *internal = c[col::internal_accountability],
          *trust = c[col::trust_in_centre], *load = c[col::load], *strain = c[col::strain],
          *coherence_change = c[col::coherence_change], *trust_change = c[col::trust_change],
          *efficacy_change = c[col::efficacy_change],
          *accountability_change = c[col::accountability_change];
    for (std::size_t i = 0; i < b.size(); ++i) {
      const float lead = leader_sustains(p.leadership, leadership[i], tenure[i], p.settling_in);
      // Teachers missing against the posts that so many pupils usually have.
      const float missing =
          unit(1.0f - teachers_per_pupil(teachers[i], posts[i], roll[i], catchment[i]));
      const float over = p.overload * excess_load(load[i], p.manageable + lead, p.softness);
      const float together = p.surroundings * (social[i] - 0.5f);
      const float around = lead + together + p.surroundings * (support[i] - usual_support) - over;
      const float with_energy = p.energy_rests + around - p.surroundings * missing - strain[i];
      const float with_coherence = p.coherence_rests + around;
      energy[i] = unit(energy[i] + moves * (with_energy - energy[i]));
      coherence[i] = unit(coherence[i] + moves * (with_coherence - coherence[i]) +
                          by_move * coherence_change[i]);
      const float believes = 0.5f + p.spillover * success[i] + together;
      efficacy[i] =
          unit(efficacy[i] + slowly * (believes - efficacy[i]) + by_slow * efficacy_change[i]);
      const float owns = p.accountability_rests + lead + together;
      internal[i] =
          unit(internal[i] + slowly * (owns - internal[i]) + by_slow * accountability_change[i]);
      trust[i] = unit(trust[i] + trusts * (p.trust_rests - trust[i]) + by_trust * trust_change[i]);
      load[i] = strain[i] = coherence_change[i] = trust_change[i] = 0.0f;
      efficacy_change[i] = accountability_change[i] = 0.0f;
    }
  });
}

}  // namespace reformsim
