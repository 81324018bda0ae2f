#include "scenario/words.hpp"

#include <cmath>

#include <fmt/format.h>

namespace reformsim {

std::string number_text(double value) { return fmt::format("{}", value == 0 ? 0.0 : value); }

std::string in_quotes(std::string_view text) {
  constexpr std::size_t most = 60;
  std::string shown = "'";
  std::size_t characters = 0;
  for (const char c : text) {
    const bool starts_character = (static_cast<unsigned char>(c) & 0xC0) != 0x80;
    if (starts_character && ++characters > most) {
      shown += "...";
      break;
    }
    shown += static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? ' ' : c;
  }
  return shown + '\'';
}

std::string trimmed(std::string_view text) {
  static constexpr std::string_view kBlank = " \t\r\n";
  const std::size_t begin = text.find_first_not_of(kBlank);
  if (begin == std::string_view::npos) return {};
  return std::string(text.substr(begin, text.find_last_not_of(kBlank) - begin + 1));
}

std::string join(const std::vector<std::string>& items, std::string_view between,
                 std::string_view before_last) {
  std::string text;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i > 0) text += i + 1 == items.size() ? before_last : between;
    text += items[i];
  }
  return text;
}

std::string expected_number(double low, double high, std::string_view unit, bool whole) {
  const bool share = unit == "share" && !whole;
  std::string text = whole ? "a whole number" : share ? "a share" : "a number";
  const auto bound = [&](double value) {
    // Whole numbers in full: 1000000 and not 1e+06, and the largest seed without rounding.
    if (whole && value >= 9.2e18) return std::string("9223372036854775807");
    if (whole && std::abs(value) < 9e15) return fmt::format("{:.0f}", value);
    return number_text(value);
  };
  if (std::isfinite(low) && std::isfinite(high))
    text += fmt::format(" from {} to {}", bound(low), bound(high));
  else if (std::isfinite(low))
    text += fmt::format(" of at least {}", bound(low));
  else if (std::isfinite(high))
    text += fmt::format(" of at most {}", bound(high));
  if (!share && !unit.empty() && unit != "1") text += fmt::format(" ({})", unit);
  return text;
}

std::string expectation(const Field& field) {
  switch (field.type) {
    case FieldType::number:
      return expected_number(field.low, field.high, field.unit);
    case FieldType::integer:
      return expected_number(field.low, field.high, field.unit, true);
    case FieldType::boolean:
      return "on or off";
    case FieldType::text:
      return field.unit == "file" ? "the name of a file" : "a text";
    case FieldType::choice:
      return "one of " + join(field.choices);
    case FieldType::list:
      return "a list of texts";
  }
  return "";
}

std::string value_text(const Field& field, const FieldValue& value) {
  switch (field.type) {
    case FieldType::number:
      return number_text(std::get<double>(value));
    case FieldType::integer:
      return fmt::format("{}", std::get<std::int64_t>(value));
    case FieldType::boolean:
      return std::get<bool>(value) ? "on" : "off";
    case FieldType::choice:
      return std::get<std::string>(value);
    case FieldType::text:
      return in_quotes(std::get<std::string>(value));
    case FieldType::list: {
      std::string text = std::get<std::string>(value);
      if (text.empty()) return "(none)";
      for (std::size_t at = 0; (at = text.find('\n', at)) != std::string::npos; at += 2)
        text.replace(at, 1, ", ");
      return text;
    }
  }
  return "";
}

std::string level_text(const Field& field, double level) {
  if (field.type == FieldType::boolean) return level != 0 ? "on" : "off";
  if (field.type == FieldType::choice) return field.choices[static_cast<std::size_t>(level)];
  return number_text(level);
}

namespace {

std::string condition_text(const Condition& condition) {
  const std::string what = condition.column == "deprivation" ? "a deprived share"
                           : condition.column == "enrolment" ? "an enrolment"
                                                             : "a score";
  const bool low = std::isfinite(condition.min);
  const bool high = std::isfinite(condition.max);
  if (low && high)
    return fmt::format("{} from {} to below {}", what, number_text(condition.min),
                       number_text(condition.max));
  return low ? fmt::format("{} of at least {}", what, number_text(condition.min))
             : fmt::format("{} below {}", what, number_text(condition.max));
}

std::string years(double count) { return number_text(count) + (count == 1 ? " year" : " years"); }

}  // namespace

std::string scope_text(const Scope& scope) {
  if (scope == Scope{}) return "";
  std::string phase;
  std::vector<std::string> conditions;
  for (const Condition& condition : scope.where) {
    if (condition.column == "phase")
      phase = condition.equals + ' ';
    else
      conditions.push_back(condition_text(condition));
  }
  std::string text = "in ";
  if (scope.share) text += fmt::format("a random {:.6g}% of ", *scope.share * 100);
  text += phase + "schools";
  if (!scope.districts.empty()) text += " of " + join(scope.districts, ", ", " and ");
  if (!conditions.empty()) text += " with " + join(conditions, " and ", " and ");
  if (!scope.draw.empty()) text += fmt::format(" (draw {})", in_quotes(scope.draw));
  return text;
}

std::string lever_text(const Field& field, const Lever& lever) {
  if (lever.reform.empty()) return level_text(field, lever.status_quo) + " throughout";
  std::string text;
  std::vector<bool> reached(lever.reform.size(), false);
  for (std::size_t i = 0; i < lever.reform.size(); ++i) {
    const LeverEntry& entry = lever.reform[i];
    const double before = lever_level(lever, entry.from, reached);
    reached[i] = true;
    if (i > 0) text += "; ";
    const std::string value = level_text(field, entry.value);
    if (field.type == FieldType::choice)
      text += (entry.value == before ? "stays " : "becomes ") + value;
    else if (field.type == FieldType::boolean)
      text += (entry.value == before ? "stays " : "is switched ") + value;
    else
      text += (entry.value > before   ? "rises to "
               : entry.value < before ? "falls to "
                                      : "stays at ") +
              value;
    text += " from year " + number_text(entry.from);
    if (entry.ramp > 0) text += " over " + years(entry.ramp);
    if (std::isfinite(entry.to)) text += " until year " + number_text(entry.to);
    const std::string scope = scope_text(entry.scope);
    if (!scope.empty()) text += ' ' + scope;
  }
  return text;
}

}  // namespace reformsim
