// Measures on small worlds whose figures are known by hand.
#include <algorithm>
#include <cmath>
#include <cstring>
#include <set>
#include <string>

#include <catch2/catch.hpp>

#include "record/measures.hpp"
#include "support/statistics.hpp"

using namespace reformsim;

namespace {

// Four schools in two districts and two clusters, one year group.
World small_world() {
  WorldShape shape;
  shape.rows = {4, 4, 2, 2, 1};
  shape.cohorts = 1;
  World world(shape);
  const auto set = [&](auto column, std::vector<float> values) {
    auto to = world[column];
    REQUIRE(to.size() == values.size());
    std::copy(values.begin(), values.end(), to.begin());
  };
  const auto set_rows = [&](auto column, std::vector<std::int32_t> values) {
    std::copy(values.begin(), values.end(), world[column].begin());
  };
  set_rows(col::district, {0, 0, 1, 1});
  set_rows(col::cluster, {0, 1, 0, -1});
  //                         disadvantaged    other
  set(col::cohort_pupils, {10, 20, 30, 40, 90, 80, 70, 60});
  set(col::attainment, {-1, -1, -1, -1, 0.5f, 0.5f, 0.5f, 0.5f});
  set(col::broad_learning, {1, 2, 3, 4});
  set(col::true_score, {1, 3, 5, 7});
  set(col::value_added, {-0.2f, 0.0f, 0.2f, 0.4f});
  set(col::reported_score, {1, 1, 1, 1});
  set(col::reported_before, {0.99f, 0.97f, 1.5f, 0.5f});
  set(col::leader_tenure, {0.0f, 1.0f / 3 + 1.0f / 3, 1.0f, 5.0f});
  set(col::lever_spending, {100, 100, 100, 300});
  set(col::ordinary_spending, {5000, 5000, 5000, 5000});
  set(col::district_capacity, {0.2f, 0.6f});
  set(col::engagement_declared, {1, 1, 0, 0});
  set(col::cluster_contact, {0.5f, 0});
  set(col::cluster_trust, {0.7f, 0.1f});
  auto mastery = world[col::mastery];
  for (std::size_t k = 0; k < kPractices; ++k)
    mastery[1 * kPractices + k] = 0.8f;  // the second school
  mastery[3 * kPractices + 2] = 0.7f;
  auto partner = world[col::partner];
  auto weight = world[col::tie_weight];
  std::fill(partner.begin(), partner.end(), -1);
  partner[plane(4, 0, 0)] = 1;
  weight[plane(4, 0, 0)] = 0.2f;
  partner[plane(4, kBridgeTie, 2)] = 3;
  weight[plane(4, kBridgeTie, 2)] = 0.6f;
  weight[plane(4, 3, 3)] = 0.9f;  // of a tie that does not exist
  return world;
}

double measured(const World& world, std::string_view name, int threads = 1) {
  const std::vector<double> values = support::measures_now(world, Parallel(threads));
  for (std::size_t m = 0; m < values.size(); ++m)
    if (system_measures()[m].name == name) return values[m];
  FAIL("no measure " << name);
  return 0;
}

}  // namespace

TEST_CASE("measures of a world of four schools are those worked out by hand", "[unit][record]") {
  const World world = small_world();
  const auto is = [&](std::string_view name, double expected) {
    INFO(name);
    CHECK(measured(world, name) == Approx(expected).margin(1e-7));
  };
  is("schools", 4);
  is("pupils", 400);
  is("true_attainment_mean", (-100 + 0.5 * 300) / 400);
  is("disadvantage_gap", 1.5);
  is("broad_learning_mean", 2.5);
  is("true_attainment_between_school_sd", std::sqrt(5.0));
  is("true_attainment_p10", 1 + 0.3 * 2);
  is("true_attainment_p50", 4);
  is("true_attainment_p90", 5 + 0.7 * 2);
  is("value_added_mean", 0.1);
  is("value_added_p10", -0.2 + 0.3 * 0.2);
  is("between_district_share", 4.0 / 5.0);
  // Cluster 0 holds -0.2 and 0.2, cluster 1 holds 0.0; the school without a cluster does not count.
  is("between_cluster_sd", 0.0);
  is("within_cluster_sd", std::sqrt(2 * 0.04 / 3));
  is("share_improving", 0.5);
  is("share_stuck", 0.25);
  is("leader_turnover", 0.5);
  is("declared_participation", 0.5);
  is("cluster_trust_mean", 0.7);
  is("tie_weight_mean", 0.4);
  is("tie_weight_bridge_mean", 0.6);
  is("adoption_1", 0.25);
  is("adoption_3", 0.5);
  is("mastery_mean", (8 * 0.8 + 0.7) / 32);
  is("district_capacity_mean", 0.4);
  is("lever_spending_per_pupil", 150);
  is("spending_per_pupil", 5150);
}

TEST_CASE("how schools mix and reach out is what was worked out by hand", "[unit][record]") {
  World world = small_world();
  const auto set = [&](auto column, std::vector<float> values) {
    auto to = world[column];
    REQUIRE(to.size() == values.size());
    std::copy(values.begin(), values.end(), to.begin());
  };
  const auto is = [&](std::string_view name, double expected) {
    INFO(name);
    CHECK(measured(world, name) == Approx(expected).margin(1e-7));
  };
  // Of 100 and 300 pupils the schools hold 0.1, 0.2, 0.3, 0.4 and 0.3, 4/15, 7/30, 0.2.
  is("segregation", (0.2 + 1.0 / 15 + 1.0 / 15 + 0.2) / 2);
  // Clusters of -0.2 and 0.2, and of 0.3: 0.02 between them and 0.08 / 3 within.
  is("between_cluster_share", 0);
  world[col::value_added][1] = 0.3f;
  is("between_cluster_share", 0.02 / (0.02 + 0.08 / 3));
  // School 0 has a tie to cluster 1, school 2 one to a school without a cluster.
  is("tie_reach", 0.5);
  world[col::tie_weight][plane(4, 0, 0)] = 0.05f;  // not above
  is("tie_reach", 0.25);
  world[col::cluster][3] = 0;  // now within the cluster
  is("tie_reach", 0);

  set(col::middle_strength, {0.2f, 0.8f});
  is("middle_strength", 0.5);
  world[col::district][1] = 1;  // three schools of four are in the second district
  is("middle_strength", 0.65);
  set(col::district_ties, {1, 0});
  is("district_ties", 0.25);
  // Over clusters with any contact: the first alone.
  set(col::cluster_openness, {0.3f, 0.9f});
  set(col::self_assessment_bias, {0.1f, 0.9f});
  is("cluster_openness", 0.3);
  is("self_assessment_bias", 0.1);

  // What the staff live with is averaged over pupils, what schools do over schools.
  world[col::cohort_pupils][4] = 690;  // school 0 now has 700 of 1000 pupils
  const std::vector<float> first = {1, 0, 0, 0};
  const auto one_school = [&](auto column, std::string_view name, double expected) {
    set(column, first);
    is(name, expected);
  };
  one_school(col::technology_use, "technology_use", 0.7);
  one_school(col::collaboration, "collaboration", 0.7);
  one_school(col::engagement_depth, "engagement_depth", 0.7);
  one_school(col::autonomy_held, "autonomy_held", 0.7);
  one_school(col::defensiveness, "defensiveness", 0.7);
  one_school(col::individual_effort, "individual_effort", 0.7);
  one_school(col::reviews_done, "reviews_done", 0.25);
  one_school(col::feedback_used, "feedback_used", 0.25);
  one_school(col::support_given, "support_given", 0.25);
  one_school(col::support_received, "support_received", 0.25);
}

TEST_CASE("means over pupils weigh schools by their pupils", "[unit][record]") {
  World world = small_world();
  world[col::cohort_pupils][0] = 0;
  world[col::cohort_pupils][4] = 300;  // school 0 now holds half of all 600 pupils
  CHECK(measured(world, "lever_spending_per_pupil") ==
        Approx((300 * 100 + 200 * 100 + 100 * 300) / 600.0));
  // What counts schools stays.
  CHECK(measured(world, "share_stuck") == 0.25);
}

TEST_CASE("what does not exist is 0 or missing, as the table says", "[unit][record]") {
  World world = small_world();
  std::fill_n(world[col::cohort_pupils].begin(), 4, 0.0f);  // nobody is disadvantaged
  std::fill(world[col::partner].begin(), world[col::partner].end(), -1);
  world[col::cluster_contact][0] = 0;
  CHECK(std::isnan(measured(world, "disadvantage_gap")));
  CHECK(std::isnan(measured(world, "segregation")));
  CHECK(measured(world, "tie_weight_mean") == 0);
  CHECK(measured(world, "cluster_trust_mean") == 0);
  CHECK(measured(world, "true_attainment_mean") == Approx(0.5));
}

TEST_CASE("measures are the same bits for any number of threads and any order of blocks",
          "[unit][record]") {
  WorldShape shape;
  shape.rows = {5000, 5000, 40, 600, 1};
  shape.cohorts = 6;
  World world(shape);
  std::uint32_t luck = 1;
  const auto draw = [&] {
    return static_cast<float>((luck = luck * 1664525u + 1013904223u) >> 8) * 0x1p-24f;
  };
  for (std::size_t c = 0; c < kColumns; ++c) {
    const auto column = static_cast<Column>(c);
    if (info(column).type != Type::f32) continue;
    const auto bytes = world.bytes(column);
    for (std::size_t at = 0; at < bytes.size(); at += sizeof(float)) {
      const float value = draw();
      std::memcpy(bytes.data() + at, &value, sizeof(value));
    }
  }
  for (std::size_t i = 0; i < 5000; ++i) {
    world[col::district][i] = static_cast<std::int32_t>(i / 125);
    world[col::cluster][i] = static_cast<std::int32_t>(i % 600);
  }
  const std::vector<double> expected = support::measures_now(world, Parallel(1));
  Parallel three(3);
  three.shuffle(7);
  const std::vector<double> got = support::measures_now(world, three);
  REQUIRE(got.size() == expected.size());
  CHECK(std::memcmp(got.data(), expected.data(), got.size() * sizeof(double)) == 0);
}

TEST_CASE("the table of measures is complete and its names are used once", "[unit][record]") {
  std::set<std::string_view> names;
  for (const auto* table : {&system_measures(), &school_measures()}) {
    names.clear();
    for (const Measure& measure : *table) {
      INFO(measure.name);
      CHECK(names.insert(measure.name).second);
      CHECK_FALSE(measure.unit.empty());
      CHECK_FALSE(measure.meaning.empty());
      CHECK_FALSE(measure.reduction.empty());
      // xarray would decode these as times.
      CHECK(measure.unit.find("since") == std::string_view::npos);
      CHECK(std::set<std::string_view>{"days", "hours", "minutes", "seconds"}.count(measure.unit) ==
            0);
    }
  }
  for (const std::string_view name : standard_school_measures()) {
    INFO(name);
    CHECK(names.count(name) == 1);
  }
  CHECK(names.count("load") == 0);  // a change
  CHECK(names.count("mastery") == 0);
  // Of whole numbers those that are one of a few; not rows and counts.
  std::set<std::string_view> whole;
  for (const auto* table : {&school_measures(), &district_measures(), &cluster_measures()})
    for (const Measure& measure : *table)
      if (info(*measure_column(measure.name)).type != Type::f32) whole.insert(measure.name);
  CHECK(whole == std::set<std::string_view>{"district_disposition"});
}

TEST_CASE("a column by its name is the column", "[unit][record]") {
  World world = small_world();
  std::copy_n(std::vector<std::int32_t>{2, 1}.begin(), 2, world[col::district_disposition].begin());
  const auto found = world.ints(Column::district_disposition);
  CHECK(std::vector<std::int32_t>(found.begin(), found.end()) == std::vector<std::int32_t>{2, 1});
  CHECK(world.ints(Column::cluster)[3] == -1);
  CHECK(world.floats(Column::district_capacity)[1] == 0.6f);
  CHECK_THROWS(world.ints(Column::district_capacity));
  CHECK_THROWS(world.floats(Column::district_disposition));
}

TEST_CASE("group means weigh by pupils and leave out schools of no group", "[unit][record]") {
  const World world = small_world();
  const std::vector<double> pupils = pupils_by_school(world);
  CHECK(pupils == std::vector<double>{100, 100, 100, 100});
  const auto means = group_means(world, Column::true_score, std::vector<double>{300, 100, 100, 100},
                                 world[col::cluster], 3);
  CHECK(means[0] == Approx(2));
  CHECK(means[1] == Approx(3));
  CHECK(std::isnan(means[2]));
}

TEST_CASE("statistics of schools are those worked out by hand", "[unit][record]") {
  World world = small_world();
  const auto set = [&](auto column, std::vector<float> values) {
    std::copy(values.begin(), values.end(), world[column].begin());
  };
  set(col::deprivation, {0.1f, 0.3f, 0.5f, 0.7f});
  set(col::reported_value_added, {1, 2, 3, 4});
  const std::vector<float> start = schools_at_start(world);
  set(col::reported_value_added, {4, 3, 2, 1});
  set(col::value_added, {-0.2f, 0.0f, 0.2f, 1.4f});
  set(col::leader_tenure, {2, 1, 4, 7});  // the first came within the first year
  const std::vector<double> values = school_statistics(world, start, 2, Parallel(1));
  const auto is = [&](std::string_view name, double expected) {
    INFO(name);
    const auto& rows = school_statistics_rows();
    const auto found = std::find_if(rows.begin(), rows.end(),
                                    [&](const Measure& measure) { return measure.name == name; });
    REQUIRE(found != rows.end());
    CHECK(values[static_cast<std::size_t>(found - rows.begin())] == Approx(expected).margin(1e-6));
  };
  is("deprivation_attainment_r", 1);
  is("value_added_persistence", -1);
  is("leader_exit_gain", 0 - 1.0 / 3);
  // Pairs of -0.2, 0 and of 0.2, 1.4: 0.37 within (two degrees of freedom), means -0.1 and 0.8.
  is("value_added_within_district_sd", std::sqrt((2 * 0.01 + 2 * 0.36) / 2));
  is("value_added_between_district_sd", std::sqrt((0.81 - 0.37) / 2));
}

TEST_CASE("schools that do not differ have no correlation, and one district no components",
          "[unit][record]") {
  World world = small_world();
  std::fill_n(world[col::true_score].begin(), 4, 1.0f);
  std::fill_n(world[col::district].begin(), 4, 0);
  const auto is_missing = [&](std::string_view name) {
    INFO(name);
    CHECK(std::isnan(measured(world, name)));
  };
  is_missing("deprivation_attainment_r");
  is_missing("value_added_within_district_sd");
  is_missing("value_added_between_district_sd");
  is_missing("leader_exit_gain");  // it is year 0
}
