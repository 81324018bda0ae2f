// What the answer owes to luck, to parameters nobody knows, and to the choice of a belief.
#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "decide/text.hpp"
#include "report/blocks.hpp"
#include "report/html.hpp"
#include "report/sections.hpp"
#include "report/words.hpp"

namespace reformsim {

namespace {

std::string deviation(double value) {
  return std::isfinite(value) ? fixed(value, 3, false) : "not known";
}

std::string nine_in_ten_sets(const Estimate& at) {
  if (std::isfinite(at.difference_parameters_low))
    return fmt::format("{} to {}", fixed(at.difference_parameters_low, 2, true),
                       fixed(at.difference_parameters_high, 2, true));
  return at.sd_parameters == 0 ? "cannot be told from luck" : "not known";
}

std::string parts_block(const Findings& f, std::size_t measure) {
  const std::vector<std::string> titles = titles_of(f);
  const std::size_t sets = sets_of(f.set);
  std::string body = "<h3>Parameters and luck apart</h3>\n";
  body += paragraph(fmt::format(
      "{} sets of parameters that are held possible were simulated with {} replicates. What "
      "differs between sets is what nobody knows about schools; no number of "
      "replicates makes it smaller. What differs between replicates of one set is luck.",
      sets, f.replicates.size()));
  HtmlTable table("What pupils know at the end: difference to the baseline (pupil SD)",
                  {"Scenario", "Difference", "By parameters<br><small>SD between sets</small>",
                   "By luck<br><small>SD within a set</small>",
                   "Nine in ten sets<br><small>luck averaged out</small>",
                   "Same direction<br><small>of the sets</small>",
                   "Same direction<br><small>of the replicates</small>"});
  for (const std::size_t s : reforms_by_learning(f)) {
    const Estimate& at = f.at(s, measure, f.last());
    const auto same = [&](double higher) { return at.difference < 0 ? 1 - higher : higher; };
    table.add({swatch(f, s) + named(titles[s]), difference_cell(at, 1, 3),
               deviation(at.sd_parameters), deviation(at.sd_luck), nine_in_ten_sets(at),
               share_words(same(at.sets_higher)), share_words(same(at.higher))});
  }
  body += table.html("parts-table");
  if (!std::isfinite(f.at(reforms_by_learning(f)[0], measure, f.last()).sd_luck))
    return body + paragraph(
                      "Each set was simulated once, so luck and parameters cannot be told apart "
                      "(<code>ensemble.lucks_per_set</code>).");
  body += chart("chart-parts",
                fmt::format("What pupils really know: difference to {}, and what it varies by",
                            named(titles[f.baseline])),
                "Lines of each reform's difference to the baseline over the years, with a band in "
                "which nine in ten sets of parameters lie when luck is averaged out, and a wider "
                "one of nine in ten replicates. The numbers are in the table below the chart.",
                "Dark band: nine in ten sets of parameters, luck averaged out; none where sets "
                "cannot be told from luck. Pale band: nine in ten replicates, parameters and luck "
                "together.");
  return body;
}

std::string other_beliefs(const Findings& f, std::size_t measure) {
  const std::vector<std::string> titles = titles_of(f);
  std::vector<std::string> head = {"Scenario", "As above"};
  for (const Belief& belief : f.beliefs) head.push_back(named(belief.name));
  head.push_back("Direction");
  HtmlTable table(
      "The same comparison under other beliefs: what pupils know at the end, difference to the "
      "baseline (pupil SD)",
      head);
  for (const std::size_t s : reforms_by_learning(f)) {
    const Estimate& above = f.at(s, measure, f.last());
    std::vector<std::string> cells = {swatch(f, s) + named(titles[s]),
                                      difference_cell(above, 1, 3)};
    for (const Belief& belief : f.beliefs) {
      const Estimate& at = belief.end[s * f.measures.size() + measure];
      std::string cell = difference_cell(at, 1, 3);
      if (std::isfinite(at.sets_higher))
        cell += fmt::format("<br><small>{} of its sets agree</small>",
                            share_words(at.difference < 0 ? 1 - at.sets_higher : at.sets_higher));
      cells.push_back(std::move(cell));
    }
    cells.emplace_back(same_under_all(f, s, measure) ? "the same in all"
                                                     : "not clearly the same in all");
    table.add(std::move(cells));
  }
  std::string body = "<h3>Under other beliefs</h3>\n";
  body += paragraph(
      "The whole comparison again with other values of the model's parameters. A result that "
      "holds in every column does not hang on the choice between them; it may still hang on what "
      "they have in common.");
  for (const Belief& belief : f.beliefs)
    if (!belief.description.empty())
      body += paragraph(named(belief.name) + ": " + escaped(belief.description));
  return body + table.html("belief-table");
}

}  // namespace

std::string beliefs_block(const Findings& f) {
  const auto measure = f.measure("true_attainment_mean");
  if (!measure || reforms_by_learning(f).empty()) return "";
  std::string body;
  if (!f.set.empty()) body += parts_block(f, *measure);
  if (!f.beliefs.empty()) body += other_beliefs(f, *measure);
  if (f.set.empty() && f.beliefs.empty())
    body += paragraph(
        "How much hangs on the parameters is not shown here: <code>reformsim compare --beliefs "
        "sceptical,optimistic</code> adds the same comparison under other sets.");
  return body;
}

}  // namespace reformsim
