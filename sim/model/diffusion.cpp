#include "model/diffusion.hpp"

#include <array>
#include <bit>

namespace reformsim {
namespace {

const ParameterRow<Diffusion::Params> kRows[] = {
    {"transfer_rate", &Diffusion::Params::transfer_rate, "1/year", 0.01, 0.25,
     "Share of a usable gap in practice that one strong tie closes in a year.",
     "assumed; Papay et al. 2020; Chapman and Muijs 2014"},
    {"fidelity", &Diffusion::Params::fidelity, "share", 0.3, 0.8,
     "What a copy keeps of the original without support.", "assumed; Kraft, Blazar and Hogan 2018"},
    {"supported_fidelity", &Diffusion::Params::supported_fidelity, "share", 0.6, 0.95,
     "What a copy keeps in a network of full quality, or with full facilitation.",
     "assumed; Kraft, Blazar and Hogan 2018"},
    {"leaders_only", &Diffusion::Params::leaders_only, "share", 0.1, 0.8,
     "What reaches the classrooms when only leaders take part, against all taking part.",
     "assumed; direction: Munby and Fullan 2016; Coburn et al. 2012"},
    {"without_trust", &Diffusion::Params::without_trust, "share", 0, 1,
     "What crosses a tie without any trust, against full trust.",
     "assumed; direction: Bryk and Schneider 2002", Role::constant},
    {"incoherent", &Diffusion::Params::incoherent, "share", 0, 1,
     "What a school without any coherence takes in, against full coherence.",
     "assumed; direction: Bryk et al. 2010", Role::constant},
    {"pedagogy_weight", &Diffusion::Params::pedagogy_weight, "1", 0, 2,
     "Rise of what is taken in from no to all network time spent on teaching, against half of it.",
     "assumed; direction: Hattie 2015", Role::constant},
    {"unseeing", &Diffusion::Params::unseeing, "share", 0.2, 1,
     "Share it takes of any practice, good or bad here, when nobody looks at outcomes.", "assumed",
     Role::constant},
    {"judgement", &Diffusion::Params::judgement, "share", 0, 0.3,
     "Decisional capital gained from comparing notes, per usable gap's worth of exchange.",
     "assumed; direction: Hargreaves and Fullan 2012", Role::constant}};

}  // namespace

std::span<const ParameterRow<Diffusion::Params>> Diffusion::parameters() { return kRows; }

void Diffusion::step(const Access& world, const Params& p, const Context& now) {
  const auto years = static_cast<float>(now.years);
  const auto mastery = world[col::mastery];
  const auto facilitation = world[col::cluster_facilitation];
  now.parallel.for_each_block(world.schools(), [&](Block b) {
    const auto c = world.in(b);
    const float *pedagogy = c[lever::pedagogy], *focus = c[lever::outcome_focus],
                *energy = c[col::energy], *coherence = c[col::coherence],
                *quality = c[col::network_quality], *real = c[col::engagement_real],
                *deep = c[col::engagement_depth], *used = c[col::feedback_used],
                *fit = c[col::practice_fit], *own = c[col::mastery];
    const int32_t* cluster = c[col::cluster];
    const auto change = c[col::mastery_change];
    const auto judgement = c[col::decisional_change];
    const std::size_t n = b.size();

    // What each tie closes, tie by tie along memory: most of the work is arithmetic on whole
    // columns, and only the partners' mastery has to be fetched from all over.
    thread_local std::array<std::array<float, kBlock>, kTies> closes;  // scratch of one block
    thread_local std::array<float, kBlock> exchanged, scale;
    for (std::size_t r = 0; r < n; ++r) exchanged[r] = 0.0f;
    std::array<const int32_t*, kTies> partners;
    std::array<std::uint32_t, kTies> any{};
    for (std::size_t t = 0; t < kTies; ++t) {
      const int plane = static_cast<int>(t);
      partners[t] = c.plane(col::partner, plane);
      const float *weight = c.plane(col::tie_weight, plane),
                  *trust = c.plane(col::tie_trust, plane), *alike = c.plane(col::similarity, plane);
      float* closed = closes[t].data();
      for (std::size_t r = 0; r < n; ++r) {
        const float x =
            transfer(p.transfer_rate, p.without_trust, weight[r], trust[r], alike[r], years);
        closed[r] = partners[t][r] >= 0 ? x : 0.0f;
        exchanged[r] += closed[r];
        any[t] |= std::bit_cast<std::uint32_t>(closed[r]);
      }
    }
    for (std::size_t r = 0; r < n; ++r) {
      const float facilitated =
          cluster[r] < 0 ? 0.0f : facilitation[static_cast<std::size_t>(cluster[r])];
      const float kept = copy_fidelity(p.fidelity, p.supported_fidelity,
                                       copying_support(quality[r], facilitated, real[r]));
      const float takes =
          kept * classroom_reach(p.leaders_only, deep[r]) *
          uptake(p.incoherent, p.pedagogy_weight, energy[r], coherence[r], pedagogy[r]);
      // All ties together cannot close more than there is to close.
      const float all = exchanged[r] * takes;
      scale[r] = all > 1e-6f ? takes * (1.0f - exp(-all)) / all : takes;
      judgement[r] += p.judgement * exchanged[r];
    }
    for (std::size_t r = 0; r < n; ++r) {
      const float* mine = own + r * kPractices;
      float gain[kPractices] = {};
      for (std::size_t t = 0; t < kTies; ++t) {
        if (any[t] == 0) continue;
        // A tie that closes nothing is read all the same: no branch, and row 0 is always there.
        const auto partner = static_cast<std::size_t>(partners[t][r] > 0 ? partners[t][r] : 0);
        const float* theirs = mastery.data() + partner * kPractices;
        const float closed = closes[t][r];
        for (std::size_t k = 0; k < kPractices; ++k) {
          gain[k] += closed * positive(theirs[k] - mine[k]);
        }
      }
      const float sees = sight(focus[r], used[r]);
      for (std::size_t k = 0; k < kPractices; ++k) {
        const std::size_t at = r * kPractices + k;
        change[at] +=
            scale[r] * chosen(p.unseeing, sees, kPractice[k].effectiveness * fit[at]) * gain[k];
      }
    }
  });
}

}  // namespace reformsim
