#include "model/repertoire.hpp"

#include <array>

#include "model/capital.hpp"

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
     "assumed"}};

}  // namespace

std::span<const ParameterRow<Repertoire::Params>> Repertoire::parameters() { return kRows; }

void Repertoire::step(const Access& world, const Params& p, const Context& now) {
  const auto years = static_cast<float>(now.years);
  const auto keeps = static_cast<float>(power(p.persistence, now.years));
  const float shock = p.rooted_sd * square_root(1.0f - keeps * keeps);
  const float common = square_root(kCommonShare), own = square_root(1.0f - kCommonShare);
  now.parallel.for_each_block(world.schools(), [&](Block b) {
    const auto c = world.in(b);
    const float *coherence = c[col::coherence], *decisional = c[col::decisional_capital],
                *social = c[col::social_capital], *context = c[col::context];
    float *mastery = c[col::mastery], *rooted = c[col::rooted_mastery],
          *change = c[col::mastery_change];
    thread_local std::array<std::array<float, kBlock>, kPractices + 4>
        luck;  // scratch of one block
    const std::span ids{c[col::school_id], b.size()};
    for (std::uint32_t k = 0; k < kPractices + 4; k += 4)
      now.draws.normals4(
          ids, k, {luck[k].data(), luck[k + 1].data(), luck[k + 2].data(), luck[k + 3].data()});
    for (std::size_t i = 0; i < b.size(); ++i) {
      const float rests = kUsualMastery + kContextAndMastery * p.rooted_sd * context[i];
      const float capital = 0.5f * (decisional[i] + social[i]);
      const float rate = years * fading(p.half_life, 0.5f * coherence[i] + 0.5f * capital);
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
