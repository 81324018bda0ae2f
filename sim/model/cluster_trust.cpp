#include "model/cluster_trust.hpp"

#include <array>
#include <vector>

#include "model/stock.hpp"

namespace reformsim {
namespace {

const ParameterRow<ClusterTrust::Params> kRows[] = {
    {"growth", &ClusterTrust::Params::growth, "1/year", 0.1, 2.5,
     "Share of the distance to full trust gained in a year of full contact and kept promises, per "
     "unit of systemness and transparency.",
     "assumed; the growth it must give, about 0.1 a year: Bryk and Schneider 2002"},
    {"threshold", &ClusterTrust::Params::threshold, "share", 0.3, 0.7,
     "Trust from which a cluster can mature.", "assumed; Bryk and Schneider 2002"},
    {"complementarity", &ClusterTrust::Params::complementarity, "1", -2, 1,
     "Exponent that joins the eight success factors: 1 they add up, 0 they multiply, below 0 the "
     "weakest rules.",
     "assumed; Munby and Fullan 2016; Bryk et al. 2010"},
    {"maturing", &ClusterTrust::Params::maturing, "1/year", 0.5, 8,
     "Share of the maturity still to gain that is gained in a year at full contact, trust, quality "
     "and visible impact.",
     "assumed; about two years a stage in a good network: Munby and Fullan 2016"},
    {"lapsing", &ClusterTrust::Params::lapsing, "1/year", 0.05, 1,
     "Rate at which maturity is lost without contact and trust.", "assumed", Role::constant},
    {"start_trust", &ClusterTrust::Params::start_trust, "share", 0.2, 0.6, "Trust among strangers.",
     "assumed; Bryk and Schneider 2002", Role::constant},
    {"sharpness", &ClusterTrust::Params::sharpness, "1", 5, 50,
     "How sharp the threshold of trust is.", "assumed", Role::constant},
    {"forgetting", &ClusterTrust::Params::forgetting, "1/year", 0, 0.3,
     "Rate at which trust falls back to that of strangers without contact.", "assumed",
     Role::constant},
    {"turnover_loss", &ClusterTrust::Params::turnover_loss, "share", 0, 0.7,
     "Share of the way back to the trust of strangers when all leaders change and nobody but "
     "leaders "
     "took part.",
     "assumed; direction: Coburn et al. 2012; Daly and Finnigan 2010-2012", Role::constant},
    {"conflict", &ClusterTrust::Params::conflict, "1/year", 0, 1,
     "Rate at which full contact between full rivals breaks trust; or full stakes on what was "
     "disclosed before there was trust.",
     "assumed; direction: Munby and Fullan 2016", Role::constant},
    {"settling", &ClusterTrust::Params::settling, "1/year", 0.2, 1.5,
     "Rate at which a cluster's norms, and its members' belief, move to what they see.", "assumed",
     Role::constant},
    {"unaided", &ClusterTrust::Params::unaided, "share", 0, 0.6,
     "How far a network works that nobody makes work.", "assumed; Rincon-Gallardo and Fullan 2016",
     Role::constant},
    {"leading", &ClusterTrust::Params::leading, "share/SD", 0, 0.2,
     "What one SD of leadership in the middle adds to that.",
     "assumed; direction: Munby and Fullan 2016", Role::constant},
    {"cosiness", &ClusterTrust::Params::cosiness, "pupil SD/year", 0, 0.6,
     "Self-deception that a trusting cluster in full contact gains in a year when nobody checks.",
     "assumed; direction: Greany 2018", Role::constant},
    {"gain", &ClusterTrust::Params::gain, "1/year", 0, 0.4,
     "Social capital that a school has in a year from a network of full quality, per unit of trust "
     "beyond that of strangers, and internal accountability from one that is fully mature.",
     "assumed; the effect it must give: Chapman and Muijs 2014", Role::constant},
    {"worth", &ClusterTrust::Params::worth, "share", 0.1, 0.7,
     "Quality and maturity together that a member must see, in partners as engaged as itself, for "
     "the network to be worth its time.",
     "assumed; direction: Munby and Fullan 2016", Role::constant},
    {"novelty", &ClusterTrust::Params::novelty, "share", 0, 0.4,
     "Belief that a new member has in its network because it is new, beyond what it sees.",
     "assumed; direction: staff were positive where pupils gained nothing, EEF 2017 (Challenge the "
     "Gap)",
     Role::constant},
    {"novelty_lasts", &ClusterTrust::Params::novelty_lasts, "year", 0.3, 3,
     "Years in which novelty falls to a third (1/e).", "assumed", Role::constant}};

}  // namespace

std::span<const ParameterRow<ClusterTrust::Params>> ClusterTrust::parameters() { return kRows; }

float together(std::span<const float, kFactors> factors, float exponent) {
  const auto held = [](float x) { return log(kFactorFloor + (1.0f - kFactorFloor) * x); };
  float sum = 0;
  if (exponent > -0.01f && exponent < 0.01f) {
    for (const float x : factors) sum += held(x);
    return exp(sum / kFactors);
  }
  for (const float x : factors) sum += exp(exponent * held(x));
  return exp(log(sum / kFactors) / exponent);
}

void ClusterTrust::step(const Access& world, const Params& p, const Context& now) {
  const auto years = static_cast<float>(now.years);
  const float settles = now.share(p.settling);
  const auto member = world[col::member];
  const auto score = world[col::reported_score];
  const auto before = world[col::reported_before];
  const auto real = world[col::engagement_real];
  const auto declared = world[col::engagement_declared];
  const auto depth = world[col::engagement_depth];
  const auto trust = world[col::cluster_trust];
  const auto maturity = world[col::cluster_maturity];
  const auto bias = world[col::self_assessment_bias];
  // What members live with in a term is what it began with; what they do is already of its end. The
  // one makes up for the other, so that the length of the term does not matter.
  const std::vector<float> trusted(trust.begin(), trust.end()),
      matured(maturity.begin(), maturity.end()), flattered(bias.begin(), bias.end());

  now.parallel.for_each_block(world.rows(Entity::cluster), [&](Block b) {
    for (std::size_t k = b.begin; k < b.end; ++k) {
      const auto first = static_cast<std::size_t>(world[col::first_member][k]);
      const auto size = static_cast<std::size_t>(world[col::cluster_size][k]);
      if (size == 0) continue;
      float focus = 0, moral = 0, asked = 0, review = 0, enquiry = 0, shared = 0, stakes = 0,
            rivalry = 0, contact = 0, said = 0, deep = 0, fear = 0, lost = 0, used = 0, system = 0,
            risen = 0;
      for (std::size_t m = first; m < first + size; ++m) {
        const auto i = static_cast<std::size_t>(member[m]);
        focus += world.at(lever::outcome_focus, i);
        moral += world.at(lever::moral_purpose, i);
        asked += world.at(lever::transparency, i);
        review += world.at(lever::peer_review, i);
        enquiry += world.at(lever::enquiry_cycles, i);
        shared += world.at(lever::shared_accountability, i);
        stakes += world.at(lever::stakes, i);
        rivalry += world.at(lever::competition, i);
        contact += real[i];
        said += declared[i];
        deep += depth[i];
        fear += world[col::fear][i];
        lost += world[col::leader_changed][i] * (1.0f - depth[i]);
        used += world[col::feedback_used][i];
        system += world[col::systemness][i];
        risen += score[i] > before[i] ? 1.0f : 0.0f;
      }
      const float per = 1.0f / static_cast<float>(size);
      for (float* mean : {&focus, &moral, &asked, &review, &enquiry, &shared, &stakes, &rivalry,
                          &contact, &said, &deep, &fear, &lost, &used, &system, &risen})
        *mean *= per;
      world[col::cluster_contact][k] = contact;

      float& norm = world[col::cluster_transparency][k];
      const float transparency = norm, t = trusted[k];
      const float prepared = ready(t, p.threshold, p.sharpness);
      // What is asked becomes a norm in time, as far as nobody is afraid.
      norm += settles * (asked * (1.0f - fear) - norm);
      world[col::cluster_purpose][k] += settles * (moral * t - world[col::cluster_purpose][k]);

      const std::array<float, kFactors> factors = {
          focus,   moral,  transparency, review,
          enquiry, shared, deep,         world[col::cluster_openness][k]};
      const float quality =
          together(std::span<const float, kFactors>(factors), p.complementarity) *
          working(p.unaided, p.leading, world[col::cluster_facilitation][k],
                  world[col::cluster_capacity][k], world[col::cluster_dependence][k],
                  world[col::cluster_leadership][k]);
      world[col::cluster_quality][k] = quality;

      // Those who come are strangers; and without contact trust falls back to that of strangers.
      const float kept = said > 0.0f ? unit(contact / said) : 0.0f;
      const float forgets = p.forgetting * (1.0f - contact);
      const float gains =
          trusting(p.growth, contact, kept, system, transparency) + forgets * p.start_trust;
      const float breaks =
          conflict_rate(p.conflict, contact, rivalry, stakes, transparency, prepared) +
          forgets * (1.0f - p.start_trust);
      trust[k] = filled(t + p.turnover_loss * lost * (p.start_trust - t), gains, breaks, years);

      const float grown = contact * prepared;
      const float impact = visible_impact(focus, transparency, risen);
      maturity[k] =
          3.0f * filled(maturity[k] * (1.0f / 3.0f), p.maturing * grown * quality * impact,
                        p.lapsing * (1.0f - grown), years);

      const float open = checked(transparency, focus, used, world[col::cluster_validation][k]);
      // Gained and checked at yearly rates, so that it settles alike for terms of any length.
      const float fades = p.settling * open * years;
      const float kept_of_it = exp(-fades);
      const float gained = p.cosiness * contact * t * (1.0f - open) * years;
      bias[k] = clamp(
          bias[k] * kept_of_it + gained * (fades > 1e-6f ? (1.0f - kept_of_it) / fades : 1.0f),
          0.0f, 2.0f);
    }
  });

  now.parallel.for_each_block(world.schools(), [&](Block b) {
    const auto c = world.in(b);
    const int32_t* cluster = c[col::cluster];
    const float *engaged = c[col::engagement_real], *says = c[col::engagement_declared],
                *since = c[col::member_for];
    float *net_trust = c[col::network_trust], *net_quality = c[col::network_quality],
          *belief = c[col::belief_in_networks];
    const auto social = c[col::social_change];
    const auto internal = c[col::accountability_change];
    for (std::size_t i = 0; i < b.size(); ++i) {
      // It takes two: what a school has of its cluster needs its own part and that of the others.
      float in = 0, t = 0, q = 0, stage = 0, deceived = 0, beyond = 0;
      if (cluster[i] >= 0) {
        const auto k = static_cast<std::size_t>(cluster[i]);
        const auto size = static_cast<float>(world[col::cluster_size][k]);
        const float others =
            size > 1.0f ? unit((world[col::cluster_contact][k] * size - engaged[i]) / (size - 1.0f))
                        : 0.0f;
        in = square_root(engaged[i] * others);
        t = in * trusted[k];
        beyond = trusted[k] - p.start_trust;
        q = in * world[col::cluster_quality][k];
        stage = in * matured[k] * (1.0f / 3.0f);
        deceived = in * flattered[k];
      }
      net_trust[i] = t;
      net_quality[i] = q;
      // Belief follows what is seen (and what the cluster tells itself, and that it is new), not
      // what is true.
      const float novel =
          says[i] > 0.0f ? novelty_left(p.novelty, p.novelty_lasts, since[i] - 0.5f * years) : 0.0f;
      const float settled = unit(0.5f + q + stage + deceived + novel - p.worth * engaged[i]);
      belief[i] += settles * (settled - belief[i]);
      social[i] += p.gain * q * beyond * years;
      internal[i] += p.gain * stage * years;
    }
  });
}

}  // namespace reformsim
