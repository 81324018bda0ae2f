#include "record/school_statistics.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/error.hpp"
#include "record/parameter_parts.hpp"

namespace reformsim {

namespace {

constexpr std::int32_t kSecondary = 2;  // of the column `phase`
constexpr double kMissing = std::numeric_limits<double>::quiet_NaN();

// Groups at year 0, as bits of a whole number, which a float32 holds exactly.
enum Group : unsigned {
  kLowestFifth = 1,     // by the value added of the eldest year group, as published
  kPoorestFifth = 2,    // by deprivation
  kRichestFifth = 4,    //
  kWeakestThird = 8,    // by professional capital
  kAblestThird = 16,    //
  kLowScores = 32,      // the fifth with the lowest published scores
  kSmallQuarter = 64,   // by pupils
  kLargeQuarter = 128,  //
  kEverySchool = 256,   // so that all can be asked for like a group
};

// The columns of schools_at_start.
enum Kept : std::size_t { kReported, kCohort, kAdded, kGroup, kKept };

// Sets a bit for the schools from the quantile `low` up to, not including, the quantile `high`.
// Equals keep the order of their rows.
void mark(std::vector<unsigned>& groups, std::span<const float> values, double low, double high,
          Group group) {
  const std::size_t n = values.size();
  std::vector<std::size_t> order(n);
  std::iota(order.begin(), order.end(), 0);
  std::stable_sort(order.begin(), order.end(),
                   [&](std::size_t a, std::size_t b) { return values[a] < values[b]; });
  const auto place = [&](double share) {
    return static_cast<std::size_t>(share * static_cast<double>(n) + 1e-9);
  };
  for (std::size_t k = place(low); k < place(high); ++k) groups[order[k]] |= group;
}

class Statistics {
 public:
  Statistics(const World& world, std::span<const float> start, double year,
             const Parallel& parallel)
      : world_(world), parallel_(parallel), n_(world.schools()), year_(year), start_(start) {
    REFORMSIM_CHECK(start.size() == kKept * n_, "{} values of year 0 for {} schools", start.size(),
                    n_);
    group_.resize(n_);
    for (std::size_t i = 0; i < n_; ++i) group_[i] = static_cast<unsigned>(kept(kGroup)[i]);
  }

  std::vector<double> take() {
    gradients();
    components();
    districts_entry_and_growth();
    const auto turnover = world_[col::teacher_turnover];
    const double rich = mean(turnover, kRichestFifth);
    add(rich > 0 ? mean(turnover, kPoorestFifth) / rich : kMissing);
    for (const auto score : {world_[col::true_score], world_[col::reported_score]})
      add(mean(score, kPoorestFifth) - mean(score, kRichestFifth));
    for (const Group group : {kEverySchool, kSmallQuarter, kLargeQuarter})
      add(correlation(kept(kReported), world_[col::reported_value_added], group));
    const auto cohort = world_[col::cohort_value_added];
    for (const Group group : {kEverySchool, kLowestFifth, kPoorestFifth})
      add(mean(cohort, group) - mean(kept(kCohort), group));
    const auto tenure = world_[col::leader_tenure];
    add(total([&](std::size_t i) { return tenure[i] < 1.01f ? 1.0 : 0.0; }) /
        static_cast<double>(n_));
    after_leader_exit();
    for (const auto values :
         {turnover, world_[col::energy], world_[col::true_score], world_[col::value_added]})
      add(mean(values, kWeakestThird));
    for (const auto values : {world_[col::true_score], world_[col::value_added]})
      add(mean(values, kAblestThird));
    const auto skill = world_[col::teacher_skill];
    add(mean(skill, kLowScores) - mean(skill, kEverySchool));
    REFORMSIM_CHECK(values_.size() == school_statistics_rows().size(), "{} values for {} rows",
                    values_.size(), school_statistics_rows().size());
    return std::move(values_);
  }

 private:
  void add(double value) { values_.push_back(value); }
  std::span<const float> kept(Kept column) const { return start_.subspan(column * n_, n_); }

  template <class Term>
  double total(Term term) const {
    return parallel_.sum_blocks(n_, [&](Block block) {
      double sum = 0;
      for (std::size_t i = block.begin; i < block.end; ++i) sum += term(i);
      return sum;
    });
  }
  template <class Inside>
  double mean_where(std::span<const float> values, Inside inside) const {
    const double count = total([&](std::size_t i) { return inside(i) ? 1.0 : 0.0; });
    const double points =
        total([&](std::size_t i) { return inside(i) ? static_cast<double>(values[i]) : 0.0; });
    return count > 0 ? points / count : kMissing;
  }
  double mean(std::span<const float> values, Group group) const {
    return mean_where(values, [&](std::size_t i) { return (group_[i] & group) != 0; });
  }
  double correlation(std::span<const float> x, std::span<const float> y, Group group) const {
    const double mx = mean(x, group), my = mean(y, group);
    const auto sum_of = [&](std::span<const float> a, double ma, std::span<const float> b,
                            double mb) {
      return total([&](std::size_t i) {
        return (group_[i] & group) != 0
                   ? (static_cast<double>(a[i]) - ma) * (static_cast<double>(b[i]) - mb)
                   : 0.0;
      });
    };
    const double scale = std::sqrt(sum_of(x, mx, x, mx) * sum_of(y, my, y, my));
    return scale > 0 ? sum_of(x, mx, y, my) / scale : kMissing;
  }

  void gradients() {
    const auto deprivation = world_[col::deprivation];
    for (const auto values : {world_[col::true_score], world_[col::value_added]})
      add(correlation(deprivation, values, kEverySchool));
  }

  // SDs of value added within and between districts, the latter net of what their few schools bring
  // by chance: districts as the sets of variance_parts. Over the rows in their order.
  void components() {
    const auto district = world_[col::district];
    const auto values = world_[col::value_added];
    const std::vector<double> added(values.begin(), values.end());
    const std::vector<std::size_t> group(district.begin(), district.end());
    const VarianceParts parts = variance_parts(added, group);
    const bool several = std::isfinite(parts.parameters);  // else there is no within and between
    add(several ? parts.luck : kMissing);
    add(several ? parts.parameters : kMissing);
  }

  // Attainment on entry is true score less value added; value added stands for growth.
  void districts_entry_and_growth() {
    const auto district = world_[col::district];
    const auto phase = world_[col::phase];
    const auto score = world_[col::true_score];
    const auto added = world_[col::value_added];
    const std::size_t rows = world_.rows(Entity::district);
    std::vector<double> size(rows), entry(rows), growth(rows);
    for (std::size_t i = 0; i < n_; ++i) {
      if (phase[i] == kSecondary) continue;
      const auto d = static_cast<std::size_t>(district[i]);
      size[d] += 1;
      entry[d] += static_cast<double>(score[i]) - static_cast<double>(added[i]);
      growth[d] += static_cast<double>(added[i]);
    }
    double n = 0, sx = 0, sy = 0, xx = 0, yy = 0, xy = 0;
    const auto each = [&](auto use) {
      for (std::size_t d = 0; d < rows; ++d)
        if (size[d] > 0) use(entry[d] / size[d], growth[d] / size[d]);
    };
    each([&](double x, double y) { n += 1, sx += x, sy += y; });
    each([&](double x, double y) {
      x -= sx / n, y -= sy / n;
      xx += x * x, yy += y * y, xy += x * y;
    });
    add(xx > 0 && yy > 0 ? xy / std::sqrt(xx * yy) : kMissing);
  }

  // A leader who came within the first year has led for more than all years but one since.
  void after_leader_exit() {
    const auto tenure = world_[col::leader_tenure];
    const auto now = world_[col::value_added];
    const auto before = kept(kAdded);
    std::vector<float> gain(n_);
    for (std::size_t i = 0; i < n_; ++i) gain[i] = now[i] - before[i];
    constexpr double kRoom = 0.01;  // a tenure is a sum of terms in float32
    const auto came = [&](std::size_t i) {
      const auto years = static_cast<double>(tenure[i]);
      return years > year_ - 1 + kRoom && years < year_ + kRoom;
    };
    if (!(year_ > 1 - kRoom)) return add(kMissing);
    add(mean_where(gain, came) - mean_where(gain, [&](std::size_t i) { return !came(i); }));
  }

  const World& world_;
  const Parallel& parallel_;
  std::size_t n_;
  double year_;
  std::span<const float> start_;
  std::vector<unsigned> group_;
  std::vector<double> values_;
};

}  // namespace

std::vector<float> schools_at_start(const World& world) {
  const std::size_t n = world.schools();
  std::vector<unsigned> groups(n, kEverySchool);
  const auto deprivation = world[col::deprivation];
  const auto scores = world[col::reported_score];
  mark(groups, world[col::cohort_value_added], 0, 0.2, kLowestFifth);
  mark(groups, deprivation, 0.8, 1, kPoorestFifth);
  mark(groups, deprivation, 0, 0.2, kRichestFifth);
  mark(groups, scores, 0, 0.2, kLowScores);
  std::vector<float> capital(n);
  for (const auto kind :
       {world[col::human_capital], world[col::social_capital], world[col::decisional_capital]})
    for (std::size_t i = 0; i < n; ++i) capital[i] += kind[i];
  mark(groups, capital, 0, 1.0 / 3, kWeakestThird);
  mark(groups, capital, 2.0 / 3, 1, kAblestThird);
  const std::vector<double> pupils = pupils_by_school(world);
  const std::vector<float> size(pupils.begin(), pupils.end());
  mark(groups, size, 0, 0.25, kSmallQuarter);
  mark(groups, size, 0.75, 1, kLargeQuarter);
  std::vector<float> start;
  start.reserve(kKept * n);
  for (const auto column :
       {world[col::reported_value_added], world[col::cohort_value_added], world[col::value_added]})
    start.insert(start.end(), column.begin(), column.end());
  start.insert(start.end(), groups.begin(), groups.end());
  return start;
}

std::vector<double> school_statistics(const World& world, std::span<const float> start, double year,
                                      const Parallel& parallel) {
  return Statistics(world, start, year, parallel).take();
}

const std::vector<Measure>& school_statistics_rows() {
  constexpr std::string_view kSd = "pupil SD";
  constexpr std::string_view kR = "correlation over schools; missing when schools do not differ";
  constexpr std::string_view kFifths = "difference of means over schools";
  constexpr std::string_view kGroup = "mean over the schools of the group at year 0";
  const auto row = [](std::string_view name, std::string_view unit, std::string_view meaning,
                      std::string_view reduction) {
    return Measure{name, unit, meaning, reduction, "0.1.0"};
  };
  static const std::vector<Measure> rows = {
      row("deprivation_attainment_r", "r", "Correlation of deprivation with the true score.", kR),
      row("deprivation_value_added_r", "r", "Correlation of deprivation with value added.", kR),
      row("value_added_within_district_sd", kSd,
          "How far value added lies apart between schools of a district.",
          "square root of the component of variance; missing without two districts"),
      row("value_added_between_district_sd", kSd,
          "How far districts lie apart in value added, net of what few schools bring by chance.",
          "square root of the component of variance; missing without two districts"),
      row("district_entry_growth_r", "r",
          "Correlation of districts' attainment on entry with what their primary and middle "
          "schools add.",
          "correlation over districts"),
      row("teacher_turnover_poor_to_rich", "ratio",
          "Teachers' turnover in the poorest fifth of schools at year 0 over the richest fifth's.",
          "ratio of means over schools"),
      row("true_score_poor_less_rich", kSd,
          "True score of the poorest fifth of schools at year 0 less the richest fifth's.",
          kFifths),
      row("reported_score_poor_less_rich", kSd,
          "Published score of the poorest fifth of schools at year 0 less the richest fifth's.",
          kFifths),
      row("value_added_persistence", "r",
          "Correlation of published value added with that of year 0.", kR),
      row("value_added_persistence_small", "r",
          "Correlation of published value added with that of year 0, among the smallest "
          "quarter of schools then.",
          kR),
      row("value_added_persistence_large", "r",
          "Correlation of published value added with that of year 0, among the largest "
          "quarter of schools then.",
          kR),
      row("cohort_gain_mean", kSd,
          "Gain since year 0 in the published value added of the eldest year group.",
          "mean over schools"),
      row("cohort_gain_lowest_fifth", kSd,
          "Gain since year 0 in the published value added of the eldest year group, in "
          "the fifth of schools that were lowest in it at year 0.",
          kGroup),
      row("cohort_gain_poorest_fifth", kSd,
          "Gain since year 0 in the published value added of the eldest year group, in "
          "the poorest fifth of schools.",
          kGroup),
      row("new_leaders", "share",
          "Schools whose leader came within the last year or at its beginning.",
          "share of schools"),
      row("leader_exit_gain", kSd,
          "Gain in value added since year 0 of schools whose leader came within the first year and "
          "is still there, less that of the others.",
          "difference of means over schools; missing before year 1"),
      row("teacher_turnover_weakest_third", "share/year",
          "Teachers' turnover in the third of schools with the least professional capital at year "
          "0.",
          kGroup),
      row("energy_weakest_third", "share",
          "Energy of the staff in the third of schools with the least professional "
          "capital at year 0.",
          kGroup),
      row("true_score_weakest_third", kSd,
          "True score in the third of schools with the least professional capital at "
          "year 0.",
          kGroup),
      row("value_added_weakest_third", kSd,
          "Value added in the third of schools with the least professional capital at "
          "year 0.",
          kGroup),
      row("true_score_ablest_third", kSd,
          "True score in the third of schools with the most professional capital at year 0.",
          kGroup),
      row("value_added_ablest_third", kSd,
          "Value added in the third of schools with the most professional capital at "
          "year 0.",
          kGroup),
      row("teacher_skill_low_scores", "teacher SD",
          "Teachers' skill in the fifth of schools with the lowest published scores at year 0, "
          "less "
          "that in all schools.",
          kFifths),
  };
  return rows;
}

}  // namespace reformsim
