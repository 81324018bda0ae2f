// What the files of the plan reader share: the keys of a map, and single values, with every problem
// noted at its place.
#pragma once

#include <cmath>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "scenario/values.hpp"
#include "scenario/words.hpp"

namespace reformsim {

class PlanNodes {
 protected:
  using Map = std::map<std::string, std::pair<const Node*, Place>, std::less<>>;

  explicit PlanNodes(ProblemList& problems) : problems_(problems) {}

  // The keys of a map that may stand there; others are problems.
  Map keys(const Node& map, const std::string& path, const std::vector<std::string>& known) {
    Map found;
    if (map.kind == Node::Kind::empty) return found;
    if (map.kind != Node::Kind::map) {
      problems_.add(map.place, fmt::format("{}: found {}; expected names and values: {}", path,
                                           what_stands_at(map), join(known)));
      return found;
    }
    find_duplicates(map, path, problems_);
    for (std::size_t i = 0; i + 1 < map.items.size(); i += 2) {
      const auto name = read_key(*map.items[i], problems_);
      if (!name) continue;
      if (std::find(known.begin(), known.end(), *name) == known.end()) {
        problems_.add(map.items[i]->place,
                      fmt::format("{} is not known here{}; known are {}",
                                  in_quotes(path.empty() ? *name : path + "." + *name),
                                  did_you_mean(*name, known), join(known)));
        continue;
      }
      found[*name] = {map.items[i + 1].get(), map.items[i]->place};
    }
    return found;
  }
  // Keys that are known, but mean nothing beside the others.
  void only(const Map& map, const std::string& path, const std::string& what,
            const std::vector<std::string>& meant) {
    for (const auto& [name, found] : map)
      if (std::find(meant.begin(), meant.end(), name) == meant.end())
        problems_.add(found.second, fmt::format("{}.{} means nothing for {}; it takes {}", path,
                                                name, what, join(meant)));
  }
  static const Node* get(const Map& map, std::string_view name) {
    const auto found = map.find(name);
    return found == map.end() ? nullptr : found->second.first;
  }

  std::optional<std::int64_t> whole(const Node* node, double low, double high,
                                    const std::string& path) {
    if (node == nullptr) return std::nullopt;
    const auto value =
        read_number(*node, low, high, expected_number(low, high, "", true), path, problems_);
    if (!value) return std::nullopt;
    if (*value != std::floor(*value)) {
      problems_.add(node->place, fmt::format("{}: {} is not a whole number", path, node->text));
      return std::nullopt;
    }
    return static_cast<std::int64_t>(*value);
  }
  std::optional<double> number(const Node* node, double low, double high, const std::string& path) {
    if (node == nullptr) return std::nullopt;
    return read_number(*node, low, high, expected_number(low, high, ""), path, problems_);
  }
  std::string line(const Node* node, const std::string& path) {
    if (node == nullptr) return {};
    return read_text(*node, false, "a text", path, problems_).value_or("");
  }
  bool flag(const Node* node, bool standard, const std::string& path) {
    if (node == nullptr) return standard;
    Field field;
    field.type = FieldType::boolean;
    const auto value = read_value(*node, field, path, problems_);
    return value ? std::get<bool>(*value) : standard;
  }

  ProblemList& problems_;
};

}  // namespace reformsim
