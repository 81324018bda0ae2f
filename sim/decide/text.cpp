#include "decide/text.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

namespace reformsim {

std::size_t text_width(std::string_view text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](char c) { return (c & 0xC0) != 0x80; }));
}

std::string fit(std::string_view text, std::size_t columns) {
  std::string result(text);
  if (text_width(text) > columns) {
    std::size_t seen = 0, byte = 0;
    for (; byte < text.size(); ++byte) {
      if ((text[byte] & 0xC0) == 0x80) continue;
      if (seen == columns - 3) break;
      ++seen;
    }
    result = std::string(text.substr(0, byte)) + "...";
  }
  return result + std::string(columns - text_width(result), ' ');
}

std::string right_aligned(std::string text, std::size_t columns) {
  const std::size_t wide = text_width(text);
  return wide < columns ? std::string(columns - wide, ' ') + text : text;
}

std::string fixed(double value, int decimals, bool sign) {
  std::string text = fmt::format("{:.{}f}", value, decimals);
  if (text.find_first_not_of("-0.") == std::string::npos) {
    if (text[0] == '-') text.erase(0, 1);
    return text;
  }
  return sign && value > 0 ? "+" + text : text;
}

std::string year_text(double year) {
  const double rounded = std::round(year);
  if (std::abs(year - rounded) < 1e-9) return fmt::format("{:.0f}", rounded);
  return fmt::format("{:.2f}", year);
}

std::string wrapped(const std::string& text, std::size_t columns) {
  std::string result, line;
  std::size_t from = 0;
  while (from < text.size()) {
    std::size_t to = text.find(' ', from);
    if (to == std::string::npos) to = text.size();
    const std::string word = text.substr(from, to - from);
    if (!line.empty() && text_width(line) + 1 + text_width(word) > columns) {
      result += line + "\n";
      line.clear();
    }
    line += (line.empty() ? "" : " ") + word;
    from = to + 1;
  }
  return result + line + "\n";
}

}  // namespace reformsim
