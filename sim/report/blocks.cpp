#include "report/blocks.hpp"

#include <fmt/format.h>

#include "report/html.hpp"

namespace reformsim {

namespace {

// The first line of a heading, for a cell that stands without it.
std::string first_line(const std::string& html) { return html.substr(0, html.find("<br>")); }

}  // namespace

std::string HtmlTable::html(std::string_view id, bool cards) const {
  // The frame can be focused, so that a keyboard can scroll what is wider than a phone.
  std::string out = fmt::format(
      "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"{}\"><table{}{}>"
      "<caption>{}</caption>\n<thead><tr>",
      escaped(caption_), id.empty() ? "" : fmt::format(" id=\"{}\"", id),
      // What is no longer laid out as a table has to say that it is one.
      cards ? " class=\"cards\" role=\"table\"" : "", escaped(caption_));
  const std::string_view of_row = cards ? " role=\"row\"" : "";
  for (const std::string& cell : head_) out += "<th scope=\"col\">" + cell + "</th>";
  out += "</tr></thead>\n<tbody>\n";
  for (const auto& row : rows_) {
    out += fmt::format("<tr{}>", of_row);
    for (std::size_t c = 0; c < row.size(); ++c)
      if (c == 0)
        out +=
            fmt::format("<th scope=\"row\"{}>{}</th>", cards ? " role=\"rowheader\"" : "", row[c]);
      else if (cards)
        out += fmt::format("<td role=\"cell\" data-label=\"{}\"><div>{}</div></td>",
                           first_line(head_[c]), row[c]);
      else
        out += "<td>" + row[c] + "</td>";
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

std::string folded(std::string_view summary, const std::string& body, bool printed) {
  return fmt::format("<details{}><summary>{}</summary>\n{}</details>\n",
                     printed ? " class=\"printed\"" : "", summary, body);
}

}  // namespace reformsim
