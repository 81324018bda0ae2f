#include "population/synthesis.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>

#include "base/hash.hpp"
#include "base/math.hpp"
#include "base/random.hpp"

namespace reformsim {

namespace {

constexpr double kReach = 6.0;  // single-precision normal deviates end at 5.4
constexpr int kNodes = 1537;    // steps of 1/128
constexpr double kStep = 2 * kReach / (kNodes - 1);
constexpr int kTerms = 60;              // of the expansion in Hermite polynomials
constexpr double kAreaOfSchool = 10.0;  // km2
constexpr int kDistrictsInCounty = 10;
constexpr double kFewestPupils = 20;
constexpr double kMostPupils =
    1e6;  // a wide log-normal may not leave what an imported list may hold

double square_root(double x) { return __builtin_sqrt(x); }  // IEEE: the same bits everywhere

double node(int i) { return -kReach + i * kStep; }

double density(double z) { return 0.3989422804014327 * exp(-0.5 * z * z); }

double inverse_sinh(double x) { return log(x + square_root(x * x + 1)); }

// Logs of the two sides of the logistic curve at t, without cancellation at either end.
struct Sides {
  double low, high;  // log(1 / (1 + e^-t)), log(1 / (1 + e^t))
};
Sides log_sides(double t) {
  const double far = log(1.0 + exp(t < 0 ? t : -t));
  return t < 0 ? Sides{t - far, -far} : Sides{-far, -t - far};
}

std::string numbered(char letter, int width, std::size_t number) {
  return fmt::format("{}{:0{}}", letter, number, width);
}

int width_for(std::size_t count, int least) {
  int width = 1;
  for (std::size_t top = 9; top < count; top = top * 10 + 9) ++width;
  return std::max(width, least);
}

}  // namespace

double normal_cdf(double z) {
  if (z > 0) return 1.0 - normal_cdf(-z);
  if (z < -38) return 0.0;
  if (z > -3) {  // Phi = 1/2 + phi(z) (z + z^3/3 + z^5/15 + ...)
    double term = z, sum = z;
    for (int k = 3; k < 120; k += 2) {
      term *= z * z / k;
      sum += term;
    }
    return 0.5 + density(z) * sum;
  }
  double fraction = 0.0;  // phi(z) / (|z| + 1/(|z| + 2/(|z| + ...)))
  for (int k = 120; k >= 1; --k) fraction = k / (-z + fraction);
  return density(z) / (-z + fraction);
}

// The quantile has no closed form. With x = 1 / (1 + e^-t) the Beta density times dx/dt is x^a (1 -
// x)^b / B(a, b): smooth for every a, b > 0, where the density in x has poles. It is integrated
// over t by Simpson's rule, and the running integral is read off at Phi(z) of every node.
BetaCopula::BetaCopula(double mean, double sd) {
  const double strength = mean * (1 - mean) / (sd * sd) - 1;
  a_ = mean * strength;
  b_ = (1 - mean) * strength;
  const double top = log(a_ / b_);  // where the integrand is largest
  const auto log_density = [&](double t) {
    const Sides sides = log_sides(t);
    return a_ * sides.low + b_ * sides.high;
  };
  const double highest = log_density(top);
  // Far enough out that what is left, e^-45, is nothing beside Phi(-6) = 1e-9.
  const auto reach = [&](double direction) {
    double near = 0, far = 1;
    while (log_density(top + direction * far) > highest - 45) far *= 2;
    for (int k = 0; k < 40; ++k) {
      const double middle = 0.5 * (near + far);
      (log_density(top + direction * middle) > highest - 45 ? near : far) = middle;
    }
    return far;
  };
  // Steps grow with the distance from the top (t = top + sinh(s)): for a small a the lower tail is
  // 1/a long, while around the top the integrand turns within one.
  const double first = -inverse_sinh(reach(-1)), last = inverse_sinh(reach(1));
  constexpr int kPanels = 2048;
  const double width = (last - first) / kPanels;
  const auto place = [&](double s) { return top + 0.5 * (exp(s) - exp(-s)); };
  const auto integrand = [&](double s) {
    return exp(log_density(place(s)) - highest) * (exp(s) + exp(-s));
  };
  std::vector<double> below(kPanels + 1);
  double begin = integrand(first);
  for (int i = 0; i < kPanels; ++i) {
    const double middle = integrand(first + (i + 0.5) * width);
    const double end = integrand(first + (i + 1) * width);
    below[i + 1] = below[i] + (begin + 4 * middle + end);
    begin = end;
  }
  logit_.resize(kNodes);
  int panel = 0;
  for (int i = 0; i < kNodes; ++i) {
    const double wanted = normal_cdf(node(i)) * below[kPanels];
    while (panel < kPanels - 1 && below[panel + 1] < wanted) ++panel;
    const double part = (wanted - below[panel]) / (below[panel + 1] - below[panel]);
    logit_[i] = place(first + (panel + std::clamp(part, 0.0, 1.0)) * width);
  }
}

double BetaCopula::operator()(double z) const {
  const double at = (std::clamp(z, -kReach, kReach) + kReach) / kStep;
  const int i = std::min(static_cast<int>(at), kNodes - 2);
  const double part = at - i;
  const double t = logit_[i] + part * (logit_[i + 1] - logit_[i]);
  return 1.0 / (1.0 + exp(-t));
}

// With x(z) = sum c_k H_k(z) in normalised Hermite polynomials, two deviates of correlation r give
// values whose covariance is sum c_k^2 r^k. What lies beyond the last term is booked on it.
double BetaCopula::latent_correlation(double wanted) const {
  std::array<double, kTerms + 1> coefficient{};
  std::array<double, kTerms + 2> root;
  for (int k = 0; k <= kTerms + 1; ++k) root[k] = square_root(static_cast<double>(k));
  double square = 0;
  for (int i = 0; i < kNodes; ++i) {
    const double z = node(i);
    const double weight = density(z) * kStep;
    const double x = (*this)(z);
    square += weight * x * x;
    double before = 0, polynomial = 1;
    for (int k = 0; k <= kTerms; ++k) {
      coefficient[k] += weight * x * polynomial;
      const double next = (z * polynomial - root[k] * before) / root[k + 1];
      before = polynomial;
      polynomial = next;
    }
  }
  const double variance = square - coefficient[0] * coefficient[0];
  const auto correlation = [&](double r) {
    double covariance = 0, power_of_r = 1, rest = variance;
    for (int k = 1; k <= kTerms; ++k) {
      power_of_r *= r;
      covariance += coefficient[k] * coefficient[k] * power_of_r;
      rest -= coefficient[k] * coefficient[k];
    }
    return (covariance + std::max(rest, 0.0) * power_of_r) / variance;
  };
  double low = 0, high = 1;
  for (int k = 0; k < 50; ++k) {
    const double middle = 0.5 * (low + high);
    (correlation(middle) < wanted ? low : high) = middle;
  }
  return 0.5 * (low + high);
}

// Shares below one are raised to one, smallest first, and the others share what is left; then whole
// schools by largest remainder. The price of the floor: sizes spread a little less than the
// weights.
std::vector<int> apportion(const std::vector<double>& weights, int schools) {
  std::vector<std::size_t> order(weights.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return std::pair(weights[a], a) < std::pair(weights[b], b);
  });
  double weight_left = 0;
  for (const std::size_t i : order) weight_left += weights[i];
  double places_left = schools;
  std::vector<int> sizes(weights.size(), 1);
  std::size_t at = 0;
  for (; at < order.size() && places_left * weights[order[at]] < weight_left; ++at) {
    places_left -= 1;
    weight_left -= weights[order[at]];
  }
  const std::vector<std::size_t> large(order.begin() + static_cast<std::ptrdiff_t>(at),
                                       order.end());
  std::vector<std::pair<double, std::size_t>> remainders;
  auto unplaced = static_cast<std::int64_t>(places_left);
  for (const std::size_t i : large) {
    const double share = places_left * weights[i] / weight_left;
    sizes[i] = std::max(1, static_cast<int>(share));
    unplaced -= sizes[i];
    remainders.emplace_back(static_cast<double>(sizes[i]) - share, i);  // largest remainder first
  }
  std::sort(remainders.begin(), remainders.end());
  for (std::size_t k = 0; unplaced > 0; k = (k + 1) % remainders.size(), --unplaced)
    ++sizes[remainders[k].second];
  return sizes;
}

namespace {

// The distribution of deprivation and its correlation in latent space. All replicates of a system
// have the same, and fitting it takes longer than a year of a small system, so each thread keeps
// what it fitted last.
struct Fitted {
  BetaCopula copula;
  double between;
};
const Fitted& fitted(double mean, double sd, double wanted, std::size_t slot) {
  struct Kept {
    double mean, sd, wanted;
    Fitted value;
  };
  thread_local std::array<std::optional<Kept>, 2> kept;  // of two groups of schools, by slot
  std::optional<Kept>& last = kept[slot];
  if (!last || last->mean != mean || last->sd != sd || last->wanted != wanted) {
    const BetaCopula copula(mean, sd);
    last = Kept{mean, sd, wanted, {copula, copula.latent_correlation(wanted)}};
  }
  return last->value;
}

}  // namespace

Population synthesise(const Scenario& scenario, std::uint32_t replicate) {
  const std::int64_t schools = scenario.integer("population.schools");
  const std::int64_t districts = scenario.integer("population.districts");
  const double mean = scenario.number("population.deprivation_mean");
  const double sd = scenario.number("population.deprivation_sd");
  const double shift = scenario.number("population.secondary_deprivation_shift");
  std::vector<Problem> problems;
  if (districts > schools)
    problems.push_back(
        {scenario.place("population.districts"),
         fmt::format("population.districts: {} districts for {} schools; every district needs one",
                     districts, schools)});
  for (const double of : {mean, mean + shift}) {
    if (of > 0 && of < 1 && sd > 0 && sd * sd < of * (1 - of)) continue;
    problems.push_back(
        {scenario.place("population.deprivation_sd"),
         fmt::format(
             "population.deprivation_sd: no share with mean {} has SD {}; expected more than "
             "0 and less than {:.3f}",
             of, sd, square_root(std::max(0.0, of * (1 - of))))});
    break;
  }
  if (!problems.empty()) throw InputError(std::move(problems));

  const auto count = static_cast<std::size_t>(schools);
  const auto district_count = static_cast<std::size_t>(districts);
  const Key key = make_key(static_cast<std::uint64_t>(scenario.integer("population.seed")),
                           replicate, Domain::population);
  const auto draws = [&](SynthesisPurpose purpose) {
    return Draws(key, static_cast<std::uint16_t>(purpose), 0);
  };

  Population population;
  population.synthetic = true;
  const int district_width = width_for(district_count, 5);
  const int school_width = width_for(count, 7);

  const double cv = scenario.number("population.district_size_cv");
  const double size_spread = square_root(log(1 + cv * cv));
  const Draws size_draws = draws(SynthesisPurpose::district_size);
  std::vector<double> weights(district_count);
  for (std::size_t d = 0; d < district_count; ++d) {
    population.district_code.push_back(numbered('D', district_width, d + 1));
    population.district_name.push_back(fmt::format("District {}", d + 1));
    population.district_id.push_back(hash64(population.district_code[d]));
    weights[d] =
        exp(size_spread * static_cast<double>(size_draws.normal(population.district_id[d], 0)));
  }
  const std::vector<int> sizes = apportion(weights, static_cast<int>(schools));

  // Counties of neighbours: ten districts in a row of codes, each county one cell of a square grid.
  const std::size_t counties =
      std::max<std::size_t>(1, (district_count + kDistrictsInCounty / 2) / kDistrictsInCounty);
  const auto grid = static_cast<std::size_t>(std::ceil(square_root(static_cast<double>(counties))));
  const double cell =
      square_root(static_cast<double>(schools) * kAreaOfSchool / static_cast<double>(counties));
  const int county_width = width_for(counties, 3);
  for (std::size_t c = 0; c < counties; ++c)
    population.county_name.push_back(numbered('C', county_width, c + 1));
  const Draws district_place = draws(SynthesisPurpose::district_place);
  const Draws district_deprivation = draws(SynthesisPurpose::district_deprivation);

  // Deprivation and enrolment of primary and middle schools, and of secondary ones.
  struct Kind {
    const BetaCopula* deprivation;
    float district_part, school_part;  // of the deviate behind deprivation
    float poor_part, own_part;         // of the deviate behind enrolment
  };
  const auto kind_of = [&](bool secondary) {
    const Fitted& f = fitted(secondary ? mean + shift : mean, sd,
                             scenario.number("population.deprivation_between_districts"),
                             secondary && shift != 0 ? 1 : 0);
    const double r = scenario.number(secondary ? "population.secondary_deprivation_and_size"
                                               : "population.primary_deprivation_and_size");
    return Kind{&f.copula, static_cast<float>(square_root(f.between)),
                static_cast<float>(square_root(1 - f.between)), static_cast<float>(r),
                static_cast<float>(square_root(1 - r * r))};
  };
  const std::array<Kind, 2> kinds{kind_of(false), kind_of(true)};

  population.school_id.resize(count);
  population.school_code.resize(count);
  population.school_name.resize(count);
  population.district.resize(count);
  population.phase.resize(count);
  population.enrolment.resize(count);
  population.deprivation.resize(count);
  population.x.resize(count);
  population.y.resize(count);
  const float unknown = std::numeric_limits<float>::quiet_NaN();
  population.score.assign(count, unknown);
  population.teachers.assign(count, unknown);
  population.unqualified.assign(count, unknown);

  for (std::size_t i = 0; i < count; ++i) {
    population.school_code[i] = numbered('S', school_width, i + 1);
    population.school_name[i] = fmt::format("School {}", i + 1);
    population.school_id[i] = hash64(population.school_code[i]);
  }
  std::vector<float> phase_draw(count), size_draw(count), deprivation_draw(count), east(count),
      north(count), spare1(count), spare2(count);
  draws(SynthesisPurpose::school_phase).uniforms(population.school_id, 0, phase_draw);
  draws(SynthesisPurpose::school_enrolment).normals(population.school_id, 0, size_draw);
  draws(SynthesisPurpose::school_deprivation).normals(population.school_id, 0, deprivation_draw);
  draws(SynthesisPurpose::school_place)
      .normals4(population.school_id, 0, {east.data(), north.data(), spare1.data(), spare2.data()});

  const auto secondary_share = static_cast<float>(scenario.number("population.secondary_share"));
  const auto not_primary = static_cast<float>(scenario.number("population.secondary_share") +
                                              scenario.number("population.middle_share"));
  std::array<float, kPhases> log_median{}, log_sd{}, log_sd_below{};
  const auto set_sizes = [&](Phase phase, const char* name) {
    const auto k = static_cast<std::size_t>(phase);
    log_median[k] = static_cast<float>(
        log(scenario.number(fmt::format("population.{}_enrolment_median", name))));
    log_sd[k] =
        static_cast<float>(scenario.number(fmt::format("population.{}_enrolment_log_sd", name)));
    log_sd_below[k] = log_sd[k] * static_cast<float>(scenario.number(
                                      fmt::format("population.{}_enrolment_lower_spread", name)));
  };
  set_sizes(Phase::primary, "primary");
  set_sizes(Phase::middle, "middle");
  set_sizes(Phase::secondary, "secondary");

  std::size_t school = 0;
  for (std::size_t d = 0; d < district_count; ++d) {
    const std::uint64_t id = population.district_id[d];
    const std::size_t county = d * counties / district_count;
    population.county.push_back(static_cast<std::int32_t>(county));
    const double centre_x = cell * (static_cast<double>(county % grid) +
                                    static_cast<double>(district_place.uniform(id, 0)));
    const double centre_y = cell * (static_cast<double>(county / grid) +
                                    static_cast<double>(district_place.uniform(id, 1)));
    const float district_z = district_deprivation.normal(id, 0);
    // Half of the schools within the disc that has the district's share of the land.
    const double width =
        square_root(sizes[d] * kAreaOfSchool / (2 * 3.141592653589793 * 0.6931471805599453));
    for (int k = 0; k < sizes[d]; ++k, ++school) {
      population.district[school] = static_cast<std::int32_t>(d);
      const bool secondary = phase_draw[school] < secondary_share;
      const bool middle = !secondary && phase_draw[school] < not_primary;
      const auto phase = static_cast<std::size_t>(secondary ? Phase::secondary
                                                  : middle  ? Phase::middle
                                                            : Phase::primary);
      population.phase[school] = static_cast<std::int32_t>(phase);
      const Kind& kind = kinds[secondary ? 1 : 0];
      const float poverty =
          kind.district_part * district_z + kind.school_part * deprivation_draw[school];
      const float size = kind.poor_part * poverty + kind.own_part * size_draw[school];
      const float spread = size < 0 ? log_sd_below[phase] : log_sd[phase];
      const float pupils = exp(log_median[phase] + spread * size);
      population.enrolment[school] =
          static_cast<float>(std::clamp(std::floor(pupils + 0.5), kFewestPupils, kMostPupils));
      population.deprivation[school] = static_cast<float>((*kind.deprivation)(poverty));
      population.x[school] =
          static_cast<float>(centre_x + width * static_cast<double>(east[school]));
      population.y[school] =
          static_cast<float>(centre_y + width * static_cast<double>(north[school]));
    }
  }
  population.tested = population.enrolment;
  return population;
}

}  // namespace reformsim
