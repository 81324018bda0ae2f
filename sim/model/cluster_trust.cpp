#include "model/cluster_trust.hpp"

#include <array>

namespace reformsim {
namespace {

constexpr float kFloor = 0.05f;    // no factor is ever wholly absent
constexpr float kBreaks = 0.30f;   // of trust, when all leaders change
constexpr float kForgets = 0.05f;  // of trust beyond that of strangers, per year without contact
constexpr double kSlow = 0.4;      // per year: beliefs and purposes
// What a school's climate has in a year of a network of full quality, trust and maturity; the rest
// of what a network gives has to travel along ties.
constexpr float kGivesSocial = 0.15f, kGivesAccountability = 0.30f, kGivesEfficacy = 0.05f;
constexpr float kCosy = 0.10f;  // pupil SD per year of self-deception without transparency

const ParameterRow<ClusterTrust::Params> kRows[] = {
    {"growth", &ClusterTrust::Params::growth, "1/year", 0.05, 1.0,
     "Share of the distance to full trust gained in a year of full and honest contact.", "assumed"},
    {"threshold", &ClusterTrust::Params::threshold, "share", 0.3, 0.7,
     "Trust from which a cluster can mature.", "assumed; Bryk and Schneider 2002"},
    {"complementarity", &ClusterTrust::Params::complementarity, "1", -2, 1,
     "Exponent that joins the eight success factors: 1 they add up, 0 they multiply, below 0 the "
     "weakest "
     "rules.",
     "assumed; Munby and Fullan 2016; Bryk et al. 2010"},
    {"maturing", &ClusterTrust::Params::maturing, "stages/year", 0.1, 1.5,
     "Stages of maturity gained in a year at full contact, trust and visible impact.",
     "assumed; about two years a stage"}};

}  // namespace

std::span<const ParameterRow<ClusterTrust::Params>> ClusterTrust::parameters() { return kRows; }

float together(std::span<const float, kFactors> factors, float exponent) {
  float sum = 0;
  if (exponent > -0.01f && exponent < 0.01f) {
    for (const float x : factors) sum += log(kFloor + (1.0f - kFloor) * x);
    return exp(sum / kFactors);
  }
  for (const float x : factors) sum += exp(exponent * log(kFloor + (1.0f - kFloor) * x));
  return exp(log(sum / kFactors) / exponent);
}

void ClusterTrust::step(const Access& world, const Params& p, const Context& now) {
  const auto years = static_cast<float>(now.years);
  const float slowly = now.share(kSlow);
  const auto member = world[col::member];
  const auto real = world[col::engagement_real];
  const auto score = world[col::reported_score];
  const auto trust = world[col::cluster_trust];
  const auto maturity = world[col::cluster_maturity];
  const auto bias = world[col::self_assessment_bias];

  now.parallel.for_each_block(world.rows(Entity::cluster), [&](Block b) {
    for (std::size_t k = b.begin; k < b.end; ++k) {
      const auto first = static_cast<std::size_t>(world[col::first_member][k]);
      const auto size = static_cast<std::size_t>(world[col::cluster_size][k]);
      if (size == 0) continue;
      std::array<float, kFactors> factor{};
      float contact = 0, fear = 0, changed = 0, mean_score = 0, facilitation = 0, best = -6.0f;
      for (std::size_t m = first; m < first + size; ++m) {
        const auto i = static_cast<std::size_t>(member[m]);
        const float levels[kFactors] = {
            world.at(lever::outcome_focus, i),  world.at(lever::moral_purpose, i),
            world.at(lever::transparency, i),   world.at(lever::peer_review, i),
            world.at(lever::enquiry_cycles, i), world.at(lever::shared_accountability, i),
            world.at(lever::beyond_leaders, i), world.at(lever::openness, i)};
        for (int f = 0; f < kFactors; ++f) factor[static_cast<std::size_t>(f)] += levels[f];
        contact += real[i];
        fear += world[col::fear][i];
        changed += world[col::leader_changed][i];
        mean_score += score[i];
        facilitation += world.at(lever::facilitation, i) * world[col::engagement_declared][i] *
                        world[col::funded][i];
        if (real[i] > 0.2f && world[col::leadership][i] > best) best = world[col::leadership][i];
      }
      const float per = 1.0f / static_cast<float>(size);
      for (float& f : factor) f *= per;
      contact *= per, fear *= per, changed *= per, mean_score *= per, facilitation *= per;
      const float focus = factor[0], transparency = factor[2], review = factor[3];
      const float lead = best > -6.0f ? best : 0.0f;
      // A network needs someone to make it work: facilitation, or an able leader among its members.
      const float working = unit(0.4f + 0.5f * facilitation + 0.1f * lead);
      const float quality =
          together(std::span<const float, kFactors>(factor), p.complementarity) * working;
      world[col::cluster_contact][k] = contact;
      world[col::cluster_quality][k] = quality;
      world[col::cluster_facilitation][k] = facilitation;
      world[col::cluster_leadership][k] = lead;
      world[col::cluster_openness][k] = factor[7];

      float& t = trust[k];
      const float honesty = transparency * (1.0f - fear);
      t += years * (p.growth * contact * (0.3f + honesty) * (1.0f - t) -
                    kForgets * (1.0f - contact) * (t - kStartTrust)) -
           kBreaks * changed * t;
      t = unit(t);
      world[col::cluster_transparency][k] +=
          slowly * (honesty - world[col::cluster_transparency][k]);
      world[col::cluster_purpose][k] += slowly * (factor[1] * t - world[col::cluster_purpose][k]);

      // What shows: the rise of their reported scores.
      float& before = world[col::cluster_score][k];
      const float rise = mean_score - before;
      before += now.share(1.0) * rise;
      const float impact = unit(0.5f + 2.0f * rise);
      const float ready = logistic(20.0f * (t - p.threshold));
      const float grows =
          p.maturing * contact * ready * quality * impact * (1.0f - maturity[k] / 3.0f);
      const float slips =
          0.3f * (1.0f - ready) * maturity[k] + 0.3f * (1.0f - contact) * maturity[k];
      maturity[k] = clamp(maturity[k] + years * (grows - slips), 0.0f, 3.0f);
      const float checked = transparency * (0.5f + 0.5f * review);
      bias[k] = clamp(bias[k] + years * (kCosy * contact * t * (1.0f - checked) * (1.0f - focus) -
                                         0.8f * checked * bias[k]),
                      0.0f, 2.0f);
    }
  });

  now.parallel.for_each_block(world.schools(), [&](Block b) {
    const auto c = world.in(b);
    const int32_t* cluster = c[col::cluster];
    const float* stakes = c[lever::stakes];
    float *net_trust = c[col::network_trust], *net_quality = c[col::network_quality],
          *belief = c[col::belief_in_networks], *system = c[col::systemness];
    const auto social = c[col::social_change];
    const auto internal = c[col::accountability_change];
    const auto efficacy = c[col::efficacy_change];
    for (std::size_t i = 0; i < b.size(); ++i) {
      // It takes two: what a school has of its cluster needs its own part and that of the others.
      float in = 0, t = 0, q = 0, stage = 0, deceived = 0;
      if (cluster[i] >= 0) {
        const auto k = static_cast<std::size_t>(cluster[i]);
        const auto size = static_cast<float>(world[col::cluster_size][k]);
        const float own = c[col::engagement_real][i];
        const float others =
            size > 1.0f ? unit((world[col::cluster_contact][k] * size - own) / (size - 1.0f))
                        : 0.0f;
        in = square_root(own * others);
        t = in * trust[k];
        q = in * world[col::cluster_quality][k];
        stage = in * maturity[k] * (1.0f / 3.0f);
        deceived = in * bias[k];
      }
      net_trust[i] = t;
      net_quality[i] = q;
      // Belief follows what is seen (and what the cluster tells itself), not what is true.
      const float seen = unit(0.35f + 0.4f * q + 0.3f * stage + deceived);
      const float settled = 0.5f + in * 1.2f * (seen - 0.5f);
      belief[i] += slowly * (unit(settled) - belief[i]);
      system[i] += slowly * (unit(0.2f + 0.6f * stage + 0.2f * t - 0.2f * stakes[i]) - system[i]);
      social[i] += kGivesSocial * q * t * years;
      internal[i] += kGivesAccountability * stage * years;
      efficacy[i] += kGivesEfficacy * stage * years;
    }
  });
}

}  // namespace reformsim
