// The synthetic generator against what it was asked for: every deviation is divided by its standard
// error, and seeds are fixed, so a test that passes keeps passing. Bounds are 4 standard errors;
// with about 30 such checks a right generator fails one of them for 1 seed in 500.
#include <catch2/catch.hpp>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <functional>
#include <map>
#include <set>

#include <boost/math/distributions/beta.hpp>
#include <boost/math/distributions/normal.hpp>

#include "base/hash.hpp"
#include "base/math.hpp"
#include "population/synthesis.hpp"

using namespace reformsim;

namespace {

const FieldTable& settings() {
  static const FieldTable table = [] {
    FieldTable fields;
    add_settings(fields);
    return fields;
  }();
  return table;
}

Scenario system_of(std::int64_t schools, std::int64_t districts) {
  Scenario scenario(settings());
  scenario.set("population.schools", schools);
  scenario.set("population.districts", districts);
  return scenario;
}

// Distance from what was expected in standard errors of the mean of independent values.
double standard_errors(const std::vector<double>& values, double expected) {
  const auto n = static_cast<double>(values.size());
  double sum = 0, squares = 0;
  for (const double value : values) sum += value;
  for (const double value : values) squares += (value - sum / n) * (value - sum / n);
  return (sum / n - expected) / std::sqrt(squares / (n - 1) / n);
}

double mean_of(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

double variance_of(const std::vector<double>& values) {
  const double mean = mean_of(values);
  double squares = 0;
  for (const double value : values) squares += (value - mean) * (value - mean);
  return squares / static_cast<double>(values.size() - 1);
}

// One value for each of many independent lists.
std::vector<double> over_replicates(const Scenario& scenario, std::uint32_t replicates,
                                    const std::function<double(const Population&)>& value) {
  std::vector<double> values;
  for (std::uint32_t k = 0; k < replicates; ++k)
    values.push_back(value(make_population(scenario, k)));
  return values;
}

std::uint64_t list_hash(const Population& p) {
  std::uint64_t hash = hash64_of(std::span<const std::uint64_t>(p.school_id));
  for (const auto* column : {&p.enrolment, &p.tested, &p.deprivation, &p.x, &p.y})
    hash = hash64_of(std::span<const float>(*column), hash);
  for (const auto* column : {&p.district, &p.phase, &p.county})
    hash = hash64_of(std::span<const std::int32_t>(*column), hash);
  return hash;
}

std::vector<int> district_sizes(const Population& p) {
  std::vector<int> sizes(p.districts());
  for (const std::int32_t district : p.district) ++sizes[static_cast<std::size_t>(district)];
  return sizes;
}

}  // namespace

TEST_CASE("the normal distribution function agrees with Boost.Math", "[statistical][synthesis]") {
  const boost::math::normal standard;
  double worst = 0, worst_tail = 0;
  for (double z = -8; z <= 8; z += 1.0 / 64) {
    worst = std::max(worst, std::abs(normal_cdf(z) - cdf(standard, z)));
    if (z < 0) worst_tail = std::max(worst_tail, std::abs(normal_cdf(z) / cdf(standard, z) - 1));
  }
  CHECK(worst < 1e-15);
  CHECK(worst_tail < 1e-12);
}

TEST_CASE("the Beta quantile agrees with Boost.Math", "[statistical][synthesis]") {
  // England, California, a narrow one, a skewed one, and one that is nearly all or nothing.
  const std::pair<double, double> shapes[] = {{0.287, 0.152}, {0.48, 0.305}, {0.5, 0.02},
                                              {0.03, 0.02},   {0.5, 0.45},   {0.787, 0.201}};
  const boost::math::normal standard;
  for (const auto& [mean, sd] : shapes) {
    const BetaCopula copula(mean, sd);
    CHECK(copula.a() / (copula.a() + copula.b()) == Approx(mean));
    const boost::math::beta_distribution<> beta(copula.a(), copula.b());
    CHECK(std::sqrt(variance(beta)) == Approx(sd));
    double worst = 0;
    for (double z = -4.5; z <= 4.5; z += 0.0371)
      worst = std::max(worst, std::abs(copula(z) - quantile(beta, cdf(standard, z))));
    INFO("mean " << mean << ", SD " << sd << ", worst error " << worst);
    CHECK(worst < 1e-4);
  }
}

TEST_CASE("the Beta quantile at the edge of what can be asked", "[statistical][synthesis]") {
  for (const auto& [mean, share] :
       {std::pair{0.01, 0.99}, {0.5, 0.899}, {0.99, 0.99}, {0.01, 0.1}}) {
    const double sd = share * std::sqrt(mean * (1 - mean));
    const BetaCopula copula(mean, sd);
    double sum = 0, squares = 0, weights = 0;
    for (double z = -6; z < 6; z += 1.0 / 1024) {
      const double weight = std::exp(-0.5 * z * z);
      weights += weight;
      sum += weight * copula(z);
      squares += weight * copula(z) * copula(z);
    }
    CHECK(sum / weights == Approx(mean).margin(2e-4));
    CHECK(std::sqrt(squares / weights - sum * sum / weights / weights) == Approx(sd).margin(5e-4));
  }
}

TEST_CASE("the latent correlation gives the correlation asked for", "[statistical][synthesis]") {
  // By double quadrature: E[x1 x2] for two deviates of correlation r.
  for (const auto& [mean, sd] : {std::pair{0.287, 0.152}, {0.48, 0.305}, {0.5, 0.45}}) {
    const BetaCopula copula(mean, sd);
    for (const double wanted : {0.0, 0.38, 0.61, 0.95}) {
      const double r = copula.latent_correlation(wanted);
      double product = 0, weights = 0;
      const double step = 1.0 / 16;
      for (double common = -6; common <= 6; common += step) {
        double conditional = 0, inner = 0;
        for (double own = -6; own <= 6; own += step) {
          const double weight = std::exp(-0.5 * own * own);
          inner += weight;
          conditional += weight * copula(std::sqrt(r) * common + std::sqrt(1 - r) * own);
        }
        const double weight = std::exp(-0.5 * common * common);
        weights += weight;
        product += weight * (conditional / inner) * (conditional / inner);
      }
      const double found = (product / weights - mean * mean) / (sd * sd);
      INFO("mean " << mean << ", SD " << sd << ", latent " << r);
      CHECK(found == Approx(wanted).margin(0.003));
    }
  }
}

TEST_CASE("apportioning: exact total, nobody without, order of weights kept",
          "[statistical][synthesis]") {
  CHECK(apportion({1.0}, 1) == std::vector<int>{1});
  CHECK(apportion({1.0, 1.0, 1.0}, 3) == std::vector<int>{1, 1, 1});
  CHECK(apportion({1e-9, 1.0, 3.0}, 9) == std::vector<int>{1, 2, 6});
  CHECK(apportion({1.0, 1.0, 1.0}, 5) == std::vector<int>{2, 2, 1});
  CHECK(apportion({1e-300, 1e300}, 10) == std::vector<int>{1, 9});
  std::vector<double> weights;
  for (int d = 0; d < 997; ++d) weights.push_back(std::exp(2.0 * std::sin(d * 12.9898)));
  for (const int schools : {997, 998, 1500, 12345, 10'000'000}) {
    const std::vector<int> sizes = apportion(weights, schools);
    std::int64_t total = 0;
    for (const int size : sizes) total += size;
    CHECK(total == schools);
    CHECK(*std::min_element(sizes.begin(), sizes.end()) >= 1);
    const double whole = mean_of(weights) * 997;
    if (schools == 10'000'000)
      for (std::size_t d = 0; d < 997; ++d)
        CHECK(std::abs(sizes[d] - schools * weights[d] / whole) < 2);
  }
}

TEST_CASE("enrolment and phases have the moments asked for", "[statistical][synthesis]") {
  const Population p = make_population(system_of(40'000, 800), 0);
  std::vector<double> log_primary, log_secondary, secondary;
  for (std::size_t i = 0; i < p.schools(); ++i) {
    const bool is_secondary = p.phase[i] == static_cast<std::int32_t>(Phase::secondary);
    (is_secondary ? log_secondary : log_primary).push_back(std::log(p.enrolment[i]));
    secondary.push_back(is_secondary);
  }
  CHECK(std::count(p.phase.begin(), p.phase.end(), static_cast<std::int32_t>(Phase::middle)) == 0);
  CHECK(std::abs(standard_errors(secondary, 0.2)) < 4);
  CHECK(std::abs(standard_errors(log_primary, std::log(403.0))) < 4);
  CHECK(std::abs(standard_errors(log_secondary, std::log(958.0))) < 4);
  // The standard error of a normal sample's variance is its square times 2 / (n - 1), under the
  // root.
  const auto spread = [](const std::vector<double>& values, double sd) {
    const double variance = variance_of(values);
    return (variance - sd * sd) /
           (sd * sd * std::sqrt(2.0 / static_cast<double>(values.size() - 1)));
  };
  CHECK(std::abs(spread(log_primary, 0.416)) < 4);
  CHECK(std::abs(spread(log_secondary, 0.554)) < 4);
  CHECK(p.tested == p.enrolment);
  CHECK(std::all_of(p.enrolment.begin(), p.enrolment.end(),
                    [](float pupils) { return pupils >= 20 && pupils == std::floor(pupils); }));
  CHECK(std::all_of(p.score.begin(), p.score.end(), [](float score) { return std::isnan(score); }));
  CHECK(std::all_of(p.teachers.begin(), p.teachers.end(), [](float n) { return std::isnan(n); }));
}

TEST_CASE("deprivation has the mean, SD and share between districts asked for",
          "[statistical][synthesis]") {
  const auto [mean, sd, between] = GENERATE(
      std::tuple{0.287, 0.152, 0.38}, std::tuple{0.48, 0.305, 0.61}, std::tuple{0.3, 0.2, 0.0});
  Scenario scenario = system_of(1500, 150);
  scenario.set("population.deprivation_mean", mean);
  scenario.set("population.deprivation_sd", sd);
  scenario.set("population.deprivation_between_districts", between);
  scenario.set("population.district_size_cv", 0.5);
  INFO("mean " << mean << ", SD " << sd << ", between " << between);
  // Schools of a district are not independent, replicates are.
  const double known_mean = mean;
  const auto mean_here = [](const Population& p) {
    double sum = 0;
    for (const float share : p.deprivation) sum += share;
    return sum / static_cast<double>(p.schools());
  };
  // Around the known mean, so that the list's own mean takes nothing away.
  const auto variance_here = [&](const Population& p) {
    double squares = 0;
    for (const float share : p.deprivation) squares += (share - known_mean) * (share - known_mean);
    return squares / static_cast<double>(p.schools());
  };
  // Mean product over all pairs of one district: the covariance that districts cause.
  const auto covariance_here = [&](const Population& p) {
    std::vector<double> sum(p.districts()), squares(p.districts()), count(p.districts());
    for (std::size_t i = 0; i < p.schools(); ++i) {
      const auto d = static_cast<std::size_t>(p.district[i]);
      const double off = p.deprivation[i] - known_mean;
      sum[d] += off, squares[d] += off * off, count[d] += 1;
    }
    double products = 0, pairs = 0;
    for (std::size_t d = 0; d < p.districts(); ++d) {
      products += sum[d] * sum[d] - squares[d];
      pairs += count[d] * (count[d] - 1);
    }
    return products / pairs;
  };
  constexpr std::uint32_t kReplicates = 200;
  CHECK(std::abs(standard_errors(over_replicates(scenario, kReplicates, mean_here), mean)) < 4);
  CHECK(std::abs(standard_errors(over_replicates(scenario, kReplicates, variance_here), sd * sd)) <
        4);
  CHECK(std::abs(standard_errors(over_replicates(scenario, kReplicates, covariance_here),
                                 between * sd * sd)) < 4);
}

TEST_CASE("middle schools, small schools, and how size and deprivation go together",
          "[statistical][synthesis]") {
  Scenario scenario = system_of(60'000, 6'000);
  scenario.set("population.secondary_share", 0.3);
  scenario.set("population.middle_share", 0.2);
  scenario.set("population.secondary_enrolment_lower_spread", 2.0);
  scenario.set("population.secondary_enrolment_log_sd", 0.35);
  scenario.set("population.primary_deprivation_and_size", 0.2);
  scenario.set("population.secondary_deprivation_and_size", -0.25);
  scenario.set("population.secondary_deprivation_shift", 0.07);
  scenario.set("population.deprivation_between_districts", 0.0);
  const Population p = make_population(scenario, 0);
  std::array<std::vector<double>, kPhases> log_size, share;
  for (std::size_t i = 0; i < p.schools(); ++i) {
    const auto k = static_cast<std::size_t>(p.phase[i]);
    log_size[k].push_back(std::log(p.enrolment[i]));
    share[k].push_back(p.deprivation[i]);
  }
  const auto near_share = [&](std::size_t count, double wanted) {
    const auto n = static_cast<double>(p.schools());
    CHECK(std::abs(static_cast<double>(count) / n - wanted) <
          4 * std::sqrt(wanted * (1 - wanted) / n));
  };
  near_share(log_size[1].size(), 0.2);
  near_share(log_size[2].size(), 0.3);
  CHECK(std::abs(standard_errors(log_size[1], std::log(848.0))) < 4);
  CHECK(std::abs(standard_errors(share[0], 0.287)) < 4);
  CHECK(std::abs(standard_errors(share[2], 0.357)) < 4);
  // The median stays, a school at the lower quartile is twice as far from it as one at the upper.
  std::sort(log_size[2].begin(), log_size[2].end());
  const auto at = [&](double q) {
    return log_size[2][static_cast<std::size_t>(q * static_cast<double>(log_size[2].size()))];
  };
  const double error = 4 * 1.25 * 0.5 / std::sqrt(static_cast<double>(log_size[2].size()));
  CHECK(at(0.5) == Approx(std::log(958.0)).margin(error));
  CHECK(at(0.95) - at(0.5) == Approx(1.645 * 0.35).margin(2 * error));
  CHECK(at(0.5) - at(0.05) == Approx(1.645 * 0.70).margin(2 * error));

  const Population again = make_population(scenario, 1);
  std::array<double, kPhases> sum{}, count{};
  const auto z_of = [&](std::size_t i, std::size_t k) {
    const double shares = k == 2 ? 0.357 : 0.287;
    return (again.deprivation[i] - shares) / 0.152;
  };
  for (std::size_t i = 0; i < again.schools(); ++i) {
    const auto k = static_cast<std::size_t>(again.phase[i]);
    if (k == 1) continue;
    // In secondary schools the deviate behind the size is what the spread above the median leaves.
    const double off = std::log(again.enrolment[i] / (k == 2 ? 958 : 403));
    const double e = k == 2 ? off / (off < 0 ? 0.70 : 0.35) : off / 0.416;
    sum[k] += e * z_of(i, k), count[k] += 1;
  }
  // Shares are a little less than normal deviates, so r is a little less than asked for.
  CHECK(sum[0] / count[0] == Approx(0.2).margin(0.02 + 4 / std::sqrt(count[0])));
  CHECK(sum[2] / count[2] == Approx(-0.25).margin(0.02 + 4 / std::sqrt(count[2])));
}

TEST_CASE("a shift that leaves no share for secondary schools", "[statistical][synthesis]") {
  Scenario scenario = system_of(5, 2);
  scenario.set("population.secondary_deprivation_shift", -0.29);
  CHECK_THROWS_AS(make_population(scenario, 0), InputError);
}

TEST_CASE("district sizes: every district a school, the spread asked for",
          "[statistical][synthesis]") {
  const Population p = make_population(system_of(200'000, 2000), 0);
  const std::vector<int> sizes = district_sizes(p);
  CHECK(*std::min_element(sizes.begin(), sizes.end()) >= 1);
  std::vector<double> values(sizes.begin(), sizes.end());
  CHECK(mean_of(values) == 100);
  // With CV 1 the logs have variance ln 2; sizes are about 100, so rounding adds next to nothing.
  std::vector<double> logs;
  for (const double size : values) logs.push_back(std::log(size));
  const double expected = std::log(2.0);
  CHECK(std::abs(variance_of(logs) - expected) < 4 * expected * std::sqrt(2.0 / 1999));
  Scenario even = system_of(1000, 100);
  even.set("population.district_size_cv", 0.0);
  CHECK(district_sizes(make_population(even, 0)) == std::vector<int>(100, 10));
  CHECK(district_sizes(make_population(system_of(70, 70), 0)) == std::vector<int>(70, 1));
}

TEST_CASE("districts make counties of about ten, and neighbours are near",
          "[statistical][synthesis]") {
  const Population p = make_population(system_of(1500, 60), 0);
  CHECK(p.county_name.size() == 6);
  std::vector<int> districts(6);
  for (const std::int32_t county : p.county) ++districts[static_cast<std::size_t>(county)];
  CHECK(districts == std::vector<int>(6, 10));
  // Schools of one district lie nearer to each other than two schools drawn anywhere.
  double within = 0, anywhere = 0, pairs = 0;
  for (std::size_t i = 0; i + 1 < p.schools(); ++i) {
    if (p.district[i] != p.district[i + 1]) continue;
    const std::size_t other = (i * 769 + 331) % p.schools();
    within += std::hypot(p.x[i] - p.x[i + 1], p.y[i] - p.y[i + 1]);
    anywhere += std::hypot(p.x[i] - p.x[other], p.y[i] - p.y[other]);
    ++pairs;
  }
  INFO("mean distance within " << within / pairs << " km, anywhere " << anywhere / pairs << " km");
  CHECK(within < 0.4 * anywhere);
}

TEST_CASE("the same key gives the same list, another replicate or seed another",
          "[statistical][synthesis]") {
  Scenario scenario = system_of(300, 20);
  std::set<std::uint64_t> lists;
  for (std::uint32_t replicate = 0; replicate < 20; ++replicate) {
    const std::uint64_t hash = list_hash(make_population(scenario, replicate));
    CHECK(hash == list_hash(make_population(scenario, replicate)));
    lists.insert(hash);
  }
  const std::uint64_t first = list_hash(make_population(scenario, 0));
  scenario.set("ensemble.seed", std::int64_t{99});  // the luck of the dynamics is another key
  CHECK(list_hash(make_population(scenario, 0)) == first);
  scenario.set("population.seed", std::int64_t{2});
  lists.insert(list_hash(make_population(scenario, 0)));
  CHECK(lists.size() == 21);
}

TEST_CASE("replicates are not correlated", "[statistical][synthesis]") {
  const Scenario scenario = system_of(20'000, 20'000);  // one school a district: independent values
  const Population a = make_population(scenario, 0), b = make_population(scenario, 1);
  std::vector<double> products;
  for (std::size_t i = 0; i < a.schools(); ++i)
    products.push_back((a.deprivation[i] - 0.287) * (b.deprivation[i] - 0.287));
  CHECK(std::abs(standard_errors(products, 0)) < 4);
  std::vector<double> with_size;
  for (std::size_t i = 0; i < a.schools(); ++i)
    if (a.phase[i] == 0)
      with_size.push_back((a.deprivation[i] - 0.287) * std::log(a.enrolment[i] / 403));
  CHECK(std::abs(standard_errors(with_size, 0)) < 4);
}

TEST_CASE("a longer list keeps the luck of the schools it shares with a shorter one",
          "[statistical][synthesis]") {
  const Population small = make_population(system_of(100, 1), 4),
                   large = make_population(system_of(150, 1), 4);
  for (std::size_t i = 0; i < small.schools(); ++i) {
    CHECK(large.school_id[i] == small.school_id[i]);
    CHECK(large.phase[i] == small.phase[i]);
    CHECK(large.enrolment[i] == small.enrolment[i]);
    CHECK(large.deprivation[i] == small.deprivation[i]);
  }
}

TEST_CASE("one school in one district", "[statistical][synthesis]") {
  const Population p = make_population(system_of(1, 1), 0);
  REQUIRE(p.schools() == 1);
  CHECK(p.school_code[0] == "S0000001");
  CHECK(p.district_code[0] == "D00001");
  CHECK(p.county_name.size() == 1);
  CHECK(p.synthetic);
}

TEST_CASE("more districts than schools, and shares that cannot be", "[statistical][synthesis]") {
  CHECK_THROWS_AS(make_population(system_of(5, 6), 0), InputError);
  Scenario scenario = system_of(5, 2);
  scenario.set("population.deprivation_mean", 0.05);
  scenario.set("population.deprivation_sd", 0.4);
  CHECK_THROWS_AS(make_population(scenario, 0), InputError);
}

TEST_CASE("a million schools: no two ids alike, no step that is quadratic",
          "[statistical][synthesis][slow]") {
  const auto seconds = [](std::int64_t schools, std::int64_t districts) {
    const auto start = std::chrono::steady_clock::now();
    Population p = make_population(system_of(schools, districts), 0);
    const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
    std::sort(p.school_id.begin(), p.school_id.end());
    CHECK(std::adjacent_find(p.school_id.begin(), p.school_id.end()) == p.school_id.end());
    CHECK(std::is_sorted(p.district.begin(), p.district.end()));
    CHECK(std::is_sorted(p.school_code.begin(), p.school_code.end()));
    return taken.count();
  };
  const double hundred_thousand = seconds(100'000, 10'000);
  const double million = seconds(1'000'000, 100'000);
  WARN("100,000 schools: " << hundred_thousand << " s; 1,000,000: " << million << " s");
  CHECK(million < 10);                     // about half a second where it was written
  CHECK(million < 40 * hundred_thousand);  // quadratic would be 100
}
