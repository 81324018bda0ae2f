// What the reforms do: the answer, the table at a glance, over time, published against true, all
// measures, money.
#include "report/sections.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "decide/text.hpp"
#include "report/blocks.hpp"
#include "report/html.hpp"
#include "report/words.hpp"

namespace reformsim {

namespace {

const ShownMeasure* shown(std::string_view name) {
  for (const ShownMeasure& measure : shown_measures())
    if (measure.name == name) return &measure;
  return nullptr;
}

std::string cell(const Findings& f, std::size_t s, std::string_view name) {
  const auto m = f.measure(name);
  const ShownMeasure* measure = shown(name);
  if (!m || measure == nullptr) return "not recorded";
  return difference_cell(f.at(s, *m, f.last()), measure->scale, measure->most_decimals);
}

std::string end_year(const Findings& f) { return year_text(f.year.back()); }

}  // namespace

std::string answer_section(const Findings& f) {
  std::string body = "<ol class=\"answer\">\n";
  for (const std::string& sentence : answer(f)) body += "<li>" + sentence + "</li>\n";
  body += "</ol>\n";
  if (const auto m = f.measure("true_attainment_mean")) {
    std::vector<std::string> large;
    const std::vector<std::string> titles = titles_of(f);
    for (const std::size_t s : reforms_by_learning(f))
      if (std::abs(f.at(s, *m, f.last()).difference) > kExtraordinary)
        large.push_back(fmt::format("{} ({})", named(titles[s]),
                                    difference_words(f.at(s, *m, f.last()), 1, 3)));
    if (!large.empty())
      body += fmt::format(
          "<p class=\"warning\"><strong>Too large to be taken at its word.</strong> Effects above "
          "{} pupil SD across a whole system are extraordinary in the research literature "
          "(Lortie-Forgues and Inglis 2019). Here: {}.</p>\n",
          kExtraordinary, fmt::join(large, "; "));
  }
  for (const std::string& note : f.notes)
    body += "<p class=\"warning\">" + escaped(note) + "</p>\n";
  body +=
      "<p class=\"note\">A month of learning is taken as 0.08 pupil SD, what a pupil learns in "
      "about a month. SD (standard deviation) says how far pupils differ: two thirds of them lie "
      "within 1 SD of the average.</p>\n";
  return section("answer", "The answer in three sentences", body);
}

std::string glance_section(const Findings& f) {
  const std::vector<std::string> titles = titles_of(f);
  const std::size_t n = f.replicates.size();
  HtmlTable table(fmt::format("Year {} against {}: difference, and its 95% interval below it",
                              end_year(f), titles[f.baseline]),
                  {"Scenario", "Learning<br><small>months</small>",
                   "What pupils know<br><small>pupil SD</small>",
                   "Ahead of baseline<br><small>replicates</small>",
                   "Published score<br><small>pupil SD</small>",
                   "Gap by disadvantage<br><small>pupil SD, less is better</small>",
                   "Schools better / worse off", "Clear from"});
  const auto learning = f.measure("true_attainment_mean");
  const auto row = [&](std::size_t s) {
    const std::string name = swatch(f, s) + named(titles[s]);
    std::string months = "not recorded", ahead, clear = "not clear";
    if (learning) {
      const Estimate& at = f.at(s, *learning, f.last());
      months = difference_cell(at, 1 / kMonth, 1);
      ahead = probability_words(at.higher, n);
      const double from = f.clear_from[s * f.measures.size() + *learning];
      if (std::isfinite(from)) clear = "year " + year_text(from);
      if (n < 2) clear = "not known";
      if (const auto turned = turned_after(f, s, *learning))
        clear += fmt::format("<br><small>{} until year {}</small>",
                             at.difference > 0 ? "behind" : "ahead", year_text(*turned));
    }
    std::string schools = "not recorded";
    if (!f.balance.empty()) {
      const Balance& balance = f.balance[s * kEffects * SchoolEffects::kUnits];
      const bool lasting = std::isfinite(balance.better);
      schools = fmt::format("{} / {}", share_words(lasting ? balance.better : balance.one_better),
                            share_words(lasting ? balance.worse : balance.one_worse));
      if (lasting)
        schools += fmt::format("<br><small>in one replicate {} / {}</small>",
                               share_words(balance.one_better), share_words(balance.one_worse));
    }
    table.add({name, months, cell(f, s, "true_attainment_mean"), ahead,
               cell(f, s, "reported_attainment_mean"), cell(f, s, "disadvantage_gap"), schools,
               clear});
  };
  for (const std::size_t s : reforms_by_learning(f)) row(s);
  std::string body = table.html("glance-table", true);
  body += fmt::format(
      "<p class=\"note\">{}. Every scenario meets the same schools and the same chances in each "
      "replicate, so a difference is that of policy and not of luck. The interval holds the "
      "model's average difference with 95% confidence. Better off: at least {} pupil SD more value "
      "added, about a week of learning{}. Clear from: the first year from which the interval "
      "leaves out zero, on the same side, until the end.</p>\n",
      n == 1 ? "1 replicate, so no interval can be given" : fmt::format("{} replicates", n),
      kLeastDifference,
      f.school.code.empty() ? " (in a single replicate)"
                            : ", with a 95% interval of the school's own that leaves out zero");
  if (f.scenarios.size() > 2 && learning) {
    std::vector<std::string> head = {"Scenario"};
    for (const std::string& title : titles) head.push_back("ahead of " + named(title));
    HtmlTable pairs(
        "In how many replicates each scenario is ahead of each other, by what pupils "
        "know at the end",
        head);
    for (std::size_t s = 0; s < titles.size(); ++s) {
      std::vector<std::string> cells = {swatch(f, s) + named(titles[s])};
      for (std::size_t o = 0; o < titles.size(); ++o) {
        const PairFacts& pair = f.pairs[(s * titles.size() + o) * f.measures.size() + *learning];
        Estimate at;
        at.difference = pair.difference, at.low = pair.low, at.high = pair.high;
        cells.push_back(o == s ? ""
                               : fmt::format("{}<br><small>{} pupil SD</small>",
                                             probability_words(pair.higher, n),
                                             difference_words(at, 1, 3)));
      }
      pairs.add(std::move(cells));
    }
    body += folded("Every scenario against every other", pairs.html("pair-table"));
  }
  return section("glance", "At a glance", body);
}

std::string time_section(const Findings& f) {
  std::string options;
  for (const ShownMeasure& measure : shown_measures())
    if (f.measure(measure.name))
      options += fmt::format("<option value=\"{}\">{} ({})</option>", measure.name,
                             escaped(measure.label), escaped(measure.unit));
  const std::string chosen =
      "<p class=\"choice\"><label for=\"measure\">Measure</label> <select id=\"measure\">" +
      options + "</select></p>\n";
  const auto words = [&](std::string_view what) {
    std::string text = std::string(what);
    const auto m = f.measure("true_attainment_mean");
    const std::vector<std::string> titles = titles_of(f);
    if (m)
      for (std::size_t s = 0; s < titles.size(); ++s)
        text += fmt::format(" {}: {} at the end.", titles[s],
                            fixed(f.at(s, *m, f.last()).mean, 2, true));
    return text + " The numbers are in the table below the chart.";
  };
  return section(
      "time", "Over the years",
      chosen +
          chart("chart-level", "<span data-measure></span>: every scenario",
                words("Lines of each scenario's mean over the years with bands in which nine in "
                      "ten replicates lie."),
                "Lines: mean over replicates. Bands: nine in ten replicates.") +
          chart("chart-difference",
                fmt::format("<span data-measure></span>: difference to {}",
                            named(titles_of(f)[f.baseline])),
                "Lines of each reform's difference to the baseline over the years, with the 95% "
                "interval of the mean and the range of nine in ten replicates. The numbers are in "
                "the table below the chart.",
                "Dark band: 95% interval of the mean difference, often too narrow to be seen. Pale "
                "band: nine in ten replicates. The line at zero is the baseline."));
}

std::string published_section(const Findings& f) {
  const auto known = f.measure("true_attainment_mean");
  const auto reported = f.measure("reported_attainment_mean");
  if (!known || !reported) return "";
  const std::vector<std::string> titles = titles_of(f);
  HtmlTable table(fmt::format("Year {}, difference to the baseline in pupil SD", end_year(f)),
                  {"Scenario", "What pupils know", "What is published", "Published above true",
                   "What the published score suggests"});
  for (const std::size_t s : reforms_by_learning(f)) {
    const Estimate& a = f.at(s, *known, f.last());
    const Estimate& b = f.at(s, *reported, f.last());
    const auto gap = f.measure("inflation_mean");
    const double beyond = b.difference - a.difference;
    std::string verdict = "about the truth";
    if (a.distinguishable() && b.distinguishable() && (a.difference > 0) != (b.difference > 0))
      verdict = "the wrong direction";
    else if (beyond > kLeastDifference)
      verdict = "too much";
    else if (beyond < -kLeastDifference)
      verdict = "too little";
    table.add({swatch(f, s) + named(titles[s]), difference_cell(a, 1, 3), difference_cell(b, 1, 3),
               gap ? difference_cell(f.at(s, *gap, f.last()), 1, 3) : "not recorded", verdict});
  }
  return section(
      "published", "What pupils know, and what is published",
      paragraph("A published score can rise without anybody learning more: by teaching to the "
                "test, by choosing who is tested, by leaving out what is not tested. The model "
                "keeps the two apart.") +
          chart("chart-published", "Difference to the baseline at the end",
                "For each reform two marks with intervals: what pupils know and what is published. "
                "The numbers are in the table below.") +
          table.html("published-table"));
}

std::string cost_section(const Findings& f) {
  const std::vector<std::string> titles = titles_of(f);
  HtmlTable table(fmt::format("Money per pupil over {}, in the scenario's currency",
                              years_words(f.year.back())),
                  {"Scenario", "All spending", "Difference", "Spent on the reform's levers",
                   "Difference", "For each 0.1 pupil SD of value added"});
  const auto gain = f.measure("value_added_mean");
  const auto row = [&](std::size_t s) {
    const Estimate& all = f.spending[s];
    const Estimate& levers = f.lever_spending[s];
    std::string cost = "baseline";
    if (s != f.baseline) {
      const RatioEstimate& given = f.cost_per_tenth[s];
      if (std::isfinite(given.ratio)) {
        const std::string interval =
            std::isfinite(given.low) ? fmt::format("<br><small>{} to {}</small>",
                                                   money_words(given.low), money_words(given.high))
                                     : "";
        cost = money_words(given.ratio) + " more" + interval;
        if (given.ratio < 0) cost = money_words(-given.ratio) + " less";
      } else if (!gain || !f.at(s, *gain, f.last()).distinguishable()) {
        cost = "not given: the gain is not clear";
      } else if (f.at(s, *gain, f.last()).difference < 0) {
        cost = "not given: value added is lost";
      } else {
        cost = "not given: the cost does not differ clearly";
      }
    }
    const auto difference = [&](const Estimate& at) {
      if (s == f.baseline) return std::string("baseline");
      if (at.difference == 0) return std::string("no difference");
      return (at.difference > 0 ? "+" : "") + money_words(at.difference);
    };
    table.add({swatch(f, s) + named(titles[s]), money_words(all.mean), difference(all),
               money_words(levers.mean), difference(levers), cost});
  };
  row(f.baseline);
  for (const std::size_t s : reforms_by_learning(f)) row(s);
  std::string body = table.html("cost-table");
  body += paragraph(
      f.unequal_costs
          ? "The scenarios do not cost the same: their spending over the whole time differs by "
            "more "
            "than 0.5%, so part of a difference may be bought and not won."
          : "Over the whole time the scenarios spend the same within 0.5%. What a reform spends on "
            "its levers is taken from the ordinary running of schools, and the model lets them "
            "feel it.");
  body += chart("chart-cost", "Money spent on the reform's levers, per pupil and year",
                "Lines of lever spending per pupil and year for each scenario. The numbers are in "
                "the table below the chart.");
  body += paragraph(
      "<small>Costs of the levers are assumed unit costs (TRACE, section 3), not a "
      "budget; only money is counted, not people's time beyond it.</small>");
  return section("cost", "Cost", body);
}

std::string measures_section(const Findings& f) {
  const std::vector<std::string> titles = titles_of(f);
  std::string body =
      paragraph("Every measure of the page in year " + end_year(f) +
                ", with difference, ratio and percentage. A ratio is given where zero means none.");
  HtmlTable table("All measures at the end",
                  {"Measure and scenario", "Mean", "Difference", "Ratio", "Percent",
                   "Above baseline<br><small>replicates</small>", "Clear from"});
  for (const ShownMeasure& measure : shown_measures()) {
    const auto m = f.measure(measure.name);
    if (!m) continue;
    for (std::size_t s = 0; s < titles.size(); ++s) {
      const Estimate& at = f.at(s, *m, f.last());
      const int decimals = measure.scale == 1 ? (measure.most_decimals > 1 ? 2 : 0) : 1;
      const std::string name = fmt::format("{}<br><small>{}, {}</small>", named(titles[s]),
                                           escaped(measure.label), escaped(measure.unit));
      const std::string mean =
          std::isfinite(at.mean) ? fixed(at.mean * measure.scale, decimals, false) : "not defined";
      if (s == f.baseline) {
        table.add({name, mean, "baseline", "", "", "", ""});
        continue;
      }
      const auto ratio = [&](double value, double low, double high, int most, bool sign) {
        if (!std::isfinite(value)) return std::string("none");
        const int places = decimals_for(low, high, 1, most);
        const std::string interval =
            std::isfinite(low) && low < high
                ? fmt::format("<br><small>{} to {}</small>", fixed(low, places, sign),
                              fixed(high, places, sign))
                : "";
        return fixed(value, places, sign) + interval;
      };
      const double from = f.clear_from[s * f.measures.size() + *m];
      table.add({name, mean, difference_cell(at, measure.scale, measure.most_decimals),
                 ratio(at.ratio, at.ratio_low, at.ratio_high, 3, false),
                 ratio(at.percent, at.percent_low, at.percent_high, 1, true),
                 probability_words(at.higher, f.replicates.size()),
                 std::isfinite(from) ? "year " + year_text(from) : "not clear"});
    }
  }
  return section("measures", "All measures", body + folded("The table", table.html("all-table")));
}

}  // namespace reformsim
