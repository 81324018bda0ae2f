#include "model/capital.hpp"

#include "model/climate.hpp"

namespace reformsim {
namespace {

const ParameterRow<Capital::Params> kRows[] = {
    {"half_life", &Capital::Params::half_life, "year", 0.7, 6,
     "Years in which half of what support built is lost after it ends, in the usual school.",
     "Jacob, Lefgren and Sims 2010; Coburn et al. 2012"},
    {"from_support", &Capital::Params::from_support, "1", 0, 0.8,
     "Capital sustained per unit of the district's support above the usual.",
     "assumed; the effect it must give: Chingos et al. 2015"}};

}  // namespace

std::span<const ParameterRow<Capital::Params>> Capital::parameters() { return kRows; }

void Capital::step(const Access& world, const Params& p, const Context& now) {
  const auto years = static_cast<float>(now.years);
  now.parallel.for_each_block(world.schools(), [&](Block b) {
    const auto c = world.in(b);
    const float *skill = c[col::teacher_skill], *leadership = c[col::leadership],
                *support = c[col::district_support], *energy = c[col::energy],
                *coherence = c[col::coherence], *fear = c[col::fear];
    float *human = c[col::human_capital], *social = c[col::social_capital],
          *decisional = c[col::decisional_capital], *human_change = c[col::human_change],
          *social_change = c[col::social_change], *decisional_change = c[col::decisional_change];
    for (std::size_t i = 0; i < b.size(); ++i) {
      const float rate = years * fading(p.half_life, coherence[i]);
      const float fades = 1.0f - exp(-rate);
      const float apply = fades / rate;  // see Context::applied
      const float helped = p.from_support * (support[i] - kUsualSupport);
      const float human_rests = 0.5f + 0.25f * skill[i] + 0.5f * helped;
      const float social_rests =
          0.5f + 0.04f * leadership[i] + 0.2f * (energy[i] - 0.65f) + helped - 0.1f * fear[i];
      const float decisional_rests = 0.5f + 0.03f * leadership[i] + 0.5f * helped;
      human[i] = unit(human[i] + fades * (human_rests - human[i]) + apply * human_change[i]);
      social[i] = unit(social[i] + fades * (social_rests - social[i]) + apply * social_change[i]);
      decisional[i] = unit(decisional[i] + fades * (decisional_rests - decisional[i]) +
                           apply * decisional_change[i]);
      human_change[i] = social_change[i] = decisional_change[i] = 0.0f;
    }
  });
}

}  // namespace reformsim
