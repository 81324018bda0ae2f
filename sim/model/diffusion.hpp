// M14 Diffusion of practice: practices move along ties in proportion to contact, trust, absorption
// and similarity of context; a copy loses something, and less of it where the work is supported.
// What only the leaders bring home reaches few classrooms; those who look at outcomes, and at what
// peers tell them, choose better what to copy. Neighbours pass on a little without any network.
// (Frank, Zhao and Borman 2004; Coburn et al. 2012; Rincon-Gallardo and Fullan 2016.)
#pragma once

#include "model/mechanism.hpp"
#include "model/practices.hpp"

namespace reformsim {

struct Diffusion {
  static constexpr std::string_view name = "diffusion", code = "M14";
  static constexpr std::string_view meaning =
      "Practices move along ties in proportion to contact, trust, absorption and likeness of "
      "context, and lose something on the way.";
  static constexpr std::uint16_t purpose = 14;
  static constexpr bool switchable = true;

  struct Params {
    float transfer_rate = 0.20f;
    float fidelity = 0.5f;
    float supported_fidelity = 0.8f;
    float leaders_only = 0.4f;
    float without_trust = 0.3f;
    float incoherent = 0.5f;
    float pedagogy_weight = 1.6f;
    float unseeing = 0.6f;
    float judgement = 0.05f;
  };
  static std::span<const ParameterRow<Params>> parameters();

  using Access = Columns<Reads<col::partner, col::similarity, col::tie_weight, col::tie_trust,
                               col::mastery, col::practice_fit, col::energy, col::coherence,
                               col::network_quality, col::engagement_real, col::engagement_depth,
                               col::feedback_used, col::cluster, col::cluster_facilitation>,
                         Owns<>, Adds<col::mastery_change, col::decisional_change>,
                         Uses<lever::pedagogy, lever::outcome_focus>>;
  static void step(const Access& world, const Params& p, const Context& now);
};

// Share of the usable gap that one tie closes in a term; strangers' word counts `without_trust`.
inline float transfer(float rate, float without_trust, float weight, float trust, float similarity,
                      float years) {
  return rate * weight * (without_trust + (1.0f - without_trust) * trust) * similarity * years;
}
// Support of the work of copying: the network's own quality, and its facilitators as far as the
// school takes part; either will do.
inline float copying_support(float quality, float facilitation, float engagement) {
  return quality + (1.0f - quality) * facilitation * engagement;
}
// What a copy keeps of the original.
inline float copy_fidelity(float alone, float supported, float support) {
  return alone + (supported - alone) * support;
}
// What of it reaches the classrooms: all when engagement is as deep as can be, `leaders_only` when
// only the leaders take part.
inline float classroom_reach(float leaders_only, float depth) {
  return leaders_only + (1.0f - leaders_only) * depth;
}
// What a school takes in: with its energy, less when it is incoherent, more when the talk is of
// teaching (half of it is usual).
inline float uptake(float incoherent, float pedagogy_weight, float energy, float coherence,
                    float pedagogy) {
  return energy * (incoherent + (1.0f - incoherent) * coherence) *
         unit(0.5f + 0.5f * pedagogy_weight * (pedagogy - 0.5f)) * 2.0f;
}
// How clearly it sees what works: by looking at outcomes and by what peers tell it.
inline float sight(float outcome_focus, float feedback_used) {
  return outcome_focus + (1.0f - outcome_focus) * feedback_used;
}
// How much of a practice that works with `works` (effectiveness times fit, the mean practice where
// it was made 1) it takes: `unseeing` of all alike, or by what each does here.
inline float chosen(float unseeing, float sight, float works) {
  return unit_flat(unseeing + sight * (works - unseeing));
}

}  // namespace reformsim
