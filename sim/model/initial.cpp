#include "model/initial.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "base/hash.hpp"
#include "model/clusters.hpp"
#include "model/score_prior.hpp"

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

// Draws of districts, by index.
enum : std::uint32_t { kCapacity = 0, kDisposition, kCommon, kCaution };

constexpr double kQualitySd = 0.18;   // of schools' value added, pupil SD (Hedges and Hedberg 2007)
constexpr double kDistrictSd = 0.10;  // of districts' effects, pupil SD (Chingos et al. 2015)
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
    world[col::catchment][i] = population.enrolment[i];
    world[col::roll][i] = population.enrolment[i];
    world[col::deprivation][i] = population.deprivation[i];
    world[col::catchment_deprivation][i] = population.deprivation[i];
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
  // Between districts intake may follow deprivation less (or more) than within them, and districts
  // may have something in common beyond it.
  const double between = scenario.number("population.poverty_slope_between_districts");
  const double in_common = scenario.number("population.intake_between_districts");
  std::vector<double> district_z(population.districts());
  double z_between = 0;  // share of the variance of z that lies between districts
  for (std::size_t d = 0; d < district_z.size(); ++d) {
    const std::size_t first = at(world[col::first_school][d]);
    const std::size_t count = at(world[col::district_schools][d]);
    for (std::size_t i = first; i < first + count; ++i)
      district_z[d] += z_of(i) / static_cast<double>(count);
    z_between += district_z[d] * district_z[d] * static_cast<double>(count) /
                 static_cast<double>(population.schools());
  }
  const double explained = slope * slope * (1.0 + z_between * (between * between - 1.0));
  const double residual = std::sqrt(std::max(intake_sd * intake_sd - explained, 0.0));
  const double own_part = residual * std::sqrt(1.0 - in_common),
               district_part = residual * std::sqrt(in_common);
  const Draws district_draws(key, kDistrictDraws, 0);
  const auto intake_of = [&](std::size_t i, double z) {
    const std::size_t d = at(population.district[i]);
    const double drawn = slope * (z + (between - 1.0) * district_z[d]) +
                         own_part * draws.normal(population.school_id[i], kIntake) +
                         district_part * district_draws.normal(population.district_id[d], kCommon);
    return or_else(population.score[i], drawn);
  };
  std::vector<float> intakes(population.schools());
  for (std::size_t i = 0; i < intakes.size(); ++i) {
    intakes[i] = static_cast<float>(intake_of(i, z_of(i)));
    // Context is mostly deprivation; the rest is whatever else makes schools unlike each other.
    const double other = draws.normal(population.school_id[i], kContext);
    world[col::context][i] = static_cast<float>(0.9 * z_of(i) + 0.436 * other);
  }
  const Moments intake = moments(intakes);
  const auto in_district = [&](std::span<const float> values) {
    std::vector<double> means(population.districts());
    for (std::size_t d = 0; d < means.size(); ++d)
      means[d] = moments(values.subspan(at(world[col::first_school][d]),
                                        at(world[col::district_schools][d])))
                     .mean;
    return means;
  };
  const std::vector<double> district_context = in_district(world[col::context]),
                            district_intake = in_district(intakes);
  const double local = parameters.of<LabourMarket>().local;
  Measurement::Params luckless;
  luckless.noise = luckless.occasion = 0.0f;
  const ScorePrior prior = score_prior(population.score, world[col::phase], population.deprivation,
                                       population.enrolment, luckless);
  // The share of practice that a school's practices have in common has to carry the sign for all of
  // them.
  const double sign =
      std::min(kQualitySd / std::max(prior.sd(), 1e-6) /
                   std::sqrt(std::max(static_cast<double>(repertoire.common_share), 0.1)),
               0.95);

  for (std::size_t i = 0; i < population.schools(); ++i) {
    const std::uint64_t id = population.school_id[i];
    const auto normal = [&](std::uint32_t index) {
      return static_cast<double>(draws.normal(id, index));
    };
    const double z = z_of(i);
    const std::size_t d = at(population.district[i]);
    const double context = static_cast<double>(world[col::context][i]);
    world[col::local_context][i] = static_cast<float>(context - district_context[d]);

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
    const double name = (mean_intake - intake.mean - local * (district_intake[d] - intake.mean)) /
                        std::max(intake.sd, 1e-6);
    world[col::teacher_skill][i] =
        static_cast<float>(sorting * name + 0.55 * normal(kSkill) / std::sqrt(in_post) -
                           0.8 * (unqualified - unqualified_mean));

    world[col::teacher_skill_spread][i] = 0.9f;

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
    world[col::wellbeing][i] = parameters.of<Learning>().wellbeing;
    world[col::belief_in_networks][i] = 0.5f;
    world[col::defensiveness][i] = 0.16f;  // what usual appraisal and fear keep up
    world[col::funded][i] = 1.0f;
    world[col::time_basics][i] = 1.0f;
    world[col::time_broad][i] = 1.0f;
    world[col::reluctance][i] = draws.uniform(id, kReluctance);

    const double spread = repertoire.rooted_sd;
    const double rests = usual_rooted(repertoire.usual_mastery, repertoire.context_correlation,
                                      repertoire.rooted_sd, world[col::local_context][i]);
    // A score above what deprivation predicts is a sign of a good school, as far as schools make
    // scores.
    const double luck = practice_draws.normal(id, kPractices);
    const double common =
        std::sqrt(static_cast<double>(repertoire.common_share)) *
        (std::isnan(population.score[i])
             ? luck
             : sign *
                       (population.score[i] -
                        prior.at(world[col::phase][i], population.deprivation[i])) /
                       prior.sd() +
                   std::sqrt(1.0 - sign * sign) * luck);
    for (std::uint32_t k = 0; k < kPractices; ++k) {
      const double own = std::sqrt(1.0 - repertoire.common_share) * practice_draws.normal(id, k);
      const float rooted = unit(static_cast<float>(rests + spread * (common + own)));
      const std::size_t place = i * kPractices + k;
      world[col::rooted_mastery][place] = rooted;
      world[col::mastery][place] = rooted;
      world[col::practice_fit][place] =
          settled_fit(repertoire.context_loss, static_cast<float>(context), kPractice[k].context);
    }
  }
}

// How far the schools of each district score above what their deprivation predicts, in SDs between
// districts, times how far that is a sign of the district's work; 0 without scores.
std::vector<double> signs_of_districts(const World& world, double& sign) {
  Measurement::Params luckless;
  luckless.noise = luckless.occasion = 0.0f;
  const auto score = world[col::imported_score];
  const auto deprivation = world[col::deprivation];
  const ScorePrior prior =
      score_prior(score, world[col::phase], deprivation, world[col::roll], luckless);
  std::vector<float> above;
  std::vector<double> signs(world.rows(Entity::district));
  std::vector<double> pupils(signs.size());
  double mean = 0, all = 0;
  for (std::size_t d = 0; d < signs.size(); ++d) {
    double sum = 0, listed = 0;
    const std::size_t first = at(world[col::first_school][d]);
    for (std::size_t i = first; i < first + at(world[col::district_schools][d]); ++i) {
      pupils[d] += static_cast<double>(world[col::roll][i]);
      if (std::isnan(score[i])) continue;
      sum += score[i] - prior.at(world[col::phase][i], deprivation[i]);
      listed += 1;
    }
    signs[d] = listed > 0 ? sum / listed : 0.0;
    if (listed > 0) above.push_back(static_cast<float>(signs[d]));
    mean += pupils[d] * signs[d], all += pupils[d];
  }
  // The usual pupil's district is no better than others, or the system would drift as they come
  // back to what is usual.
  for (double& s : signs) s -= all > 0 ? mean / all : 0.0;
  const double sd = moments(above).sd;
  sign = sd > 1e-6 ? std::min(kDistrictSd / sd, 0.9) : 0.0;
  for (double& s : signs) s *= sd > 1e-6 ? sign / sd : 0.0;
  return signs;
}

// Districts start at what the status quo keeps drained, so that nothing drifts.
void draw_districts(World& world, const Scenario& scenario, const ModelParameters& parameters,
                    Key key) {
  double sign = 0;
  const std::vector<double> signs = signs_of_districts(world, sign);
  const Draws draws(key, kDistrictDraws, 0);
  const auto& p = parameters.of<Districts>();
  const auto& middle = parameters.of<MiddleLeadership>();
  const float bypassed =
      scenario.lever(lever_path(LeverId::district_role)).status_quo == 0.0 ? 1.0f : 0.0f;
  const float thinning =
      parameters.at_work<Innovation>() ? parameters.of<Innovation>().thinning : 0.0f;
  const float drained = drained_in_the_long_run(
      thinning * static_cast<float>(scenario.lever(lever_path(LeverId::autonomy)).status_quo) +
          p.neglect * bypassed,
      p.rebuilding * (1.0f - bypassed));
  for (std::size_t d = 0; d < world.rows(Entity::district); ++d) {
    const std::uint64_t id = world[col::district_id][d];
    const double luck = std::sqrt(1.0 - sign * sign) * draws.normal(id, kCapacity);
    world[col::district_capacity][d] =
        unit(p.usual_capacity + p.capacity_sd * static_cast<float>(signs[d] + luck));
    world[col::district_drained][d] = drained;
    world[col::district_disposition][d] =
        disposition_of(draws.uniform(id, kDisposition), middle.token_share, middle.resistant_share);
    world[col::district_caution][d] = draws.uniform(id, kCaution);
  }
  const float usual = p.usual_capacity * (1.0f - drained);
  std::fill(world[col::district_support].begin(), world[col::district_support].end(), usual);
  world[col::support_usual][0] = static_cast<double>(usual);
}

void draw_leaders(World& world, const ModelParameters& parameters, Key key) {
  const Draws draws(key, kLeaderDraws, 0);
  const std::size_t n = world.schools();
  for (std::size_t row = 0; row < world.rows(Entity::leader); ++row) {
    const bool in_school = row < n;
    const std::uint64_t name = in_school ? world[col::school_id][row] : row - n;
    const std::uint64_t id = hash64_of(std::span<const std::uint64_t>(&name, 1), in_school ? 1 : 2);
    world[col::leader_id][row] = id;
    world[col::leader_skill][row] =
        draws.normal(id, 0) +
        (in_school ? 0.0f : 2.0f * parameters.of<LabourMarket>().new_leader_skill);
    world[col::leader_system_mind][row] = draws.uniform(id, 1);
    world[col::leader_school][row] = in_school ? static_cast<std::int32_t>(row) : -1;
    if (!in_school) continue;
    world[col::leader][row] = static_cast<std::int32_t>(row);
    world[col::leadership][row] = world[col::leader_skill][row];
    // Tenures are as old as a yearly exit of about a tenth leaves them.
    world[col::leader_tenure][row] = clamp(-9.0f * log(draws.uniform(id, 2)), 0.0f, 30.0f);
  }
}

// Who sends whom pupils: the nearest phase below, in the district if it has such schools, else in
// the county.
void set_feeders(World& world) {
  const std::size_t districts = world.rows(Entity::district);
  std::int32_t counties = 0;
  for (const std::int32_t county : world[col::county]) counties = std::max(counties, county + 1);
  std::vector<std::array<bool, kPhases>> has(districts + at(counties));
  for (std::size_t i = 0; i < world.schools(); ++i) {
    const std::size_t d = at(world[col::district][i]), phase = at(world[col::phase][i]);
    has[d][phase] = has[districts + at(world[col::county][d])][phase] = true;
  }
  for (std::size_t i = 0; i < world.schools(); ++i) {
    const std::size_t d = at(world[col::district][i]);
    world[col::feeder_pool][i] = -1;
    for (const std::size_t pool : {d, districts + at(world[col::county][d])})
      for (int phase = world[col::phase][i] - 1; phase >= 0; --phase)
        if (world[col::feeder_pool][i] < 0 && has[pool][at(phase)]) {
          world[col::feeder_pool][i] = static_cast<std::int32_t>(pool);
          world[col::feeder_phase][i] = phase;
        }
  }
}

// What the levers of the status quo and the leaders sustain, without any network.
void settle_systemness(World& world, const Scenario& scenario, const ModelParameters& parameters) {
  const auto level = [&](LeverId lever) {
    return static_cast<float>(scenario.lever(lever_path(lever)).status_quo);
  };
  const auto& p = parameters.of<Systemness>();
  for (std::size_t i = 0; i < world.schools(); ++i)
    world[col::systemness][i] = systemness_at_rest(
        p, level(LeverId::coordination), level(LeverId::school_to_school),
        world[col::leader_system_mind][at(world[col::leader][i])],
        unrivalled(p.rivalry, level(LeverId::competition), level(LeverId::stakes)));
}

void fill_cohorts(World& world, const ModelParameters& parameters) {
  const float gap = parameters.of<Choice>().gap;
  const std::size_t n = world.schools();
  for (std::size_t i = 0; i < n; ++i) {
    const int grades = world[col::grades][i];
    for (int group = 0; group < kGroups; ++group) {
      const float pupils =
          own_pupils(world[col::catchment][i], world[col::catchment_deprivation][i], grades, group);
      const float intake = own_intake(world[col::entry_intake][i], gap, group);
      world[col::entrants][plane(n, group, i)] = pupils;
      world[col::entrant_intake][plane(n, group, i)] = intake;
      for (int g = 0; g < grades; ++g) {
        const std::size_t place = plane(n, cohort_plane(g, group), i);
        world[col::cohort_pupils][place] = pupils;
        world[col::intake][place] = intake;
        world[col::attainment][place] = intake;
      }
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
  rows(Entity::lever) = kLevers;
  rows(Entity::system) = 1;
  for (const auto* path :
       {"population.grades.primary", "population.grades.middle", "population.grades.secondary"})
    shape.cohorts = std::max(shape.cohorts, static_cast<int>(scenario.integer(path)));

  World world(shape);
  set_place(world, scenario, population);
  draw_schools(world, scenario, population, parameters, key);
  draw_districts(world, scenario, parameters, key);
  draw_leaders(world, parameters, key);
  settle_systemness(world, scenario, parameters);
  set_feeders(world);
  fill_cohorts(world, parameters);
  start_pool(world);
  tie_neighbours(world, population, parameters);
  std::fill(world[col::cluster].begin(), world[col::cluster].end(), -1);
  std::fill(world[col::autonomy_held].begin(), world[col::autonomy_held].end(),
            static_cast<float>(scenario.lever("governance.autonomy").status_quo));
  return world;
}

}  // namespace reformsim
