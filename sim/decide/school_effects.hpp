// What a reform does to single schools, districts and groups of schools. Of each replicate only
// reductions are kept: means of groups by year, and sums over replicates of each school's and each
// district's paired difference at the end.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string_view>
#include <vector>

#include "decide/school_groups.hpp"
#include "engine/simulation.hpp"
#include "record/measures.hpp"
#include "record/parameter_parts.hpp"

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
  std::vector<double> roll;              // pupils at the last year
  std::vector<std::int32_t> cluster_of;  // at the last year; -1 for a school in none

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
  static std::int64_t steps(double difference);  // of fixed point; must be finite
  void add_steps(std::size_t row, std::int64_t steps);
  void add(std::size_t row, double difference);  // nothing where it is not finite
  RowEffect at(std::size_t row) const;
  std::size_t rows() const { return sum_.size(); }

 private:
  std::vector<std::int32_t> count_;
  std::vector<std::int64_t> sum_, squares_;
};

// A reform's differences to the baseline row by row, over replicates. With sets of parameters a
// row's differences are averaged within a set first, so that the set counts once.
class EffectSums {
 public:
  explicit EffectSums(std::size_t rows) : sums_(rows) {}
  // One more replicate of a set will be added; the set is counted when its last one is there.
  void await(std::size_t set) { ++open_[set].awaited; }
  // One value for each row, at least. `set`: nothing where there are no sets.
  void add(std::optional<std::size_t> set, const std::vector<float>& values,
           const std::vector<float>& baseline);
  const DifferenceSums& sums() const { return sums_; }

 private:
  struct Open {
    std::size_t awaited = 0;
    std::vector<std::int32_t> count;  // by row
    std::vector<std::int64_t> sum;
  };
  DifferenceSums sums_;
  std::map<std::size_t, Open> open_;
};

// Shares that are better and worse off within one replicate.
struct Shares {
  double better = 0, worse = 0;
};
// Of rows, each of its weight, or all of the same without weights.
Shares better_and_worse(const std::vector<float>& values, const std::vector<float>& baseline,
                        const std::vector<float>* weights = nullptr);

// How a scenario's differences to the baseline are spread over the units of a level, at the end of
// one replicate. A district or cluster has the mean over its pupils. What a school differs by in
// one replicate is policy and luck: with chance alone half of the schools would gain.
enum class Level : std::size_t { system, district, cluster, school };
inline constexpr std::array<std::string_view, 4> kLevelNames = {"system", "district", "cluster",
                                                                "school"};
struct LevelSpread {
  double units = 0;  // that have a value in both; clusters are those of the scenario
  double mean = 0, sd = 0, low = 0, median = 0, high = 0;  // over units; 5th, 50th, 95th percentile
  double better = 0, worse = 0;                            // shares of the units
};
struct LevelField {
  std::string_view name;
  double LevelSpread::*value;
  std::string_view unit, meaning;
};
std::span<const LevelField> level_fields();

// Over all replicates. Rows are those of the list; a synthetic system is drawn anew for each
// replicate and has none that last.
class SchoolEffects {
 public:
  SchoolEffects(std::size_t scenarios, std::size_t replicates, std::size_t baseline,
                const Population& population);

  // Makes room for more replicates, with their sets of parameters. A set comes as a whole: once all
  // of its replicates were added no more may be made room for.
  void expect(std::size_t replicates, SetOfReplicate sets = {});
  // One replicate of all scenarios, by scenario. From any thread, in any order.
  void add(std::size_t replicate_index, const std::vector<const SchoolObserver*>& scenarios);

  bool lasting() const { return lasting_; }
  const DifferenceSums& schools(std::size_t scenario, std::size_t effect) const {
    return school_[scenario * kEffects + effect].sums();
  }
  const DifferenceSums& districts(std::size_t scenario, std::size_t effect) const {
    return district_[scenario * kEffects + effect].sums();
  }
  // [replicate], by schools, by pupils, by districts
  const std::vector<Shares>& shares(std::size_t scenario, std::size_t effect,
                                    std::size_t unit) const {
    return shares_[(scenario * kEffects + effect) * kUnits + unit];
  }
  // [replicate]
  const std::vector<LevelSpread>& spread(std::size_t scenario, std::size_t effect,
                                         Level level) const {
    return spread_[(scenario * kEffects + effect) * kLevelNames.size() +
                   static_cast<std::size_t>(level)];
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
  void spread_out(std::size_t replicate_index, const std::vector<const SchoolObserver*>& scenarios);

  std::vector<EffectSums> school_, district_;  // [scenario][effect]
  std::vector<std::size_t> set_;               // by replicate; empty without sets
  std::vector<std::vector<LevelSpread>> spread_;
  std::vector<std::vector<Shares>> shares_;
  std::vector<std::vector<std::vector<double>>> group_values_;
  std::vector<std::vector<std::int64_t>> levels_, differences_;
  std::vector<double> years_;
};

std::size_t bin_of(double value);

}  // namespace reformsim
