#include "model/peer_review.hpp"

#include "model/stock.hpp"

namespace reformsim {
namespace {

const ParameterRow<PeerReview::Params> kRows[] = {
    {"gain", &PeerReview::Params::gain, "1/review", 0.05, 0.8,
     "Share of the judgement, mutual accountability and fitting practice still to gain that one "
     "review gives when all of it is acted on, by practised partners, in a full cycle of enquiry.",
     "assumed; the effect it must give, small or none on attainment: EEF 2017 (Challenge the Gap); "
     "Burgess, Rawal and Taylor 2021"},
    {"learning", &PeerReview::Params::learning, "reviews", 0.5, 6,
     "Reviews with the same partners after which one gives half of what it can give.",
     "assumed; direction: Munby and Fullan 2016 (effects grow with the cycles)"},
    {"defence", &PeerReview::Params::defence, "1/year", 0.02, 0.5,
     "Rate at which feedback that judges makes a school defensive.",
     "assumed; direction: Munby and Fullan 2016"},
    {"time_cost", &PeerReview::Params::time_cost, "share", 0.01, 0.12,
     "Attention that full peer review and full cycles of enquiry take in a school that takes part "
     "in full; as much energy is lost while they are new.",
     "assumed; about a week of staff time a year for each review"},
    {"reviews", &PeerReview::Params::reviews, "reviews/year", 1, 6,
     "Reviews in a year where peer review and taking part are full.",
     "assumed; one a term, and one a year in the Schools Partnership Programme", Role::constant},
    {"heeded_anyway", &PeerReview::Params::heeded_anyway, "share", 0, 1,
     "Share of candid feedback that a school acts on which has no say in its own affairs.",
     "assumed; direction: Munby and Fullan 2016; 1 takes autonomy out", Role::constant},
    {"shallow", &PeerReview::Params::shallow, "share", 0, 1,
     "What a review outside any cycle of enquiry gives against one in a full cycle.",
     "assumed; direction: Munby and Fullan 2016", Role::constant},
    {"stale", &PeerReview::Params::stale, "1/year", 0.3, 4,
     "Rate at which feedback that is not renewed stops guiding what a school does.", "assumed",
     Role::constant},
    {"social_part", &PeerReview::Params::social_part, "share", 0, 1,
     "Gain of social capital against that of judgement.", "assumed", Role::constant},
    {"defensive_half_life", &PeerReview::Params::defensive_half_life, "year", 1, 10,
     "Years in which half of the defensiveness goes once feedback no longer judges.",
     "assumed; direction: Munby and Fullan 2016", Role::constant}};

}  // namespace

std::span<const ParameterRow<PeerReview::Params>> PeerReview::parameters() { return kRows; }

void PeerReview::step(const Access& world, const Params& p, const Context& now) {
  const auto years = static_cast<float>(now.years);
  const float calms = 0.6931472f / p.defensive_half_life;
  now.parallel.for_each_block(world.schools(), [&](Block b) {
    const auto c = world.in(b);
    const float *review = c[lever::peer_review], *enquiry = c[lever::enquiry_cycles],
                *transparency = c[lever::transparency], *focus = c[lever::outcome_focus],
                *appraisal = c[lever::appraisal], *inspection = c[lever::inspection],
                *stakes = c[lever::stakes];
    const float *real = c[col::engagement_real], *deep = c[col::engagement_depth],
                *trust = c[col::network_trust], *fear = c[col::fear],
                *autonomy = c[col::autonomy_held], *funded = c[col::funded],
                *changed = c[col::leader_changed], *mastery = c[col::mastery],
                *fit = c[col::practice_fit], *decisional = c[col::decisional_capital],
                *social = c[col::social_capital], *internal = c[col::internal_accountability];
    float *done = c[col::reviews_done], *used = c[col::feedback_used],
          *defensive = c[col::defensiveness];
    const auto decisional_change = c[col::decisional_change];
    const auto accountability_change = c[col::accountability_change];
    const auto social_change = c[col::social_change];
    const auto mastery_change = c[col::mastery_change];
    const auto load = c[col::load];
    const auto strain = c[col::strain];
    for (std::size_t i = 0; i < b.size(); ++i) {
      const float grows =
          p.defence * judged(appraisal[i], inspection[i] * funded[i], stakes[i], fear[i]);
      defensive[i] = filled(defensive[i], grows, calms, years);

      const float rate = p.reviews * review[i] * real[i];
      const float acts = acted_on(p.heeded_anyway, candour(transparency[i], trust[i], fear[i]),
                                  autonomy[i], defensive[i]);
      used[i] = filled(used[i], acts * rate, (1.0f - acts) * rate + p.stale, years);
      // A new leader starts afresh with the partners, but for what the others carry on.
      const float carried = 1.0f - changed[i] * (1.0f - deep[i]);
      const float before = done[i] * carried;
      done[i] = clamp(before + rate * years, 0.0f, 200.0f);
      const float practised = review_experience(p.learning, before + 0.5f * rate * years);
      // It takes attention for good, and unpractised it also wears people out.
      const float time = p.time_cost * real[i] * 0.5f * (review[i] + enquiry[i]);
      load[i] += time;
      strain[i] += time * (1.0f - practised);
      if (rate <= 0.0f) continue;

      const float lesson =
          p.gain * rate * acts * practised * review_depth(p.shallow, enquiry[i]) * years;
      decisional_change[i] += lesson * (1.0f - decisional[i]);
      accountability_change[i] += lesson * (1.0f - internal[i]);
      social_change[i] += p.social_part * lesson * (1.0f - social[i]);
      const float surfaces = lesson * focus[i];
      for (std::size_t k = 0; k < kPractices; ++k) {
        const std::size_t at = i * kPractices + k;
        mastery_change[at] += surfaces * fit[at] * (1.0f - mastery[at]);
      }
    }
  });
}

}  // namespace reformsim
