// Findings in plain English: numbers with as many digits as their interval supports, months of
// learning beside pupil SD, and the answer in three sentences.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "decide/findings.hpp"

namespace reformsim {

inline constexpr double kMonth = 0.08;          // pupil SD learnt in a month
inline constexpr double kExtraordinary = 0.15;  // pupil SD across a whole system (TRACE, section 6)

// Measures that the report shows, in plain words.
struct ShownMeasure {
  std::string_view name, label, unit;
  double scale;  // from the measure's unit to this one
  int most_decimals;
  int better;  // +1 more is better, -1 less is, 0 that depends on whom one asks
};
std::span<const ShownMeasure> shown_measures();

// By scenario: its title, or its name where a title is missing or used twice.
std::vector<std::string> titles_of(const Findings& findings);

// The one set of parameters that was simulated, by its name: "default" where none was named. Those
// that ship and are no result of a calibration are set by hand.
std::string set_name(const Findings& findings);
bool set_by_hand(const Findings& findings);

// The scenarios but the baseline: the most learning first.
std::vector<std::size_t> reforms_by_learning(const Findings& findings);

// Whether a measure's difference to the baseline at the end is clearly on the same side of 0 here
// and under each of the other beliefs.
bool same_under_all(const Findings& findings, std::size_t scenario, std::size_t measure);

// Two significant digits of the half-width of the interval, at most `most`.
int decimals_for(double low, double high, double scale, int most);

std::string years_words(double years);  // "1 year", "15 years"

// "+0.26" and "+0.260 to +0.265"; "no difference" and "" where there is none.
std::string difference_words(const Estimate& estimate, double scale, int most);
std::string interval_words(double low, double high, double scale, int most);
// "3.3 months more", "1.8 months less", "no clear difference"
std::string months_words(const Estimate& estimate);
std::string share_words(double share);   // "97%", "less than 1%"
std::string money_words(double amount);  // "1,234"
std::string count_words(double count);   // "6,194"
std::string probability_words(double share,
                              std::size_t replicates);  // "in all 100", "in 93 of 100"

// HTML: a difference on one line and its interval below it; the colour and dash of a scenario as in
// the charts (style.css and charts.js know them by number).
std::string difference_cell(const Estimate& estimate, double scale, int most);
std::string swatch(const Findings& findings, std::size_t scenario);

// The last year in which the difference was clearly on the other side than at the end.
std::optional<double> turned_after(const Findings& findings, std::size_t scenario,
                                   std::size_t measure);

// HTML of the three sentences: which does better, for whom, how sure.
std::vector<std::string> answer(const Findings& findings);

}  // namespace reformsim
