#include "model/initial.hpp"

#include <algorithm>
#include <cmath>

#include "base/hash.hpp"
#include "model/anchor.hpp"
#include "model/clusters.hpp"

namespace reformsim {
namespace {

enum : std::uint32_t {
  kContext = 0,
  kIntake,
  kSkill,
  kHuman,
  kSocial,
  kDecisional,
  kReluctance,
  kEnergy
};

constexpr double kQualitySd = 0.18;  // of schools' value added, pupil SD (Hedges and Hedberg 2007)
constexpr double kFillOfPosts = 0.98;  // teachers in post against posts, at the start

std::size_t at(int row) { return static_cast<std::size_t>(row); }

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

  const double sorting = parameters.of<LabourMarket>().sorting;
  const auto z_of = [&](std::size_t i) {
    return poverty.sd > 0 ? (population.deprivation[i] - poverty.mean) / poverty.sd : 0.0;
  };
  const auto intake_of = [&](std::size_t i, double z) {
    const double drawn = slope * z + residual * draws.normal(population.school_id[i], kIntake);
    return or_else(population.score[i], drawn);
  };
  const Moments intake = [&] {
    std::vector<float> all(population.schools());
    for (std::size_t i = 0; i < all.size(); ++i) all[i] = static_cast<float>(intake_of(i, z_of(i)));
    return moments(all);
  }();
  const ScorePrior prior =
      score_prior(population.score, population.deprivation, population.enrolment, 0.0);
  const double sign = std::min(kQualitySd / std::max(prior.sd(), 1e-6), 0.9);

  for (std::size_t i = 0; i < population.schools(); ++i) {
    const std::uint64_t id = population.school_id[i];
    const auto normal = [&](std::uint32_t index) {
      return static_cast<double>(draws.normal(id, index));
    };
    const double z = z_of(i);
    // Context is mostly deprivation; the rest is whatever else makes schools unlike each other.
    const double context = 0.9 * z + 0.436 * normal(kContext);
    world[col::context][i] = static_cast<float>(context);

    const double mean_intake = intake_of(i, z);
    world[col::entry_intake][i] =
        static_cast<float>(mean_intake + gap * static_cast<double>(population.deprivation[i]));

    const double teachers =
        or_else(population.teachers[i], static_cast<double>(population.enrolment[i]) / per_teacher);
    const double in_post = std::max(teachers, 0.5);
    world[col::teachers][i] = static_cast<float>(in_post);
    world[col::teacher_posts_usual][i] = static_cast<float>(in_post / kFillOfPosts);
    world[col::teacher_posts][i] = world[col::teacher_posts_usual][i];
    const double unqualified = or_else(population.unqualified[i], unqualified_mean);
    // Better-known schools have had the pick of teachers for years; the rest is the luck of small
    // numbers.
    const double name = (mean_intake - intake.mean) / std::max(intake.sd, 1e-6);
    world[col::teacher_skill][i] =
        static_cast<float>(sorting * name + 0.7 * normal(kSkill) / std::sqrt(in_post) -
                           0.8 * (unqualified - unqualified_mean));

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
    // A score above what deprivation predicts is a sign of a good school, as far as schools make
    // scores.
    const double luck = practice_draws.normal(id, kPractices);
    const double common =
        std::sqrt(kCommonShare) *
        (std::isnan(population.score[i])
             ? luck
             : sign * (population.score[i] - prior.at(population.deprivation[i])) / prior.sd() +
                   std::sqrt(1.0 - sign * sign) * luck);
    for (std::uint32_t k = 0; k < kPractices; ++k) {
      const double own = std::sqrt(1.0 - kCommonShare) * practice_draws.normal(id, k);
      const float rooted =
          unit(static_cast<float>(kUsualMastery + weaker + spread * (common + own)));
      const std::size_t place = i * kPractices + k;
      world[col::rooted_mastery][place] = rooted;
      world[col::mastery][place] = rooted;
      world[col::practice_fit][place] =
          practice_fit(repertoire.context_loss, static_cast<float>(context), kPractice[k].context);
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
    world[col::leader_skill][row] =
        draws.normal(id, 0) + (in_school ? 0.0f : 2.0f * kNewLeaderSkill);
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
        const float share =
            group == 0 ? world[col::deprivation][i] : 1 - world[col::deprivation][i];
        world[col::cohort_pupils][place] = world[col::roll][i] * share / static_cast<float>(grades);
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
  for (const auto* path :
       {"population.grades.primary", "population.grades.middle", "population.grades.secondary"})
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

}  // namespace reformsim
