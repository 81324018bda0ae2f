#include "population/number_text.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace reformsim {

namespace {

bool digit(char c) { return c >= '0' && c <= '9'; }

// Without blanks (also those that do not break), apostrophes, a percent sign, and with one kind of
// minus.
std::string bare(std::string_view cell) {
  static constexpr std::array<std::string_view, 6> kNothing = {
      " ", "'", "\xc2\xa0", "\xe2\x80\xaf", "\xe2\x80\x89", "\xe2\x80\x99"};
  std::string text;
  for (std::size_t at = 0; at < cell.size();) {
    const std::string_view rest = cell.substr(at);
    const auto nothing =
        std::find_if(kNothing.begin(), kNothing.end(),
                     [&](std::string_view blank) { return rest.starts_with(blank); });
    if (nothing != kNothing.end()) {
      at += nothing->size();
    } else if (rest.starts_with("\xe2\x88\x92")) {  // a minus as typesetters write it
      text += '-';
      at += 3;
    } else {
      text += cell[at++];
    }
  }
  if (text.ends_with('%')) text.pop_back();
  return text;
}

bool of_digits_and_marks(std::string_view text) {
  if (text.starts_with('-') || text.starts_with('+')) text.remove_prefix(1);
  return !text.empty() && digit(text.back()) && std::all_of(text.begin(), text.end(), [](char c) {
    return digit(c) || c == '.' || c == ',';
  });
}

// What one cell says its decimal mark is.
Decimal says(std::string_view cell) {
  const std::string text = bare(cell);
  if (!of_digits_and_marks(text)) return Decimal::unknown;
  const std::size_t comma = text.rfind(','), point = text.rfind('.');
  const auto mark = [](char c) { return c == ',' ? Decimal::comma : Decimal::point; };
  if (comma != std::string::npos && point != std::string::npos)
    return mark(comma > point ? ',' : '.');
  const std::size_t at = comma != std::string::npos ? comma : point;
  if (at == std::string::npos) return Decimal::unknown;
  const char c = text[at];
  if (std::count(text.begin(), text.end(), c) > 1)  // 1,234,567
    return mark(c == ',' ? '.' : ',');
  return text.size() - at == 4 ? Decimal::unknown : mark(c);
}

}  // namespace

Decimal decimal_of(const std::vector<std::string_view>& cells) {
  bool comma = false, point = false;
  for (const std::string_view cell : cells) {
    const Decimal said = says(cell);
    comma = comma || said == Decimal::comma;
    point = point || said == Decimal::point;
  }
  if (comma == point) return comma ? Decimal::both : Decimal::unknown;
  return comma ? Decimal::comma : Decimal::point;
}

bool ambiguous(std::string_view cell) {
  const std::string text = bare(cell);
  return of_digits_and_marks(text) && text.find_first_of(",.") != std::string::npos &&
         says(cell) == Decimal::unknown;
}

std::optional<std::string> plain_number(std::string_view cell, Decimal decimal) {
  std::string text = bare(cell);
  if (text.starts_with('+')) text.erase(0, 1);
  if (decimal == Decimal::comma) {
    std::erase(text, '.');
    std::replace(text.begin(), text.end(), ',', '.');
  } else {
    std::erase(text, ',');
  }
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  // "inf" and "nan" are numbers to from_chars and to nobody else.
  const bool letters = std::any_of(text.begin(), text.end(), [](char c) {
    return !digit(c) && c != '.' && c != '-' && c != 'e' && c != 'E' && c != '+';
  });
  if (error != std::errc() || end != text.data() + text.size() || letters) return std::nullopt;
  return text;
}

}  // namespace reformsim
