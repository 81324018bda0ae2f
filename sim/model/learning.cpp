#include "model/learning.hpp"

#include <array>

#include "model/feeder_pools.hpp"

namespace reformsim {
namespace {

const ParameterRow<Learning::Params> kRows[] = {
    {"growth", &Learning::Params::growth, "pupil SD/year", 0.15, 0.50,
     "What pupils learn in a usual year.", "Hill, Bloom, Black and Lipsey 2008"},
    {"retention", &Learning::Params::retention, "share", 0.2, 0.8,
     "What is left after a year of what a school added.", "Jacob, Lefgren and Sims 2010"},
    {"responsiveness", &Learning::Params::responsiveness, "1", 0, 0.5,
     "How much more the disadvantaged gain or lose from teaching than their classmates, against "
     "the "
     "mean pupil.",
     "assumed; direction: Krueger 1999 (Tennessee STAR)"},
    {"wellbeing", &Learning::Params::wellbeing, "share", 0.3, 0.9,
     "Pupils' wellbeing in a usual school.", "assumed", Role::constant},
    {"wellbeing_climate", &Learning::Params::wellbeing_climate, "1", 0, 1,
     "Rise of wellbeing with the staff's energy and social capital.", "assumed", Role::constant},
    {"wellbeing_breadth", &Learning::Params::wellbeing_breadth, "1", 0, 1,
     "Rise of wellbeing with the time for all but tested basics.", "assumed", Role::constant},
    {"wellbeing_rate", &Learning::Params::wellbeing_rate, "1/year", 0.1, 2,
     "How fast wellbeing follows what it depends on.", "assumed", Role::constant}};

using Access = Learning::Access;

// What the pupils who leave a pool of feeder schools carry with them: what schools have added to
// their intake, by group, and their broad learning.
struct Pool {
  std::array<double, kGroups> pupils{}, added{};
  double broad = 0;
  double carried(int group) const {
    const auto k = static_cast<std::size_t>(group);
    return pupils[k] > 0 ? added[k] / pupils[k] : 0.0;
  }
  double carried_broad() const {
    const double all = pupils[0] + pupils[1];
    return all > 0 ? broad / all : 0.0;
  }
};
using Pools = FeederPools<Pool>;

// In the order of the schools, so that the sums are the same for any number of threads.
Pools leavers(const Access& world) {
  const std::size_t n = world.schools();
  Pools pools(world[col::county]);
  if (world.rows(Entity::district) == 0) return pools;
  const auto district = world[col::district], phase = world[col::phase],
             grades = world[col::grades];
  const auto pupils = world[col::cohort_pupils], score = world[col::attainment],
             intake = world[col::intake], broad = world[col::broad_learning];
  for (std::size_t i = 0; i < n; ++i) {
    const int eldest = grades[i] - 1;
    Pool own;
    for (int group = 0; group < kGroups; ++group) {
      const std::size_t place = plane(n, cohort_plane(eldest, group), i);
      const auto k = static_cast<std::size_t>(group);
      own.pupils[k] = pupils[place];
      own.added[k] = own.pupils[k] * static_cast<double>(score[place] - intake[place]);
    }
    own.broad = (own.pupils[0] + own.pupils[1]) * broad[plane(n, eldest, i)];
    pools.leave(district[i], phase[i], [&](Pool& all) {
      for (std::size_t k = 0; k < kGroups; ++k) {
        all.pupils[k] += own.pupils[k];
        all.added[k] += own.added[k];
      }
      all.broad += own.broad;
    });
  }
  return pools;
}

// Year groups move up by one; the eldest leave, and a new one comes in with what it learnt before.
void new_year(const Access& world, const Block& b, const Pools& pools) {
  const auto c = world.in(b);
  const int32_t* grades = c[col::grades];
  const int32_t *pool = c[col::feeder_pool], *from = c[col::feeder_phase];
  for (int g = world.cohorts() - 1; g >= 0; --g) {
    for (int group = 0; group < kGroups; ++group) {
      const int here = cohort_plane(g, group), below = cohort_plane(g - 1, group);
      float *pupils = c.plane(col::cohort_pupils, here), *score = c.plane(col::attainment, here),
            *intake = c.plane(col::intake, here);
      for (std::size_t i = 0; i < b.size(); ++i) {
        if (g >= grades[i]) continue;
        if (g > 0) {
          pupils[i] = c.plane(col::cohort_pupils, below)[i];
          score[i] = c.plane(col::attainment, below)[i];
          intake[i] = c.plane(col::intake, below)[i];
        } else {
          pupils[i] = c.plane(col::entrants, group)[i];
          intake[i] = c.plane(col::entrant_intake, group)[i];
          score[i] = intake[i] + static_cast<float>(pools.fed_by(pool[i], from[i]).carried(group));
        }
      }
    }
    float* broad = c.plane(col::broad_learning, g);
    for (std::size_t i = 0; i < b.size(); ++i)
      if (g < grades[i])
        broad[i] = g > 0 ? c.plane(col::broad_learning, g - 1)[i]
                         : static_cast<float>(pools.fed_by(pool[i], from[i]).carried_broad());
  }
}

}  // namespace

std::span<const ParameterRow<Learning::Params>> Learning::parameters() { return kRows; }

void Learning::step(const Access& world, const Params& p, const Context& now) {
  // What fades in the term, and how much a yearly gain adds in it: over a year the two make
  // retention * old + gain, whatever the number of terms.
  const auto keeps = static_cast<float>(power(p.retention, now.years));
  const float adds = (1.0f - keeps) / (1.0f - p.retention);
  const float settles = now.share(p.wellbeing_rate);
  Pools pools;
  if (now.first_of_year) pools = leavers(world);
  now.parallel.for_each_block(world.schools(), [&](Block b) {
    if (now.first_of_year) new_year(world, b, pools);
    const auto c = world.in(b);
    const int32_t* grades = c[col::grades];
    const float *basics = c[col::teaching_basics], *broad = c[col::teaching_broad],
                *reach = c[col::teaching_reach], *time_basics = c[col::time_basics],
                *time_broad = c[col::time_broad];
    for (int g = 0; g < world.cohorts(); ++g) {
      const float *poor = c.plane(col::cohort_pupils, cohort_plane(g, 0)),
                  *others = c.plane(col::cohort_pupils, cohort_plane(g, 1));
      for (int group = 0; group < kGroups; ++group) {
        float* score = c.plane(col::attainment, cohort_plane(g, group));
        const float* intake = c.plane(col::intake, cohort_plane(g, group));
        const float reached = group == 0 ? 1.0f : 0.0f;
        for (std::size_t i = 0; i < b.size(); ++i) {
          const float all = poor[i] + others[i];
          const float disadvantaged = all > 0.0f ? poor[i] / all : 0.0f;
          const float gain = response(p.responsiveness, group, disadvantaged) *
                                 learnt(p.growth, basics[i], time_basics[i]) +
                             reached * reach[i];
          const float next =
              clamp(intake[i] + keeps * (score[i] - intake[i]) + adds * gain, -12.0f, 12.0f);
          score[i] = g < grades[i] ? next : 0.0f;
        }
      }
      float* other = c.plane(col::broad_learning, g);
      for (std::size_t i = 0; i < b.size(); ++i) {
        const float next = clamp(
            keeps * other[i] + adds * learnt(p.growth, broad[i], time_broad[i]), -12.0f, 12.0f);
        other[i] = g < grades[i] ? next : 0.0f;
      }
    }
    float* wellbeing = c[col::wellbeing];
    for (std::size_t i = 0; i < b.size(); ++i) {
      const float rests = wellbeing_at(p.wellbeing, p.wellbeing_climate, p.wellbeing_breadth,
                                       c[col::energy][i], c[col::social_capital][i], time_broad[i]);
      wellbeing[i] = unit(wellbeing[i] + settles * (rests - wellbeing[i]));
    }
  });
}

}  // namespace reformsim
