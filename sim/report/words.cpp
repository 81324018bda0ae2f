#include "report/words.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <filesystem>

#include <fmt/format.h>

#include "decide/text.hpp"
#include "report/html.hpp"

namespace reformsim {

std::span<const ShownMeasure> shown_measures() {
  static constexpr std::string_view kSd = "pupil SD";
  static constexpr std::array<ShownMeasure, 16> kShown = {{
      {"true_attainment_mean", "What pupils really know", kSd, 1, 3, 1},
      {"value_added_mean", "What schools add to what pupils know", kSd, 1, 3, 1},
      {"reported_attainment_mean", "Published score", kSd, 1, 3, 0},
      {"inflation_mean", "Published score above what pupils know", kSd, 1, 3, -1},
      {"disadvantage_gap", "Gap between disadvantaged and other pupils", kSd, 1, 3, -1},
      {"value_added_between_school_sd", "Spread between schools", kSd, 1, 3, 0},
      {"broad_learning_mean", "Learning beyond tested basics", kSd, 1, 3, 1},
      {"wellbeing_mean", "Pupils' wellbeing", "%", 100, 1, 1},
      {"narrowing_mean", "Time taken from what is not tested", "%", 100, 1, -1},
      {"teacher_turnover", "Teachers who leave their school", "% a year", 100, 1, -1},
      {"teacher_vacancy", "Posts without a teacher", "%", 100, 2, -1},
      {"trust_in_centre_mean", "Trust in the centre", "%", 100, 1, 1},
      {"energy_mean", "Energy of the staff", "%", 100, 1, 1},
      {"real_participation", "How far schools take part in networks", "%", 100, 1, 0},
      {"spending_per_pupil", "Spending", "money a pupil and year", 1, 1, 0},
      {"lever_spending_per_pupil", "Part of spending that goes into the reform",
       "money a pupil and year", 1, 1, 0},
  }};
  return kShown;
}

std::vector<std::string> titles_of(const Findings& findings) {
  std::vector<std::string> titles;
  for (const ScenarioFacts& scenario : findings.scenarios) {
    const auto same =
        std::count_if(findings.scenarios.begin(), findings.scenarios.end(),
                      [&](const auto& other) { return other.title == scenario.title; });
    titles.push_back(scenario.title.empty() || same > 1 ? scenario.name : scenario.title);
  }
  return titles;
}

std::string set_name(const Findings& findings) {
  return findings.parameters.empty() ? "default"
                                     : std::filesystem::path(findings.parameters).stem().string();
}

bool set_by_hand(const Findings& findings) {
  const std::string name = set_name(findings);
  return name == "default" || name == "sceptical" || name == "optimistic";
}

std::vector<std::size_t> reforms_by_learning(const Findings& findings) {
  std::vector<std::size_t> order;
  for (std::size_t s = 0; s < findings.scenarios.size(); ++s)
    if (s != findings.baseline) order.push_back(s);
  if (const auto m = findings.measure("true_attainment_mean"))
    std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
      return findings.at(a, *m, findings.last()).mean > findings.at(b, *m, findings.last()).mean;
    });
  return order;
}

bool same_under_all(const Findings& findings, std::size_t scenario, std::size_t measure) {
  const Estimate& here = findings.at(scenario, measure, findings.last());
  return here.distinguishable() &&
         std::all_of(findings.beliefs.begin(), findings.beliefs.end(), [&](const Belief& belief) {
           const Estimate& there = belief.end[scenario * findings.measures.size() + measure];
           return there.distinguishable() && (there.difference > 0) == (here.difference > 0);
         });
}

int decimals_for(double low, double high, double scale, int most) {
  const double half = (high - low) / 2 * scale;
  if (!std::isfinite(half)) return std::min(most, 2);
  if (!(half > 0)) return most;
  return std::clamp(1 - static_cast<int>(std::floor(std::log10(half))), 0, most);
}

std::string difference_words(const Estimate& estimate, double scale, int most) {
  if (!std::isfinite(estimate.difference)) return "not defined";
  if (estimate.difference == 0 && !(estimate.high > estimate.low)) return "no difference";
  return fixed(estimate.difference * scale, decimals_for(estimate.low, estimate.high, scale, most),
               true);
}

std::string interval_words(double low, double high, double scale, int most) {
  if (!std::isfinite(low) || !std::isfinite(high) || low == high) return "";
  const int decimals = decimals_for(low, high, scale, most);
  const std::string from = fixed(low * scale, decimals, true);
  const std::string to = fixed(high * scale, decimals, true);
  return from == to ? "" : from + " to " + to;
}

std::string months_words(const Estimate& estimate) {
  if (!std::isfinite(estimate.difference)) return "not defined";
  const double months = std::abs(estimate.difference) / kMonth;
  if (std::isfinite(estimate.low) && !estimate.distinguishable()) return "no clear difference";
  if (months < 0.05) return "less than a tenth of a month";
  const int decimals = decimals_for(estimate.low, estimate.high, 1 / kMonth, 1);
  const std::string number = fixed(months, decimals, false);
  return fmt::format("{} {} {}", number, number == "1" || number == "1.0" ? "month" : "months",
                     estimate.difference > 0 ? "more" : "less");
}

std::string years_words(double years) {
  return year_text(years) + (years == 1 ? " year" : " years");
}

std::string share_words(double share) {
  if (!std::isfinite(share)) return "not known";
  if (share > 0 && share < 0.005) return "less than 1%";
  if (share < 1 && share >= 0.995) return "more than 99%";
  return fmt::format("{:.0f}%", 100 * share);
}

std::string count_words(double count) {
  const std::string digits = fmt::format("{:.0f}", std::abs(count));
  std::string text;
  if (std::round(count) < 0) text += '-';
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && (digits.size() - i) % 3 == 0) text += ',';
    text += digits[i];
  }
  return text;
}

std::string money_words(double amount) {
  return std::isfinite(amount) ? count_words(amount) : "not given";
}

std::string probability_words(double share, std::size_t replicates) {
  const double count = share * static_cast<double>(replicates);
  if (std::abs(count - static_cast<double>(replicates)) < 1e-9)
    return fmt::format("all {}", replicates);
  if (count < 1e-9) return fmt::format("none of {}", replicates);
  return fmt::format("{} of {}",
                     fixed(count, std::abs(count - std::round(count)) < 1e-9 ? 0 : 1, false),
                     replicates);
}

std::string difference_cell(const Estimate& at, double scale, int most) {
  const std::string interval = interval_words(at.low, at.high, scale, most);
  return fmt::format("{}{}", difference_words(at, scale, most),
                     interval.empty() ? "" : "<br><small>" + interval + "</small>");
}

std::string swatch(const Findings& f, std::size_t s) {
  std::size_t number = 0;
  if (s != f.baseline) number = 1 + s - (s > f.baseline ? 1 : 0);
  return fmt::format("<span class=\"swatch swatch-{}\" aria-hidden=\"true\"></span>", number % 7);
}

std::optional<double> turned_after(const Findings& f, std::size_t s, std::size_t measure) {
  const Estimate& end = f.at(s, measure, f.last());
  if (!end.distinguishable()) return std::nullopt;
  for (std::size_t t = f.year.size(); t-- > 0;) {
    const Estimate& at = f.at(s, measure, t);
    if (at.distinguishable() && (at.difference > 0) != (end.difference > 0)) return f.year[t];
  }
  return std::nullopt;
}

namespace {

std::string listed(const std::vector<std::string>& items) {
  std::string text;
  for (std::size_t i = 0; i < items.size(); ++i)
    text += (i == 0 ? "" : i + 1 == items.size() ? " and " : ", ") + items[i];
  return text;
}

class Answer {
 public:
  explicit Answer(const Findings& findings)
      : f_(findings), titles_(titles_of(findings)), order_(reforms_by_learning(findings)) {}

  std::vector<std::string> sentences() const {
    if (!f_.measure("true_attainment_mean") || order_.empty()) return {};
    return {who_does_better(), for_whom(), how_sure()};
  }

 private:
  std::string title(std::size_t s) const { return "<strong>" + named(titles_[s]) + "</strong>"; }
  const Estimate& learning(std::size_t s) const {
    return f_.at(s, *f_.measure("true_attainment_mean"), f_.last());
  }
  bool sure() const { return f_.replicates.size() > 1; }

  // "+0.262 (95% interval +0.260 to +0.265)"
  static std::string numbers(const Estimate& at) {
    const std::string interval = interval_words(at.low, at.high, 1, 3);
    return difference_words(at, 1, 3) +
           (interval.empty() ? "" : fmt::format(" (95% interval {})", interval));
  }

  // What stands below a sentence in small letters: the numbers behind its words.
  static std::string below(const std::string& html) {
    return "<br><small class=\"behind\">" + html + "</small>";
  }

  // "about 3.3 months"
  static std::string months(const Estimate& at) {
    const double amount = std::abs(at.difference) / kMonth;
    if (amount < 0.05) return "less than a tenth of a month";
    const std::string number = fixed(amount, decimals_for(at.low, at.high, 1 / kMonth, 1), false);
    return fmt::format("about {} {}", number,
                       number == "1" || number == "1.0" ? "month" : "months");
  }

  // "about 3.3 months of learning ahead of Status quo"
  std::string ahead(std::size_t s, bool whole) const {
    const Estimate& at = learning(s);
    const std::string base = title(f_.baseline);
    if (sure() && !at.distinguishable()) return "not clearly apart from " + base;
    return fmt::format("{}{} {}{}", months(at), whole ? " of learning" : "",
                       at.difference > 0 ? "ahead" : "behind", whole ? " of " + base : "");
  }

  std::string who_does_better() const {
    constexpr std::size_t kMost = 4;  // scenarios that a sentence can carry
    const std::size_t best = order_[0];
    std::string text = fmt::format(
        "In the model, after {}{} {}{} leaves pupils {}", years_words(f_.year.back()),
        f_.unequal_costs ? ", though not for the same money," : " and for the same money,",
        title(best), earlier(best), ahead(best, true));
    std::string behind;
    for (std::size_t k = 0; k < std::min(order_.size(), kMost); ++k) {
      if (k > 0)
        text += fmt::format("; {}{} ends {}", title(order_[k]), earlier(order_[k]),
                            ahead(order_[k], false));
      behind += fmt::format("{}{} {}", k == 0 ? "" : "; ", named(titles_[order_[k]]),
                            numbers(learning(order_[k])));
    }
    if (order_.size() > kMost) text += fmt::format(" (and {} more below)", order_.size() - kMost);
    behind = fmt::format("In pupil SD, against {}: {}.", named(titles_[f_.baseline]), behind);
    if (!sure())
      return text + "; with a single replicate nobody can say how much of that is luck." +
             below(behind);
    // Against the next best of all, the baseline among them.
    const bool wins = learning(best).difference > 0;
    const std::size_t first = wins ? best : f_.baseline;
    std::size_t next = f_.baseline;
    if (!wins)
      next = best;
    else if (order_.size() > 1 && learning(order_[1]).difference > 0)
      next = order_[1];
    const double share = f_.pairs[(first * f_.scenarios.size() + next) * f_.measures.size() +
                                  *f_.measure("true_attainment_mean")]
                             .higher;
    return text +
           fmt::format("; {} came out ahead of {}, the next best, in {} replicates.", title(first),
                       title(next), probability_words(share, f_.replicates.size())) +
           below(behind);
  }

  // ", ahead until year 5," of a scenario that was clearly on the other side before.
  std::string earlier(std::size_t s) const {
    const auto turned = turned_after(f_, s, *f_.measure("true_attainment_mean"));
    if (!turned) return "";
    return fmt::format(", {} until year {},", learning(s).difference > 0 ? "behind" : "ahead",
                       year_text(*turned));
  }

  // Value added of a fifth of deprivation at the end.
  const Estimate* fifth(std::size_t s, std::string_view group) const {
    for (std::size_t g = 0; g < f_.groups.size(); ++g)
      if (f_.groups[g].name == group) return &f_.at(s, g, 0, f_.group_year.size() - 1);
    return nullptr;
  }

  // "77%", "none": a reader should not have to ask what 0% of the schools is.
  static std::string part(double share) { return share == 0 ? "none" : share_words(share); }

  std::string winners(std::size_t s) const {
    const Balance& schools = f_.balance[s * kEffects * SchoolEffects::kUnits];
    const bool clear = std::isfinite(schools.better);
    return fmt::format("{} of the schools are {}better off and {} worse off",
                       part(clear ? schools.better : schools.one_better), clear ? "clearly " : "",
                       part(clear ? schools.worse : schools.one_worse));
  }

  // An average over chance hides what a school may meet in the one history there is.
  std::string in_one_replicate(std::size_t s) const {
    const Balance& schools = f_.balance[s * kEffects * SchoolEffects::kUnits];
    return fmt::format("under {} {} better and {} worse off", named(titles_[s]),
                       part(schools.one_better), part(schools.one_worse));
  }

  // The last of the reforms in short, by what most of its schools meet.
  std::string other_end(std::size_t s) const {
    const Balance& schools = f_.balance[s * kEffects * SchoolEffects::kUnits];
    const bool clear = std::isfinite(schools.better);
    const bool loses = schools.one_worse > schools.one_better;
    const double share = clear ? (loses ? schools.worse : schools.better)
                               : (loses ? schools.one_worse : schools.one_better);
    return fmt::format("under {} {} are {}{} off", title(s), part(share), clear ? "clearly " : "",
                       loses ? "worse" : "better");
  }

  // How the most and the least deprived fifth of schools do, and the numbers behind it.
  void add_fifths(std::vector<std::string>& parts, std::string& behind) const {
    const std::size_t best = order_[0];
    const Estimate* poor = fifth(best, "deprivation_5");
    const Estimate* rich = fifth(best, "deprivation_1");
    if (poor == nullptr || rich == nullptr || !std::isfinite(poor->difference) ||
        !std::isfinite(rich->difference))
      return;
    const auto moves = [&](const Estimate& at) {
      return sure() && !at.distinguishable() ? "does not clearly change"
             : at.difference > 0             ? "gains"
                                             : "loses";
    };
    if (std::string_view(moves(*poor)) != moves(*rich)) {
      parts.push_back(fmt::format("the most deprived fifth of them {} while the least deprived {}",
                                  moves(*poor), moves(*rich)));
    } else if (sure() && !poor->distinguishable()) {
      parts.emplace_back(
          "neither their most deprived fifth nor the least deprived clearly changes");
    } else {
      const bool gains = poor->difference > 0;
      // Fifths apart by less than their intervals are alike.
      const bool alike = poor->low < rich->high && rich->low < poor->high;
      const bool more = std::abs(poor->difference) > std::abs(rich->difference);
      parts.push_back(fmt::format("the most deprived fifth of them {} {} the least deprived",
                                  gains ? "gains" : "loses",
                                  alike  ? "about as much as"
                                  : more ? "more than"
                                         : "less than"));
    }
    behind += fmt::format(
        " Value added, in months of learning: {} in the most deprived fifth of schools, {} in the "
        "least deprived.",
        difference_words(*poor, 1 / kMonth, 1), difference_words(*rich, 1 / kMonth, 1));
  }

  std::string for_whom() const {
    const std::size_t best = order_[0];
    std::vector<std::string> parts;
    std::string behind;
    if (!f_.balance.empty()) {
      parts.push_back(winners(best));
      if (std::isfinite(f_.balance[best * kEffects * SchoolEffects::kUnits].better)) {
        behind =
            "In a single replicate, where chance moves every school: " + in_one_replicate(best);
        if (order_.size() > 1) behind += "; " + in_one_replicate(order_.back());
        behind += ".";
      }
      add_fifths(parts, behind);
    }
    if (const auto m = f_.measure("disadvantage_gap")) {
      const Estimate& gap = f_.at(best, *m, f_.last());
      if (std::isfinite(gap.percent))
        parts.push_back(
            sure() && !gap.distinguishable()
                ? std::string(
                      "the gap between disadvantaged and other pupils does not clearly change")
                : fmt::format("the gap between disadvantaged and other pupils {} by {:.0f}%",
                              gap.difference < 0 ? "narrows" : "widens", std::abs(gap.percent)));
    }
    if (parts.empty()) return "Which schools gain and which lose was not recorded.";
    std::string text = fmt::format("Under {} {}", title(best), listed(parts));
    if (order_.size() > 1 && !f_.balance.empty()) text += "; " + other_end(order_.back());
    return text + "." + (behind.empty() ? "" : below(behind));
  }

  std::string how_sure() const {
    std::string text;
    if (f_.set.empty()) {
      text = sure() ? "This is sure inside the model only: the intervals cover chance, not whether "
                      "the model is right, and its"
                    : "Neither chance nor doubt about the model is covered here: its";
      text += fmt::format(" parameters are {}, so use direction and order and do not quote sizes",
                          set_by_hand(f_)
                              ? "set by hand and not calibrated"
                              : fmt::format("one set of values ({}) out of many that are possible",
                                            named(set_name(f_))));
    } else {
      const Estimate& best = learning(order_[0]);
      const double agree = best.difference < 0 ? 1 - best.sets_higher : best.sets_higher;
      text = fmt::format(
          "This covers chance and {} sets of parameters that are held possible, of which "
          "{} "
          "agree that {} ends {}, but not whether the model itself is right, so use direction and "
          "order and do not quote sizes",
          sets_of(f_.set), share_words(agree), title(order_[0]),
          best.difference < 0 ? "behind" : "ahead");
    }
    std::vector<std::string> misled;
    if (const auto m = f_.measure("reported_attainment_mean"))
      for (const std::size_t s : order_) {
        const Estimate& reported = f_.at(s, *m, f_.last());
        if (reported.distinguishable() && learning(s).distinguishable() &&
            (reported.difference > 0) != (learning(s).difference > 0))
          misled.push_back(fmt::format("{} ({} published, {} true)", title(s),
                                       difference_words(reported, 1, 2),
                                       difference_words(learning(s), 1, 2)));
      }
    if (!f_.beliefs.empty()) {
      const std::size_t learnt = *f_.measure("true_attainment_mean");
      const std::size_t at = order_[0] * f_.measures.size() + learnt;
      std::vector<std::string> sets, hang;
      for (const Belief& belief : f_.beliefs)
        sets.push_back(
            fmt::format("{} under {}{}", difference_words(belief.end[at], 1, 2),
                        std::isfinite(belief.end[at].sets_higher) ? "the sets " : "the set ",
                        named(belief.name)));
      text += fmt::format("; with other parameters {} stands, in pupil SD, at {}", title(order_[0]),
                          listed(sets));
      for (const std::size_t s : order_)
        if (learning(s).distinguishable() && !same_under_all(f_, s, learnt))
          hang.push_back(title(s));
      if (!hang.empty())
        text += fmt::format(", and whether {} {} ahead or behind hangs on them", listed(hang),
                            hang.size() > 1 ? "end" : "ends");
    }
    if (!misled.empty())
      text +=
          fmt::format("; published scores alone would point the wrong way for {}", listed(misled));
    return text + ".";
  }

  const Findings& f_;
  std::vector<std::string> titles_;
  std::vector<std::size_t> order_;
};

}  // namespace

std::vector<std::string> answer(const Findings& findings) { return Answer(findings).sentences(); }

}  // namespace reformsim
