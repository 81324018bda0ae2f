#include "model/climate.hpp"

namespace reformsim {
namespace {

constexpr double kSlow = 0.4;        // per year: efficacy and internal accountability
constexpr double kTrustRate = 0.15;  // per year: trust in the centre

const ParameterRow<Climate::Params> kRows[] = {
    {"recovery", &Climate::Params::recovery, "1/year", 0.3, 2.0,
     "Rate at which energy and coherence move to what present conditions sustain.",
     "assumed; trust and practice take 0.5 to 3 years"},
    {"overload", &Climate::Params::overload, "1", 0.1, 1.5,
     "Energy and coherence lost per unit of attention beyond what the leader can manage.",
     "assumed; direction: Munby and Fullan 2016"},
    {"leadership", &Climate::Params::leadership, "share/SD", 0.02, 0.15,
     "Coherence and energy that one SD of leadership sustains.",
     "assumed; the effect it must give: Branch et al. 2013; Grissom et al. 2021"},
    {"spillover", &Climate::Params::spillover, "share/pupil SD", 0, 1.5,
     "Collective efficacy that a pupil SD of past success sustains.",
     "assumed; Eells 2011: largely reverse causation"}};

}  // namespace

std::span<const ParameterRow<Climate::Params>> Climate::parameters() { return kRows; }

void Climate::step(const Access& world, const Params& p, const Context& now) {
  const float moves = now.share(p.recovery);
  const float slowly = now.share(kSlow);
  const float trusts = now.share(kTrustRate);
  const float by_move = now.applied(p.recovery), by_slow = now.applied(kSlow),
              by_trust = now.applied(kTrustRate);
  now.parallel.for_each_block(world.schools(), [&](Block b) {
    const auto c = world.in(b);
    const float *leadership = c[col::leadership], *tenure = c[col::leader_tenure],
                *social = c[col::social_capital], *support = c[col::district_support],
                *success = c[col::value_added], *teachers = c[col::teachers],
                *posts = c[col::teacher_posts_usual];
    float *energy = c[col::energy], *coherence = c[col::coherence],
          *efficacy = c[col::collective_efficacy], *internal = c[col::internal_accountability],
          *trust = c[col::trust_in_centre], *load = c[col::load], *strain = c[col::strain],
          *coherence_change = c[col::coherence_change], *trust_change = c[col::trust_change],
          *efficacy_change = c[col::efficacy_change],
          *accountability_change = c[col::accountability_change];
    for (std::size_t i = 0; i < b.size(); ++i) {
      // A leader's skill comes to bear over the first three years.
      const float settled = 0.5f + (0.5f / 3.0f) * (tenure[i] < 3.0f ? tenure[i] : 3.0f);
      const float lead = p.leadership * leadership[i] * settled;
      const float room = manageable_load(leadership[i]);
      const float missing = unit(1.0f - teachers[i] / (posts[i] > 0.1f ? posts[i] : 0.1f));
      const float excess = load[i] > room ? load[i] - room : 0.0f;
      const float with_energy = 0.65f + lead + 0.15f * (social[i] - 0.5f) +
                                0.15f * (support[i] - kUsualSupport) - p.overload * excess -
                                0.2f * missing - strain[i];
      const float with_coherence = 0.46f + 1.3f * lead + 0.2f * (support[i] - kUsualSupport) +
                                   0.2f * (social[i] - 0.5f) - p.overload * excess;
      energy[i] = unit(energy[i] + moves * (with_energy - energy[i]));
      coherence[i] = unit(coherence[i] + moves * (with_coherence - coherence[i]) +
                          by_move * coherence_change[i]);
      const float believes = 0.5f + p.spillover * success[i] + 0.3f * (social[i] - 0.5f);
      efficacy[i] =
          unit(efficacy[i] + slowly * (believes - efficacy[i]) + by_slow * efficacy_change[i]);
      const float owns = 0.35f + 0.3f * (social[i] - 0.5f) + 0.5f * lead;
      internal[i] =
          unit(internal[i] + slowly * (owns - internal[i]) + by_slow * accountability_change[i]);
      trust[i] = unit(trust[i] + trusts * (0.5f - trust[i]) + by_trust * trust_change[i]);
      load[i] = strain[i] = coherence_change[i] = trust_change[i] = 0.0f;
      efficacy_change[i] = accountability_change[i] = 0.0f;
    }
  });
}

}  // namespace reformsim
