// The keyed draws: known answers of Philox asked through our own wrapper, where a swapped argument
// would be; the distributions; and that nothing that keys a draw leaks into another. All keys are
// fixed, so a run of these tests is as good as any other: a bound that holds today holds always.
#include <catch2/catch.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <string>
#include <vector>

#include <boost/math/distributions/chi_squared.hpp>
#include <boost/math/distributions/normal.hpp>

#include "base/random.hpp"

using namespace reformsim;

namespace {

using Words = std::array<std::uint32_t, 4>;

// Philox4x32-10 written out from Salmon et al. (2011), so that what the wrapper does can be said
// for any counter and not only for the published ones.
Words philox_by_hand(Words c, std::array<std::uint32_t, 2> k) {
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t a = std::uint64_t{0xD2511F53} * c[0], b = std::uint64_t{0xCD9E8D57} * c[2];
    c = {static_cast<std::uint32_t>(b >> 32) ^ c[1] ^ k[0], static_cast<std::uint32_t>(b),
         static_cast<std::uint32_t>(a >> 32) ^ c[3] ^ k[1], static_cast<std::uint32_t>(a)};
    k = {k[0] + 0x9E3779B9u, k[1] + 0xBB67AE85u};
  }
  return c;
}

// The philox4x32-10 lines of kat_vectors in the Random123 distribution: counter, key, answer.
struct Known {
  Words counter;
  std::array<std::uint32_t, 2> key;
  Words answer;
};
const Known kKnown[] = {
    {{0, 0, 0, 0}, {0, 0}, {0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}},
    {{0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff},
     {0xffffffff, 0xffffffff},
     {0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}},
    {{0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344},
     {0xa4093822, 0x299f31d0},
     {0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}},
};

std::uint64_t entity_of(std::uint32_t low, std::uint32_t high) {
  return std::uint64_t{high} << 32 | low;
}

const Key kKey = make_key(20240901, 0, Domain::dynamics);

// Ids as they are in use: hashes, not 0, 1, 2. The plain numbers are tried too, for they are the
// harder test.
std::uint64_t scattered(std::uint64_t i) {
  return i * 0x9E3779B97F4A7C15ull + 0x123456789abcdefull;
}

// Chi-square of counts in equally likely cells, as a probability to see so much or more.
double p_of_even_cells(const std::vector<std::size_t>& counts) {
  const double total = static_cast<double>(std::accumulate(counts.begin(), counts.end(), 0ul));
  const double expected = total / static_cast<double>(counts.size());
  double chi = 0;
  for (const std::size_t count : counts)
    chi += (static_cast<double>(count) - expected) * (static_cast<double>(count) - expected) /
           expected;
  const boost::math::chi_squared law(static_cast<double>(counts.size() - 1));
  return boost::math::cdf(boost::math::complement(law, chi));
}

// A set of p values, each from a test of its own: with n tests at level a each, one of them fails
// by luck with probability 1 - (1 - a)^n. Sidak's a keeps the whole at one in ten thousand. Too
// good a fit fails as well.
class Family {
 public:
  void add(double p, const std::string& what) { tests_.push_back({p, what}); }
  void check() const {
    REQUIRE(!tests_.empty());
    const double sides = 2.0 * static_cast<double>(tests_.size());
    const double level = 1 - std::pow(1 - 1e-4, 1 / sides);
    for (const auto& [p, what] : tests_) {
      INFO(what << ": p = " << p << ", allowed from " << level << " to 1 - " << level);
      CHECK(p > level);
      CHECK(p < 1 - level);
    }
  }

 private:
  std::vector<std::pair<double, std::string>> tests_;
};

// The largest distance between the observed and the true distribution; Kolmogorov's p for many
// values.
template <class Cdf>
double kolmogorov_p(std::vector<float> values, Cdf&& cdf) {
  std::sort(values.begin(), values.end());
  const double n = static_cast<double>(values.size());
  double distance = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double truth = cdf(static_cast<double>(values[i]));
    distance = std::max(
        {distance, truth - static_cast<double>(i) / n, static_cast<double>(i + 1) / n - truth});
  }
  const double x = distance * (std::sqrt(n) + 0.12 + 0.11 / std::sqrt(n));
  double p = 0;
  for (int k = 1; k < 100; ++k) p += (k % 2 == 1 ? 2 : -2) * std::exp(-2.0 * k * k * x * x);
  return std::clamp(p, 0.0, 1.0);
}

double two_sided(double z) {
  return 2 * boost::math::cdf(boost::math::complement(boost::math::normal(), std::fabs(z)));
}

double correlation(const std::vector<float>& a, const std::vector<float>& b) {
  const double n = static_cast<double>(a.size());
  double ma = 0, mb = 0, aa = 0, bb = 0, ab = 0;
  for (std::size_t i = 0; i < a.size(); ++i) ma += a[i] / n, mb += b[i] / n;
  for (std::size_t i = 0; i < a.size(); ++i) {
    aa += (a[i] - ma) * (a[i] - ma);
    bb += (b[i] - mb) * (b[i] - mb);
    ab += (a[i] - ma) * (b[i] - mb);
  }
  return ab / std::sqrt(aa * bb);
}

}  // namespace

TEST_CASE("Philox gives the published answers through our wrapper") {
  for (const Known& known : kKnown) {
    CHECK(philox(known.counter, Key{{known.key[0], known.key[1]}}) == known.answer);
    CHECK(philox_by_hand(known.counter, known.key) == known.answer);
  }
}

TEST_CASE(
    "Draws gives the published answers: entity low, entity high, term, purpose and a quarter of "
    "the index") {
  for (const Known& known : kKnown) {
    const Key key{{known.key[0], known.key[1]}};
    const Draws draws(key, static_cast<std::uint16_t>(known.counter[3] >> 16), known.counter[2]);
    const std::uint64_t entity = entity_of(known.counter[0], known.counter[1]);
    for (std::uint32_t lane = 0; lane < 4; ++lane)
      CHECK(draws.bits(entity, (known.counter[3] & 0xffff) * 4 + lane) == known.answer[lane]);
  }
}

TEST_CASE("a key is the first half of Philox at (replicate, domain) under the seed") {
  // The published answer at counter 0, key 0; no domain is 0, so no simulation has this key.
  const Key zero = make_key(0, 0, static_cast<Domain>(0));
  CHECK(zero.word[0] == 0x6627e8d5);
  CHECK(zero.word[1] == 0xe169c58d);
  for (const std::uint64_t seed : {0ull, 1ull, 0x299f31d0a4093822ull, ~0ull})
    for (const std::uint32_t replicate : {0u, 1u, 99u, 0xffffffffu})
      for (const Domain domain : {Domain::population, Domain::dynamics, Domain::design}) {
        const Words want = philox_by_hand(
            {replicate, static_cast<std::uint32_t>(domain), 0, 0},
            {static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)});
        const Key got = make_key(seed, replicate, domain);
        CHECK(got.word[0] == want[0]);
        CHECK(got.word[1] == want[1]);
      }
  CHECK(static_cast<std::uint32_t>(Domain::population) ==
        1);  // permanent: they are part of every result
  CHECK(static_cast<std::uint32_t>(Domain::dynamics) == 2);
  CHECK(static_cast<std::uint32_t>(Domain::design) == 3);
}

TEST_CASE("all of the key, the purpose, the term, the entity and the index count") {
  const std::uint64_t entity = 0x0123456789abcdefull;
  const Draws draws(kKey, 21, 7);
  const std::uint32_t here = draws.bits(entity, 5);
  // Chance makes two of these equal once in 2^32; that none is, is a fact of these numbers.
  for (int bit = 0; bit < 64; ++bit) CHECK(draws.bits(entity ^ (1ull << bit), 5) != here);
  for (int bit = 0; bit < 16; ++bit)
    CHECK(Draws(kKey, static_cast<std::uint16_t>(21 ^ (1 << bit)), 7).bits(entity, 5) != here);
  for (int bit = 0; bit < 32; ++bit)
    CHECK(Draws(kKey, 21, 7u ^ (1u << bit)).bits(entity, 5) != here);
  for (int bit = 0; bit < 18; ++bit) CHECK(draws.bits(entity, 5u ^ (1u << bit)) != here);
  for (int bit = 0; bit < 32; ++bit)
    for (int word = 0; word < 2; ++word) {
      Key other = kKey;
      other.word[word] ^= 1u << bit;
      CHECK(Draws(other, 21, 7).bits(entity, 5) != here);
    }
}

TEST_CASE("population, dynamics and designs never share a key, nor do replicates or seeds") {
  std::vector<std::uint64_t> keys;
  for (std::uint64_t seed = 0; seed < 40; ++seed)
    for (std::uint32_t replicate = 0; replicate < 200; ++replicate)
      for (const Domain domain : {Domain::population, Domain::dynamics, Domain::design}) {
        const Key key = make_key(seed, replicate, domain);
        keys.push_back(entity_of(key.word[0], key.word[1]));
      }
  std::sort(keys.begin(), keys.end());
  CHECK(std::adjacent_find(keys.begin(), keys.end()) == keys.end());
}

TEST_CASE("batches equal single draws bit for bit") {
  std::vector<std::uint64_t> entities;
  for (std::uint64_t i = 0; i < 300; ++i) entities.push_back(scattered(i));
  const Draws draws(kKey, 8, 3);
  const std::size_t n = entities.size();
  std::vector<float> one(n);
  for (const std::uint32_t index : {0u, 3u, 4u, 262143u}) {
    draws.uniforms(entities, index, one);
    for (std::size_t i = 0; i < n; ++i) REQUIRE(one[i] == draws.uniform(entities[i], index));
    draws.normals(entities, index, one);
    for (std::size_t i = 0; i < n; ++i) REQUIRE(one[i] == draws.normal(entities[i], index));
  }
  std::vector<float> four(4 * n);
  const std::array<float*, 4> out = {&four[0], &four[n], &four[2 * n], &four[3 * n]};
  for (const std::uint32_t index : {0u, 8u, 262140u}) {
    draws.uniforms4(entities, index, out);
    for (std::uint32_t lane = 0; lane < 4; ++lane)
      for (std::size_t i = 0; i < n; ++i)
        REQUIRE(out[lane][i] == draws.uniform(entities[i], index + lane));
    draws.normals4(entities, index, out);
    for (std::uint32_t lane = 0; lane < 4; ++lane)
      for (std::size_t i = 0; i < n; ++i)
        REQUIRE(out[lane][i] == draws.normal(entities[i], index + lane));
  }
  draws.uniforms({}, 0, {});  // no schools, no draws
}

TEST_CASE("a draw does not depend on which others were drawn") {
  // In order, backwards, alone, twice: there is no state to disturb.
  const Draws draws(kKey, 10, 4);
  std::vector<std::uint32_t> forwards, backwards;
  for (std::uint32_t index = 0; index < 64; ++index) forwards.push_back(draws.bits(99, index));
  for (std::uint32_t index = 64; index-- > 0;) backwards.push_back(draws.bits(99, index));
  std::reverse(backwards.begin(), backwards.end());
  CHECK(forwards == backwards);
  CHECK(Draws(kKey, 10, 4).bits(99, 37) == forwards[37]);

  // A school more leaves the draws of the others where they were.
  const std::vector<std::uint64_t> some = {5, 6, 9}, more = {5, 6, 7, 9};
  std::vector<float> drawn(3), among(4);
  draws.normals(some, 2, drawn);
  draws.normals(more, 2, among);
  CHECK(std::vector<float>{among[0], among[1], among[3]} == drawn);
}

TEST_CASE("a uniform lies inside (0, 1) and near its bits, at both ends too") {
  // Found by search: under this key these entities draw the highest and lowest 24 bits there are. A
  // deviate that rounds to 1 is not a curiosity: it comes once in 17 million and makes a normal
  // deviate of hundreds of SD.
  const Draws draws(make_key(1, 0, Domain::dynamics), 1, 0);
  for (const std::uint64_t highest : {22335755ull, 39476449ull}) {
    REQUIRE(draws.bits(highest, 0) >= 0xffffff00u);
    CHECK(draws.uniform(highest, 0) < 1.0f);
    CHECK(draws.normal(highest, 0) > 5.0f);
    CHECK(draws.normal(highest, 0) < 5.6f);
  }
  for (const std::uint64_t lowest : {7681174ull, 14418612ull}) {
    REQUIRE(draws.bits(lowest, 0) < 0x100u);
    CHECK(draws.uniform(lowest, 0) > 0.0f);
    CHECK(draws.normal(lowest, 0) < -5.0f);
    CHECK(draws.normal(lowest, 0) > -5.6f);
  }
  for (std::uint64_t i = 0; i < 100000; ++i) {
    const double bits = draws.bits(i, 0) * 0x1p-32;
    REQUIRE(std::fabs(draws.uniform(i, 0) - bits) <= 0x1p-24);
  }
}

TEST_CASE("uniforms are symmetric about 1/2") {
  // The mirror 1 - u of each value must lie on the same grid as u itself, or what is drawn above
  // the middle is not the reverse of what is drawn below it. Places within a step of 2^-23, on each
  // side:
  const Draws draws(kKey, 12, 0);
  std::array<std::array<std::size_t, 8>, 2> places{};
  for (std::uint64_t i = 0; i < 4096; ++i) {
    const float u = draws.uniform(scattered(i), 0);
    const bool above = u > 0.5f;
    const double steps = std::ldexp(above ? 1.0 - u : static_cast<double>(u), 26);
    ++places[above ? 1 : 0][static_cast<std::size_t>(std::fmod(steps, 8.0))];
  }
  for (std::size_t place = 0; place < 8; ++place) {
    INFO("eighths of a step: " << place << ", below " << places[0][place] << ", above "
                               << places[1][place]);
    CHECK((places[0][place] > 0) == (places[1][place] > 0));
  }
}

TEST_CASE("uniforms are uniform: chi-square along every part of the counter") {
  Family family;
  constexpr std::size_t kDraws = 200000, kCells = 256;
  const auto even = [&](const std::string& what, auto&& draw) {
    std::vector<std::size_t> counts(kCells);
    for (std::uint32_t i = 0; i < kDraws; ++i)
      ++counts[std::min(kCells - 1, static_cast<std::size_t>(draw(i) * kCells))];
    family.add(p_of_even_cells(counts), what);
  };
  const Draws draws(kKey, 2, 5);
  even("over entities 0, 1, 2 ...", [&](std::uint32_t i) { return draws.uniform(i, 0); });
  even("over entities, their high half",
       [&](std::uint32_t i) { return draws.uniform(std::uint64_t{i} << 32, 0); });
  for (std::uint32_t lane = 0; lane < 4; ++lane)
    even("over scattered ids, index " + std::to_string(lane),
         [&](std::uint32_t i) { return draws.uniform(scattered(i), lane); });
  even("over indices", [&](std::uint32_t i) { return draws.uniform(77, i); });
  even("over terms", [&](std::uint32_t i) { return Draws(kKey, 2, i).uniform(77, 0); });
  even("over terms before year 0",
       [&](std::uint32_t i) { return Draws(kKey, 2, 0u - i).uniform(77, 1); });
  even("over purposes", [&](std::uint32_t i) {
    return Draws(kKey, static_cast<std::uint16_t>(i & 0xffff), i >> 16).uniform(77, 0);
  });
  even("over replicates", [&](std::uint32_t i) {
    return Draws(make_key(1, i, Domain::dynamics), 2, 5).uniform(77, 0);
  });
  even("over seeds", [&](std::uint32_t i) {
    return Draws(make_key(i, 0, Domain::dynamics), 2, 5).uniform(77, 0);
  });
  family.check();
}

TEST_CASE("pairs of neighbouring draws fill the square evenly") {
  Family family;
  constexpr std::size_t kDraws = 200000, kSide = 20;
  const auto even = [&](const std::string& what, auto&& a, auto&& b) {
    std::vector<std::size_t> counts(kSide * kSide);
    const auto cell = [&](float u) {
      return std::min(kSide - 1, static_cast<std::size_t>(u * kSide));
    };
    for (std::uint32_t i = 0; i < kDraws; ++i) ++counts[cell(a(i)) * kSide + cell(b(i))];
    family.add(p_of_even_cells(counts), what);
  };
  const Draws draws(kKey, 14, 2), next_term(kKey, 14, 3), next_purpose(kKey, 15, 2);
  const Draws next_replicate(make_key(20240901, 1, Domain::dynamics), 14, 2);
  const Draws next_seed(make_key(20240902, 0, Domain::dynamics), 14, 2);
  const Draws population(make_key(20240901, 0, Domain::population), 14, 2);
  const auto here = [&](std::uint32_t i) { return draws.uniform(2ull * i, 0); };
  even("entities", here, [&](std::uint32_t i) { return draws.uniform(2ull * i + 1, 0); });
  even("indices of one call", here, [&](std::uint32_t i) { return draws.uniform(2ull * i, 1); });
  even("indices of the next call", here,
       [&](std::uint32_t i) { return draws.uniform(2ull * i, 4); });
  even("terms", here, [&](std::uint32_t i) { return next_term.uniform(2ull * i, 0); });
  even("purposes", here, [&](std::uint32_t i) { return next_purpose.uniform(2ull * i, 0); });
  even("replicates", here, [&](std::uint32_t i) { return next_replicate.uniform(2ull * i, 0); });
  even("seeds", here, [&](std::uint32_t i) { return next_seed.uniform(2ull * i, 0); });
  even("domains", here, [&](std::uint32_t i) { return population.uniform(2ull * i, 0); });
  family.check();
}

TEST_CASE("normals have the moments of the normal law") {
  constexpr std::size_t kDraws = 400000;
  const double n = kDraws;
  Family family;
  for (std::uint32_t lane = 0; lane < 4; ++lane) {
    const Draws draws(kKey, 113, lane);
    double sum[5] = {};
    for (std::uint64_t i = 0; i < kDraws; ++i) {
      const double z = draws.normal(scattered(i), lane);
      double power = 1;
      for (double& s : sum) s += power, power *= z;
    }
    // Standard errors of the raw moments of a standard normal: sqrt((E z^2k - (E z^k)^2) / n).
    const std::string what = " of normals at index " + std::to_string(lane);
    family.add(two_sided(sum[1] / n / std::sqrt(1 / n)), "mean" + what);
    family.add(two_sided((sum[2] / n - 1) / std::sqrt(2 / n)), "variance" + what);
    family.add(two_sided(sum[3] / n / std::sqrt(15 / n)), "third moment" + what);
    family.add(two_sided((sum[4] / n - 3) / std::sqrt(96 / n)), "fourth moment" + what);
  }
  family.check();
}

TEST_CASE("normals follow the normal law: Kolmogorov-Smirnov and equally likely cells") {
  constexpr std::size_t kDraws = 200000, kCells = 400;
  const boost::math::normal law;
  std::vector<double> edge;
  for (std::size_t c = 1; c < kCells; ++c)
    edge.push_back(boost::math::quantile(law, static_cast<double>(c) / kCells));
  Family family;
  for (std::uint32_t term = 0; term < 4; ++term) {
    const Draws draws(kKey, 22, term);
    std::vector<float> values(kDraws);
    std::vector<std::size_t> counts(kCells);
    for (std::uint64_t i = 0; i < kDraws; ++i) {
      values[i] = draws.normal(scattered(i), term * 5);
      ++counts[static_cast<std::size_t>(std::upper_bound(edge.begin(), edge.end(), values[i]) -
                                        edge.begin())];
    }
    family.add(kolmogorov_p(values, [&](double x) { return boost::math::cdf(law, x); }),
               "distribution of normals in term " + std::to_string(term));
    family.add(p_of_even_cells(counts), "cells of normals in term " + std::to_string(term));
  }
  family.check();
}

TEST_CASE("the tails of normals hold as many as they should") {
  // Beyond 4 SD a chi-square sees nothing; rare shocks live there.
  constexpr std::uint64_t kDraws = 4000000;
  const Draws draws(kKey, 114, 1);
  std::size_t above = 0, below = 0;
  float largest = 0;
  for (std::uint64_t i = 0; i < kDraws; ++i) {
    const float z = draws.normal(i, 0);
    if (z > 4) ++above;
    if (z < -4) ++below;
    largest = std::max(largest, std::fabs(z));
  }
  const double expected = 3.167124183e-5 * kDraws;  // about 127 on each side
  CHECK(std::fabs(static_cast<double>(above) - expected) < 4.5 * std::sqrt(expected));
  CHECK(std::fabs(static_cast<double>(below) - expected) < 4.5 * std::sqrt(expected));
  CHECK(largest < 5.6f);
  CHECK(largest > 4.5f);
}

TEST_CASE("normals of neighbours are not correlated") {
  constexpr std::size_t kDraws = 200000;
  Family family;
  const Draws draws(kKey, 14, 2);
  const auto column = [&](auto&& draw) {
    std::vector<float> values(kDraws);
    for (std::uint32_t i = 0; i < kDraws; ++i) values[i] = draw(i);
    return values;
  };
  const std::vector<float> here = column([&](std::uint32_t i) { return draws.normal(i, 0); });
  const auto against = [&](const std::string& what, const std::vector<float>& there) {
    family.add(two_sided(correlation(here, there) * std::sqrt(static_cast<double>(kDraws))), what);
    std::vector<float> a(here), b(there);
    for (float& x : a) x *= x;
    for (float& x : b) x *= x;
    family.add(two_sided(correlation(a, b) * std::sqrt(static_cast<double>(kDraws))),
               what + ", squares");
  };
  against("next entity", column([&](std::uint32_t i) { return draws.normal(i + 1ull, 0); }));
  against("entity 2^32 further",
          column([&](std::uint32_t i) { return draws.normal(i + (1ull << 32), 0); }));
  against("next index", column([&](std::uint32_t i) { return draws.normal(i, 1); }));
  against("next call", column([&](std::uint32_t i) { return draws.normal(i, 4); }));
  against("next term", column([&](std::uint32_t i) { return Draws(kKey, 14, 3).normal(i, 0); }));
  against("next purpose", column([&](std::uint32_t i) { return Draws(kKey, 15, 2).normal(i, 0); }));
  for (const auto& [what, key] :
       {std::pair("next replicate", make_key(20240901, 1, Domain::dynamics)),
        std::pair("next seed", make_key(20240902, 0, Domain::dynamics)),
        std::pair("other domain", make_key(20240901, 0, Domain::population))}) {
    const Draws other(key, 14, 2);
    against(what, column([&](std::uint32_t i) { return other.normal(i, 0); }));
  }
  family.check();
}
