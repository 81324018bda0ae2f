#include "report/blocks.hpp"

#include <fmt/format.h>

#include "report/html.hpp"

namespace reformsim {

std::string HtmlTable::html(std::string_view id) const {
  // The frame can be focused, so that a keyboard can scroll what is wider than a phone.
  std::string out = fmt::format(
      "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"{}\"><table{}>"
      "<caption>{}</caption>\n<thead><tr>",
      escaped(caption_), id.empty() ? "" : fmt::format(" id=\"{}\"", id), escaped(caption_));
  for (const std::string& cell : head_) out += "<th scope=\"col\">" + cell + "</th>";
  out += "</tr></thead>\n<tbody>\n";
  for (const auto& row : rows_) {
    out += "<tr>";
    for (std::size_t c = 0; c < row.size(); ++c)
      out += c == 0 ? "<th scope=\"row\">" + row[c] + "</th>" : "<td>" + row[c] + "</td>";
    out += "</tr>\n";
  }
  return out + "</tbody></table></div>\n";
}

std::string chart(std::string_view id, std::string_view title, std::string_view label,
                  std::string_view note) {
  return fmt::format(
      "<figure class=\"chart\" id=\"{0}\"><figcaption>{1}</figcaption>\n"
      "<div class=\"canvas\"><canvas role=\"img\" aria-label=\"{2}\"></canvas></div>\n"
      "{3}<div class=\"tools\"></div>\n<details class=\"numbers\"><summary>The numbers in this "
      "chart</summary><div class=\"data\"></div></details></figure>\n",
      id, title, escaped(label),
      note.empty() ? std::string() : fmt::format("<p class=\"note\">{}</p>\n", note));
}

std::string section(std::string_view id, std::string_view heading, const std::string& body) {
  return fmt::format(
      "<section id=\"{0}\" aria-labelledby=\"{0}-heading\">\n<h2 id=\"{0}-heading\">{1}</h2>\n{2}"
      "</section>\n\n",
      id, heading, body);
}

std::string paragraph(const std::string& html) { return "<p>" + html + "</p>\n"; }

std::string folded(std::string_view summary, const std::string& body) {
  return fmt::format("<details><summary>{}</summary>\n{}</details>\n", summary, body);
}

}  // namespace reformsim
