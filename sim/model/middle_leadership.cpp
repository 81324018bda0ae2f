#include "model/middle_leadership.hpp"

#include <algorithm>
#include <numeric>
#include <vector>

namespace reformsim {
namespace {

const ParameterRow<MiddleLeadership::Params> kRows[] = {
    {"growth", &MiddleLeadership::Params::growth, "1/year", 0.1, 0.8,
     "Rate at which leading from the middle, and contact between districts, come to what present "
     "conditions sustain.",
     "assumed; direction: Hargreaves and Ainscow 2015"},
    {"buffering", &MiddleLeadership::Params::buffering, "share", 0, 0.8,
     "Share of external demands that a middle at full strength filters and translates for its "
     "schools.",
     "assumed; direction: Hargreaves and Ainscow 2015; Honig and Hatch 2004"},
    {"exchange", &MiddleLeadership::Params::exchange, "1/year", 0, 0.6,
     "Rate at which a district in full contact learns what abler neighbours can do.",
     "assumed; direction: Hargreaves and Ainscow 2015"},
    {"conversion", &MiddleLeadership::Params::conversion, "1/year", 0.05, 0.30,
     "Hazard that a token district that is to lead from the middle comes to do so willingly.",
     "assumed; direction: Hargreaves and Ainscow 2015"},
    {"alone", &MiddleLeadership::Params::alone, "share", 0.1, 0.9,
     "Strength of a district that leads in the middle without its neighbours, against one that "
     "leads from the middle with them.",
     "assumed; direction: Rincon-Gallardo and Fullan 2016", Role::constant},
    {"full_capacity", &MiddleLeadership::Params::full_capacity, "share", 0.1, 1,
     "Capacity, after what is drained from it, with which a district can lead in full.", "assumed",
     Role::constant},
    {"half_hearted", &MiddleLeadership::Params::half_hearted, "share", 0, 0.5,
     "What is left of leading from the middle with each step away from a willing district, to a "
     "token one and to a resistant one.",
     "assumed; direction: Hargreaves and Ainscow 2015", Role::constant},
    {"resistant_pace", &MiddleLeadership::Params::resistant_pace, "1", 0.1, 1,
     "Hazard that a resistant district turns token, against that of a token one turning willing.",
     "assumed", Role::constant},
    {"sharing", &MiddleLeadership::Params::sharing, "1/year", 0, 1,
     "Internal accountability gained in a year from full pressure that a middle wholly filters.",
     "assumed; direction: Rincon-Gallardo and Fullan 2016", Role::constant},
    {"middle_craft", &MiddleLeadership::Params::middle_craft, "leader SD", 0, 1.5,
     "What training to lead in the middle, or care for other schools raised from the middle to the "
     "top of its scale, adds to a leader's skill there.",
     "assumed; direction: Munby and Fullan 2016", Role::constant},
    {"token_share", &MiddleLeadership::Params::token_share, "share", 0, 0.4,
     "Share of districts that take up the language of leading from the middle and change little.",
     "Hargreaves and Ainscow 2015: two of ten districts", Role::constant},
    {"resistant_share", &MiddleLeadership::Params::resistant_share, "share", 0, 0.4,
     "Share of districts that hold out against leading from the middle.",
     "assumed; Hargreaves and Ainscow 2015: six of ten districts were willing, two token",
     Role::constant}};

using Access = MiddleLeadership::Access;
using Params = MiddleLeadership::Params;

// What a district's schools are under, averaged over them, and how far it really leads.
struct Role {
  float led = 0, persistence = 0, close = 0, competition = 0;
  float commits = 0;  // share of leading from the middle that is more than words
  float encouraged() const { return persistence + close; }
};

Role role_of(const Access& world, std::size_t d, float half_hearted) {
  const int32_t first = world[col::first_school][d], count = world[col::district_schools][d];
  Role role;
  for (int32_t s = first; s < first + count; ++s) {
    const auto i = static_cast<std::size_t>(s);
    const auto is = static_cast<DistrictRole>(static_cast<int>(world.at(lever::district_role, i)));
    role.led += is == DistrictRole::leading ? 1.0f : 0.0f;
    role.persistence += world.at(lever::persistence, i);
    role.close += world.at(lever::close_to_middle, i);
    role.competition += world.at(lever::competition, i);
  }
  const float per = 1.0f / static_cast<float>(std::max(count, 1));
  role.led *= per, role.persistence *= per, role.close *= per, role.competition *= per;
  role.commits = role.led * willingness(world[col::district_disposition][d], half_hearted);
  return role;
}

// What a district sees of the other districts of its county, at the start of the term.
struct Neighbours {
  std::vector<float> commit;  // how far they lead, on average
  std::vector<float> gap;     // how much more those in contact can do: mean of what is above 0
};

Neighbours neighbours(const Access& world, const std::vector<Role>& role) {
  const auto county = world[col::county];
  const auto capacity = world[col::district_capacity];
  const std::size_t n = county.size();
  struct Sums {
    double districts = 0, commits = 0, ties = 0;        // of all
    double ties_above = 0, ties_by_capacity_above = 0;  // of those abler than the present one
  };
  std::vector<Sums> of(n > 0 ? static_cast<std::size_t>(std::ranges::max(county)) + 1 : 0);
  const auto sums = [&](std::size_t d) -> Sums& { return of[static_cast<std::size_t>(county[d])]; };
  const auto ties = [&](std::size_t d) {
    return static_cast<double>(world[col::district_ties][d]);
  };
  for (std::size_t d = 0; d < n; ++d) {
    sums(d).districts += 1;
    sums(d).commits += static_cast<double>(role[d].commits);
    sums(d).ties += ties(d);
  }
  // From the ablest down, so that one pass over all districts knows who stands above each.
  std::vector<std::size_t> ablest(n);
  std::iota(ablest.begin(), ablest.end(), std::size_t{0});
  std::ranges::sort(ablest, [&](std::size_t a, std::size_t b) {
    const float x = capacity[a], y = capacity[b];
    return x != y ? x > y : world[col::district_id][a] < world[col::district_id][b];
  });
  Neighbours seen{std::vector<float>(n), std::vector<float>(n)};
  for (const std::size_t d : ablest) {
    Sums& all = sums(d);
    const auto own = static_cast<double>(capacity[d]);
    const double others = all.districts - 1, contact = all.ties - ties(d);
    const double ahead = all.ties_by_capacity_above - own * all.ties_above;
    if (others > 0)
      seen.commit[d] =
          unit(static_cast<float>((all.commits - static_cast<double>(role[d].commits)) / others));
    if (contact > 1e-6) seen.gap[d] = unit(static_cast<float>(ahead / contact));
    all.ties_above += ties(d);
    all.ties_by_capacity_above += ties(d) * own;
  }
  return seen;
}

void lead_districts(const Access& world, const Params& p, const Context& now) {
  const std::size_t n = world.rows(Entity::district);
  std::vector<Role> roles(n);
  now.parallel.for_each_block(n, [&](Block b) {
    for (std::size_t d = b.begin; d < b.end; ++d) roles[d] = role_of(world, d, p.half_hearted);
  });
  const Neighbours seen = neighbours(world, roles);
  const auto capacity_change = world[col::capacity_change];
  const auto years = static_cast<float>(now.years);
  const float moves = now.share(static_cast<double>(p.growth));
  now.parallel.for_each_block(n, [&](Block b) {
    for (std::size_t d = b.begin; d < b.end; ++d) {
      const Role& role = roles[d];
      float& strength = world[col::middle_strength][d];
      float& ties = world[col::district_ties][d];
      int32_t& disposition = world[col::district_disposition][d];
      capacity_change[d] += p.exchange * ties * seen.gap[d] * years;
      const float able = unit(world[col::district_capacity][d] *
                              (1.0f - world[col::district_drained][d]) / p.full_capacity);
      const float comes_to = strength_sustained(role.commits, able, p.alone, ties);
      strength += share_of_growth(p.growth, comes_to > strength ? role.encouraged() : 1.0f, years) *
                  (comes_to - strength);
      ties += moves * (ties_sustained(role.commits, seen.commit[d], role.competition) - ties);
      if (now.last_of_year && disposition != kWilling) {
        const float hazard = p.conversion * (disposition == kToken ? 1.0f : p.resistant_pace);
        const float u = now.draws.uniform(world[col::district_id][d], 0);
        if (u < conversion_chance(hazard, role.led, role.encouraged())) --disposition;
      }
    }
  });
  const auto by_schools = [&](auto&& value) {
    return now.parallel.sum_blocks(n, [&](Block b) {
      double sum = 0;
      for (std::size_t d = b.begin; d < b.end; ++d)
        sum += static_cast<double>(world[col::district_schools][d]) * static_cast<double>(value(d));
      return sum;
    });
  };
  const double schools = by_schools([](std::size_t) { return 1.0f; });
  const double strength = by_schools([&](std::size_t d) { return world[col::middle_strength][d]; });
  world[col::upward_voice][0] =
      schools > 0 ? static_cast<double>(world.mean(lever::close_to_middle)) * strength / schools
                  : 0.0;
}

void lead_clusters(const Access& world, const Params& p, const Context& now) {
  const auto real = world[col::engagement_real];
  now.parallel.for_each_block(world.rows(Entity::cluster), [&](Block b) {
    for (std::size_t k = b.begin; k < b.end; ++k) {
      float best = 0.0f;
      bool any = false;
      const auto from = static_cast<std::size_t>(world[col::first_member][k]);
      for (std::size_t m = from; m < from + static_cast<std::size_t>(world[col::cluster_size][k]);
           ++m) {
        const auto i = static_cast<std::size_t>(world[col::member][m]);
        if (real[i] <= 0.0f) continue;
        const auto row = static_cast<std::size_t>(world[col::leader][i]);
        const float worth =
            leader_in_the_middle(world[col::leader_skill][row], world[col::leader_trained][row],
                                 world[col::leader_system_mind][row], p.middle_craft, real[i]);
        best = any ? std::max(best, worth) : worth;
        any = true;
      }
      world[col::cluster_leadership][k] = clamp(best, -6.0f, 6.0f);
    }
  });
}

}  // namespace

std::span<const ParameterRow<MiddleLeadership::Params>> MiddleLeadership::parameters() {
  return kRows;
}

void MiddleLeadership::step(const Access& world, const Params& p, const Context& now) {
  lead_districts(world, p, now);
  lead_clusters(world, p, now);
  const auto strength = world[col::middle_strength];
  const auto maturity = world[col::cluster_maturity];
  const auto years = static_cast<float>(now.years);
  now.parallel.for_each_block(world.schools(), [&](Block b) {
    const auto c = world.in(b);
    const int32_t *district = c[col::district], *cluster = c[col::cluster];
    const float *real = c[col::engagement_real], *pressure = c[col::pressure];
    float* buffer = c[col::middle_buffer];
    const auto shared = c[col::accountability_change];
    for (std::size_t i = 0; i < b.size(); ++i) {
      const float network =
          cluster[i] < 0 ? 0.0f
                         : maturity[static_cast<std::size_t>(cluster[i])] * (1.0f / 3.0f) * real[i];
      buffer[i] = p.buffering * std::max(strength[static_cast<std::size_t>(district[i])], network);
      shared[i] += p.sharing * pressure[i] * buffer[i] * years;
    }
  });
}

}  // namespace reformsim
