#include "experiment/design_units.hpp"

#include <algorithm>
#include <numeric>

#include <boost/random/sobol.hpp>

#include "base/random.hpp"

namespace reformsim {
namespace {

enum Purpose : std::uint16_t {  // permanent: designs in old files have to be had again
  random_point = 1,
  slice_order = 2,
  place_in_slice = 3,
  sobol_shift = 4,
  morris_start = 5,
  morris_order = 6
};

class DesignDraws {
 public:
  DesignDraws(std::uint64_t seed, Purpose purpose)
      : key_(make_key(seed, 0, Domain::design)), purpose_(purpose) {}

  std::uint64_t bits(std::size_t entity, std::size_t number) const {
    const Draws draws(key_, purpose_, static_cast<std::uint32_t>(number));
    return static_cast<std::uint64_t>(draws.bits(entity, 0)) << 32 | draws.bits(entity, 1);
  }
  // In [0, 1), steps of 2^-53.
  double uniform(std::size_t entity, std::size_t number) const {
    return static_cast<double>(bits(entity, number) >> 11) * 0x1p-53;
  }
  // One of 0 .. count - 1.
  std::size_t one_of(std::size_t count, std::size_t entity, std::size_t number) const {
    return static_cast<std::size_t>(uniform(entity, number) * static_cast<double>(count));
  }
  std::vector<std::size_t> permutation(std::size_t count, std::size_t entity) const {
    std::vector<std::size_t> order(count);
    std::iota(order.begin(), order.end(), std::size_t{0});
    for (std::size_t i = count; i > 1; --i)
      std::swap(order[i - 1], order[one_of(i, entity, i - 1)]);
    return order;
  }

 private:
  Key key_;
  std::uint16_t purpose_;
};

}  // namespace

std::size_t sobol_dimensions() { return boost::random::default_sobol_table::max_dimension; }

std::vector<double> sobol_sequence(std::size_t points, const std::vector<std::uint64_t>& shift) {
  boost::random::sobol sequence(shift.size());
  std::vector<double> out;
  out.reserve(points * shift.size());
  for (std::size_t i = 0; i < points; ++i)
    for (const std::uint64_t flip : shift) {
      const std::uint64_t bits = i == 0 ? 0 : sequence();  // Boost leaves out the point of zeros
      out.push_back(static_cast<double>((bits ^ flip) >> 11) * 0x1p-53);
    }
  return out;
}

std::vector<double> random_units(std::size_t n, std::size_t d, std::uint64_t seed) {
  const DesignDraws draws(seed, random_point);
  std::vector<double> unit(n * d);
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t f = 0; f < d; ++f) unit[i * d + f] = draws.uniform(i, f);
  return unit;
}

std::vector<double> latin_hypercube_units(std::size_t n, std::size_t d, std::uint64_t seed) {
  const DesignDraws order(seed, slice_order), place(seed, place_in_slice);
  std::vector<double> unit(n * d);
  for (std::size_t f = 0; f < d; ++f) {
    const std::vector<std::size_t> slice = order.permutation(n, f);
    for (std::size_t i = 0; i < n; ++i) {
      // 24 bits and a half: with finer places, rounding could carry a point into the next slice.
      const double inside = (static_cast<double>(place.bits(i, f) >> 40) + 0.5) * 0x1p-24;
      unit[i * d + f] = (static_cast<double>(slice[i]) + inside) / static_cast<double>(n);
    }
  }
  return unit;
}

std::vector<double> sobol_units(std::size_t n, std::size_t dimensions, std::uint64_t seed) {
  const DesignDraws draws(seed, sobol_shift);
  std::vector<std::uint64_t> shift(dimensions);
  for (std::size_t k = 0; k < dimensions; ++k) shift[k] = draws.bits(0, k);
  return sobol_sequence(n, shift);
}

std::vector<double> saltelli_units(std::size_t n, std::size_t d, bool second_order,
                                   std::uint64_t seed) {
  const std::vector<double> both = sobol_units(n, 2 * d, seed);
  std::vector<double> unit;
  unit.reserve(n * d * ((second_order ? 2 * d : d) + 2));
  for (std::size_t i = 0; i < n; ++i) {
    const double *a = &both[i * 2 * d], *b = a + d;
    const auto put = [&](const double* most, const double* one, std::size_t from_one) {
      for (std::size_t f = 0; f < d; ++f) unit.push_back(f == from_one ? one[f] : most[f]);
    };
    put(a, a, d);
    for (std::size_t f = 0; f < d; ++f) put(a, b, f);
    for (std::size_t f = 0; second_order && f < d; ++f) put(b, a, f);
    put(b, b, d);
  }
  return unit;
}

std::vector<double> morris_units(std::size_t trajectories, std::size_t d, int levels,
                                 std::uint64_t seed) {
  const DesignDraws start(seed, morris_start), order(seed, morris_order);
  const auto count = static_cast<std::size_t>(levels);
  std::vector<double> unit;
  unit.reserve(trajectories * (d + 1) * d);
  std::vector<std::size_t> at(d);
  const auto put = [&] {
    for (const std::size_t level : at)
      unit.push_back(static_cast<double>(level) / static_cast<double>(count - 1));
  };
  for (std::size_t t = 0; t < trajectories; ++t) {
    for (std::size_t f = 0; f < d; ++f) at[f] = start.one_of(count, t, f);
    put();
    for (const std::size_t f : order.permutation(d, t)) {
      at[f] = at[f] < count / 2 ? at[f] + count / 2 : at[f] - count / 2;
      put();
    }
  }
  return unit;
}

}  // namespace reformsim
