#include "scenario/values.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <unordered_map>
#include <utility>

#include "base/nearest.hpp"
#include "scenario/words.hpp"

namespace reformsim {

namespace {

enum class Parsed { number, not_a_number, not_finite, too_large };

// Independent of the locale: a German desktop reads the same number as a cluster node.
Parsed parse_number(std::string_view text, double& value) {
  if (text.starts_with('+') && text.size() > 1 && text[1] != '-') text.remove_prefix(1);
  std::string_view bare = text;
  if (bare.starts_with('-')) bare.remove_prefix(1);
  std::string word;
  for (const char c : bare.substr(0, 10))
    word += c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  if (word == ".inf" || word == ".nan" || word == "inf" || word == "nan" || word == "infinity")
    return Parsed::not_finite;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (stop != end || text.empty()) return Parsed::not_a_number;
  if (error == std::errc::result_out_of_range) return Parsed::too_large;
  if (error != std::errc()) return Parsed::not_a_number;
  if (!std::isfinite(value)) return Parsed::not_finite;
  if (value == 0) value = 0;  // -0 and 0 are the same scenario and must have the same digest
  return Parsed::number;
}

std::string found(const Node& node) {
  switch (node.kind) {
    case Node::Kind::empty:
      return "no value";
    case Node::Kind::list:
      return "a list";
    case Node::Kind::map:
      return "a map";
    case Node::Kind::scalar:
      break;
  }
  return in_quotes(node.text);
}

std::string hint_for_number(const Node& node) {
  const std::string& text = node.text;
  double value = 0;
  if (node.quoted && parse_number(text, value) == Parsed::number)
    return "; write it without quotes";
  if (text.ends_with('%') &&
      parse_number(std::string_view(text).substr(0, text.size() - 1), value) == Parsed::number)
    return "; write " + number_text(value / 100) + " for " + in_quotes(text);
  std::string pointed = text.substr(0, 40);
  const std::size_t comma = pointed.find(',');
  if (comma != std::string::npos) {
    pointed[comma] = '.';
    if (parse_number(pointed, value) == Parsed::number)
      return "; write a decimal point, not a comma";
  }
  return "";
}

// A number that must lie in [low, high]; `expected` says so in words.
std::optional<double> read_number(const Node& node, double low, double high,
                                  const std::string& expected, const std::string& path,
                                  ProblemList& problems) {
  const auto problem = [&](const std::string& what) {
    problems.add(node.place, fmt::format("{}: {}; expected {}", path, what, expected));
    return std::nullopt;
  };
  if (node.kind != Node::Kind::scalar) return problem("found " + found(node));
  double value = 0;
  switch (node.quoted ? Parsed::not_a_number : parse_number(node.text, value)) {
    case Parsed::not_a_number:
      problems.add(node.place, fmt::format("{}: {} is not a number; expected {}{}", path,
                                           in_quotes(node.text), expected, hint_for_number(node)));
      return std::nullopt;
    case Parsed::not_finite:
      return problem(in_quotes(node.text) + " is not a finite number");
    case Parsed::too_large:
      return problem(in_quotes(node.text) + " is beyond what a number can hold");
    case Parsed::number:
      break;
  }
  if (value < low || value > high)
    // As it was written: a double does not hold the digits of a seed that is one too large.
    return problem((node.text.size() <= 40 ? node.text : number_text(value)) + " is out of range");
  return value;
}

std::optional<std::int64_t> read_integer(const Node& node, const Field& field,
                                         const std::string& path, ProblemList& problems) {
  const std::string expected = expectation(field);
  if (node.kind == Node::Kind::scalar && !node.quoted) {
    // Read as an integer first: a seed of 19 digits would lose its last ones in a double.
    std::string_view text = node.text;
    if (text.starts_with('+')) text.remove_prefix(1);
    std::int64_t exact = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, exact);
    if (error == std::errc() && stop == end && !text.empty()) {
      const auto value = static_cast<double>(exact);
      if (value >= field.low && value <= field.high) return exact;
    }
  }
  const std::optional<double> value =
      read_number(node, field.low, field.high, expected, path, problems);
  if (!value) return std::nullopt;
  if (*value != std::floor(*value)) {
    problems.add(node.place, fmt::format("{}: {} is not a whole number; expected {}", path,
                                         number_text(*value), expected));
    return std::nullopt;
  }
  if (std::abs(*value) > 9007199254740992.0) {  // 2^53: above it, 1e300 is no longer a count
    problems.add(node.place, fmt::format("{}: {} is out of range; expected {}", path,
                                         number_text(*value), expected));
    return std::nullopt;
  }
  return static_cast<std::int64_t>(*value);
}

std::optional<bool> parse_switch(const std::string& text) {
  static const std::unordered_map<std::string, bool> words = {
      {"true", true},   {"True", true},   {"TRUE", true}, {"yes", true}, {"Yes", true},
      {"YES", true},    {"on", true},     {"On", true},   {"ON", true},  {"false", false},
      {"False", false}, {"FALSE", false}, {"no", false},  {"No", false}, {"NO", false},
      {"off", false},   {"Off", false},   {"OFF", false},
  };
  const auto word = words.find(text);
  if (word == words.end()) return std::nullopt;
  return word->second;
}

std::optional<bool> read_switch(const Node& node, const std::string& path, ProblemList& problems) {
  if (node.kind == Node::Kind::scalar && !node.quoted)
    if (const std::optional<bool> value = parse_switch(node.text)) return value;
  const bool is_word = node.kind == Node::Kind::scalar;
  const bool unquote = is_word && node.quoted && parse_switch(node.text);
  problems.add(
      node.place,
      fmt::format("{}: {}{}{}; expected on or off{}", path, is_word ? "" : "found ", found(node),
                  is_word ? " is not a switch" : "", unquote ? "; write it without quotes" : ""));
  return std::nullopt;
}

// Texts go into messages, results files and other programs; a control character would break them
// there.
bool is_clean_text(const Node& node, bool one_line, const std::string& path,
                   ProblemList& problems) {
  for (const char c : node.text) {
    const auto byte = static_cast<unsigned char>(c);
    const bool allowed = byte >= 0x20 ? byte != 0x7F : !one_line && (byte == '\n' || byte == '\t');
    if (allowed) continue;
    problems.add(node.place,
                 fmt::format("{}: the text holds {}", path,
                             byte == '\n' ? "a line break; expected one line"
                                          : fmt::format("the control character {:#04x}", byte)));
    return false;
  }
  return true;
}

std::optional<std::string> read_text(const Node& node, bool one_line, const std::string& expected,
                                     const std::string& path, ProblemList& problems) {
  if (node.kind != Node::Kind::scalar) {
    problems.add(node.place, fmt::format("{}: found {}; expected {}", path, found(node), expected));
    return std::nullopt;
  }
  if (!is_clean_text(node, one_line, path, problems)) return std::nullopt;
  return node.text;
}

std::optional<std::string> read_choice(const Node& node, const std::vector<std::string>& choices,
                                       const std::string& path, ProblemList& problems) {
  const std::string expected = "one of " + join(choices);
  if (node.kind != Node::Kind::scalar) {
    problems.add(node.place, fmt::format("{}: found {}; expected {}", path, found(node), expected));
    return std::nullopt;
  }
  if (std::find(choices.begin(), choices.end(), node.text) != choices.end()) return node.text;
  problems.add(node.place,
               fmt::format("{}: {} is not a choice; expected {}{}", path, in_quotes(node.text),
                           expected, did_you_mean(node.text, choices)));
  return std::nullopt;
}

// One text or a list of texts.
std::optional<std::vector<std::string>> read_texts(const Node& node, const std::string& expected,
                                                   const std::string& path, ProblemList& problems) {
  std::vector<std::string> texts;
  bool good = true;
  const auto read_item = [&](const Node& item) {
    const auto text = read_text(item, true, "a text", path, problems);
    if (text && text->empty()) problems.add(item.place, path + ": an empty text in the list");
    if (text && !text->empty())
      texts.push_back(*text);
    else
      good = false;
  };
  if (node.kind == Node::Kind::scalar) {
    read_item(node);
  } else if (node.kind == Node::Kind::list) {
    for (const NodePtr& item : node.items) read_item(*item);
  } else {
    problems.add(node.place, fmt::format("{}: found {}; expected {}", path, found(node), expected));
    good = false;
  }
  if (!good) return std::nullopt;
  return texts;
}

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
    problems.add(node.place,
                 fmt::format("{}: found {}; expected {{min: ..., max: ...}}, or one of "
                             "the two",
                             path, node.kind == Node::Kind::map ? "an empty map" : found(node)));
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
                             node.kind == Node::Kind::map ? "an empty map" : found(node),
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
                             path, found(node)));
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

std::string did_you_mean(std::string_view name, const std::vector<std::string>& candidates) {
  if (name.size() > 100) return "";  // no name is that long, and the comparison is quadratic
  const std::string near = nearest(name, candidates);
  return near.empty() ? "" : fmt::format("; did you mean '{}'?", near);
}

std::optional<std::string> read_key(const Node& key, ProblemList& problems) {
  if (key.kind == Node::Kind::scalar && !key.text.empty()) return key.text;
  problems.add(key.place,
               fmt::format("found {} as a key; expected a name",
                           key.kind == Node::Kind::scalar ? "an empty text" : found(key)));
  return std::nullopt;
}

std::vector<bool> find_duplicates(const Node& map, std::string_view path, ProblemList& problems) {
  std::unordered_map<std::string_view, const Node*> seen;
  std::vector<bool> repeated(map.items.size() / 2, false);
  for (std::size_t i = 0; i + 1 < map.items.size(); i += 2) {
    const Node& key = *map.items[i];
    if (key.kind != Node::Kind::scalar) continue;
    const auto [first, is_new] = seen.emplace(key.text, &key);
    if (is_new) continue;
    repeated[i / 2] = true;
    problems.add(key.place, fmt::format("{}{}{} is given twice; it first stands in line {}", path,
                                        path.empty() ? "" : ": ", in_quotes(key.text),
                                        first->second->place.line));
  }
  return repeated;
}

std::optional<FieldValue> read_value(const Node& node, const Field& field, const std::string& path,
                                     ProblemList& problems) {
  switch (field.type) {
    case FieldType::number: {
      const auto value =
          read_number(node, field.low, field.high, expectation(field), path, problems);
      if (value) return FieldValue(*value);
      break;
    }
    case FieldType::integer: {
      const auto value = read_integer(node, field, path, problems);
      if (value) return FieldValue(*value);
      break;
    }
    case FieldType::boolean: {
      const auto value = read_switch(node, path, problems);
      if (value) return FieldValue(*value);
      break;
    }
    case FieldType::text: {
      // Only the description runs over several lines; a title or a column header does not.
      const auto value =
          read_text(node, field.path != "description", expectation(field), path, problems);
      if (value) return FieldValue(*value);
      break;
    }
    case FieldType::choice: {
      const auto value = read_choice(node, field.choices, path, problems);
      if (value) return FieldValue(*value);
      break;
    }
    case FieldType::list: {
      const auto texts = read_texts(node, expectation(field), path, problems);
      if (texts) return FieldValue(join(*texts, "\n", "\n"));
      break;
    }
  }
  return std::nullopt;
}

std::optional<double> read_level(const Node& node, const Field& field, const std::string& path,
                                 ProblemList& problems) {
  const std::optional<FieldValue> value = read_value(node, field, path, problems);
  if (!value) return std::nullopt;
  switch (field.type) {
    case FieldType::number:
      return std::get<double>(*value);
    case FieldType::integer:
      return static_cast<double>(std::get<std::int64_t>(*value));
    case FieldType::boolean:
      return std::get<bool>(*value) ? 1.0 : 0.0;
    default:
      break;
  }
  const std::string& choice = std::get<std::string>(*value);
  return static_cast<double>(std::find(field.choices.begin(), field.choices.end(), choice) -
                             field.choices.begin());
}

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
                                              path, found(*item)));
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
