// A table in Markdown: a line a row, cells as they are but for the bars that would end them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace reformsim {

class MarkdownTable {
 public:
  explicit MarkdownTable(const std::vector<std::string>& headings);
  void add(const std::vector<std::string>& cells);
  const std::string& text() const { return text_; }

 private:
  std::size_t columns_;
  std::string text_;
};

// In code font; nothing stays nothing.
std::string code_font(std::string_view text);
std::string code_font(const std::vector<std::string_view>& names);

}  // namespace reformsim
