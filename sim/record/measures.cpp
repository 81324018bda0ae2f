#include "record/measures.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <span>

#include "base/error.hpp"
#include "record/school_statistics.hpp"

namespace reformsim {

namespace {

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
    lateral();
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

  // The mean over clusters with any contact.
  double over_clusters(std::span<const float> values) const {
    const auto contact = world_[col::cluster_contact];
    const std::size_t rows = world_.rows(Entity::cluster);
    const double met = parallel_.sum_blocks(rows, [&](Block block) {
      return sum(block.begin, block.end, [&](std::size_t c) { return contact[c] > 0 ? 1.0 : 0.0; });
    });
    const double points = parallel_.sum_blocks(rows, [&](Block block) {
      return sum(block.begin, block.end, [&](std::size_t c) {
        return contact[c] > 0 ? static_cast<double>(values[c]) : 0.0;
      });
    });
    return ratio_or(points, met, 0);
  }

  // What came later: how schools mix, work together and are led from the middle.
  void lateral() {
    add(dissimilarity());
    const Parts parts =
        between(Column::value_added, world_[col::cluster], world_.rows(Entity::cluster));
    add(ratio_or(parts.between, parts.between + parts.within, 0));
    add(mean(Column::technology_use));
    add(mean(Column::collaboration));
    for (const Column column : {Column::reviews_done, Column::feedback_used, Column::support_given,
                                Column::support_received})
      add(mean_over_schools(column));
    add(mean(Column::engagement_depth));
    add(mean(Column::autonomy_held));
    const auto district = world_[col::district];
    for (const auto values : {world_[col::middle_strength], world_[col::district_ties]})
      add(ratio_or(total([&](std::size_t i) {
                     return static_cast<double>(values[static_cast<std::size_t>(district[i])]);
                   }),
                   static_cast<double>(schools_), 0));
    add(mean(Column::defensiveness));
    add(mean(Column::individual_effort));
    add(over_clusters(world_[col::cluster_openness]));
    add(over_clusters(world_[col::self_assessment_bias]));
    add(share_of_schools([&](std::size_t i) { return reaches_out(i); }));
  }

  // Half the sum over schools of how far their shares of the one and of the other pupils differ.
  double dissimilarity() const {
    const auto pupils = world_[col::cohort_pupils];
    std::vector<double> count[kGroups];
    double all[kGroups] = {};
    for (int group = 0; group < kGroups; ++group) {
      count[group].resize(schools_);
      for (int cohort = 0; cohort < world_.shape().cohorts; ++cohort) {
        const float* n =
            pupils.data() + static_cast<std::size_t>(cohort_plane(cohort, group)) * schools_;
        for (std::size_t i = 0; i < schools_; ++i) count[group][i] += static_cast<double>(n[i]);
      }
      all[group] = total([&](std::size_t i) { return count[group][i]; });
    }
    if (!(all[0] > 0 && all[1] > 0)) return std::numeric_limits<double>::quiet_NaN();
    return total([&](std::size_t i) {
             return std::abs(count[0][i] / all[0] - count[1][i] / all[1]);
           }) /
           2;
  }

  bool reaches_out(std::size_t i) const {
    const auto partner = world_[col::partner];
    const auto weight = world_[col::tie_weight];
    const auto cluster = world_[col::cluster];
    for (int k = 0; k < kTies; ++k) {
      const std::size_t at = plane(schools_, k, i);
      if (partner[at] < 0 || !(weight[at] > 0.05f)) continue;
      // A school without a cluster has nothing but what is beyond it.
      if (cluster[i] < 0 || cluster[static_cast<std::size_t>(partner[at])] != cluster[i])
        return true;
    }
    return false;
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

}  // namespace

std::vector<double> measure_system(const World& world, std::span<const float> start, double year,
                                   const Parallel& parallel) {
  std::vector<double> values = Values(world, parallel).take();
  const std::vector<double> schools = school_statistics(world, start, year, parallel);
  values.insert(values.end(), schools.begin(), schools.end());
  REFORMSIM_CHECK(values.size() == system_measures().size(), "{} values for {} measures",
                  values.size(), system_measures().size());
  return values;
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
