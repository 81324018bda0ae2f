// The schedule of a lever: entries with years, ramps and scopes, and whether they contradict.
#include <algorithm>
#include <limits>
#include <utility>

#include "scenario/values.hpp"
#include "scenario/words.hpp"

namespace reformsim {

namespace {

// The parts of a map whose keys are known: calls read(key, value) for each key in `known`, and
// reports the others. Returns false when a key was unknown or stood twice.
template <class Read>
bool read_parts(const Node& map, const std::vector<std::string>& known, const std::string& path,
                const std::string& what, ProblemList& problems, const Read& read) {
  const std::vector<bool> repeated = find_duplicates(map, path, problems);
  bool good = true;
  for (std::size_t i = 0; i + 1 < map.items.size() && !problems.full(); i += 2) {
    const Node& key = *map.items[i];
    if (repeated[i / 2]) {
      good = false;
      continue;
    }
    const std::optional<std::string> name = read_key(key, problems);
    if (!name) {
      good = false;
    } else if (std::find(known.begin(), known.end(), *name) == known.end()) {
      problems.add(key.place, fmt::format("{}: {} is not known here; expected {}{}", path,
                                          in_quotes(*name), what, did_you_mean(*name, known)));
      good = false;
    } else {
      read(*name, *map.items[i + 1]);
    }
  }
  return good;
}

const std::vector<std::string> kPhaseNames = {"primary", "middle", "secondary"};
const std::vector<std::string> kConditionColumns = {"phase", "deprivation", "score", "enrolment"};

std::optional<Condition> read_range(const Node& node, const std::string& column,
                                    const std::string& path, ProblemList& problems) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  const double low = column == "score" ? -infinity : 0;
  const double high = column == "deprivation" ? 1 : infinity;
  const char* unit = column == "deprivation" ? "share"
                     : column == "enrolment" ? "pupils"
                                             : "pupil SD";
  if (node.kind != Node::Kind::map || node.items.empty()) {
    problems.add(
        node.place,
        fmt::format("{}: found {}; expected {{min: ..., max: ...}}, or one of "
                    "the two",
                    path, node.kind == Node::Kind::map ? "an empty map" : what_stands_at(node)));
    return std::nullopt;
  }
  Condition condition;
  condition.column = column;
  const std::size_t before = problems.size();
  read_parts(node, {"min", "max"}, path, "min or max", problems,
             [&](const std::string& name, const Node& bound) {
               const auto value = read_number(bound, low, high, expected_number(low, high, unit),
                                              path + '.' + name, problems);
               if (value) (name == "min" ? condition.min : condition.max) = *value;
             });
  if (problems.size() != before) return std::nullopt;
  if (condition.min >= condition.max) {
    problems.add(node.place, fmt::format("{}: min {} is not below max {}, so no school fits", path,
                                         number_text(condition.min), number_text(condition.max)));
    return std::nullopt;
  }
  return condition;
}

std::vector<Condition> read_where(const Node& node, const std::string& path,
                                  ProblemList& problems) {
  std::vector<Condition> where;
  if (node.kind != Node::Kind::map || node.items.empty()) {
    problems.add(node.place,
                 fmt::format("{}: found {}; expected conditions on {}", path,
                             node.kind == Node::Kind::map ? "an empty map" : what_stands_at(node),
                             join(kConditionColumns, ", ", " or ")));
    return where;
  }
  read_parts(node, kConditionColumns, path, join(kConditionColumns, ", ", " or "), problems,
             [&](const std::string& column, const Node& value) {
               const std::string below = path + '.' + column;
               if (column == "phase") {
                 const auto phase = read_choice(value, kPhaseNames, below, problems);
                 if (phase) {
                   Condition condition;
                   condition.column = column;
                   condition.equals = *phase;
                   where.push_back(condition);
                 }
               } else if (const auto condition = read_range(value, column, below, problems)) {
                 where.push_back(*condition);
               }
             });
  // In the order of the columns, whatever the order in the file: the same scope has the same
  // digest.
  const auto rank = [](const Condition& condition) {
    return std::find(kConditionColumns.begin(), kConditionColumns.end(), condition.column);
  };
  std::sort(where.begin(), where.end(),
            [&](const Condition& a, const Condition& b) { return rank(a) < rank(b); });
  return where;
}

Scope read_scope(const Node& node, const std::string& path, ProblemList& problems) {
  Scope scope;
  if (node.kind != Node::Kind::map) {
    problems.add(node.place,
                 fmt::format("{}: found {}; expected a map with districts, where, share "
                             "or draw",
                             path, what_stands_at(node)));
    return scope;
  }
  Place draw_place;
  read_parts(
      node, {"districts", "where", "share", "draw"}, path, "districts, where, share or draw",
      problems, [&](const std::string& name, const Node& value) {
        const std::string below = path + '.' + name;
        if (name == "districts") {
          const auto districts = read_texts(value, "a list of districts", below, problems);
          if (districts && districts->empty())
            problems.add(value.place, below +
                                          ": an empty list reaches no school; leave it "
                                          "out for all districts");
          if (districts) scope.districts = *districts;
        } else if (name == "where") {
          scope.where = read_where(value, below, problems);
        } else if (name == "share") {
          const std::string expected = "a share above 0 and at most 1";
          const auto share = read_number(value, std::numeric_limits<double>::denorm_min(), 1,
                                         expected, below, problems);
          scope.share = share.value_or(1);
        } else {
          draw_place = value.place;
          scope.draw =
              read_text(value, true, "the name of a draw", below, problems).value_or(std::string());
        }
      });
  if (!scope.draw.empty() && !scope.share)
    problems.add(draw_place,
                 path + ".draw: a draw needs a share: which part of the schools is drawn");
  return scope;
}

// Whether every school that `inner` reaches is provably reached by `outer`.
bool covers(const Scope& outer, const Scope& inner) {
  if (!outer.districts.empty()) {
    if (inner.districts.empty()) return false;
    for (const std::string& district : inner.districts)
      if (std::find(outer.districts.begin(), outer.districts.end(), district) ==
          outer.districts.end())
        return false;
  }
  for (const Condition& wide : outer.where) {
    const auto implies = [&](const Condition& narrow) {
      return narrow.column == wide.column && narrow.equals == wide.equals &&
             narrow.min >= wide.min && narrow.max <= wide.max;
    };
    if (std::none_of(inner.where.begin(), inner.where.end(), implies)) return false;
  }
  if (outer.share && *outer.share < 1)
    return inner.share && inner.draw == outer.draw && *inner.share <= *outer.share;
  return true;
}

// Entries act in their order, so a later one may refine an earlier one: in a part of its schools,
// or from a later year. One that takes back an earlier entry everywhere it reaches, from its first
// year or before, is two statements about the same schools and years, and one of them must be a
// mistake.
bool contradicts(const LeverEntry& later, const LeverEntry& earlier) {
  const bool overlap = later.from < earlier.to && earlier.from < later.to;
  return overlap && later.value != earlier.value && later.from <= earlier.from &&
         covers(later.scope, earlier.scope);
}

std::optional<LeverEntry> read_entry(const Node& node, const Field& field, const std::string& path,
                                     ProblemList& problems) {
  LeverEntry entry;
  entry.place = node.place;
  const std::size_t before = problems.size();
  bool has_value = false;
  const Node* ramp_node = nullptr;
  const Node* to_node = nullptr;
  const bool known = read_parts(
      node, {"value", "from", "ramp", "to", "scope"}, path, "value, from, ramp, to or scope",
      problems, [&](const std::string& name, const Node& part) {
        const std::string below = path + '.' + name;
        constexpr double most = 1000;  // years; beyond any horizon
        if (name == "value") {
          has_value = true;
          entry.value = read_level(part, field, below, problems).value_or(0);
        } else if (name == "from") {
          const auto from =
              read_number(part, -1e9, most, expected_number(0, most, "year"), below, problems);
          if (from && *from < 0)
            problems.add(part.place,
                         fmt::format("{}: {} is before the reform; reforms start at year 0 at the "
                                     "earliest (what held before stands under 'status_quo')",
                                     below, number_text(*from)));
          entry.from = from.value_or(0);
        } else if (name == "ramp") {
          ramp_node = &part;
          entry.ramp = read_number(part, 0, most, expected_number(0, most, "year"), below, problems)
                           .value_or(0);
        } else if (name == "to") {
          to_node = &part;
          if (part.kind == Node::Kind::scalar && part.text == "never") return;
          const auto to =
              read_number(part, -1e9, 1e9, "a year after 'from', or 'never'", below, problems);
          if (to) entry.to = *to;
        } else {
          entry.scope = read_scope(part, below, problems);
        }
      });
  if (!has_value && known)  // else the unknown key is the value, misspelt
    problems.add(node.place, path + ": an entry needs a value, as in {value: ..., from: 0}");
  if (problems.size() != before) return std::nullopt;

  if (entry.to <= entry.from)
    problems.add(to_node->place,
                 fmt::format("{}.to: ends in year {}, but starts in year {}; expected a year after "
                             "'from', or 'never'",
                             path, number_text(entry.to), number_text(entry.from)));
  else if (entry.ramp > entry.to - entry.from)
    problems.add(ramp_node->place,
                 fmt::format("{}.ramp: {} years of ramp do not fit into the {} years from {} to {}",
                             path, number_text(entry.ramp), number_text(entry.to - entry.from),
                             number_text(entry.from), number_text(entry.to)));
  if (entry.ramp > 0 && (field.type == FieldType::choice || field.type == FieldType::boolean))
    problems.add(ramp_node->place,
                 fmt::format("{}.ramp: there is nothing between {}; leave 'ramp' out", path,
                             field.type == FieldType::choice ? join(field.choices, ", ", " and ")
                                                             : "off and on"));
  if (problems.size() != before) return std::nullopt;
  return entry;
}

}  // namespace

std::optional<std::vector<LeverEntry>> read_schedule(const Node& node, const Field& field,
                                                     const std::string& path,
                                                     ProblemList& problems) {
  const std::size_t before = problems.size();
  std::vector<LeverEntry> entries;
  if (node.kind == Node::Kind::map) {
    if (const auto entry = read_entry(node, field, path, problems)) entries.push_back(*entry);
  } else if (node.kind == Node::Kind::list) {
    for (const NodePtr& item : node.items) {
      if (problems.full()) break;
      if (item->kind != Node::Kind::map)
        problems.add(item->place, fmt::format("{}: found {}; expected an entry such as "
                                              "{{value: ..., from: 0}}",
                                              path, what_stands_at(*item)));
      else if (const auto entry = read_entry(*item, field, path, problems))
        entries.push_back(*entry);
    }
  } else if (const auto value = read_level(node, field, path, problems)) {
    LeverEntry entry;
    entry.value = *value;
    entry.place = node.place;
    entries.push_back(entry);
  }
  // Schedules of more than a thousand entries are made by programs; comparing all pairs of them
  // would take longer than the run.
  constexpr std::size_t most = 1000;
  if (entries.size() > most)
    problems.add(node.place,
                 fmt::format("{}: {} entries; expected at most {}", path, entries.size(), most));
  else
    for (std::size_t later = 1; later < entries.size(); ++later)
      for (std::size_t earlier = 0; earlier < later; ++earlier)
        if (contradicts(entries[later], entries[earlier])) {
          const Place& other = entries[earlier].place;
          problems.add(
              entries[later].place,
              fmt::format("{}: contradicts the entry at {}:{}:{}, which asks for {} in the "
                          "same schools and years; a later entry must start later or reach "
                          "fewer schools",
                          path, other.file, other.line, other.column,
                          level_text(field, entries[earlier].value)));
          break;
        }
  if (problems.size() != before) return std::nullopt;
  return entries;
}

}  // namespace reformsim
