// M14 Diffusion of practice: practices move along ties in proportion to contact, trust, absorption
// and similarity of context; a copy loses something, and less of it where the work is supported.
// (Frank, Zhao and Borman 2004; Coburn et al. 2012; Rincon-Gallardo and Fullan 2016.)
#pragma once

#include "model/mechanism.hpp"
#include "model/practices.hpp"

namespace reformsim {

struct Diffusion {
  static constexpr std::string_view name = "diffusion", code = "M14";
  static constexpr std::uint16_t purpose = 14;
  static constexpr bool switchable = true;

  struct Params {
    float transfer_rate = 0.20f;
    float fidelity = 0.5f;
    float supported_fidelity = 0.8f;
  };
  static std::span<const ParameterRow<Params>> parameters();

  using Access =
      Columns<Reads<col::partner, col::similarity, col::tie_weight, col::tie_trust, col::mastery,
                    col::practice_fit, col::energy, col::coherence, col::network_quality>,
              Owns<>, Adds<col::mastery_change, col::decisional_change>,
              Uses<lever::pedagogy, lever::facilitation, lever::outcome_focus>>;
  static void step(const Access& world, const Params& p, const Context& now);
};

// Share of the usable gap that one tie closes in a term.
inline float transfer(float rate, float weight, float trust, float similarity, float years) {
  return rate * weight * (0.3f + 0.7f * trust) * similarity * years;
}

}  // namespace reformsim
