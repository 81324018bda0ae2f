// What stands behind the numbers: the policies, what is not known, assumptions, the recipe.
#include <cmath>

#include <fmt/format.h>

#include "decide/text.hpp"
#include "report/blocks.hpp"
#include "report/html.hpp"
#include "report/sections.hpp"
#include "report/words.hpp"

namespace reformsim {

namespace {

// "external_accountability.target_rise" -> "external accountability: target rise"
std::string path_words(std::string_view path) {
  std::string text;
  for (const char c : path)
    if (c == '_')
      text += ' ';
    else if (c == '.')
      text += ": ";
    else
      text += c;
  return escaped(text);
}

// "becomes voluntary_but_inevitable from year 0": choices are words of the scenario language.
std::string value_words(const std::string& text) {
  std::string out = text;
  for (std::size_t i = 1; i + 1 < out.size(); ++i) {
    const auto small = [](char c) { return c >= 'a' && c <= 'z'; };
    if (out[i] == '_' && small(out[i - 1]) && small(out[i + 1])) out[i] = ' ';
  }
  return escaped(out);
}

}  // namespace

std::string policy_section(const Findings& f) {
  const std::vector<std::string> titles = titles_of(f);
  std::string body;
  const auto described = [&](std::size_t s) {
    return fmt::format(
        "<h3>{}{}</h3>\n{}", swatch(f, s), named(titles[s]),
        f.scenarios[s].description.empty() ? "" : paragraph(escaped(f.scenarios[s].description)));
  };
  body += described(f.baseline) + paragraph("The baseline, with which the others are compared.");
  for (const std::size_t s : reforms_by_learning(f)) {
    body += described(s);
    const auto& changes = f.scenarios[s].changes;
    if (changes.empty()) {
      body += paragraph("No difference to the baseline.");
      continue;
    }
    HtmlTable table(
        fmt::format("What {} changes", titles[s]),
        {"Lever", "What it is", "In " + named(titles[f.baseline]), "In " + named(titles[s])});
    for (const PolicyChange& change : changes)
      table.add({path_words(change.path),
                 escaped(change.meaning) + (change.unit.empty() || change.unit == "1"
                                                ? ""
                                                : " <small>(" + escaped(change.unit) + ")</small>"),
                 value_words(change.before), value_words(change.after)});
    body += folded(fmt::format("{} differences to {}", changes.size(), named(titles[f.baseline])),
                   table.html(), true);
  }
  return section("policy", "What the scenarios do", body);
}

std::string failure_section(const Findings& f) {
  const std::vector<std::string> titles = titles_of(f);
  std::string body = paragraph(
      "A reform that does well here does so in a model. For it to do as well outside, at least "
      "this would have to be true.");
  body += "<ul>\n";
  const auto item = [&](const std::string& html) { body += "<li>" + html + "</li>\n"; };
  item("The mechanisms work about as strongly as assumed. Every number in a rule has a range; " +
       (f.set.empty()
            ? fmt::format("one value of each was used here (the set {}){}. Another set may change "
                          "sizes, and may change the order.",
                          named(set_name(f)),
                          set_by_hand(f) ? ", set by hand and not calibrated" : "")
            : fmt::format("{} sets of values that are held possible were used here. The rules "
                          "themselves are the same in all of them.",
                          sets_of(f.set))));
  item(
      "The reform is carried out as written: the levers move on schedule and stay for the whole "
      "time. Elections, strikes, epidemics and recessions do not happen unless a scenario says "
      "so.");
  item(
      "The weakest links hold: how leading from the middle grows and how much of it a ministry can "
      "bring about, how success factors join, what competition does to sharing, how people respond "
      "to being ordered to cooperate. They rest on case studies, many of them told by advocates, "
      "of places that succeeded.");
  item("No effect of a reform has been validated against a system outside the model.");
  if (const auto m = f.measure("true_attainment_mean")) {
    for (const std::size_t s : reforms_by_learning(f)) {
      const Estimate& at = f.at(s, *m, f.last());
      if (f.replicates.size() > 1 && !at.distinguishable())
        item(
            fmt::format("{} cannot be told from the baseline with {} replicates. That is no proof "
                        "that it does nothing.",
                        named(titles[s]), f.replicates.size()));
      if (std::abs(at.difference) > kExtraordinary)
        item(
            fmt::format("{}: an effect of {} pupil SD across a whole system would be extraordinary "
                        "by what has been measured elsewhere. The size should not be quoted.",
                        named(titles[s]), difference_words(at, 1, 3)));
    }
  }
  body += "</ul>\n";
  body += beliefs_block(f);
  return section("failure", "Where this could be wrong", body);
}

std::string assumptions_section(const Findings& f) {
  std::string body = "<ul>\n";
  const auto item = [&](const std::string& html) { body += "<li>" + html + "</li>\n"; };
  item(fmt::format("{} schools with {} pupils in {} districts{}.",
                   count_words(static_cast<double>(f.schools)), count_words(f.pupils),
                   count_words(static_cast<double>(f.districts)),
                   f.synthetic ? ", a synthetic system that is drawn anew for each replicate (the "
                                 "counts are those of the first)"
                               : ", from a list of real schools"));
  for (const std::string& note : f.population_notes)
    item(escaped(note) + (note.ends_with('.') ? "" : "."));
  item(
      "No lever touches an outcome. Levers change attention, pressure, support, money, ties and "
      "who leaves or joins; teaching changes through documented mechanisms; pupils learn from "
      "teaching and from nothing else.");
  item(
      "Pupils are followed as year groups of disadvantaged and other pupils in each school, "
      "teachers as staffs. Peer effects and single teachers are not in the model.");
  item(
      "Learning is tested basics. What lies beyond is a measure of its own (learning beyond tested "
      "basics).");
  item("0.08 pupil SD is taken as a month of learning, at every age and level.");
  item(fmt::format(
      "Differences are between pairs of replicates with the same luck; intervals are "
      "Student's t at {:.0f}%{}, bands hold nine in ten replicates. With many schools "
      "and districts some intervals leave out zero by luck alone.",
      100 * kConfidence, f.set.empty() ? "" : " over the means of the sets of parameters"));
  if (f.longer) item("Years that some scenario does not have are left out.");
  return section("assumptions", "Assumptions", body + "</ul>\n");
}

std::string recipe_section(const Findings& f) {
  const std::vector<std::string> titles = titles_of(f);
  std::string body = "<dl>\n";
  const auto entry = [&](std::string_view term, const std::string& html) {
    if (!html.empty()) body += fmt::format("<dt>{}</dt><dd>{}</dd>\n", term, html);
  };
  entry("Command", f.command.empty() ? "" : "<code>" + escaped(f.command) + "</code>");
  entry("Program",
        escaped(fmt::format("reformsim {} (commit {})", f.program_version, f.git_commit)));
  entry("Seed", fmt::format("{}", f.seed));
  entry("Replicates", fmt::format("{}", f.replicates.size()));
  entry("Years", year_text(f.year.back()));
  entry("Parameters", f.parameters.empty() ? "" : escaped(f.parameters));
  if (!f.set.empty()) entry("Sets of parameters", fmt::format("{}", sets_of(f.set)));
  if (f.looks > 1) entry("Looks at the results on the way", fmt::format("{}", f.looks));
  entry("Run", escaped(fmt::format("{}, {:.0f} s on {} threads", f.started, f.wall_s, f.threads)));
  body += "</dl>\n";
  HtmlTable table("Scenarios and what they were read from",
                  {"Scenario", "File", "Digest of the scenario", "Files read and their digests"});
  for (std::size_t s = 0; s < titles.size(); ++s) {
    std::string files = escaped(f.scenarios[s].input_files);
    for (std::size_t at = 0; (at = files.find('\n', at)) != std::string::npos;)
      files.replace(at, 1, "<br>");
    table.add({named(titles[s]), "<bdi>" + escaped(f.scenarios[s].file) + "</bdi>",
               "<code>" + escaped(f.scenarios[s].digest) + "</code>",
               "<code>" + files + "</code>"});
  }
  body += table.html("recipe-table");
  body += paragraph(
      "The same program with the same scenarios and seed gives the same numbers, whatever the "
      "machine's number of threads. All numbers of this page are in <code>comparison.h5</code> "
      "beside it.");
  for (std::size_t s = 0; s < titles.size(); ++s)
    body += folded("The whole recipe: " + named(titles[s]),
                   "<pre tabindex=\"0\">" + escaped(f.scenarios[s].recipe) + "</pre>\n");
  return section("recipe", "How this was made", body);
}

}  // namespace reformsim
