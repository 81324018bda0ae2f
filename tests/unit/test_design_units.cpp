// Designs in unit space: where the points of each kind lie, and that they stay there.
#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <set>
#include <utility>
#include <vector>

#include "experiment/design_units.hpp"
#include "support/designs.hpp"
#include "support/statistics.hpp"

using namespace support;

namespace {

std::vector<double> unit_of(DesignKind kind, std::int64_t points, std::size_t factors,
                            std::uint64_t seed = 1) {
  return make_design(settings(kind, points, seed), units(factors)).unit;
}

std::vector<double> column(const std::vector<double>& matrix, std::size_t factors, std::size_t f) {
  std::vector<double> out;
  for (std::size_t i = f; i < matrix.size(); i += factors) out.push_back(matrix[i]);
  return out;
}

// How many of the values lie in each of `slices` equal slices of [0, 1).
std::vector<int> filled(const std::vector<double>& values, std::size_t slices) {
  std::vector<int> count(slices);
  for (const double v : values)
    ++count.at(static_cast<std::size_t>(v * static_cast<double>(slices)));
  return count;
}

bool all_equal(const std::vector<int>& counts, int to) {
  return std::all_of(counts.begin(), counts.end(), [&](int c) { return c == to; });
}

}  // namespace

// -----------------------------------------------------------------------

TEST_CASE("the Sobol' sequence is that of Joe and Kuo") {
  // the ten points in three dimensions that they publish with their direction numbers
  const Values known = {0,      0,      0,       //
                        0.5,    0.5,    0.5,     //
                        0.75,   0.25,   0.25,    //
                        0.25,   0.75,   0.75,    //
                        0.375,  0.375,  0.625,   //
                        0.875,  0.875,  0.125,   //
                        0.625,  0.125,  0.875,   //
                        0.125,  0.625,  0.375,   //
                        0.1875, 0.3125, 0.9375,  //
                        0.6875, 0.8125, 0.4375};
  CHECK(sobol_sequence(10, {0, 0, 0}) == known);
  CHECK(sobol_dimensions() == 3667);
}

TEST_CASE("a shift flips bits of the Sobol' sequence, and never reaches 1") {
  const auto half = std::uint64_t{1} << 63, quarter = std::uint64_t{1} << 62;
  CHECK(sobol_sequence(4, {half, quarter}) == Values{0.5, 0.25, 0, 0.75, 0.25, 0, 0.75, 0.5});
  const Values last = sobol_sequence(1, {~std::uint64_t{0}});
  CHECK(last[0] < 1);
  CHECK(last[0] == 1 - 0x1p-53);
}

TEST_CASE("of 2^k Sobol' points every 2^j-th part of every factor holds equally many") {
  for (const std::uint64_t seed : {1u, 2u, 3u}) {
    const Values unit = unit_of(DesignKind::sobol, 256, 12, seed);
    for (std::size_t f = 0; f < 12; ++f)
      for (int k = 1; k <= 8; ++k) {
        Values first = column(unit, 12, f);
        first.resize(std::size_t{1} << k);
        for (int j = 0; j <= k; ++j)
          REQUIRE(all_equal(filled(first, std::size_t{1} << j), 1 << (k - j)));
      }
    // and of the first two factors together every box of area 2^-8
    for (int j = 0; j <= 8; ++j) {
      std::set<std::pair<int, int>> boxes;
      for (std::size_t i = 0; i < 256; ++i)
        boxes.emplace(std::floor(std::ldexp(unit[12 * i], j)),
                      std::floor(std::ldexp(unit[12 * i + 1], 8 - j)));
      CHECK(boxes.size() == 256);
    }
  }
  const std::size_t most = sobol_dimensions();
  const Values unit = unit_of(DesignKind::sobol, 16, most);
  for (std::size_t f = 0; f < most; ++f) REQUIRE(all_equal(filled(column(unit, most, f), 16), 1));
}

TEST_CASE("a Latin hypercube has one point in each slice of each factor, anywhere in it") {
  for (const std::size_t n : {1u, 2u, 7u, 100u, 4097u}) {
    const Values unit = unit_of(DesignKind::latin_hypercube, static_cast<std::int64_t>(n), 5);
    REQUIRE(unit.size() == 5 * n);
    for (std::size_t f = 0; f < 5; ++f) REQUIRE(all_equal(filled(column(unit, 5, f), n), 1));
  }
  constexpr std::size_t n = 4000;
  const Values unit = unit_of(DesignKind::latin_hypercube, n, 3);
  for (std::size_t f = 0; f < 3; ++f) {
    Values inside, order;
    for (const double u : column(unit, 3, f)) {
      inside.push_back(u * n - std::floor(u * n));
      order.push_back(static_cast<double>(order.size()));
    }
    CHECK(std::fabs(support::mean(inside) - 0.5) < 4 * support::standard_error(inside));
    CHECK(support::sd(inside) == Approx(std::sqrt(1 / 12.0)).epsilon(0.05));
    const double allowed = 4 / std::sqrt(static_cast<double>(n));
    CHECK(std::fabs(support::correlation(column(unit, 3, f), order)) < allowed);
    CHECK(std::fabs(support::correlation(column(unit, 3, f), column(unit, 3, (f + 1) % 3))) <
          allowed);
    CHECK(std::fabs(support::correlation(inside, column(unit, 3, f))) < allowed);
  }
}

TEST_CASE("every order of the slices of a Latin hypercube is as likely") {
  constexpr std::size_t kFactors = 2400;  // as many permutations of three
  const Values unit = unit_of(DesignKind::latin_hypercube, 3, kFactors);
  std::vector<int> count(27);
  for (std::size_t f = 0; f < kFactors; ++f) {
    const Values slices = column(unit, kFactors, f);
    int code = 0;
    for (const double u : slices) code = 3 * code + static_cast<int>(3 * u);
    ++count.at(static_cast<std::size_t>(code));
  }
  const double sd = std::sqrt(kFactors * (1 / 6.0) * (5 / 6.0));
  int found = 0;
  for (const int c : count)
    if (c > 0) {
      ++found;
      CHECK(std::fabs(c - kFactors / 6.0) < 4 * sd);
    }
  CHECK(found == 6);
}

TEST_CASE("random points are even, independent and fine-grained") {
  constexpr std::size_t n = 20'000;
  const Values unit = unit_of(DesignKind::random, n, 3);
  const double allowed = 4 / std::sqrt(static_cast<double>(n));
  bool fine = false;
  for (std::size_t f = 0; f < 3; ++f) {
    const Values x = column(unit, 3, f), y = column(unit, 3, (f + 1) % 3);
    double chi_squared = 0;
    for (const int c : filled(x, 100)) chi_squared += (c - n / 100.0) * (c - n / 100.0) * 100 / n;
    CHECK(std::fabs(chi_squared - 99) < 4 * std::sqrt(2 * 99.0));
    CHECK(std::fabs(support::correlation(x, y)) < allowed);
    const Values now(x.begin(), x.end() - 1), next(x.begin() + 1, x.end());
    CHECK(std::fabs(support::correlation(now, next)) < allowed);
    fine = fine || std::ldexp(x[0], 52) != std::floor(std::ldexp(x[0], 52));
    std::set<double> low_bits;  // of 2^-32 and below
    for (const double u : x) low_bits.insert(std::ldexp(u, 32) - std::floor(std::ldexp(u, 32)));
    CHECK(low_bits.size() > n - 300);
  }
  CHECK(fine);
}

TEST_CASE("a saltelli design is A, each AB, each BA if asked for, and B") {
  constexpr std::size_t d = 3, n = 8;
  const Values both = unit_of(DesignKind::sobol, n, 2 * d);  // the same shifts: the same seed
  for (const bool second_order : {false, true}) {
    DesignSettings s = settings(DesignKind::saltelli, n);
    s.second_order = second_order;
    const Design design = make_design(s, units(d));
    const std::size_t group = second_order ? 2 * d + 2 : d + 2;
    REQUIRE(design.points() == n * group);
    const auto point = [&](std::size_t i) {
      return Values(design.unit.begin() + static_cast<std::ptrdiff_t>(i * d),
                    design.unit.begin() + static_cast<std::ptrdiff_t>((i + 1) * d));
    };
    for (std::size_t i = 0; i < n; ++i) {
      const Values a(&both[i * 2 * d], &both[i * 2 * d] + d);
      const Values b(&both[i * 2 * d] + d, &both[i * 2 * d] + 2 * d);
      CHECK(point(i * group) == a);
      CHECK(point(i * group + group - 1) == b);
      for (std::size_t f = 0; f < d; ++f) {
        REQUIRE(a[f] != b[f]);
        Values ab = a, ba = b;
        std::swap(ab[f], ba[f]);
        CHECK(point(i * group + 1 + f) == ab);
        if (second_order) CHECK(point(i * group + 1 + d + f) == ba);
      }
    }
  }
}

TEST_CASE("a Morris trajectory moves each factor once, by half the levels") {
  constexpr std::size_t d = 4, trajectories = 600;
  for (const int p : {2, 4, 10}) {
    DesignSettings s = settings(DesignKind::morris, trajectories);
    s.levels = p;
    const Values unit = make_design(s, units(d)).unit;
    REQUIRE(unit.size() == trajectories * (d + 1) * d);
    const double delta = p / (2.0 * (p - 1));
    std::vector<std::vector<int>> turn(d, std::vector<int>(d)), start(d, std::vector<int>(p));
    for (std::size_t t = 0; t < trajectories; ++t) {
      std::set<std::size_t> moved;
      for (std::size_t k = 0; k < d; ++k) {
        const double* from = &unit[(t * (d + 1) + k) * d];
        const double* to = from + d;
        for (std::size_t f = 0; f < d; ++f) {
          if (k == 0) ++start[f].at(static_cast<std::size_t>(std::lround(from[f] * (p - 1))));
          const double level = to[f] * (p - 1);
          REQUIRE(std::fabs(level - std::round(level)) < 1e-12);
          REQUIRE((to[f] >= 0 && to[f] <= 1));
          if (from[f] == to[f]) continue;
          REQUIRE(std::fabs(to[f] - from[f]) == Approx(delta).epsilon(1e-12));
          REQUIRE(moved.insert(f).second);
          ++turn[f][k];
        }
        REQUIRE(moved.size() == k + 1);
      }
    }
    // any factor at any turn, from any level
    for (std::size_t f = 0; f < d; ++f) {
      for (const int c : turn[f])
        CHECK(std::fabs(c - trajectories / 4.0) < 4 * std::sqrt(trajectories * 3 / 16.0));
      for (const int c : start[f]) {
        const double share = 1.0 / p;
        CHECK(std::fabs(c - trajectories * share) <
              4 * std::sqrt(trajectories * share * (1 - share)));
      }
    }
  }
}

TEST_CASE("a design of more points begins with the same ones") {
  for (const DesignKind kind :
       {DesignKind::random, DesignKind::sobol, DesignKind::saltelli, DesignKind::morris}) {
    CAPTURE(name(kind));
    const Values few = unit_of(kind, 13, 5);
    Values many = unit_of(kind, 40, 5);
    CHECK(many.size() > 3 * few.size());
    many.resize(few.size());
    CHECK(many == few);
  }
}

TEST_CASE("a design is made of its seed alone, and another seed makes another") {
  for (const DesignKind kind : kSampled) {
    CAPTURE(name(kind));
    CHECK(unit_of(kind, 10, 4, 7) == unit_of(kind, 10, 4, 7));
    std::set<Values> different;
    for (const std::uint64_t seed : {0ull, 1ull, 2ull, 1ull << 32, ~0ull})
      different.insert(unit_of(kind, 10, 4, seed));
    CHECK(different.size() == 5);
  }
}

TEST_CASE("designs stay what they were") {
  // Sweeps that are continued or repeated have to have the same points.
  const auto ends = [](DesignKind kind) {
    const Values unit = unit_of(kind, 5, 2);
    return Values{unit.front(), unit.back()};
  };
  CHECK(ends(DesignKind::random) == Values{0.071979532287405168, 0.18975518710327988});
  CHECK(ends(DesignKind::latin_hypercube) == Values{0.63810990452766414, 0.46223934292793273});
  CHECK(ends(DesignKind::sobol) == Values{0.023553951057659672, 0.944548192094954});
  CHECK(ends(DesignKind::saltelli) == Values{0.023553951057659672, 0.30057694566027748});
  Values thirds = unit_of(DesignKind::morris, 2, 2);
  for (double& u : thirds) u = std::round(3 * u);
  CHECK(thirds == Values{2, 1, 2, 3, 0, 3, 2, 1, 0, 1, 0, 3});
}
