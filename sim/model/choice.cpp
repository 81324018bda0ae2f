#include "model/choice.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

namespace reformsim {
namespace {

const ParameterRow<Choice::Params> kRows[] = {
    {"response", &Choice::Params::response, "1/SD", 0.01, 0.3,
     "Odds with which entrants choose a rival one SD more attractive over the nearest school when "
     "choice is free.",
     "assumed; the effect it must give, measured: rolls of England's secondary schools 2016-19 "
     "grew "
     "1.5% a year per SD of value added"},
    {"disadvantaged_moves", &Choice::Params::disadvantaged_moves, "share", 0.1, 1,
     "How readily the disadvantaged move, against the others.",
     "assumed; direction: Burgess, Greaves, Vignoles and Wilson 2015; Osth, Andersson and Malmberg "
     "2013"},
    {"room", &Choice::Params::room, "share", 0, 1,
     "Pupils a school can take above those of its catchment, in each year group.", "assumed"},
    {"value_added", &Choice::Params::value_added, "share", 0, 1,
     "Weight of the published value added in what draws families; the rest is the published score.",
     "assumed; 0 in Abdulkadiroglu, Pathak, Schellenberg and Walters 2020, more in England's rolls "
     "2016-19",
     Role::constant},
    {"changers", &Choice::Params::changers, "share", 0, 1,
     "How readily pupils already in school change it, against entrants.", "assumed",
     Role::constant}};

using Access = Choice::Access;
constexpr float kFurthest = 3.0f;  // SDs: beyond that a school is as good or bad as they come

// A school and one of its rivals: the shares of each group that want to come from there and to go
// there, of which one is 0. A school without so many rivals stands in for them itself, with shares
// of 0, so that all schools are alike to the loops below.
struct Rival {
  std::size_t row = 0;
  std::array<float, kGroups> come{}, go{};
};
using Rivals = std::array<Rival, kFirstClusterTie>;

std::vector<float> attractions(const Access& world, const Choice::Params& p, const Context& now) {
  const std::size_t n = world.schools();
  struct Scale {
    double mean, sd;
    float of(float x) const {
      return clamp(static_cast<float>((static_cast<double>(x) - mean) / sd), -kFurthest, kFurthest);
    }
  };
  const auto scale = [&](std::span<const float> values) {
    const auto sum = [&](auto&& value) {
      return now.parallel.sum_blocks(n, [&](Block b) {
        double total = 0;
        for (std::size_t i = b.begin; i < b.end; ++i) total += value(values[i]);
        return total;
      });
    };
    const double mean = sum([](double x) { return x; }) / static_cast<double>(n);
    const double variance =
        sum([&](double x) { return (x - mean) * (x - mean); }) / static_cast<double>(n);
    return Scale{mean, std::sqrt(std::max(variance, 1e-6))};
  };
  const auto score = world[col::reported_score], added = world[col::reported_value_added];
  const Scale of_score = scale(score), of_added = scale(added);
  std::vector<float> out(n);
  for (std::size_t i = 0; i < n; ++i)
    out[i] = attraction(of_score.of(score[i]), of_added.of(added[i]), p.value_added);
  return out;
}

// Who competes with whom, and how strongly; empty if nobody wants to move.
std::vector<Rivals> market(const Access& world, const Choice::Params& p, const Context& now) {
  const std::size_t n = world.schools();
  const std::vector<float> draws = attractions(world, p, now);
  const auto partner = world[col::partner];
  const auto phase = world[col::phase], grades = world[col::grades];
  const auto rival = [&](std::size_t i, int slot) -> int32_t {
    const int32_t row = partner[plane(n, slot, i)];
    if (row < 0) return -1;
    const auto j = static_cast<std::size_t>(row);
    if (phase[i] != phase[j] || grades[i] != grades[j]) return -1;
    for (int back = 0; back < kFirstClusterTie; ++back)
      if (partner[plane(n, back, j)] == static_cast<int32_t>(i)) return row;
    return -1;
  };
  // What would leave if there were room, per SD a rival is ahead.
  std::array<std::vector<float>, kGroups> leaves;
  for (auto& group : leaves) group.resize(n);
  std::vector<int32_t> rivals(n * kFirstClusterTie);
  const double wanting = now.parallel.sum_blocks(n, [&](Block b) {
    double total = 0;
    for (std::size_t i = b.begin; i < b.end; ++i) {
      float ahead = 0;
      for (int slot = 0; slot < kFirstClusterTie; ++slot) {
        const int32_t j = rivals[plane(n, slot, i)] = rival(i, slot);
        if (j >= 0) ahead += std::max(draws[static_cast<std::size_t>(j)] - draws[i], 0.0f);
      }
      const float choice = world.at(lever::choice, i);
      leaves[0][i] = pull(odds_per_sd(choice, p.response, p.disadvantaged_moves), ahead);
      leaves[1][i] = pull(odds_per_sd(choice, p.response, 1.0f), ahead);
      total += static_cast<double>(choice) * static_cast<double>(ahead);
    }
    return total;
  });
  if (!(wanting > 0)) return {};
  std::vector<Rivals> market(n);
  now.parallel.for_each_block(n, [&](Block b) {
    for (std::size_t i = b.begin; i < b.end; ++i)
      for (int slot = 0; slot < kFirstClusterTie; ++slot) {
        Rival& to = market[i][static_cast<std::size_t>(slot)];
        const int32_t row = rivals[plane(n, slot, i)];
        to.row = row < 0 ? i : static_cast<std::size_t>(row);
        for (std::size_t k = 0; k < kGroups; ++k)
          if (draws[to.row] > draws[i])
            to.go[k] = leaves[k][i] * (draws[to.row] - draws[i]);
          else
            to.come[k] = leaves[k][to.row] * (draws[i] - draws[to.row]);
      }
  });
  return market;
}

// One year group of a school, or its entrants: how many they are and what they have. Kept together
// because they move together.
struct alignas(32) YearGroup {
  std::array<float, kGroups> pupils{}, attainment{}, intake{};
  float broad = 0;
};

// Room for one year group of all schools, and for the part each takes of those that want in.
struct Scratch {
  std::vector<YearGroup> before;
  std::vector<float> takes;
};

// Moves pupils who have spent `years` in the school, of those schools that keep them for longer,
// and mixes what they have. `readiness` to move is against that of entrants.
template <class Load, class Store>
void exchange(const Access& world, const Choice::Params& p, const Context& now,
              std::span<const Rivals> rivals, Scratch& scratch, int years, float readiness,
              Load&& load, Store&& store) {
  const std::size_t n = world.schools();
  const auto grades = world[col::grades];
  const auto catchment = world[col::catchment];
  auto& [before, takes] = scratch;
  now.parallel.for_each_block(n, [&](Block b) {
    for (std::size_t i = b.begin; i < b.end; ++i)
      if (years < grades[i]) before[i] = load(i);
  });
  now.parallel.for_each_block(n, [&](Block b) {
    for (std::size_t i = b.begin; i < b.end; ++i) {
      if (years >= grades[i]) continue;
      float wanted = 0;
      for (const Rival& rival : rivals[i])
        for (std::size_t k = 0; k < kGroups; ++k)
          wanted += flow(before[rival.row].pupils[k], rival.come[k], readiness);
      takes[i] = readiness * taken(wanted, places_left(catchment[i], grades[i], p.room,
                                                       before[i].pupils[0] + before[i].pupils[1]));
    }
  });
  now.parallel.for_each_block(n, [&](Block b) {
    for (std::size_t i = b.begin; i < b.end; ++i) {
      if (years >= grades[i]) continue;
      const YearGroup& here = before[i];
      YearGroup after = here;
      // What those who come have more than those who are here.
      std::array<float, kGroups> score{}, intake{};
      float broad = 0;
      for (const Rival& rival : rivals[i]) {
        const YearGroup& there = before[rival.row];
        for (std::size_t k = 0; k < kGroups; ++k) {
          const float come = flow(there.pupils[k], rival.come[k], takes[i]);
          const float go = flow(here.pupils[k], rival.go[k], takes[rival.row]);
          after.pupils[k] = after.pupils[k] - go + come;
          score[k] += come * (there.attainment[k] - here.attainment[k]);
          intake[k] += come * (there.intake[k] - here.intake[k]);
          broad += come * (there.broad - here.broad);
        }
      }
      for (std::size_t k = 0; k < kGroups; ++k) {
        const float each = 1.0f / std::max(after.pupils[k], 1e-6f);
        after.attainment[k] += score[k] * each;
        after.intake[k] += intake[k] * each;
      }
      after.broad += broad / std::max(after.pupils[0] + after.pupils[1], 1e-6f);
      store(i, after);
    }
  });
}

// Pupils in school, before they move up: all but the eldest, who are about to leave.
void change_school(const Access& world, const Choice::Params& p, const Context& now,
                   std::span<const Rivals> rivals, Scratch& scratch) {
  const std::size_t n = world.schools();
  const auto pupils = world[col::cohort_pupils], score = world[col::attainment],
             intake = world[col::intake], broad = world[col::broad_learning];
  for (int g = 0; g + 1 < world.cohorts(); ++g) {
    const std::size_t first = plane(n, cohort_plane(g, 0), 0), second = first + n,
                      both = plane(n, g, 0);
    exchange(
        world, p, now, rivals, scratch, g + 1, p.changers,
        [&](std::size_t i) {
          return YearGroup{{pupils[first + i], pupils[second + i]},
                           {score[first + i], score[second + i]},
                           {intake[first + i], intake[second + i]},
                           broad[both + i]};
        },
        [&](std::size_t i, const YearGroup& after) {
          pupils[first + i] = after.pupils[0], pupils[second + i] = after.pupils[1];
          score[first + i] = after.attainment[0], score[second + i] = after.attainment[1];
          intake[first + i] = after.intake[0], intake[second + i] = after.intake[1];
          broad[both + i] = after.broad;
        });
  }
}

}  // namespace

std::span<const ParameterRow<Choice::Params>> Choice::parameters() { return kRows; }

void Choice::step(const Access& world, const Params& p, const Context& now) {
  if (!now.first_of_year) return;
  const std::size_t n = world.schools();
  const auto entrants = world[col::entrants], entrant_intake = world[col::entrant_intake];
  // The catchment's own entrants: what comes if nobody chooses.
  const auto own = [&](std::size_t i, int group) {
    return own_pupils(world[col::catchment][i], world[col::catchment_deprivation][i],
                      world[col::grades][i], group);
  };
  const auto own_year_group = [&](std::size_t i) {
    const float intake = world[col::entry_intake][i];
    return YearGroup{{own(i, 0), own(i, 1)},
                     {},
                     {own_intake(intake, p.gap, 0), own_intake(intake, p.gap, 1)},
                     0.0f};
  };
  const auto enter = [&](std::size_t i, const YearGroup& all) {
    entrants[i] = all.pupils[0], entrants[n + i] = all.pupils[1];
    entrant_intake[i] = all.intake[0], entrant_intake[n + i] = all.intake[1];
  };
  if (const std::vector<Rivals> rivals = market(world, p, now); !rivals.empty()) {
    Scratch scratch{std::vector<YearGroup>(n), std::vector<float>(n)};
    exchange(world, p, now, rivals, scratch, 0, 1.0f, own_year_group, enter);
    change_school(world, p, now, rivals, scratch);
  } else {
    now.parallel.for_each_block(n, [&](Block b) {
      for (std::size_t i = b.begin; i < b.end; ++i) enter(i, own_year_group(i));
    });
  }
  // Pupils there will be when the year groups have moved up, counted from the catchment, so that it
  // is the catchment to the last bit where nobody has moved.
  now.parallel.for_each_block(n, [&](Block b) {
    for (std::size_t i = b.begin; i < b.end; ++i) {
      float more = 0;
      for (int k = 0; k < kGroups; ++k) {
        const float usual = own(i, k);
        more += entrants[plane(n, k, i)] - usual;
        for (int g = 0; g + 1 < world[col::grades][i]; ++g)
          more += world[col::cohort_pupils][plane(n, cohort_plane(g, k), i)] - usual;
      }
      world[col::roll][i] = world[col::catchment][i] + more;
    }
  });
}

}  // namespace reformsim
