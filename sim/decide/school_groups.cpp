#include "decide/school_groups.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include <fmt/format.h>

namespace reformsim {

namespace {

constexpr std::size_t kFifths = 5;

std::vector<std::int32_t> fifths(const std::vector<float>& value,
                                 const std::vector<std::uint64_t>& id) {
  std::vector<std::size_t> order(value.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    if (value[a] != value[b]) return value[a] < value[b];
    return id[a] < id[b];
  });
  std::vector<std::int32_t> of(value.size());
  for (std::size_t rank = 0; rank < order.size(); ++rank)
    of[order[rank]] = static_cast<std::int32_t>(rank * kFifths / order.size());
  return of;
}

}  // namespace

SchoolGroups group_schools(const Population& population) {
  constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
  SchoolGroups result;
  const auto add = [&](const std::string& kind, std::vector<std::int32_t> of,
                       const std::vector<std::pair<std::string, std::string>>& names,
                       const std::vector<float>* value) {
    const std::size_t first = result.groups.size();
    for (const auto& [name, label] : names)
      result.groups.push_back({name, kind, label, 0, 0, kNone, kNone});
    for (std::size_t i = 0; i < of.size(); ++i) {
      SchoolGroup& group = result.groups[first + static_cast<std::size_t>(of[i])];
      ++group.schools;
      group.pupils += static_cast<double>(population.enrolment[i]);
      if (value == nullptr) continue;
      const auto at = static_cast<double>((*value)[i]);
      group.low = std::isnan(group.low) ? at : std::min(group.low, at);
      group.high = std::isnan(group.high) ? at : std::max(group.high, at);
    }
    result.kinds.push_back({first, names.size(), std::move(of)});
  };
  const auto fifth_names = [](const std::string& kind, const char* least, const char* most) {
    std::vector<std::pair<std::string, std::string>> names;
    for (std::size_t k = 1; k <= kFifths; ++k)
      names.emplace_back(fmt::format("{}_{}", kind, k), k == 1 ? least
                                                        : k == kFifths
                                                            ? most
                                                            : fmt::format("fifth {}", k));
    return names;
  };
  add("all", std::vector<std::int32_t>(population.schools(), 0), {{"all", "all schools"}}, nullptr);
  add("phase", population.phase,
      {{"primary", "primary"}, {"middle", "middle"}, {"secondary", "secondary"}}, nullptr);
  add("deprivation", fifths(population.deprivation, population.school_id),
      fifth_names("deprivation", "least deprived fifth", "most deprived fifth"),
      &population.deprivation);
  add("size", fifths(population.enrolment, population.school_id),
      fifth_names("size", "smallest fifth", "largest fifth"), &population.enrolment);
  return result;
}

}  // namespace reformsim
