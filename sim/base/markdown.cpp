#include "base/markdown.hpp"

#include "base/error.hpp"

namespace reformsim {

MarkdownTable::MarkdownTable(const std::vector<std::string>& headings) : columns_(headings.size()) {
  add(headings);
  text_ += '|';
  for (std::size_t k = 0; k < columns_; ++k) text_ += "---|";
  text_ += '\n';
}

void MarkdownTable::add(const std::vector<std::string>& cells) {
  REFORMSIM_CHECK(cells.size() == columns_, "{} cells in a table of {}", cells.size(), columns_);
  text_ += '|';
  for (const std::string& cell : cells) {
    text_ += ' ';
    for (const char c : cell) {
      if (c == '|') text_ += '\\';
      text_ += c == '\n' ? ' ' : c;
    }
    text_ += " |";
  }
  text_ += '\n';
}

std::string code_font(std::string_view text) {
  return text.empty() ? std::string() : fmt::format("`{}`", text);
}

std::string code_font(const std::vector<std::string_view>& names) {
  std::string text;
  for (const std::string_view name : names) {
    if (!text.empty()) text += ' ';
    text += code_font(name);
  }
  return text;
}

}  // namespace reformsim
