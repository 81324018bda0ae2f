#include "model/clusters.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "base/hash.hpp"
#include "model/initial.hpp"

namespace reformsim {
namespace {

std::size_t at(int row) { return static_cast<std::size_t>(row); }

// Schools in a lasting local order: along a curve through the plane where places are known, else by
// their id.
std::vector<std::int32_t> local_order(const Population& population,
                                      std::vector<std::int32_t> rows) {
  const auto interleave = [](std::uint64_t v) -> std::uint64_t {
    v &= 0xffffffffu;
    v = (v | v << 16) & 0x0000ffff0000ffffull;
    v = (v | v << 8) & 0x00ff00ff00ff00ffull;
    v = (v | v << 4) & 0x0f0f0f0f0f0f0f0full;
    v = (v | v << 2) & 0x3333333333333333ull;
    return (v | v << 1) & 0x5555555555555555ull;
  };
  const auto key = [&](std::int32_t row) -> std::uint64_t {
    const float x = population.x[at(row)], y = population.y[at(row)];
    if (std::isnan(x) || std::isnan(y))
      return hash64_of(std::span<const std::uint64_t>(&population.school_id[at(row)], 1), 3);
    const auto cell = [](float v) {
      return static_cast<std::uint64_t>(static_cast<std::int64_t>(v * 10.0f) + (1ll << 31));
    };
    return interleave(cell(x)) | interleave(cell(y)) << 1;
  };
  std::vector<std::pair<std::pair<std::uint64_t, std::uint64_t>, std::int32_t>> keyed;
  keyed.reserve(rows.size());
  for (const std::int32_t row : rows)
    keyed.push_back({{key(row), population.school_id[at(row)]}, row});
  std::sort(keyed.begin(), keyed.end());
  for (std::size_t r = 0; r < rows.size(); ++r) rows[r] = keyed[r].second;
  return rows;
}

void tie(World& world, const Ties::Params& ties, int slot, std::int32_t i, std::int32_t j) {
  const std::size_t place = plane(world.schools(), slot, at(i));
  world[col::partner][place] = j;
  const float away = world[col::context][at(i)] - world[col::context][at(j)];
  world[col::similarity][place] = exp(-ties.distance * (away < 0 ? -away : away));
}

// The nearest on a ring to either side, as far as there are so many and they are not tied already.
void ring(World& world, const Ties::Params& ties, const std::vector<std::int32_t>& members,
          int first_slot) {
  const auto n = static_cast<std::int64_t>(members.size());
  constexpr int kRing = 4;
  const auto tied = [&](std::int32_t i, std::int32_t j) {
    for (int slot = 0; slot < kBridgeTie; ++slot)
      if (world[col::partner][plane(world.schools(), slot, at(i))] == j) return true;
    return false;
  };
  for (std::int64_t r = 0; r < n; ++r) {
    const std::int32_t self = members[static_cast<std::size_t>(r)];
    int slot = first_slot;
    for (std::int64_t step = 1; step <= n / 2 && slot < first_slot + kRing; ++step)
      for (const std::int64_t way : {step, -step}) {
        const std::int32_t other = members[static_cast<std::size_t>(((r + way) % n + n) % n)];
        if (slot < first_slot + kRing && other != self && !tied(self, other))
          tie(world, ties, slot++, self, other);
      }
  }
}

// Cuts `rows` into near-equal clusters of about `size`.
void cut(const std::vector<std::int32_t>& rows, double size,
         std::vector<std::vector<std::int32_t>>& clusters) {
  if (rows.empty()) return;
  const auto parts = static_cast<std::size_t>(
      std::max(1.0, std::floor(static_cast<double>(rows.size()) / size + 0.5)));
  for (std::size_t c = 0; c < parts; ++c)
    clusters.emplace_back(
        rows.begin() + static_cast<std::ptrdiff_t>(rows.size() * c / parts),
        rows.begin() + static_cast<std::ptrdiff_t>(rows.size() * (c + 1) / parts));
}

// The level a lever has when its reform is in full effect; for what is settled once, when clusters
// are formed.
double settled_level(const Scenario& scenario, LeverId lever) {
  const Lever& plan = scenario.lever(lever_path(lever));
  return plan.reform.empty() ? plan.status_quo : plan.reform.front().value;
}

std::vector<std::vector<std::int32_t>> group_schools(const Scenario& scenario,
                                                     const Population& population,
                                                     const World& world, Key key) {
  const double size = settled_level(scenario, LeverId::cluster_size_lever);
  const auto how =
      static_cast<Composition>(static_cast<int>(settled_level(scenario, LeverId::composition)));
  const Draws order(key, kOrderDraws, 0);
  const auto arranged = [&](std::vector<std::int32_t> rows) {
    if (how == Composition::place) return local_order(population, std::move(rows));
    std::sort(rows.begin(), rows.end(), [&](std::int32_t a, std::int32_t b) {
      const auto rank = [&](std::int32_t row) {
        return how == Composition::families ? world[col::context][at(row)]
                                            : order.uniform(world[col::school_id][at(row)], 0);
      };
      const float x = rank(a), y = rank(b);
      return x != y ? x < y : world[col::school_id][at(a)] < world[col::school_id][at(b)];
    });
    return rows;
  };
  // Districts large enough make their own clusters; small ones of a county are put together, and
  // across districts all of a county are.
  std::vector<std::vector<std::int32_t>> clusters, small(population.county_name.size());
  for (std::size_t d = 0; d < population.districts(); ++d) {
    std::vector<std::int32_t> rows(at(world[col::district_schools][d]));
    std::iota(rows.begin(), rows.end(), world[col::first_school][d]);
    auto& county = small[at(population.county[d])];
    if (how == Composition::cross_district || static_cast<double>(rows.size()) < 0.75 * size)
      county.insert(county.end(), rows.begin(), rows.end());
    else
      cut(arranged(std::move(rows)), size, clusters);
  }
  for (auto& rows : small) cut(arranged(std::move(rows)), size, clusters);
  return clusters;
}

}  // namespace

void tie_neighbours(World& world, const Population& population, const ModelParameters& parameters) {
  const auto& ties = parameters.of<Ties>();
  std::fill(world[col::partner].begin(), world[col::partner].end(), -1);
  for (std::size_t d = 0; d < world.rows(Entity::district); ++d) {
    std::vector<std::int32_t> rows(at(world[col::district_schools][d]));
    std::iota(rows.begin(), rows.end(), world[col::first_school][d]);
    ring(world, ties, local_order(population, std::move(rows)), 0);
  }
  for (std::size_t place = 0; place < world.schools() * kFirstClusterTie; ++place)
    if (world[col::partner][place] >= 0)  // what neighbours keep up when nothing breaks
      world[col::tie_weight][place] = ties.forming / (ties.forming + ties.decay);
}

World form_clusters(const Scenario& scenario, const Population& population,
                    const ModelParameters& parameters, const World& world, Key key) {
  const auto& ties = parameters.of<Ties>();
  const auto groups = group_schools(scenario, population, world, key);
  WorldShape shape = world.shape();
  shape.rows[static_cast<std::size_t>(Entity::cluster)] = groups.size();
  World next(shape);
  for (std::size_t c = 0; c < kColumns; ++c) {
    const auto column = static_cast<Column>(c);
    if (info(column).entity == Entity::cluster) continue;
    const auto from = world.bytes(column);
    std::copy(from.begin(), from.end(), next.bytes(column).begin());
  }

  const std::size_t n = next.schools();
  std::fill(next[col::partner].begin() + static_cast<std::ptrdiff_t>(n * kFirstClusterTie),
            next[col::partner].end(), -1);
  for (const auto column : {next[col::similarity], next[col::tie_weight]})
    std::fill(column.begin() + static_cast<std::ptrdiff_t>(n * kFirstClusterTie), column.end(),
              0.0f);
  std::int32_t place = 0;
  for (std::size_t k = 0; k < groups.size(); ++k) {
    next[col::cluster_trust][k] = parameters.of<ClusterTrust>().start_trust;
    next[col::first_member][k] = place;
    next[col::cluster_size][k] = static_cast<std::int32_t>(groups[k].size());
    for (const std::int32_t row : groups[k]) {
      next[col::cluster][at(row)] = static_cast<std::int32_t>(k);
      next[col::member][at(place++)] = row;
    }
    ring(next, ties, groups[k], kFirstClusterTie);
  }

  // Bridges: schools paired at random across clusters.
  const Draws order(key, kOrderDraws, 1);
  std::vector<std::pair<float, std::uint64_t>> lot(n);
  std::vector<std::int32_t> rows(n);
  std::iota(rows.begin(), rows.end(), 0);
  for (std::size_t i = 0; i < n; ++i)
    lot[i] = {order.uniform(next[col::school_id][i], 0), next[col::school_id][i]};
  std::sort(rows.begin(), rows.end(),
            [&](std::int32_t a, std::int32_t b) { return lot[at(a)] < lot[at(b)]; });
  for (std::size_t r = 0; r + 1 < n; r += 2) {
    const std::int32_t a = rows[r], b = rows[r + 1];
    if (next[col::cluster][at(a)] == next[col::cluster][at(b)]) continue;
    tie(next, ties, kBridgeTie, a, b);
    tie(next, ties, kBridgeTie, b, a);
  }
  return next;
}

}  // namespace reformsim
