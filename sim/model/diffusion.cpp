#include "model/diffusion.hpp"

#include <array>

#include "model/capacity_building.hpp"

namespace reformsim {
namespace {

const ParameterRow<Diffusion::Params> kRows[] = {
    {"transfer_rate", &Diffusion::Params::transfer_rate, "1/year", 0.01, 0.25,
     "Share of a usable gap in practice that one strong tie closes in a year.",
     "assumed; Papay et al. 2020; Chapman and Muijs 2014"},
    {"fidelity", &Diffusion::Params::fidelity, "share", 0.3, 0.8,
     "What a copy keeps of the original without support.", "assumed; Kraft, Blazar and Hogan 2018"},
    {"supported_fidelity", &Diffusion::Params::supported_fidelity, "share", 0.6, 0.95,
     "What a copy keeps in a network of full quality, with facilitation.",
     "assumed; Kraft, Blazar and Hogan 2018"}};

}  // namespace

std::span<const ParameterRow<Diffusion::Params>> Diffusion::parameters() { return kRows; }

void Diffusion::step(const Access& world, const Params& p, const Context& now) {
  const auto years = static_cast<float>(now.years);
  const auto mastery = world[col::mastery];
  now.parallel.for_each_block(world.schools(), [&](Block b) {
    const auto c = world.in(b);
    const float *pedagogy = c[lever::pedagogy], *facilitation = c[lever::facilitation],
                *focus = c[lever::outcome_focus], *energy = c[col::energy],
                *coherence = c[col::coherence], *quality = c[col::network_quality],
                *fit = c[col::practice_fit], *own = c[col::mastery];
    const auto change = c[col::mastery_change];
    const auto judgement = c[col::decisional_change];
    std::array<const int32_t*, kTies> partners;
    std::array<const float*, kTies> weights, trusts, similarities;
    for (std::size_t t = 0; t < kTies; ++t) {
      partners[t] = c.plane(col::partner, static_cast<int>(t));
      weights[t] = c.plane(col::tie_weight, static_cast<int>(t));
      trusts[t] = c.plane(col::tie_trust, static_cast<int>(t));
      similarities[t] = c.plane(col::similarity, static_cast<int>(t));
    }
    for (std::size_t r = 0; r < b.size(); ++r) {
      const float support = unit(quality[r] * (0.6f + 0.8f * facilitation[r]));
      const float kept = p.fidelity + (p.supported_fidelity - p.fidelity) * support;
      const float takes_in = absorption(energy[r], coherence[r]) * (0.2f + 1.6f * pedagogy[r]);
      // Looking at outcomes tells the practices that work here from those that merely travel.
      float choice[kPractices];
      for (std::size_t k = 0; k < kPractices; ++k)
        choice[k] = 0.6f + focus[r] * (kPractice[k].effectiveness * fit[r * kPractices + k] - 0.6f);
      float gain[kPractices] = {};
      float exchanged = 0;
      for (std::size_t t = 0; t < kTies; ++t) {
        const int32_t partner = partners[t][r];
        if (partner < 0 || weights[t][r] <= 0.0f) continue;
        const float closes =
            transfer(p.transfer_rate, weights[t][r], trusts[t][r], similarities[t][r], years);
        const float* theirs = mastery.data() + static_cast<std::size_t>(partner) * kPractices;
        for (std::size_t k = 0; k < kPractices; ++k) {
          const float gap = theirs[k] - own[r * kPractices + k];
          gain[k] += closes * (gap > 0.0f ? gap : 0.0f);
        }
        exchanged += closes;
      }
      // All ties together cannot close more than there is to close.
      const float closed = exchanged * kept * takes_in;
      const float scale = closed > 1e-6f ? kept * takes_in * (1.0f - exp(-closed)) / closed : 0.0f;
      for (std::size_t k = 0; k < kPractices; ++k)
        change[r * kPractices + k] += scale * unit(choice[k]) * gain[k];
      judgement[r] += 0.05f * exchanged;
    }
  });
}

}  // namespace reformsim
