#include "model/facilitation.hpp"

#include "model/stock.hpp"

namespace reformsim {
namespace {

const ParameterRow<Facilitation::Params> kRows[] = {
    {"growth", &Facilitation::Params::growth, "1/year", 0.5, 8,
     "Share of the capacity still to gain that a cluster gains in a year of full contact, full "
     "help, "
     "full trust and leadership without limit.",
     "assumed; about two to four years to capacity: Rincon-Gallardo and Fullan 2016"},
    {"dependence", &Facilitation::Params::dependence, "1/year", 0, 1.5,
     "Rate at which a cluster learns to leave the work to its facilitators while it has a full "
     "measure of help it does not need.",
     "assumed; direction: Rincon-Gallardo and Fullan 2016"},
    {"fading", &Facilitation::Params::fading, "1/year", 0.02, 0.6,
     "Rate at which capacity fades in a cluster that does not work together.",
     "assumed; Coburn et al. 2012"},
    {"unguided", &Facilitation::Params::unguided, "share", 0, 0.5,
     "How fast a cluster learns without any help, against full help.",
     "assumed; Rincon-Gallardo and Fullan 2016", Role::constant},
    {"turnover_loss", &Facilitation::Params::turnover_loss, "share", 0, 0.8,
     "Share of capacity lost when all leaders leave and nobody but leaders took part.",
     "assumed; Coburn et al. 2012; Daly and Finnigan 2010-2012", Role::constant},
    {"weaning", &Facilitation::Params::weaning, "1/year", 0.02, 0.4,
     "Rate at which dependence is unlearnt once there is no help.", "assumed", Role::constant}};

}  // namespace

std::span<const ParameterRow<Facilitation::Params>> Facilitation::parameters() { return kRows; }

void Facilitation::step(const Access& world, const Params& p, const Context& now) {
  const auto years = static_cast<float>(now.years);
  const auto member = world[col::member];
  const auto real = world[col::engagement_real];
  const auto declared = world[col::engagement_declared];
  const auto depth = world[col::engagement_depth];
  const auto changed = world[col::leader_changed];
  const auto funded = world[col::funded];
  now.parallel.for_each_block(world.rows(Entity::cluster), [&](Block b) {
    for (std::size_t k = b.begin; k < b.end; ++k) {
      const auto first = static_cast<std::size_t>(world[col::first_member][k]);
      const auto size = static_cast<std::size_t>(world[col::cluster_size][k]);
      if (size == 0) continue;
      float contact = 0, offered = 0, release = 0, lost = 0;
      for (std::size_t m = first; m < first + size; ++m) {
        const auto i = static_cast<std::size_t>(member[m]);
        contact += real[i];
        offered += world.at(lever::facilitation, i) * declared[i] * funded[i];
        release += world.at(lever::release, i);
        lost += changed[i] * (1.0f - depth[i]);
      }
      const float per = 1.0f / static_cast<float>(size);
      contact *= per, offered *= per, release *= per, lost *= per;

      float& capacity = world[col::cluster_capacity][k];
      float& dependence = world[col::cluster_dependence][k];
      const float help = help_at_work(offered, release, capacity);
      world[col::cluster_facilitation][k] = help;
      dependence = filled(dependence, p.dependence * needless_help(help, capacity),
                          p.weaning * (1.0f - help), years);
      capacity =
          filled(capacity * (1.0f - p.turnover_loss * lost),
                 learning_to_work(p.growth, p.unguided, contact, help, world[col::cluster_trust][k],
                                  world[col::cluster_leadership][k]),
                 p.fading * (1.0f - contact), years);
    }
  });
}

}  // namespace reformsim
