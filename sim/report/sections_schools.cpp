// For whom: schools, groups of schools, districts.
#include <algorithm>
#include <cmath>
#include <numeric>

#include <fmt/format.h>

#include "decide/text.hpp"
#include "report/blocks.hpp"
#include "report/html.hpp"
#include "report/sections.hpp"
#include "report/words.hpp"

namespace reformsim {

namespace {

constexpr std::size_t kMostDistricts = 2000;  // rows of the table

const Balance& balance(const Findings& f, std::size_t s, std::size_t unit) {
  return f.balance[s * kEffects * SchoolEffects::kUnits + unit];
}

std::string balance_row_name(const Findings& f, const std::vector<std::string>& titles,
                             std::size_t s, std::string_view unit) {
  return fmt::format("{}{}<br><small>{}</small>", swatch(f, s), named(titles[s]), unit);
}

void add_balance(HtmlTable& table, const Findings& f, const std::vector<std::string>& titles,
                 std::size_t s, std::size_t unit) {
  const Balance& one = balance(f, s, unit);
  const bool lasting = std::isfinite(one.better);
  const auto range = [](double mean, double low, double high) {
    const std::string from = share_words(low), to = share_words(high);
    if (from == to) return share_words(mean);
    return fmt::format("{}<br><small>{} to {}</small>", share_words(mean), from, to);
  };
  std::vector<std::string> cells = {
      balance_row_name(f, titles, s, SchoolEffects::kUnitNames[unit])};
  if (lasting)
    for (const double share : {one.better, one.unclear, one.worse})
      cells.push_back(share_words(share));
  cells.push_back(range(one.one_better, one.one_better_low, one.one_better_high));
  cells.push_back(range(one.one_worse, one.one_worse_low, one.one_worse_high));
  table.add(std::move(cells));
}

// Without rows that last there is no average of one over replicates.
HtmlTable balance_table(const std::string& caption, const Findings& f) {
  std::vector<std::string> head = {"Scenario"};
  if (std::isfinite(balance(f, reforms_by_learning(f).front(), 0).better))
    head.insert(head.end(), {"Clearly better off", "No clear difference", "Clearly worse off"});
  head.insert(head.end(), {"Better off in one replicate<br><small>nine in ten</small>",
                           "Worse off in one replicate<br><small>nine in ten</small>"});
  return {caption, head};
}

// From the system to the single school; empty for a file that has no levels.
std::string levels_block(const Findings& f, const std::vector<std::size_t>& order) {
  if (f.spread.empty()) return "";
  const std::vector<std::string> titles = titles_of(f);
  HtmlTable table("Difference in value added at the end, by level (pupil SD)",
                  {"Scenario and level", "How many", "Mean",
                   "Nine in ten of them<br><small>lie "
                   "between</small>",
                   "Better off", "Worse off"});
  for (const std::size_t s : order)
    for (std::size_t level = 0; level < kLevelNames.size(); ++level) {
      const LevelSpread& at = f.spread[s * kEffects * kLevelNames.size() + level];
      if (!(at.units > 0)) continue;
      const bool one = static_cast<Level>(level) == Level::system;
      table.add({balance_row_name(f, titles, s, kLevelNames[level]), count_words(at.units),
                 fixed(at.mean, 3, true),
                 one ? "" : fixed(at.low, 2, true) + " to " + fixed(at.high, 2, true),
                 one ? "" : share_words(at.better), one ? "" : share_words(at.worse)});
    }
  return folded("By level: system, districts, clusters, schools",
                table.html("level-table") +
                    paragraph("Within one replicate, and on average over replicates. A cluster is "
                              "one of the scenario's own, with the schools that say they belong, "
                              "against the same schools in the baseline; where nobody is in one "
                              "there is no line. The smaller the units, the more of the spread is "
                              "luck."));
}

}  // namespace

std::string schools_section(const Findings& f) {
  if (f.balance.empty())
    return section("schools", "Winners and losers among schools",
                   paragraph("The scenarios have not the same schools, so no school can be "
                             "compared with itself."));
  const std::vector<std::string> titles = titles_of(f);
  const std::vector<std::size_t> order = reforms_by_learning(f);
  HtmlTable table = balance_table("Value added at the end against the baseline", f);
  for (const std::size_t s : order)
    for (const std::size_t unit : {std::size_t{0}, std::size_t{1}})
      add_balance(table, f, titles, s, unit);
  std::string words =
      "Stacked bars by reform: shares of schools better off, without clear "
      "difference, and worse off.";
  for (const std::size_t s : order)
    words += fmt::format(
        " {}: {} better off, {} worse off.", titles[s],
        share_words(std::isfinite(balance(f, s, 0).better) ? balance(f, s, 0).better
                                                           : balance(f, s, 0).one_better),
        share_words(std::isfinite(balance(f, s, 0).worse) ? balance(f, s, 0).worse
                                                          : balance(f, s, 0).one_worse));
  const bool lasting = !f.school.code.empty();
  std::string body = paragraph(
      lasting
          ? fmt::format(
                "A school counts as clearly better off when its mean difference over "
                "replicates is at least {} pupil SD (about a week of learning) and its 95% "
                "interval leaves out zero. In a single replicate, which is one way history "
                "may go, chance of its own moves every school, so there more of them differ.",
                kLeastDifference)
          : "The system is synthetic: each replicate has schools of its own, so no school can be "
            "followed over replicates. Shares are those within one replicate.");
  body += chart("chart-balance", "Schools better and worse off than under the baseline", words);
  body += table.html("balance-table");
  body += levels_block(f, order);
  body +=
      chart("chart-distribution", "How schools are spread: value added at the end, all replicates",
            "Lines of the share of schools at each level of value added, for each scenario. "
            "The numbers are in the table below the chart.",
            "A curve further to the right: schools add more. A narrower curve: schools differ "
            "less.");
  return section("schools", "Winners and losers among schools", body);
}

std::string equity_section(const Findings& f) {
  if (f.groups.empty()) return "";
  const std::vector<std::string> titles = titles_of(f);
  const std::size_t last = f.group_year.size() - 1;
  std::vector<std::string> head = {"Schools"};
  const std::vector<std::size_t> order = reforms_by_learning(f);
  for (const std::size_t s : order) {
    head.push_back(named(titles[s]) + "<br><small>value added</small>");
    head.push_back(named(titles[s]) + "<br><small>published score</small>");
  }
  HtmlTable table("Difference to the baseline at the end, in pupil SD", head);
  for (std::size_t g = 0; g < f.groups.size(); ++g) {
    const SchoolGroup& group = f.groups[g];
    if (group.schools == 0) continue;
    std::string range;
    if (group.kind == "deprivation")
      range = fmt::format("{:.0f} to {:.0f}% disadvantaged, ", 100 * group.low, 100 * group.high);
    if (group.kind == "size")
      range = fmt::format("{:.0f} to {:.0f} pupils, ", group.low, group.high);
    const std::string kind = group.kind == "deprivation" ? "Deprivation: "
                             : group.kind == "size"      ? "Size: "
                             : group.kind == "phase"     ? "Phase: "
                                                         : "";
    std::vector<std::string> cells = {fmt::format("{}{}<br><small>{}{} schools</small>", kind,
                                                  escaped(group.label), range,
                                                  count_words(static_cast<double>(group.schools)))};
    for (const std::size_t s : order)
      for (const std::size_t measure : {std::size_t{0}, std::size_t{2}})
        cells.push_back(difference_cell(f.at(s, g, measure, last), 1, 3));
    table.add(std::move(cells));
  }
  std::string body = paragraph(
      "Value added is what pupils owe to their school; it does not count whom a school takes in. "
      "Fifths hold equal numbers of schools, by what they were at year 0.");
  body += chart("chart-deprivation", "By fifth of deprivation: difference in value added",
                "Marks with intervals for each reform and each fifth of schools, from the least to "
                "the most deprived. The numbers are in the table below.");
  body += chart("chart-size", "By fifth of school size: difference in value added",
                "Marks with intervals for each reform and each fifth of schools, from the smallest "
                "to the largest. The numbers are in the table below.",
                "Size goes with phase: large schools are mostly secondary.");
  body += chart("chart-phase", "By phase: difference in value added",
                "Marks with intervals for each reform in primary, middle and secondary schools. "
                "The numbers are in the table below.");
  return section("equity", "Who gains: poor and rich, small and large schools",
                 body + table.html("group-table"));
}

std::string district_section(const Findings& f) {
  if (f.balance.empty() || f.districts < 2) return "";
  const std::vector<std::string> titles = titles_of(f);
  const std::vector<std::size_t> order = reforms_by_learning(f);
  HtmlTable table =
      balance_table("Districts better and worse off at the end, by mean value added", f);
  for (const std::size_t s : order) add_balance(table, f, titles, s, 2);
  std::string body = table.html("district-balance");
  if (!f.district.code.empty()) {
    HtmlTable spread("How far districts differ in what a reform does to them (pupil SD)",
                     {"Scenario", "A tenth lies below", "Middle district", "A tenth lies above"});
    for (const std::size_t s : order) {
      std::vector<double> sorted;
      for (const RowEffect& effect : f.district.effects[s * kEffects])
        if (std::isfinite(effect.difference)) sorted.push_back(effect.difference);
      if (sorted.empty()) continue;
      std::sort(sorted.begin(), sorted.end());
      std::vector<std::string> cells = {swatch(f, s) + named(titles[s])};
      for (const double share : {0.1, 0.5, 0.9}) {
        const double at = share * static_cast<double>(sorted.size() - 1);
        const auto below = static_cast<std::size_t>(at);
        const std::size_t above = std::min(below + 1, sorted.size() - 1);
        cells.push_back(fixed(
            sorted[below] + (at - static_cast<double>(below)) * (sorted[above] - sorted[below]), 2,
            true));
      }
      spread.add(std::move(cells));
    }
    body += chart("chart-districts",
                  "Every district, from the one that loses most to the one that "
                  "gains most",
                  "A line for each reform through the districts in the order of their difference "
                  "in value added. Single districts are in the table below.");
    body += spread.html("district-spread");

    std::vector<std::size_t> rows(f.district.code.size());
    std::iota(rows.begin(), rows.end(), std::size_t{0});
    std::stable_sort(rows.begin(), rows.end(), [&](std::size_t a, std::size_t b) {
      return f.district.pupils[a] > f.district.pupils[b];
    });
    const bool cut = rows.size() > kMostDistricts;
    if (cut) rows.resize(kMostDistricts);
    std::vector<std::string> head = {"District", "Schools", "Pupils", "Disadvantaged"};
    for (const std::size_t s : order) head.push_back(named(titles[s]));
    HtmlTable all(
        "Difference to the baseline in value added at the end (pupil SD), with its 95% "
        "interval",
        head);
    for (const std::size_t d : rows) {
      std::vector<std::string> cells = {
          named(f.district.name[d].empty() ? f.district.code[d] : f.district.name[d]),
          count_words(f.district.schools[d]), count_words(f.district.pupils[d]),
          share_words(f.district.deprivation[d])};
      for (const std::size_t s : order) {
        const RowEffect& effect = f.district.effects[s * kEffects][d];
        Estimate at;
        at.difference = effect.difference, at.low = effect.low, at.high = effect.high;
        cells.push_back(difference_cell(at, 1, 3));
      }
      all.add(std::move(cells));
    }
    body += folded(cut ? fmt::format("Find a district (the {} largest of {})", kMostDistricts,
                                     f.district.code.size())
                       : std::string("Find a district"),
                   "<p class=\"choice\"><label for=\"find-district\">Name</label> <input "
                   "id=\"find-district\" type=\"search\" autocomplete=\"off\"> <span "
                   "id=\"found-districts\" role=\"status\"></span></p>\n" +
                       all.html("district-table"));
  }
  return section("districts", "Districts", body);
}

}  // namespace reformsim
