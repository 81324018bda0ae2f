#include "model/levers.hpp"

#include <algorithm>

#include "base/hash.hpp"
#include "base/nearest.hpp"
#include "model/fields.hpp"

namespace reformsim {
namespace {

constexpr std::uint16_t kScopePurpose = 900;
constexpr std::string_view kPhaseNames[] = {"primary", "middle", "secondary"};

std::vector<std::string> split(std::string_view choices) {
  std::vector<std::string> out;
  while (!choices.empty()) {
    const std::size_t bar = choices.find('|');
    out.emplace_back(choices.substr(0, bar));
    choices = bar == std::string_view::npos ? std::string_view{} : choices.substr(bar + 1);
  }
  return out;
}

double value_of(const Condition& condition, const Population& population, const World& world,
                std::size_t i) {
  if (condition.column == "deprivation") return population.deprivation[i];
  if (condition.column == "enrolment") return population.enrolment[i];
  return world[col::score_at_start][i];  // "score"
}

bool in_scope(const Scope& scope, const Population& population, const World& world, Key key,
              std::size_t i) {
  const auto d = static_cast<std::size_t>(population.district[i]);
  if (!scope.districts.empty() &&
      std::none_of(scope.districts.begin(), scope.districts.end(), [&](const std::string& name) {
        return name == population.district_code[d] || name == population.district_name[d];
      }))
    return false;
  for (const Condition& condition : scope.where) {
    if (condition.column == "phase") {
      if (condition.equals != kPhaseNames[population.phase[i]]) return false;
    } else {
      const double value = value_of(condition, population, world, i);
      if (!(value >= condition.min && value < condition.max)) return false;
    }
  }
  if (scope.share) {
    // The name of the draw takes the place of the term, so that entries with one name draw the same
    // schools.
    const Draws draws(key, kScopePurpose, static_cast<std::uint32_t>(hash64(scope.draw)));
    if (!(draws.uniform(population.school_id[i], 0) < static_cast<float>(*scope.share)))
      return false;
  }
  return true;
}

constexpr int bars(std::string_view choices) {
  int count = 0;
  for (const char c : choices) count += c == '|';
  return count;
}
struct Range {
  double low, high;
};
constexpr Range kRange[] = {
#define L(name, path, unit, low, high, ...) {low, high},
#define K(name, path, choices, ...) {0, bars(choices)},
    REFORMSIM_LEVERS(L, K)
#undef L
#undef K
};

// These settle something for the system as a whole.
constexpr std::string_view kWhole[] = {"funding.rule", "funding.grant_rule",
                                       "networks.cluster_size", "networks.composition"};

bool names_nothing(const Scope& scope) {
  return scope.districts.empty() && scope.where.empty() && !scope.share;
}

}  // namespace

std::string_view lever_path(LeverId lever) {
  static constexpr std::string_view kPaths[] = {
#define L(name, path, ...) path,
      REFORMSIM_LEVERS(L, L)
#undef L
  };
  return kPaths[static_cast<std::size_t>(lever)];
}

void add_levers(FieldTable& table) {
#define L(name, path, unit, low, high, standard, meaning, source) \
  table.add({path,                                                \
             FieldGroup::lever,                                   \
             FieldType::number,                                   \
             unit,                                                \
             low,                                                 \
             high,                                                \
             double(standard),                                    \
             {},                                                  \
             meaning,                                             \
             source});
#define K(name, path, choices, standard, meaning, source)                                     \
  table.add({path, FieldGroup::lever, FieldType::choice, "1", 0, 0, split(choices)[standard], \
             split(choices), meaning, source});
  REFORMSIM_LEVERS(L, K)
#undef L
#undef K
  table.add_check([](const Scenario& scenario) {
    std::vector<Problem> problems;
    for (const std::string_view path : kWhole)
      for (const LeverEntry& entry : scenario.lever(path).reform)
        if (!names_nothing(entry.scope))
          problems.push_back(
              {entry.place, fmt::format("levers.{}: this lever holds for the whole system; "
                                        "expected an entry without a scope",
                                        path)});
    return problems;
  });
}

bool holds_for_the_whole_system(std::string_view path) {
  return std::find(std::begin(kWhole), std::end(kWhole), path) != std::end(kWhole);
}

std::vector<Problem> check_scopes(const Scenario& scenario, const Population& population) {
  std::vector<Problem> problems;
  std::vector<std::string> known = population.district_name;
  known.insert(known.end(), population.district_code.begin(), population.district_code.end());
  const auto reaches = [&](const Scope& scope, std::size_t i) {
    const auto d = static_cast<std::size_t>(population.district[i]);
    const bool here =
        scope.districts.empty() ||
        std::any_of(scope.districts.begin(), scope.districts.end(), [&](const auto& name) {
          return name == population.district_code[d] || name == population.district_name[d];
        });
    return here && std::all_of(scope.where.begin(), scope.where.end(), [&](const Condition& c) {
             if (c.column == "phase") return c.equals == kPhaseNames[population.phase[i]];
             const float value = c.column == "deprivation" ? population.deprivation[i]
                                 : c.column == "enrolment" ? population.enrolment[i]
                                                           : population.score[i];
             return value != value || (value >= c.min && value < c.max);  // NaN: not known yet
           });
  };
  for (std::size_t l = 0; l < kLevers; ++l) {
    const std::string_view path = lever_path(static_cast<LeverId>(l));
    for (const LeverEntry& entry : scenario.lever(path).reform) {
      if (names_nothing(entry.scope)) continue;
      bool all_known = true;
      for (const std::string& name : entry.scope.districts) {
        if (std::find(known.begin(), known.end(), name) != known.end()) continue;
        all_known = false;
        const std::string near = nearest(name, known);
        problems.push_back(
            {entry.place, fmt::format("levers.{}: there is no district '{}'{}", path, name,
                                      near.empty() ? "" : "; did you mean '" + near + "'?")});
      }
      if (!all_known) continue;
      bool somebody = false;
      for (std::size_t i = 0; i < population.schools() && !somebody; ++i)
        somebody = reaches(entry.scope, i);
      if (!somebody)
        problems.push_back(
            {entry.place, fmt::format("levers.{}: the scope reaches no school of this "
                                      "population (deprivation is a share, score is in "
                                      "pupil SD)",
                                      path)});
    }
  }
  return problems;
}

LeverColumns::LeverColumns(const Scenario& scenario, const Population& population,
                           const World& world, Key key)
    : columns_(kLevers) {
  for (std::size_t l = 0; l < kLevers; ++l) {
    Column& column = columns_[l];
    column.plan = &scenario.lever(lever_path(static_cast<LeverId>(l)));
    const auto& entries = column.plan->reform;
    const bool scoped = std::any_of(entries.begin(), entries.end(),
                                    [](const LeverEntry& e) { return !names_nothing(e.scope); });
    if (!scoped) {
      column.groups.assign(1, std::vector<bool>(entries.size(), true));
      column.values.resize(kBlock);
    } else {
      column.group.resize(population.schools());
      column.values.resize(population.schools());
      for (std::size_t i = 0; i < population.schools(); ++i) {
        std::vector<bool> reached(entries.size());
        for (std::size_t e = 0; e < entries.size(); ++e)
          reached[e] = in_scope(entries[e].scope, population, world, key, i);
        auto found = std::find(column.groups.begin(), column.groups.end(), reached);
        column.group[i] = static_cast<std::uint16_t>(found - column.groups.begin());
        if (found == column.groups.end()) column.groups.push_back(std::move(reached));
      }
    }
    column.level.assign(column.groups.size(), 0.0f);
  }
  set_year(-1.0);
}

void LeverColumns::set_year(double year, std::span<const double> shift) {
  for (std::size_t l = 0; l < columns_.size(); ++l) {
    Column& column = columns_[l];
    for (std::size_t g = 0; g < column.groups.size(); ++g) {
      const double level =
          year < 0 ? column.plan->status_quo : lever_level(*column.plan, year, column.groups[g]);
      const double moved = shift.empty() || shift[l] == 0.0
                               ? level
                               : std::clamp(level + shift[l], kRange[l].low, kRange[l].high);
      column.level[g] = static_cast<float>(moved);
    }
    if (column.group.empty()) {
      std::fill(column.values.begin(), column.values.end(), column.level[0]);
      column.mean = column.level[0];
    } else {
      double sum = 0;
      for (std::size_t i = 0; i < column.group.size(); ++i) {
        column.values[i] = column.level[column.group[i]];
        sum += column.values[i];
      }
      column.mean = static_cast<float>(sum / static_cast<double>(column.group.size()));
    }
  }
}

std::span<const float> LeverColumns::block(LeverId lever, const Block& block) const {
  const Column& column = columns_[index(lever)];
  const std::size_t begin = column.group.empty() ? 0 : block.begin;
  return {column.values.data() + begin, block.size()};
}

float LeverColumns::uniform(LeverId lever) const { return columns_[index(lever)].mean; }

}  // namespace reformsim
