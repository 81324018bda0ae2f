// What a reform does to single schools, districts and groups of schools. Of each replicate only
// reductions are kept: means of groups by year, and sums over replicates of each school's and each
// district's paired difference at the end.
#pragma once

#include <array>
#include <cstdint>
#include <mutex>
#include <string_view>
#include <vector>

#include "decide/school_groups.hpp"
#include "engine/simulation.hpp"
#include "record/measures.hpp"

namespace reformsim {

// The school columns whose means over pupils are followed in each group, year by year.
const std::vector<Measure>& group_measures();
// Those of them that are compared school by school and district by district at the end.
inline constexpr std::array<std::string_view, 3> kSchoolEffects = {"value_added", "true_score",
                                                                   "reported_score"};
inline constexpr std::size_t kEffects = kSchoolEffects.size();

// Pupil SD, about what a pupil learns in a week: a smaller difference makes no school better off.
inline constexpr double kLeastDifference = 0.02;

// Value added by school, in bins of equal width; the first and the last are open.
inline constexpr double kFirstEdge = -1.0, kBinWidth = 0.025;
inline constexpr std::size_t kBins = 80;

// Watches one replicate of one scenario.
class SchoolObserver : public Observer {
 public:
  explicit SchoolObserver(double last_year) : last_year_(last_year) {}
  void take(const Simulation& simulation);  // at year 0, before the first term
  void after_term(const Simulation& simulation) override;

  SchoolGroups groups;
  std::vector<double> year;                         // whole years
  std::vector<double> group_values;                 // [time][group][measure]
  std::array<std::vector<float>, kEffects> school;  // at the last year
  std::array<std::vector<float>, kEffects> district;
  std::vector<float> pupils;  // on roll at year 0
  std::vector<std::int32_t> district_of;

 private:
  double last_year_;
};

// A mean paired difference over replicates, and what may be said of it.
enum class Verdict : std::int32_t { worse = -1, unclear = 0, better = 1 };
struct RowEffect {
  double difference = 0, standard_error = 0;  // NaN with fewer than two replicates
  double low = 0, high = 0;
  Verdict verdict = Verdict::unclear;
};

// Sums of differences in fixed point. Whole numbers add up to the same in any order, so replicates
// may be added by any thread at any time and none has to wait for its turn.
class DifferenceSums {
 public:
  explicit DifferenceSums(std::size_t rows) : count_(rows), sum_(rows), squares_(rows) {}
  void add(std::size_t row, double difference);
  RowEffect at(std::size_t row) const;
  std::size_t rows() const { return sum_.size(); }

 private:
  std::vector<std::int32_t> count_;
  std::vector<std::int64_t> sum_, squares_;
};

// Shares that are better and worse off within one replicate.
struct Shares {
  double better = 0, worse = 0;
};

// Over all replicates. Rows are those of the list; a synthetic system is drawn anew for each
// replicate and has none that last.
class SchoolEffects {
 public:
  SchoolEffects(std::size_t scenarios, std::size_t replicates, std::size_t baseline,
                const Population& population);

  // One replicate of all scenarios, by scenario. From any thread, in any order.
  void add(std::size_t replicate_index, const std::vector<const SchoolObserver*>& scenarios);

  bool lasting() const { return lasting_; }
  const DifferenceSums& schools(std::size_t scenario, std::size_t effect) const {
    return school_[scenario * kEffects + effect];
  }
  const DifferenceSums& districts(std::size_t scenario, std::size_t effect) const {
    return district_[scenario * kEffects + effect];
  }
  // [replicate], by schools, by pupils, by districts
  const std::vector<Shares>& shares(std::size_t scenario, std::size_t effect,
                                    std::size_t unit) const {
    return shares_[(scenario * kEffects + effect) * kUnits + unit];
  }
  // [replicate] -> [time][group][measure]
  const std::vector<std::vector<double>>& group_values(std::size_t scenario) const {
    return group_values_[scenario];
  }
  const std::vector<double>& years() const { return years_; }
  // Schools by bin, over all replicates: of value added, and of its difference.
  const std::vector<std::int64_t>& levels(std::size_t scenario) const { return levels_[scenario]; }
  const std::vector<std::int64_t>& differences(std::size_t scenario) const {
    return differences_[scenario];
  }

  static constexpr std::size_t kUnits = 3;
  static constexpr std::array<std::string_view, kUnits> kUnitNames = {"schools", "pupils",
                                                                      "districts"};

 private:
  std::size_t baseline_;
  bool lasting_;
  std::mutex mutex_;
  std::vector<DifferenceSums> school_, district_;  // [scenario][effect]
  std::vector<std::vector<Shares>> shares_;
  std::vector<std::vector<std::vector<double>>> group_values_;
  std::vector<std::vector<std::int64_t>> levels_, differences_;
  std::vector<double> years_;
};

std::size_t bin_of(double value);

}  // namespace reformsim
