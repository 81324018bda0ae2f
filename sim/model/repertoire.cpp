#include "model/repertoire.hpp"

#include <array>

namespace reformsim {
namespace {

const ParameterRow<Repertoire::Params> kRows[] = {
    {"persistence", &Repertoire::Params::persistence, "1", 0.92, 0.985,
     "Correlation of rooted mastery from one year to the next.",
     "Leckie and Goldstein 2009; Allen and Burgess 2013"},
    {"rooted_sd", &Repertoire::Params::rooted_sd, "share", 0.08, 0.22,
     "SD of rooted mastery between schools.",
     "assumed; the spread of value added it must give: Hedges and Hedberg 2007; Bloom et al. 2008"},
    {"half_life", &Repertoire::Params::half_life, "year", 0.7, 6,
     "Years in which half of the mastery above what is rooted is lost in the usual school.",
     "Jacob, Lefgren and Sims 2010; Coburn et al. 2012"},
    {"context_loss", &Repertoire::Params::context_loss, "share", 0.1, 0.9,
     "Share of its use that a practice loses per SD of distance from the context it was made in.",
     "assumed"},
    {"usual_mastery", &Repertoire::Params::usual_mastery, "share", 0.2, 0.7,
     "Mean rooted mastery in a school of mean context.", "assumed; sets where zero of the scale is",
     Role::constant},
    {"common_share", &Repertoire::Params::common_share, "share", 0, 1,
     "Share of the variance of rooted mastery that all practices of a school have in common.",
     "assumed; schools differ about as much within as between themselves", Role::constant},
    {"context_correlation", &Repertoire::Params::context_correlation, "1", -0.4, 0,
     "Correlation of rooted mastery with the school's context: poorer schools, somewhat weaker.",
     "Reardon 2016", Role::constant},
    {"frail", &Repertoire::Params::frail, "share", 0.1, 1,
     "Half-life of what was gained, against the usual, where neither coherence nor capital "
     "sustains "
     "it.",
     "assumed; direction: Coburn et al. 2012", Role::constant}};

}  // namespace

std::span<const ParameterRow<Repertoire::Params>> Repertoire::parameters() { return kRows; }

void Repertoire::step(const Access& world, const Params& p, const Context& now) {
  const auto years = static_cast<float>(now.years);
  const auto keeps = static_cast<float>(power(p.persistence, now.years));
  const float shock = p.rooted_sd * square_root(1.0f - keeps * keeps);
  const float common = square_root(p.common_share), own = square_root(1.0f - p.common_share);
  now.parallel.for_each_block(world.schools(), [&](Block b) {
    const auto c = world.in(b);
    const float *coherence = c[col::coherence], *decisional = c[col::decisional_capital],
                *social = c[col::social_capital], *context = c[col::local_context];
    float *mastery = c[col::mastery], *rooted = c[col::rooted_mastery],
          *change = c[col::mastery_change];
    thread_local std::array<std::array<float, kBlock>, kPractices + 4>
        luck;  // scratch of one block
    const std::span ids{c[col::school_id], b.size()};
    for (std::uint32_t k = 0; k < kPractices + 4; k += 4)
      now.draws.normals4(
          ids, k, {luck[k].data(), luck[k + 1].data(), luck[k + 2].data(), luck[k + 3].data()});
    for (std::size_t i = 0; i < b.size(); ++i) {
      const float rests =
          usual_rooted(p.usual_mastery, p.context_correlation, p.rooted_sd, context[i]);
      const float rate = years * falls_back(p.half_life, p.frail,
                                            sustains(coherence[i], decisional[i], social[i]));
      const float fades = 1.0f - exp(-rate);
      const float apply = fades / rate;  // see Context::applied
      const float together = common * luck[kPractices][i];
      for (std::size_t k = 0; k < kPractices; ++k) {
        const std::size_t at = i * kPractices + k;
        const float r =
            unit(rests + keeps * (rooted[at] - rests) + shock * (together + own * luck[k][i]));
        rooted[at] = r;
        mastery[at] = unit(mastery[at] + fades * (r - mastery[at]) + apply * change[at]);
        change[at] = 0.0f;
      }
    }
  });
}

}  // namespace reformsim
