#include "report/page.hpp"

#include <fmt/format.h>

#include "base/error.hpp"
#include "decide/text.hpp"
#include "report/assets.hpp"
#include "report/chart_data.hpp"
#include "report/html.hpp"
#include "report/sections.hpp"
#include "report/words.hpp"

namespace reformsim {

namespace {

// The first "{{name}}" of the template, replaced. What goes in is not looked at again.
class Template {
 public:
  explicit Template(std::string_view text) : rest_(text) {}
  void fill(std::string_view name, std::string_view value) {
    const std::string mark = fmt::format("{{{{{}}}}}", name);
    const std::size_t at = rest_.find(mark);
    REFORMSIM_CHECK(at != std::string_view::npos, "page.html has no {} here", mark);
    page_ += rest_.substr(0, at);
    page_ += value;
    rest_.remove_prefix(at + mark.size());
  }
  std::string finish() { return page_ + std::string(rest_); }

 private:
  std::string page_;
  std::string_view rest_;
};

std::string page_title(const Findings& f) {
  const std::vector<std::string> titles = titles_of(f);
  std::string reforms;
  const std::vector<std::size_t> order = reforms_by_learning(f);
  for (std::size_t k = 0; k < order.size(); ++k)
    reforms += (k == 0 ? "" : k + 1 == order.size() ? " and " : ", ") + titles[order[k]];
  return fmt::format("{} against {}", reforms, titles[f.baseline]);
}

}  // namespace

std::string report_page(const Findings& f) {
  const std::string style(assets::text("style.css"));
  const std::string library(assets::text("chart.min.js"));
  const std::string svg(assets::text("svg.js")), kit(assets::text("chart_kit.js"));
  const std::string figures(assets::text("figures.js")), charts(assets::text("charts.js"));
  std::string scripts;
  for (const std::string& script : {library, svg, kit, figures, charts})
    scripts += " " + content_hash(script);
  const std::string policy = fmt::format(
      "default-src 'none'; script-src{}; style-src {}; img-src data: blob:; base-uri 'none'; "
      "form-action 'none'",
      scripts, content_hash(style));

  struct Part {
    std::string id, link, html;
  };
  std::vector<Part> parts = {{"answer", "Answer", answer_section(f)},
                             {"glance", "At a glance", glance_section(f)},
                             {"policy", "Policies", policy_section(f)},
                             {"time", "Over the years", time_section(f)},
                             {"published", "Published and true", published_section(f)},
                             {"schools", "Winners and losers", schools_section(f)},
                             {"equity", "Who gains", equity_section(f)},
                             {"districts", "Districts", district_section(f)},
                             {"cost", "Cost", cost_section(f)},
                             {"failure", "Where it could be wrong", failure_section(f)},
                             {"measures", "All measures", measures_section(f)},
                             {"assumptions", "Assumptions", assumptions_section(f)},
                             {"recipe", "How it was made", recipe_section(f)}};
  std::string links, body;
  for (const Part& part : parts) {
    if (part.html.empty()) continue;
    links += fmt::format("<li><a href=\"#{}\">{}</a></li>\n", part.id, part.link);
    body += part.html;
  }

  const std::size_t n = f.replicates.size();
  Template page(assets::text("page.html"));
  page.fill("policy", policy);
  page.fill("title", escaped(page_title(f)));
  page.fill("style", style);
  page.fill("title", escaped(page_title(f)));
  page.fill("scope",
            fmt::format(
                "{} schools, {} pupils, {}; every policy simulated {}",
                count_words(static_cast<double>(f.schools)), count_words(f.pupils),
                years_words(f.year.back()),
                n == 1 ? "once (1 replicate)"
                       : fmt::format("{0} times, each time with other luck ({0} replicates)", n)));
  page.fill("caveat",
            !f.set.empty()   ? fmt::format("It was run with {} sets of parameters that are held "
                                             "possible",
                                           sets_of(f.set))
            : set_by_hand(f) ? std::string("Its parameters are set by hand and not calibrated")
                             : fmt::format("Its parameters are one set of values ({}) out of many "
                                           "that are possible",
                                           named(set_name(f))));
  page.fill("links", links);
  page.fill("body", body);
  page.fill("version", escaped(f.program_version));
  page.fill("licences", escaped(assets::text("licences.txt")));
  page.fill("data", json_in_script(chart_data(f)));
  page.fill("library", library);
  page.fill("svg", svg);
  page.fill("kit", kit);
  page.fill("figures", figures);
  page.fill("charts", charts);
  return page.finish();
}

}  // namespace reformsim
