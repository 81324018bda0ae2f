#include "record/measures.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <span>

#include "base/error.hpp"

namespace reformsim {

namespace {

constexpr std::string_view kPupils = "mean over pupils";
constexpr std::string_view kSchools = "mean over schools";
constexpr std::string_view kClusters = "mean over clusters with any contact; 0 when there are none";
constexpr std::string_view kSince = "0.1.0";

// The order is that of `Values` below.
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
  };
}

double ratio_or(double numerator, double denominator, double otherwise) {
  return denominator > 0 ? numerator / denominator : otherwise;
}

// Sums in four lanes, added pairwise at the end: the order is fixed, and an addition need not wait
// for the one before it.
template <class Term>
double sum(std::size_t begin, std::size_t end, Term term) {
  std::array<double, 4> lane{};
  std::size_t i = begin;
  for (; i + 4 <= end; i += 4)
    for (std::size_t k = 0; k < 4; ++k) lane[k] += term(i + k);
  for (std::size_t k = 0; i < end; ++i, ++k) lane[k] += term(i);
  return (lane[0] + lane[1]) + (lane[2] + lane[3]);
}

// The quantile that interpolates between the two values around it in order (type 7 of Hyndman and
// Fan). Reorders `values`.
double quantile(std::vector<float>& values, double share) {
  if (values.empty()) return 0;
  const double at = share * static_cast<double>(values.size() - 1);
  const auto below = static_cast<std::size_t>(at);
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(below);
  std::nth_element(values.begin(), middle, values.end());
  const double low = *middle;
  if (below + 1 == values.size()) return low;
  const double high = *std::min_element(middle + 1, values.end());
  return low + (at - static_cast<double>(below)) * (high - low);
}

class Values {
 public:
  Values(const World& world, const Parallel& parallel)
      : world_(world),
        parallel_(parallel),
        schools_(world.schools()),
        weight_(pupils_by_school(world)) {
    pupils_ = total([&](std::size_t i) { return weight_[i]; });
    values_.reserve(system_measures().size());
  }

  std::vector<double> take() {
    attainment();
    networks();
    practices();
    for (const Column column :
         {Column::human_capital, Column::social_capital, Column::decisional_capital,
          Column::coherence, Column::energy, Column::collective_efficacy,
          Column::internal_accountability, Column::trust_in_centre, Column::pressure,
          Column::effort, Column::gaming, Column::narrowing, Column::fear, Column::compliance_habit,
          Column::systemness, Column::teacher_turnover, Column::teacher_vacancy})
      add(mean(column));
    // A tenure of one year is a sum of terms in float32, so "less than a year" leaves it some room.
    const auto tenure = world_[col::leader_tenure];
    add(share_of_schools([&](std::size_t i) { return tenure[i] < 0.999f; }));
    const auto district = world_[col::district];
    const auto capacity = world_[col::district_capacity];
    add(mean_of([&](std::size_t i) { return capacity[static_cast<std::size_t>(district[i])]; }));
    add(mean(Column::initiatives));
    const double on_levers = mean(Column::lever_spending);
    const double on_running = mean(Column::ordinary_spending);
    add(on_levers + on_running);
    add(on_levers);
    add(on_running);
    add(pupils_);
    add(static_cast<double>(schools_));
    REFORMSIM_CHECK(values_.size() == system_measures().size(), "{} values for {} measures",
                    values_.size(), system_measures().size());
    return std::move(values_);
  }

 private:
  struct Spread {
    double mean = 0;
    double variance = 0;
  };

  void add(double value) { values_.push_back(value); }

  template <class Term>
  double total(Term term) const {
    return parallel_.sum_blocks(schools_,
                                [&](Block block) { return sum(block.begin, block.end, term); });
  }
  template <class Value>
  double mean_of(Value value) const {
    return ratio_or(
        total([&](std::size_t i) { return weight_[i] * static_cast<double>(value(i)); }), pupils_,
        0);
  }
  double mean(Column column) const {
    const float* values = world_.floats(column).data();
    return mean_of([values](std::size_t i) { return values[i]; });
  }
  template <class Condition>
  double share_of_schools(Condition condition) const {
    return ratio_or(total([&](std::size_t i) { return condition(i) ? 1.0 : 0.0; }),
                    static_cast<double>(schools_), 0);
  }
  double mean_over_schools(Column column) const {
    const float* values = world_.floats(column).data();
    return ratio_or(total([values](std::size_t i) { return static_cast<double>(values[i]); }),
                    static_cast<double>(schools_), 0);
  }
  Spread spread(Column column) const {
    const float* values = world_.floats(column).data();
    Spread result;
    result.mean = mean(column);
    result.variance = mean_of([&, values](std::size_t i) {
      const double off = static_cast<double>(values[i]) - result.mean;
      return off * off;
    });
    return result;
  }

  // Pupils and mean attainment of both groups over all year groups.
  void attainment() {
    const auto pupils = world_[col::cohort_pupils];
    const auto level = world_[col::attainment];
    std::array<double, kGroups> count{}, points{};
    for (int cohort = 0; cohort < world_.shape().cohorts; ++cohort)
      for (int group = 0; group < kGroups; ++group) {
        const auto at = static_cast<std::size_t>(cohort_plane(cohort, group)) * schools_;
        const float* n = pupils.data() + at;
        const float* x = level.data() + at;
        const auto g = static_cast<std::size_t>(group);
        count[g] += total([n](std::size_t i) { return static_cast<double>(n[i]); });
        points[g] += total([n, x](std::size_t i) {
          return static_cast<double>(n[i]) * static_cast<double>(x[i]);
        });
      }
    const Spread true_score = spread(Column::true_score);
    const Spread value_added = spread(Column::value_added);
    add(ratio_or(points[0] + points[1], count[0] + count[1], 0));
    add(std::sqrt(true_score.variance));
    std::vector<float> scores = copy(Column::true_score);
    for (const double share : {0.1, 0.5, 0.9}) add(quantile(scores, share));
    add(mean(Column::reported_score));
    add(mean(Column::inflation));
    add(value_added.mean);
    add(std::sqrt(value_added.variance));
    std::vector<float> added = copy(Column::value_added);
    for (const double share : {0.1, 0.9}) add(quantile(added, share));
    add(mean(Column::reported_value_added));
    add(broad_learning());
    add(mean(Column::wellbeing));
    constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();
    add(ratio_or(points[1], count[1], kMissing) - ratio_or(points[0], count[0], kMissing));

    const auto district = world_[col::district];
    add(ratio_or(between(Column::true_score, district, world_.rows(Entity::district)).between,
                 true_score.variance, 0));
    const auto cluster = world_[col::cluster];
    const Parts parts = between(Column::value_added, cluster, world_.rows(Entity::cluster));
    add(std::sqrt(parts.within));
    add(std::sqrt(parts.between));
    const auto now = world_[col::reported_score];
    const auto before = world_[col::reported_before];
    add(share_of_schools([&](std::size_t i) { return now[i] - before[i] > 0.02f; }));
    const auto value = world_[col::value_added];
    add(share_of_schools([&](std::size_t i) { return value[i] < -0.1f; }));
  }

  double broad_learning() const {
    const auto pupils = world_[col::cohort_pupils];
    const auto level = world_[col::broad_learning];
    double points = 0;
    for (int cohort = 0; cohort < world_.shape().cohorts; ++cohort) {
      const float* a = pupils.data() + static_cast<std::size_t>(cohort_plane(cohort, 0)) * schools_;
      const float* b = pupils.data() + static_cast<std::size_t>(cohort_plane(cohort, 1)) * schools_;
      const float* x = level.data() + static_cast<std::size_t>(cohort) * schools_;
      points += total([=](std::size_t i) {
        return (static_cast<double>(a[i]) + static_cast<double>(b[i])) * static_cast<double>(x[i]);
      });
    }
    return ratio_or(points, pupils_, 0);
  }

  void networks() {
    add(mean_over_schools(Column::engagement_declared));
    add(mean_over_schools(Column::engagement_real));

    const auto contact = world_[col::cluster_contact];
    const auto over_clusters = [&](std::span<const float> values) {
      const std::size_t rows = world_.rows(Entity::cluster);
      const double met = parallel_.sum_blocks(rows, [&](Block block) {
        return sum(block.begin, block.end,
                   [&](std::size_t c) { return contact[c] > 0 ? 1.0 : 0.0; });
      });
      const double points = parallel_.sum_blocks(rows, [&](Block block) {
        return sum(block.begin, block.end, [&](std::size_t c) {
          return contact[c] > 0 ? static_cast<double>(values[c]) : 0.0;
        });
      });
      return ratio_or(points, met, 0);
    };
    add(over_clusters(world_[col::cluster_trust]));
    add(over_clusters(world_[col::cluster_maturity]));

    const auto partner = world_[col::partner];
    const auto weight = world_[col::tie_weight];
    const auto over_ties = [&](int first, int last) {
      double ties = 0, points = 0;
      for (int k = first; k <= last; ++k) {
        const std::int32_t* to = partner.data() + static_cast<std::size_t>(k) * schools_;
        const float* w = weight.data() + static_cast<std::size_t>(k) * schools_;
        ties += total([to](std::size_t i) { return to[i] >= 0 ? 1.0 : 0.0; });
        points +=
            total([to, w](std::size_t i) { return to[i] >= 0 ? static_cast<double>(w[i]) : 0.0; });
      }
      return ratio_or(points, ties, 0);
    };
    add(over_ties(0, kTies - 1));
    add(over_ties(kBridgeTie, kBridgeTie));
  }

  void practices() {
    const auto mastery = world_[col::mastery];
    add(mean_of([&](std::size_t i) {
      const float* m = mastery.data() + i * kPractices;
      double all = 0;
      for (int k = 0; k < kPractices; ++k) all += static_cast<double>(m[k]);
      return all / kPractices;
    }));
    for (std::size_t k = 0; k < kPractices; ++k)
      add(share_of_schools([&](std::size_t i) { return mastery[i * kPractices + k] > 0.6f; }));
  }

  std::vector<float> copy(Column column) const {
    const auto values = world_.floats(column);
    return {values.begin(), values.end()};
  }

  struct Parts {
    double between = 0;
    double within = 0;
  };
  // The variance of a column between the groups of schools and within them, weighted by pupils;
  // schools of no group (-1) are left out. One pass in the order of the rows: groups cross blocks.
  Parts between(Column column, std::span<const std::int32_t> group, std::size_t groups) const {
    const auto values = world_.floats(column);
    std::vector<double> weight(groups), mean(groups);
    double all = 0, points = 0;
    for (std::size_t i = 0; i < schools_; ++i) {
      if (group[i] < 0) continue;
      const auto g = static_cast<std::size_t>(group[i]);
      const double part = weight_[i] * static_cast<double>(values[i]);
      weight[g] += weight_[i];
      mean[g] += part;
      all += weight_[i];
      points += part;
    }
    if (!(all > 0)) return {};
    Parts parts;
    for (std::size_t g = 0; g < groups; ++g) {
      if (!(weight[g] > 0)) continue;
      mean[g] /= weight[g];
      const double off = mean[g] - points / all;
      parts.between += weight[g] * off * off;
    }
    for (std::size_t i = 0; i < schools_; ++i) {
      if (group[i] < 0) continue;
      const double off = static_cast<double>(values[i]) - mean[static_cast<std::size_t>(group[i])];
      parts.within += weight_[i] * off * off;
    }
    return {parts.between / all, parts.within / all};
  }

  const World& world_;
  const Parallel& parallel_;
  std::size_t schools_;
  std::vector<double> weight_;  // pupils by school
  double pupils_ = 0;
  std::vector<double> values_;
};

std::vector<Measure> columns_of(Entity entity) {
  std::vector<Measure> measures;
  for (const ColumnInfo& column : kColumnInfo)
    if (column.entity == entity && column.type == Type::f32 && column.width == Width::one &&
        column.kind != Kind::change)
      measures.push_back({column.name, column.unit, column.meaning,
                          entity == Entity::school ? kPupils : std::string_view("as it is"),
                          kSince});
  return measures;
}

}  // namespace

const std::vector<Measure>& system_measures() {
  static const std::vector<Measure> measures = make_system_measures();
  return measures;
}

std::vector<double> measure_system(const World& world, const Parallel& parallel) {
  return Values(world, parallel).take();
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

std::optional<Column> measure_column(std::string_view name) {
  for (std::size_t c = 0; c < kColumns; ++c)
    if (kColumnInfo[c].name == name) return static_cast<Column>(c);
  return std::nullopt;
}

std::vector<double> pupils_by_school(const World& world) {
  const std::size_t schools = world.schools();
  const auto pupils = world[col::cohort_pupils];
  std::vector<double> sums(schools);
  for (std::size_t at = 0; at < pupils.size(); at += schools)
    for (std::size_t i = 0; i < schools; ++i) sums[i] += static_cast<double>(pupils[at + i]);
  return sums;
}

std::vector<float> group_means(const World& world, Column column, std::span<const double> pupils,
                               std::span<const std::int32_t> group, std::size_t groups) {
  const auto values = world.floats(column);
  std::vector<double> weight(groups), points(groups);
  for (std::size_t i = 0; i < group.size(); ++i) {
    if (group[i] < 0) continue;
    const auto g = static_cast<std::size_t>(group[i]);
    weight[g] += pupils[i];
    points[g] += pupils[i] * static_cast<double>(values[i]);
  }
  std::vector<float> means(groups);
  for (std::size_t g = 0; g < groups; ++g)
    means[g] = static_cast<float>(
        ratio_or(points[g], weight[g], std::numeric_limits<double>::quiet_NaN()));
  return means;
}

}  // namespace reformsim
