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
  problems.add(node.place,
               fmt::format("{}: {}{}{}; expected on or off{}", path, is_word ? "" : "found ",
                           what_stands_at(node), is_word ? " is not a switch" : "",
                           unquote ? "; write it without quotes" : ""));
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

}  // namespace

std::string what_stands_at(const Node& node) {
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

std::string did_you_mean(std::string_view name, const std::vector<std::string>& candidates) {
  if (name.size() > 100) return "";  // no name is that long, and the comparison is quadratic
  const std::string near = nearest(name, candidates);
  return near.empty() ? "" : fmt::format("; did you mean '{}'?", near);
}

std::optional<std::string> read_key(const Node& key, ProblemList& problems) {
  if (key.kind == Node::Kind::scalar && !key.text.empty()) return key.text;
  problems.add(key.place,
               fmt::format("found {} as a key; expected a name",
                           key.kind == Node::Kind::scalar ? "an empty text" : what_stands_at(key)));
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

std::optional<double> read_number(const Node& node, double low, double high,
                                  const std::string& expected, const std::string& path,
                                  ProblemList& problems) {
  const auto problem = [&](const std::string& what) {
    problems.add(node.place, fmt::format("{}: {}; expected {}", path, what, expected));
    return std::nullopt;
  };
  if (node.kind != Node::Kind::scalar) return problem("found " + what_stands_at(node));
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

std::optional<std::string> read_text(const Node& node, bool one_line, const std::string& expected,
                                     const std::string& path, ProblemList& problems) {
  if (node.kind != Node::Kind::scalar) {
    problems.add(node.place,
                 fmt::format("{}: found {}; expected {}", path, what_stands_at(node), expected));
    return std::nullopt;
  }
  if (!is_clean_text(node, one_line, path, problems)) return std::nullopt;
  return node.text;
}

std::optional<std::string> read_choice(const Node& node, const std::vector<std::string>& choices,
                                       const std::string& path, ProblemList& problems) {
  const std::string expected = "one of " + join(choices);
  if (node.kind != Node::Kind::scalar) {
    problems.add(node.place,
                 fmt::format("{}: found {}; expected {}", path, what_stands_at(node), expected));
    return std::nullopt;
  }
  if (std::find(choices.begin(), choices.end(), node.text) != choices.end()) return node.text;
  problems.add(node.place,
               fmt::format("{}: {} is not a choice; expected {}{}", path, in_quotes(node.text),
                           expected, did_you_mean(node.text, choices)));
  return std::nullopt;
}

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
    problems.add(node.place,
                 fmt::format("{}: found {}; expected {}", path, what_stands_at(node), expected));
    good = false;
  }
  if (!good) return std::nullopt;
  return texts;
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

}  // namespace reformsim
