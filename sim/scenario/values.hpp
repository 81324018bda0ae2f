// One node of a scenario file as the value of one field: types, ranges, and the entries of a lever.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "scenario/scenario.hpp"
#include "scenario/tree.hpp"

namespace reformsim {

// Gathers problems over all files. The bound keeps a file that is wrong throughout (another
// program's YAML, say) from printing a million lines.
class ProblemList {
 public:
  static constexpr std::size_t kMost = 1000;

  void add(const Place& place, std::string message) {
    if (full()) return;
    problems_.push_back({place, std::move(message)});
  }
  bool full() const { return problems_.size() >= kMost; }
  std::size_t size() const { return problems_.size(); }
  std::vector<Problem>& all() { return problems_; }

 private:
  std::vector<Problem> problems_;
};

// " did you mean 'x'?" with a leading semicolon, or nothing when no name is near.
std::string did_you_mean(std::string_view name, const std::vector<std::string>& candidates);

// A key of a map; nothing (and a problem) when it is not a plain text.
std::optional<std::string> read_key(const Node& key, ProblemList& problems);

// What a message says was found: "a list", "no value", 'the text'.
std::string what_stands_at(const Node& node);

// Reports keys that stand twice in a map; true for the position of each later one.
std::vector<bool> find_duplicates(const Node& map, std::string_view path, ProblemList& problems);

// A number in [low, high]; `expected` says so in words.
std::optional<double> read_number(const Node& node, double low, double high,
                                  const std::string& expected, const std::string& path,
                                  ProblemList& problems);
std::optional<std::string> read_text(const Node& node, bool one_line, const std::string& expected,
                                     const std::string& path, ProblemList& problems);
std::optional<std::string> read_choice(const Node& node, const std::vector<std::string>& choices,
                                       const std::string& path, ProblemList& problems);
// One text or a list of texts.
std::optional<std::vector<std::string>> read_texts(const Node& node, const std::string& expected,
                                                   const std::string& path, ProblemList& problems);

// The value of a field; `path` is how messages name it. Nothing when there was a problem.
std::optional<FieldValue> read_value(const Node& node, const Field& field, const std::string& path,
                                     ProblemList& problems);

// The same for a lever, as the number its schedule holds.
std::optional<double> read_level(const Node& node, const Field& field, const std::string& path,
                                 ProblemList& problems);

// A lever's schedule: a value, an entry, or a list of entries. In schedule.cpp.
std::optional<std::vector<LeverEntry>> read_schedule(const Node& node, const Field& field,
                                                     const std::string& path,
                                                     ProblemList& problems);

}  // namespace reformsim
