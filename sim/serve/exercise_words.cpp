#include "serve/exercise_words.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include <fmt/format.h>

#include "decide/text.hpp"
#include "record/measures.hpp"
#include "report/words.hpp"

namespace reformsim::serve {
namespace {

// Where the report has no plain words of its own.
constexpr std::array<std::pair<std::string_view, std::string_view>, 26> kLabels = {{
    {"pressure_mean", "Pressure that schools feel"},
    {"effort_mean", "Pressure turned into better work"},
    {"gaming_mean", "Work on the score instead of on learning"},
    {"fear_mean", "Fear"},
    {"coherence_mean", "Coherence: agreement on what the school is doing"},
    {"mastery_mean", "Mastery of teaching practices"},
    {"human_capital_mean", "What staff know and can do"},
    {"social_capital_mean", "Trust among colleagues"},
    {"decisional_capital_mean", "Professional judgement"},
    {"internal_accountability_mean", "Staff holding each other to account"},
    {"compliance_habit_mean", "Habit of doing as told"},
    {"initiatives_alive", "Central initiatives alive in a school"},
    {"technology_use", "Use of technology in lessons"},
    {"collaboration", "Teachers really working together"},
    {"declared_participation", "Schools that say they belong to a network"},
    {"cluster_trust_mean", "Trust within clusters"},
    {"cluster_maturity_mean", "Maturity of clusters (0 to 3)"},
    {"cluster_openness", "Openness of clusters to other clusters"},
    {"self_assessment_bias", "How much better clusters think they are than is true"},
    {"feedback_used", "Peers' feedback that schools act on"},
    {"within_cluster_sd", "Spread of schools within clusters"},
    {"between_cluster_sd", "Spread between clusters"},
    {"tie_reach", "Schools with a working tie beyond their cluster"},
    {"district_capacity_mean", "Districts' capacity to support schools"},
    {"autonomy_held", "How much schools decide for themselves"},
    {"share_stuck", "Schools far below the usual value added"},
}};

const ShownMeasure* shown(std::string_view name) {
  const auto rows = shown_measures();
  const auto found =
      std::find_if(rows.begin(), rows.end(), [&](const auto& row) { return row.name == name; });
  return found == rows.end() ? nullptr : &*found;
}

const Measure& measure_of(std::string_view name) {
  return system_measures()[system_measure_row(name)];
}

std::string words(std::string_view measure, double value, bool difference) {
  if (!std::isfinite(value)) return "not defined";
  const std::string_view unit = measure_of(measure).unit;
  if (unit.starts_with("share"))
    return fixed(100 * value, std::abs(value) < 0.0995 ? 1 : 0, difference) +
           (difference ? " points" : "%");
  if (unit.starts_with("currency")) return fixed(value, 0, difference);
  if (unit == "pupil SD") return fixed(value, std::abs(value) < 0.0995 ? 3 : 2, difference) + " SD";
  return fixed(value, std::abs(value) < 9.95 ? 1 : 0, difference);
}

}  // namespace

std::string label_of(std::string_view measure) {
  if (const ShownMeasure* row = shown(measure)) return std::string(row->label);
  for (const auto& [name, label] : kLabels)
    if (name == measure) return std::string(label);
  std::string meaning(measure_of(measure).meaning);
  if (meaning.ends_with('.')) meaning.pop_back();
  return meaning;
}

std::string level_words(std::string_view measure, double value) {
  return words(measure, value, false);
}

std::string difference_words(std::string_view measure, double value) {
  return words(measure, value, true);
}

std::string amount_words(const Quantity& q, double value) {
  if (!q.over.empty()) return std::isfinite(value) ? fixed(value, 2, false) : "not defined";
  return words(q.measure, value, !q.against.empty() || q.since || !q.less.empty());
}

std::string holds_words(const Found& found) {
  const std::string sets = fmt::format("{} sets of parameters", found.sets);
  if (found.holds == found.sets) return "in all " + sets;
  if (found.holds == 0) return "in none of " + sets;
  return fmt::format("in {} of {}", found.holds, sets);
}

}  // namespace reformsim::serve
