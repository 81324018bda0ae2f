// Pieces of an exercise file: keys that must be there, texts that must say something, names that
// must be known; every problem noted at its place.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "experiment/plan_nodes.hpp"
#include "record/measures.hpp"

namespace reformsim::serve {

class ExerciseNodes : protected PlanNodes {
 protected:
  ExerciseNodes(ProblemList& problems, std::string file)
      : PlanNodes(problems), file_(std::move(file)) {}

  static std::string below(const std::string& path, std::string_view name) {
    return path.empty() ? std::string(name) : fmt::format("{}.{}", path, name);
  }
  Place place_of(const Map& map, const std::string& path) const {
    if (!map.empty()) return map.begin()->second.second;
    const auto found = top_.find(path);
    return found == top_.end() ? Place{file_, 0, 0} : found->second.second;
  }
  const Node* present(const Map& map, const std::string& path, std::string_view name) {
    const Node* node = get(map, name);
    if (node == nullptr)
      problems_.add(place_of(map, path), fmt::format("{} is missing", below(path, name)));
    return node;
  }
  std::string required(const Map& map, const std::string& path, std::string_view name) {
    const std::string said = line(present(map, path, name), below(path, name));
    if (get(map, name) != nullptr && said.find_first_not_of(" \n") == std::string::npos)
      problems_.add(get(map, name)->place, fmt::format("{}: says nothing", below(path, name)));
    return said.substr(0, said.find_last_not_of(" \n") + 1);
  }
  std::vector<NodePtr> list(const Map& map, const std::string& path, std::string_view name) {
    const Node* node = present(map, path, name);
    if (node == nullptr) return {};
    if (node->kind != Node::Kind::list || node->items.empty()) {
      problems_.add(node->place, fmt::format("{}: found {}; expected a list", below(path, name),
                                             what_stands_at(*node)));
      return {};
    }
    return node->items;
  }
  // One of the names; others are problems.
  std::string one_of(const Node* node, const std::vector<std::string>& known,
                     const std::string& path, const std::string& what) {
    if (node == nullptr) return {};
    const std::string name = line(node, path);
    if (name.empty() || std::find(known.begin(), known.end(), name) != known.end()) return name;
    problems_.add(node->place, fmt::format("{}: there is no {} {}{}", path, what, in_quotes(name),
                                           did_you_mean(name, known)));
    return {};
  }
  std::string measure_name(const Node* node, const std::string& path) {
    static const std::vector<std::string> known = [] {
      std::vector<std::string> names;
      for (const Measure& measure : system_measures()) names.emplace_back(measure.name);
      return names;
    }();
    return one_of(node, known, path, "measure");
  }

  std::string file_;
  Map top_;  // the keys of the file itself
};

}  // namespace reformsim::serve
