#include "model/initial.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/hash.hpp"

namespace reformsim {
namespace {

// Purposes of the population's draws; permanent.
enum : std::uint16_t {
  kSchoolDraws = 700,
  kPracticeDraws = 701,
  kDistrictDraws = 702,
  kLeaderDraws = 703,
  kOrderDraws = 704,
  kScoreDraws = 705,
};
enum : std::uint32_t { kContext = 0, kIntake, kSkill, kHuman, kSocial, kDecisional, kReluctance,
                       kEnergy, kTenure };

constexpr double kFillOfPosts = 0.98;  // teachers in post against posts, at the start

std::size_t at(int row) { return static_cast<std::size_t>(row); }

// A float's bits mapped so that integers order like floats; for keys of exact sorts.
double or_else(float value, double otherwise) {
  return std::isnan(value) ? otherwise : static_cast<double>(value);
}

struct Moments {
  double mean = 0, sd = 0;
};
Moments moments(std::span<const float> values) {
  double sum = 0, squares = 0;
  for (const float v : values) sum += v;
  const double mean = values.empty() ? 0.0 : sum / static_cast<double>(values.size());
  for (const float v : values) squares += (v - mean) * (v - mean);
  return {mean, values.empty() ? 0.0 : std::sqrt(squares / static_cast<double>(values.size()))};
}

void set_place(World& world, const Scenario& scenario, const Population& population) {
  static constexpr std::string_view kGrades[kPhases] = {
      "population.grades.primary", "population.grades.middle", "population.grades.secondary"};
  for (std::size_t i = 0; i < population.schools(); ++i) {
    world[col::school_id][i] = population.school_id[i];
    world[col::district][i] = population.district[i];
    world[col::phase][i] = population.phase[i];
    world[col::grades][i] =
        static_cast<std::int32_t>(scenario.integer(kGrades[population.phase[i]]));
    world[col::roll][i] = population.enrolment[i];
    world[col::deprivation][i] = population.deprivation[i];
    world[col::imported_score][i] = population.score[i];
  }
  std::int32_t first = 0;
  for (std::size_t d = 0; d < population.districts(); ++d) {
    std::int32_t count = 0;
    while (at(first + count) < population.schools() &&
           population.district[at(first + count)] == static_cast<std::int32_t>(d))
      ++count;
    world[col::district_id][d] = population.district_id[d];
    world[col::county][d] = population.county[d];
    world[col::first_school][d] = first;
    world[col::district_schools][d] = count;
    first += count;
  }
}

void draw_schools(World& world, const Scenario& scenario, const Population& population,
                  const ModelParameters& parameters, Key key) {
  const Draws draws(key, kSchoolDraws, 0);
  const Draws practice_draws(key, kPracticeDraws, 0);
  const auto& repertoire = parameters.of<Repertoire>();
  const Moments poverty = moments(population.deprivation);
  const double slope = scenario.number("population.poverty_slope");
  const double intake_sd = scenario.number("population.intake_sd");
  const double residual = std::sqrt(std::max(intake_sd * intake_sd - slope * slope, 0.0));
  const double gap = scenario.number("population.poverty_gap");
  const double per_teacher = scenario.number("population.pupils_per_teacher");
  const double unqualified_mean = [&] {
    double sum = 0, count = 0;
    for (const float u : population.unqualified)
      if (!std::isnan(u)) sum += u, count += 1;
    return count > 0 ? sum / count : 0.0;
  }();

  for (std::size_t i = 0; i < population.schools(); ++i) {
    const std::uint64_t id = population.school_id[i];
    const auto normal = [&](std::uint32_t index) {
      return static_cast<double>(draws.normal(id, index));
    };
    const double z =
        poverty.sd > 0 ? (population.deprivation[i] - poverty.mean) / poverty.sd : 0.0;
    // Context is mostly deprivation; the rest is whatever else makes schools unlike each other.
    const double context = 0.9 * z + 0.436 * normal(kContext);
    world[col::context][i] = static_cast<float>(context);

    const double drawn = slope * z + residual * normal(kIntake);
    const double mean_intake = or_else(population.score[i], drawn);
    world[col::entry_intake][i] =
        static_cast<float>(mean_intake + gap * static_cast<double>(population.deprivation[i]));

    const double teachers =
        or_else(population.teachers[i], static_cast<double>(population.enrolment[i]) / per_teacher);
    const double in_post = std::max(teachers, 0.5);
    world[col::teachers][i] = static_cast<float>(in_post);
    world[col::teacher_posts_usual][i] = static_cast<float>(in_post / kFillOfPosts);
    world[col::teacher_posts][i] = world[col::teacher_posts_usual][i];
    const double unqualified = or_else(population.unqualified[i], unqualified_mean);
    world[col::teacher_skill][i] = static_cast<float>(
        normal(kSkill) / std::sqrt(in_post + 1.0) - 0.8 * (unqualified - unqualified_mean));

    const auto around = [&](double mean, double sd, std::uint32_t index) {
      return unit(static_cast<float>(mean + sd * normal(index)));
    };
    world[col::human_capital][i] = around(0.5, 0.08, kHuman);
    world[col::social_capital][i] = around(0.5, 0.08, kSocial);
    world[col::decisional_capital][i] = around(0.5, 0.08, kDecisional);
    world[col::energy][i] = around(0.65, 0.06, kEnergy);
    world[col::coherence][i] = 0.5f;
    world[col::collective_efficacy][i] = 0.5f;
    world[col::internal_accountability][i] = 0.35f;
    world[col::trust_in_centre][i] = 0.5f;
    world[col::wellbeing][i] = 0.6f;
    world[col::belief_in_networks][i] = 0.5f;
    world[col::systemness][i] = 0.2f;
    world[col::district_support][i] = 0.5f;
    world[col::funded][i] = 1.0f;
    world[col::time_basics][i] = 1.0f;
    world[col::time_broad][i] = 1.0f;
    world[col::reluctance][i] = draws.uniform(id, kReluctance);

    const double weaker = kContextAndMastery * repertoire.rooted_sd * context;
    const double spread = repertoire.rooted_sd;
    const double common = std::sqrt(kCommonShare) * practice_draws.normal(id, kPractices);
    for (std::uint32_t k = 0; k < kPractices; ++k) {
      const double own = std::sqrt(1.0 - kCommonShare) * practice_draws.normal(id, k);
      const float rooted = unit(static_cast<float>(kUsualMastery + weaker + spread * (common + own)));
      const std::size_t place = i * kPractices + k;
      world[col::rooted_mastery][place] = rooted;
      world[col::mastery][place] = rooted;
      world[col::practice_fit][place] = practice_fit(
          repertoire.context_loss, static_cast<float>(context), kPractice[k].context);
    }
  }
}

void draw_districts(World& world, const ModelParameters& parameters, Key key) {
  const Draws draws(key, kDistrictDraws, 0);
  const auto& p = parameters.of<Districts>();
  for (std::size_t d = 0; d < world.rows(Entity::district); ++d) {
    const std::uint64_t id = world[col::district_id][d];
    world[col::district_capacity][d] = unit(0.5f + p.capacity_sd * draws.normal(id, 0));
    world[col::district_drained][d] = 0.23f;  // about what usual autonomy keeps drained
    // Six in ten districts are willing, two token, two resistant (Hargreaves and Ainscow 2015).
    const float u = draws.uniform(id, 1);
    world[col::district_disposition][d] = u < 0.6f ? 0 : u < 0.8f ? 1 : 2;
  }
}

void draw_leaders(World& world, Key key) {
  const Draws draws(key, kLeaderDraws, 0);
  const std::size_t n = world.schools();
  for (std::size_t row = 0; row < world.rows(Entity::leader); ++row) {
    const bool in_school = row < n;
    const std::uint64_t name = in_school ? world[col::school_id][row] : row - n;
    const std::uint64_t id = hash64_of(std::span<const std::uint64_t>(&name, 1), in_school ? 1 : 2);
    world[col::leader_id][row] = id;
    world[col::leader_skill][row] = draws.normal(id, 0);
    world[col::leader_system_mind][row] = draws.uniform(id, 1);
    world[col::leader_school][row] = in_school ? static_cast<std::int32_t>(row) : -1;
    if (!in_school) continue;
    world[col::leader][row] = static_cast<std::int32_t>(row);
    world[col::leadership][row] = world[col::leader_skill][row];
    // Tenures are as old as a yearly exit of about a tenth leaves them.
    world[col::leader_tenure][row] = clamp(-9.0f * log(draws.uniform(id, 2)), 0.0f, 30.0f);
  }
}

void fill_cohorts(World& world, const ModelParameters& parameters) {
  const float gap = parameters.of<Learning>().gap;
  const std::size_t n = world.schools();
  for (std::size_t i = 0; i < n; ++i) {
    const int grades = world[col::grades][i];
    for (int g = 0; g < grades; ++g)
      for (int group = 0; group < kGroups; ++group) {
        const std::size_t place = plane(n, cohort_plane(g, group), i);
        const float share = group == 0 ? world[col::deprivation][i] : 1 - world[col::deprivation][i];
        world[col::cohort_pupils][place] =
            world[col::roll][i] * share / static_cast<float>(grades);
        const float intake = world[col::entry_intake][i] - (group == 0 ? gap : 0.0f);
        world[col::intake][place] = intake;
        world[col::attainment][place] = intake;
      }
  }
}

void start_pool(World& world) {
  double posts = 0;
  for (const float p : world[col::teacher_posts_usual]) posts += p;
  world[col::pool_teachers][0] = 0.03 * posts;
}

// Schools in a lasting local order: along a curve through the plane where places are known, else by their id.
std::vector<std::int32_t> local_order(const Population& population, std::vector<std::int32_t> rows) {
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

void tie(World& world, int slot, std::int32_t i, std::int32_t j) {
  const std::size_t place = plane(world.schools(), slot, at(i));
  world[col::partner][place] = j;
  const float away = world[col::context][at(i)] - world[col::context][at(j)];
  world[col::similarity][place] = exp(-0.5f * (away < 0 ? -away : away));
}

// Neighbours on a ring, one and two steps to either side, as far as there are so many.
void ring(World& world, const std::vector<std::int32_t>& members, int first_slot) {
  const auto n = static_cast<std::int64_t>(members.size());
  constexpr std::int64_t kSteps[] = {1, -1, 2, -2};
  for (std::int64_t r = 0; r < n; ++r)
    for (int s = 0; s < 4; ++s) {
      if (n <= s + 1) continue;
      const std::int64_t other = ((r + kSteps[s]) % n + n) % n;
      tie(world, first_slot + s, members[at(static_cast<int>(r))], members[at(static_cast<int>(other))]);
    }
}

void tie_neighbours(World& world, const Population& population) {
  std::fill(world[col::partner].begin(), world[col::partner].end(), -1);
  for (std::size_t d = 0; d < world.rows(Entity::district); ++d) {
    std::vector<std::int32_t> rows(at(world[col::district_schools][d]));
    std::iota(rows.begin(), rows.end(), world[col::first_school][d]);
    ring(world, local_order(population, std::move(rows)), 0);
  }
  for (std::size_t place = 0; place < world.schools() * kFirstClusterTie; ++place)
    if (world[col::partner][place] >= 0) world[col::tie_weight][place] = 0.15f;
}

// Cuts `rows` into near-equal clusters of about `size`.
void cut(const std::vector<std::int32_t>& rows, double size,
         std::vector<std::vector<std::int32_t>>& clusters) {
  if (rows.empty()) return;
  const auto parts = static_cast<std::size_t>(
      std::max(1.0, std::floor(static_cast<double>(rows.size()) / size + 0.5)));
  for (std::size_t c = 0; c < parts; ++c)
    clusters.emplace_back(rows.begin() + static_cast<std::ptrdiff_t>(rows.size() * c / parts),
                          rows.begin() + static_cast<std::ptrdiff_t>(rows.size() * (c + 1) / parts));
}

// The level a lever has when its reform is in full effect; for what is settled once, when clusters are formed.
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
  // Districts large enough make their own clusters; small ones of a county are put together, and across
  // districts all of a county are.
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

World make_world(const Scenario& scenario, const Population& population,
                 const ModelParameters& parameters, Key key) {
  WorldShape shape;
  const std::size_t n = population.schools();
  const auto rows = [&](Entity entity) -> std::size_t& {
    return shape.rows[static_cast<std::size_t>(entity)];
  };
  rows(Entity::school) = n;
  rows(Entity::leader) = n + std::max<std::size_t>(4, (n + 9) / 10);
  rows(Entity::district) = population.districts();
  rows(Entity::cluster) = 0;
  rows(Entity::system) = 1;
  for (const auto* path : {"population.grades.primary", "population.grades.middle",
                           "population.grades.secondary"})
    shape.cohorts = std::max(shape.cohorts, static_cast<int>(scenario.integer(path)));

  World world(shape);
  set_place(world, scenario, population);
  draw_schools(world, scenario, population, parameters, key);
  draw_districts(world, parameters, key);
  draw_leaders(world, key);
  fill_cohorts(world, parameters);
  start_pool(world);
  tie_neighbours(world, population);
  std::fill(world[col::cluster].begin(), world[col::cluster].end(), -1);
  return world;
}

World form_clusters(const Scenario& scenario, const Population& population, const World& world,
                    Key key) {
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
  std::int32_t place = 0;
  for (std::size_t k = 0; k < groups.size(); ++k) {
    next[col::first_member][k] = place;
    next[col::cluster_size][k] = static_cast<std::int32_t>(groups[k].size());
    float score = 0;
    for (const std::int32_t row : groups[k]) {
      next[col::cluster][at(row)] = static_cast<std::int32_t>(k);
      next[col::member][at(place++)] = row;
      score += next[col::reported_score][at(row)];
    }
    next[col::cluster_score][k] = score / static_cast<float>(groups[k].size());
    ring(next, groups[k], kFirstClusterTie);
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
    tie(next, kBridgeTie, a, b);
    tie(next, kBridgeTie, b, a);
  }
  return next;
}

void centre_teaching(World& world, const Parallel& parallel) {
  const auto mean = [&](std::span<const float> column) {
    const auto roll = std::as_const(world)[col::roll];
    double pupils = 0;
    const double total = parallel.sum_blocks(world.schools(), [&](Block b) {
      double sum = 0;
      for (std::size_t i = b.begin; i < b.end; ++i) sum += static_cast<double>(column[i]) * roll[i];
      return sum;
    });
    pupils = parallel.sum_blocks(world.schools(), [&](Block b) {
      double sum = 0;
      for (std::size_t i = b.begin; i < b.end; ++i) sum += roll[i];
      return sum;
    });
    return pupils > 0 ? total / pupils : 0.0;
  };
  world[col::teaching_usual_basics][0] += mean(world[col::teaching_basics]);
  world[col::teaching_usual_broad][0] += mean(world[col::teaching_broad]);
}

namespace {

// Pupil-weighted sums of one school's cohorts.
struct SchoolMeans {
  float pupils = 0, score = 0, intake = 0, luck = 0, broad = 0;
};
SchoolMeans school_means(const World& world, std::size_t i) {
  const std::size_t n = world.schools();
  SchoolMeans m;
  for (int g = 0; g < world[col::grades][i]; ++g)
    for (int group = 0; group < kGroups; ++group) {
      const std::size_t place = plane(n, cohort_plane(g, group), i);
      const float pupils = world[col::cohort_pupils][place];
      m.pupils += pupils;
      m.score += pupils * world[col::attainment][place];
      m.intake += pupils * world[col::intake][place];
      m.luck += pupils * world[col::test_noise][plane(n, g, i)];
      m.broad += pupils * world[col::broad_learning][plane(n, g, i)];
    }
  const float each = 1.0f / std::max(m.pupils, 1e-3f);
  m.score *= each, m.intake *= each, m.luck *= each, m.broad *= each;
  return m;
}

void shift(World& world, std::size_t i, float attainment, float intake, float luck, float broad) {
  const std::size_t n = world.schools();
  for (int g = 0; g < world[col::grades][i]; ++g) {
    world[col::test_noise][plane(n, g, i)] += luck;
    world[col::broad_learning][plane(n, g, i)] += broad;
    for (int group = 0; group < kGroups; ++group) {
      const std::size_t place = plane(n, cohort_plane(g, group), i);
      world[col::attainment][place] += attainment;
      world[col::intake][place] += intake;
    }
  }
}

// What a reported score says about the true one: its distance from what deprivation predicts, shrunken by
// reliability.
struct Prior {
  double intercept = 0, slope = 0, true_variance = 0;
};
Prior score_prior(const World& world, double noise) {
  double n = 0, x = 0, y = 0, xx = 0, xy = 0;
  const auto score = world[col::imported_score];
  const auto poverty = world[col::deprivation];
  for (std::size_t i = 0; i < score.size(); ++i) {
    if (std::isnan(score[i])) continue;
    n += 1, x += poverty[i], y += score[i];
    xx += static_cast<double>(poverty[i]) * poverty[i];
    xy += static_cast<double>(poverty[i]) * score[i];
  }
  Prior prior;
  if (n < 2) return {n > 0 ? y / n : 0.0, 0.0, 0.16};
  const double sxx = xx - x * x / n;
  prior.slope = sxx > 1e-12 ? (xy - x * y / n) / sxx : 0.0;
  prior.intercept = (y - prior.slope * x) / n;
  double residual = 0, luck = 0;
  for (std::size_t i = 0; i < score.size(); ++i) {
    if (std::isnan(score[i])) continue;
    const double r = score[i] - prior.intercept - prior.slope * poverty[i];
    residual += r * r;
    luck += noise * noise / std::max<double>(world[col::roll][i], 1.0);
  }
  prior.true_variance = std::max(residual / n - luck / n, 0.1 * residual / n);
  return prior;
}

}  // namespace

void anchor(World& world, const ModelParameters& parameters, Key key) {
  const std::size_t n = world.schools();
  const double noise = parameters.of<Measurement>().noise;

  double pupils = 0, added = 0, broad = 0;
  for (std::size_t i = 0; i < n; ++i) {
    const SchoolMeans m = school_means(world, i);
    pupils += m.pupils;
    added += static_cast<double>(m.pupils) * (m.score - m.intake);
    broad += static_cast<double>(m.pupils) * m.broad;
  }
  const auto mean_added = static_cast<float>(pupils > 0 ? added / pupils : 0.0);
  const auto mean_broad = static_cast<float>(pupils > 0 ? broad / pupils : 0.0);

  const Prior prior = score_prior(world, noise);
  const Draws draws(key, kScoreDraws, 0);
  double reported = 0;
  for (std::size_t i = 0; i < n; ++i) {
    shift(world, i, -mean_added, 0.0f, 0.0f, -mean_broad);
    SchoolMeans m = school_means(world, i);
    const float seen = world[col::imported_score][i];
    if (!std::isnan(seen)) {
      const double luck_variance = noise * noise / std::max<double>(world[col::roll][i], 1.0);
      const double reliability = prior.true_variance / (prior.true_variance + luck_variance);
      const double expected = prior.intercept + prior.slope * world[col::deprivation][i];
      // The score of the list holds the inflation of its day, which the true one does not.
      const double given = expected + reliability * (seen - expected);
      const auto truth = static_cast<float>(
          given - world[col::inflation][i] +
          std::sqrt(reliability * luck_variance) * draws.normal(world[col::school_id][i], 0));
      const float move = truth - m.score;
      shift(world, i, move, move, seen - truth - world[col::inflation][i] - m.luck, 0.0f);
      world[col::entry_intake][i] += move;
      m = school_means(world, i);
    }
    world[col::true_score][i] = m.score;
    world[col::value_added][i] = m.score - m.intake;
    world[col::reported_score][i] = m.score + m.luck + world[col::inflation][i];
    world[col::reported_before][i] = world[col::reported_score][i];
    world[col::reported_value_added][i] = world[col::reported_score][i] - m.intake;
    world[col::score_at_start][i] = world[col::reported_score][i];
    world[col::ordinary_usual][i] = world[col::ordinary_spending][i];
    reported += static_cast<double>(m.pupils) * world[col::reported_score][i];
  }
  world[col::score_usual][0] = pupils > 0 ? reported / pupils : 0.0;
}

}  // namespace reformsim
