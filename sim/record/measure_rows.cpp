// The rows of the measures: names, units, meanings. What they measure is in measures.cpp.
#include <algorithm>

#include "base/error.hpp"
#include "base/markdown.hpp"
#include "record/measures.hpp"
#include "record/school_statistics.hpp"

namespace reformsim {

namespace {

constexpr std::string_view kPupils = "mean over pupils";
constexpr std::string_view kSchools = "mean over schools";
constexpr std::string_view kClusters = "mean over clusters with any contact; 0 when there are none";
constexpr std::string_view kSince = "0.1.0";

// The order is that in which measures.cpp adds the values; those of school_statistics.cpp follow.
std::vector<Measure> make_system_measures() {
  const auto row = [](std::string_view name, std::string_view unit, std::string_view meaning,
                      std::string_view reduction) {
    return Measure{name, unit, meaning, reduction, kSince};
  };
  constexpr std::string_view kSd = "pupil SD";
  constexpr std::string_view kShare = "share";
  constexpr std::string_view kMoney = "currency/pupil/year";
  return {
      row("true_attainment_mean", kSd, "True attainment in tested basics.", kPupils),
      row("true_attainment_between_school_sd", kSd, "How far schools' true scores lie apart.",
          "SD over schools, weighted by pupils"),
      row("true_attainment_p10", kSd, "True score that a tenth of the schools do not reach.",
          "10% quantile over schools"),
      row("true_attainment_p50", kSd, "True score of the school in the middle.",
          "median over schools"),
      row("true_attainment_p90", kSd, "True score that a tenth of the schools exceed.",
          "90% quantile over schools"),
      row("reported_attainment_mean", kSd, "Score as published at the last test.", kPupils),
      row("inflation_mean", kSd, "What gaming adds to the published score.", kPupils),
      row("value_added_mean", kSd, "What pupils owe to their school.", kPupils),
      row("value_added_between_school_sd", kSd, "How far schools' value added lies apart.",
          "SD over schools, weighted by pupils"),
      row("value_added_p10", kSd, "Value added that a tenth of the schools do not reach.",
          "10% quantile over schools"),
      row("value_added_p90", kSd, "Value added that a tenth of the schools exceed.",
          "90% quantile over schools"),
      row("reported_value_added_mean", kSd, "Value added as published at the last test.", kPupils),
      row("broad_learning_mean", kSd, "Learning beyond tested basics owed to the school.", kPupils),
      row("wellbeing_mean", kShare, "Pupils' wellbeing.", kPupils),
      row("disadvantage_gap", kSd,
          "True attainment of other pupils minus that of disadvantaged ones.",
          "difference of means over pupils; missing when a group is empty"),
      row("between_district_share", kShare,
          "Share of the variance of true scores between schools that lies between districts.",
          "variances over schools, weighted by pupils; 0 when schools do not differ"),
      row("within_cluster_sd", kSd, "How far value added lies apart within clusters.",
          "SD over schools around the mean of their cluster, weighted by pupils; 0 when there are "
          "none"),
      row("between_cluster_sd", kSd, "How far the clusters' mean value added lies apart.",
          "SD over clusters, weighted by pupils; 0 when there are none"),
      row("share_improving", kShare,
          "Schools whose published score rose by more than 0.02 pupil SD since the test before.",
          "share of schools"),
      row("share_stuck", kShare, "Schools whose true value added is below -0.1 pupil SD.",
          "share of schools"),
      row("declared_participation", kShare, "Schools that say they belong to a network.", kSchools),
      row("real_participation", kShare, "How far schools really take part in a network.", kSchools),
      row("cluster_trust_mean", kShare, "Trust among the members of a cluster.", kClusters),
      row("cluster_maturity_mean", "stage",
          "Maturity from 0 (activity) to 3 (shared professional accountability).", kClusters),
      row("tie_weight_mean", kShare, "Strength of contact between partner schools.",
          "mean over ties that exist; 0 when there are none"),
      row("tie_weight_bridge_mean", kShare,
          "Strength of contact with schools beyond the own cluster.",
          "mean over bridging ties that exist; 0 when there are none"),
      row("mastery_mean", kShare, "Mastery of the eight practices.",
          "mean over practices and pupils"),
      row("adoption_1", kShare, "Schools that master practice 1 above 0.6.", "share of schools"),
      row("adoption_2", kShare, "Schools that master practice 2 above 0.6.", "share of schools"),
      row("adoption_3", kShare, "Schools that master practice 3 above 0.6.", "share of schools"),
      row("adoption_4", kShare, "Schools that master practice 4 above 0.6.", "share of schools"),
      row("adoption_5", kShare, "Schools that master practice 5 above 0.6.", "share of schools"),
      row("adoption_6", kShare, "Schools that master practice 6 above 0.6.", "share of schools"),
      row("adoption_7", kShare, "Schools that master practice 7 above 0.6.", "share of schools"),
      row("adoption_8", kShare, "Schools that master practice 8 above 0.6.", "share of schools"),
      row("human_capital_mean", kShare, "What staff know and can do together.", kPupils),
      row("social_capital_mean", kShare, "Trust and exchange among staff.", kPupils),
      row("decisional_capital_mean", kShare, "Judgement to choose well.", kPupils),
      row("coherence_mean", kShare, "Shared understanding of what the school is doing.", kPupils),
      row("energy_mean", kShare, "Energy of the staff, the inverse of exhaustion.", kPupils),
      row("collective_efficacy_mean", kShare, "The staff's belief that together they can succeed.",
          kPupils),
      row("internal_accountability_mean", kShare, "How far staff hold each other to account.",
          kPupils),
      row("trust_in_centre_mean", kShare, "Trust in the centre.", kPupils),
      row("pressure_mean", kShare, "Pressure felt from external accountability.", kPupils),
      row("effort_mean", kShare, "Pressure turned into better work.", kPupils),
      row("gaming_mean", kShare, "Work on the score instead of on learning.", kPupils),
      row("narrowing_mean", kShare, "Time taken from what is not tested.", kPupils),
      row("fear_mean", kShare, "Fear, which keeps people from speaking openly.", kPupils),
      row("compliance_habit_mean", kShare, "Habit of doing as told.", kPupils),
      row("systemness_mean", kShare, "Share of staff who act for other schools too.", kPupils),
      row("teacher_turnover", "share/year", "Teachers who left at the last turn of the year.",
          kPupils),
      row("teacher_vacancy", kShare, "Posts without a teacher.", kPupils),
      row("leader_turnover", kShare, "Schools whose leader came within the last year.",
          "share of schools"),
      row("district_capacity_mean", kShare, "Capacity of the district to support its schools.",
          kPupils),
      row("initiatives_alive", "initiatives", "Central initiatives alive in a school.", kPupils),
      row("spending_per_pupil", kMoney, "Money spent, on levers and on ordinary running.", kPupils),
      row("lever_spending_per_pupil", kMoney, "Money spent on levers.", kPupils),
      row("ordinary_spending_per_pupil", kMoney, "Money spent on the ordinary running of schools.",
          kPupils),
      row("pupils", "pupils", "Pupils on roll.", "sum over schools"),
      row("schools", "schools", "Schools.", "count"),
      row("segregation", kShare,
          "Share of the disadvantaged pupils, or of the others, who would have to change schools "
          "for "
          "every school to have the system's mix.",
          "index of dissimilarity over schools; missing when a group is empty"),
      row("between_cluster_share", kShare,
          "Share of the variance of value added between schools in clusters that lies between "
          "clusters.",
          "variances over schools, weighted by pupils; 0 when schools do not differ"),
      row("technology_use", kShare, "How far technology is used in lessons.", kPupils),
      row("collaboration", kShare, "How far teachers really work together.", kPupils),
      row("reviews_done", "reviews",
          "Peer reviews a school has been through with its present partners.", kSchools),
      row("feedback_used", kShare, "Peers' feedback that schools act on.", kSchools),
      row("support_given", kShare, "Time of its leaders that a school gives to others.", kSchools),
      row("support_received", kShare, "Brokered support a school has, of all it could use.",
          kSchools),
      row("engagement_depth", kShare,
          "How far beyond the leaders teachers, pupils and families take part.", kPupils),
      row("autonomy_held", kShare, "How much schools decide for themselves.", kPupils),
      row("middle_strength", kShare,
          "How far a school's district leads from the middle, together with its neighbours.",
          kSchools),
      row("district_ties", kShare, "Contact of a school's district with the neighbouring ones.",
          kSchools),
      row("defensiveness", kShare, "Readiness to take feedback as an attack.", kPupils),
      row("individual_effort", kShare, "Effort called up by appraisal and pay of single teachers.",
          kPupils),
      row("cluster_openness", kShare, "Openness of clusters to other clusters.", kClusters),
      row("self_assessment_bias", kSd, "How far clusters think better of themselves than is true.",
          kClusters),
      row("tie_reach", kShare,
          "Schools with a tie of more than 0.05 to a school that is not in their cluster.",
          "share of schools"),
  };
}

// Numbers, and states that are one of a few, such as a district's disposition. Other whole numbers
// are rows and counts.
bool is_measure(const ColumnInfo& column) {
  const bool one_of_few =
      column.type == Type::i32 && column.kind == Kind::state && column.low < column.high;
  return column.type == Type::f32 || one_of_few;
}

std::vector<Measure> columns_of(Entity entity) {
  std::vector<Measure> measures;
  for (const ColumnInfo& column : kColumnInfo)
    if (column.entity == entity && is_measure(column) && column.width == Width::one &&
        column.kind != Kind::change)
      measures.push_back({column.name, column.unit, column.meaning,
                          entity == Entity::school ? kPupils : std::string_view("as it is"),
                          kSince});
  return measures;
}

}  // namespace

const std::vector<Measure>& system_measures() {
  static const std::vector<Measure> measures = [] {
    std::vector<Measure> all = make_system_measures();
    const std::vector<Measure>& more = school_statistics_rows();
    all.insert(all.end(), more.begin(), more.end());
    return all;
  }();
  return measures;
}

std::size_t system_measure_row(std::string_view name) {
  const std::vector<Measure>& all = system_measures();
  const auto found =
      std::find_if(all.begin(), all.end(), [&](const Measure& m) { return m.name == name; });
  REFORMSIM_CHECK(found != all.end(), "no measure {}", name);
  return static_cast<std::size_t>(found - all.begin());
}

std::string measures_table() {
  MarkdownTable table({"measure", "unit", "meaning", "how schools become one number"});
  for (const Measure& measure : system_measures())
    table.add({code_font(measure.name), std::string(measure.unit), std::string(measure.meaning),
               std::string(measure.reduction)});
  return table.text();
}

const std::vector<Measure>& school_measures() {
  static const std::vector<Measure> measures = columns_of(Entity::school);
  return measures;
}

const std::vector<Measure>& district_measures() {
  static const std::vector<Measure> measures = columns_of(Entity::district);
  return measures;
}

const std::vector<Measure>& cluster_measures() {
  static const std::vector<Measure> measures = columns_of(Entity::cluster);
  return measures;
}

const std::vector<std::string_view>& standard_school_measures() {
  static const std::vector<std::string_view> names = {"true_score",
                                                      "value_added",
                                                      "reported_score",
                                                      "wellbeing",
                                                      "human_capital",
                                                      "social_capital",
                                                      "decisional_capital",
                                                      "coherence",
                                                      "energy",
                                                      "collective_efficacy",
                                                      "trust_in_centre",
                                                      "pressure",
                                                      "gaming",
                                                      "narrowing",
                                                      "fear",
                                                      "engagement_declared",
                                                      "engagement_real",
                                                      "systemness",
                                                      "leadership",
                                                      "teacher_skill",
                                                      "teacher_turnover",
                                                      "lever_spending",
                                                      "ordinary_spending"};
  return names;
}

}  // namespace reformsim
