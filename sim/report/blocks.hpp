// Pieces of a page: tables that scroll by themselves, charts with their frame.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace reformsim {

// Cells are HTML. The first cell of a row is its heading.
class HtmlTable {
 public:
  HtmlTable(std::string caption, std::vector<std::string> head)
      : caption_(std::move(caption)), head_(std::move(head)) {}
  void add(std::vector<std::string> cells) { rows_.push_back(std::move(cells)); }
  // `id` for links and scripts; may be empty.
  // `cards`: on a phone each row becomes a card.
  std::string html(std::string_view id = "", bool cards = false) const;

 private:
  std::string caption_;
  std::vector<std::string> head_;
  std::vector<std::vector<std::string>> rows_;
};

// A frame that charts.js draws into; `label` is what a screen reader says of the picture.
std::string chart(std::string_view id, std::string_view title, std::string_view label,
                  std::string_view note = "");

std::string section(std::string_view id, std::string_view heading, const std::string& body);
std::string paragraph(const std::string& html);
// `printed`: open on paper.
std::string folded(std::string_view summary, const std::string& body, bool printed = false);

}  // namespace reformsim
