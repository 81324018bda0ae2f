#include "model/brokered_support.hpp"

#include <algorithm>
#include <array>
#include <vector>

namespace reformsim {
namespace {

const ParameterRow<BrokeredSupport::Params> kRows[] = {
    {"rate", &BrokeredSupport::Params::rate, "1/year", 0.2, 2,
     "Share of the distance to its donors' fitting practice, and of the knowledge and order still "
     "to gain, that a fully supported school of full energy covers in a year.",
     "assumed; the effect it must give: Chapman and Muijs 2014; Muijs 2015"},
    {"time_given", &BrokeredSupport::Params::time_given, "share", 0.1, 0.8,
     "Leaders' time that the full support of one school takes, in one school's leaders.",
     "assumed; with what donors can spare it makes the rule of three or four to one: Greany 2018"},
    {"stretch", &BrokeredSupport::Params::stretch, "1", 0, 3,
     "Energy a donor loses per unit of time given beyond what it can spare.",
     "assumed; the effect it must give: Kho, Henry, Pham and Zimmer 2023"},
    {"donor_gain", &BrokeredSupport::Params::donor_gain, "1/year", 0, 2,
     "Share of the judgement still to gain that a donor would gain in a year of giving all its "
     "time.",
     "assumed; direction: Gu et al. 2015 (lead schools gain most)"},
    {"spare", &BrokeredSupport::Params::spare, "share", 0.03, 0.25,
     "Time its leaders can give to other schools without loss.",
     "assumed; Greany 2018; Kho, Henry, Pham and Zimmer 2023", Role::constant},
    {"seen", &BrokeredSupport::Params::seen, "pupil SD", 0.05, 0.5,
     "How far a school must be seen to stand above the others to count as fully strong.",
     "assumed; about the SD of schools' value added: Hedges and Hedberg 2007", Role::constant},
    {"seen_energy", &BrokeredSupport::Params::seen_energy, "pupil SD", 0, 2,
     "What energy counts in how a school is seen, against its published value added.", "assumed",
     Role::constant},
    {"loyalty", &BrokeredSupport::Params::loyalty, "pupil SD", 0, 0.5,
     "How much further down others must be seen to fall before they take a supported school's "
     "place.",
     "assumed; partnerships last 2 to 4 years: Chapman and Muijs 2014", Role::constant},
    {"settling", &BrokeredSupport::Params::settling, "1/year", 0.3, 4,
     "Rate at which support that was agreed comes to work, and ends.", "assumed", Role::constant},
    {"home_loss", &BrokeredSupport::Params::home_loss, "1/year", 0, 2,
     "Share of its human and social capital a donor loses in a year per unit of time given beyond "
     "what it can spare.",
     "assumed; the effect it must give: Kho, Henry, Pham and Zimmer 2023", Role::constant}};

// Highest value first; the id settles what is equal.
struct Ranked {
  float value;
  uint64_t id;
  std::size_t place;
  bool operator<(const Ranked& other) const {
    return value != other.value ? value > other.value : id < other.id;
  }
};

// How the schools are seen, and what is agreed this term by all three brokers.
struct Agreed {
  std::vector<float> standing;
  std::vector<float> willing;           // 1 or 0
  std::vector<float> got, given;        // support agreed; leaders' time promised
  std::vector<float> model;             // the donors' mastery, weighted by what each gives
  explicit Agreed(std::size_t schools)  // none when no broker is at work
      : standing(schools),
        willing(schools),
        got(schools),
        given(schools),
        model(schools * kPractices) {}
};

using Access = BrokeredSupport::Access;
using Params = BrokeredSupport::Params;

// A group of schools with a broker. `place` counts its schools.
struct Group {
  std::vector<std::size_t> row;
  std::vector<float> part;     // how far each takes part
  std::vector<float> offered;  // support each may have at most
  std::vector<float> can;      // what each can give
  std::vector<float> gets;
  std::vector<std::size_t> donor;  // places
  std::vector<Ranked> ranked;
  std::size_t ranks = 0;
  float ratio = 3;  // strong schools that stand behind each supported one
  float hubs = 1;   // share of the schools that give

  void resize(std::size_t size) {
    row.resize(size), part.resize(size), offered.resize(size), can.resize(size), gets.resize(size);
    // One more: lists are filled without branches, by writing each candidate and counting some.
    donor.resize(size + 1), ranked.resize(size + 1);
  }
  // Calls each of the ranked with what it has of `count` places: 1, or what is left for the one at
  // the border, or 0.
  template <class Each>
  void share_out(float count, Each&& each) {
    const float held = clamp(count, 0.0f, static_cast<float>(ranks));
    const auto whole = static_cast<std::size_t>(held);
    const auto begin = ranked.begin();
    if (whole < ranks)
      std::nth_element(begin, begin + static_cast<std::ptrdiff_t>(whole),
                       begin + static_cast<std::ptrdiff_t>(ranks));
    for (std::size_t r = 0; r < ranks; ++r)
      each(ranked[r].place, r < whole    ? 1.0f
                            : r == whole ? held - static_cast<float>(whole)
                                         : 0.0f);
  }
};

void broker(Group& group, const Access& world, const Params& p, Agreed& agreed) {
  const std::size_t size = group.row.size();
  const auto id = world[col::school_id];
  const auto mastery = world[col::mastery];
  const std::size_t* row = group.row.data();
  const float *part = group.part.data(), *offered = group.offered.data();
  float *can = group.can.data(), *gets = group.gets.data();
  float seen = 0, parts = 0;
  for (std::size_t m = 0; m < size; ++m) {
    seen += part[m] * agreed.standing[row[m]];
    parts += part[m];
  }
  if (parts <= 0.0f) return;
  const float mean = seen / parts;

  // Who can give.
  for (std::size_t m = 0; m < size; ++m)
    can[m] = part[m] * agreed.willing[row[m]] *
             seen_strength(p.seen, agreed.standing[row[m]] - mean) *
             still_free(p.spare, agreed.given[row[m]]);
  if (group.hubs < 1.0f) {
    // Only the best seen are hubs; those at work already have an edge.
    const auto given = world[col::support_given];
    group.ranks = size;
    for (std::size_t m = 0; m < size; ++m)
      group.ranked[m] = {agreed.standing[row[m]] + (given[row[m]] > 0.0f ? p.loyalty : 0.0f),
                         id[row[m]], m};
    group.share_out(group.hubs * static_cast<float>(size),
                    [&](std::size_t m, float whole) { can[m] *= whole; });
  }
  std::size_t donors = 0;
  for (std::size_t m = 0; m < size; ++m) {
    group.donor[donors] = m;
    donors += can[m] > 0.0f;
  }
  if (donors == 0) return;
  float all = 0;
  std::array<float, kPractices> model{};
  for (std::size_t d = 0; d < donors; ++d) {
    const std::size_t m = group.donor[d];
    all += can[m];
    for (std::size_t k = 0; k < kPractices; ++k)
      model[k] += can[m] * mastery[row[m] * kPractices + k];
  }
  for (float& x : model) x /= all;

  // Who needs it most.
  const auto received = world[col::support_received];
  group.ranks = 0;
  for (std::size_t m = 0; m < size; ++m) {
    const std::size_t i = row[m];
    const float below = mean - agreed.standing[i];
    gets[m] = 0.0f;
    group.ranked[group.ranks] = {below + p.loyalty * received[i], id[i], m};
    group.ranks += static_cast<std::size_t>(below > 0.0f) &
                   static_cast<std::size_t>(offered[m] * (1.0f - agreed.got[i]) > 0.0f);
  }
  group.share_out(all / group.ratio, [&](std::size_t m, float whole) {
    gets[m] = whole * offered[m] * (1.0f - agreed.got[row[m]]);
  });
  float helped = 0;
  for (std::size_t m = 0; m < size; ++m) helped += gets[m];
  const float time = p.time_given * helped / all;
  const float good = worth(p.spare, time);
  for (std::size_t d = 0; d < donors; ++d)
    agreed.given[row[group.donor[d]]] += time * can[group.donor[d]];
  for (std::size_t r = 0; r < group.ranks; ++r) {
    const std::size_t m = group.ranked[r].place;
    if (gets[m] <= 0.0f) continue;
    agreed.got[row[m]] += good * gets[m];
    for (std::size_t k = 0; k < kPractices; ++k)
      agreed.model[row[m] * kPractices + k] += good * gets[m] * model[k];
  }
}

void clusters(const Access& world, const Params& p, const Context& now, Agreed& agreed) {
  const auto member = world[col::member];
  const auto real = world[col::engagement_real];
  const auto funded = world[col::funded];
  now.parallel.for_each_block(world.rows(Entity::cluster), [&](Block b) {
    thread_local Group scratch;
    Group& group = scratch;
    for (std::size_t k = b.begin; k < b.end; ++k) {
      const float mature = world[col::cluster_maturity][k] * (1.0f / 3.0f);
      const auto size = static_cast<std::size_t>(world[col::cluster_size][k]);
      if (mature <= 0.0f || size == 0) continue;
      group.resize(size);
      const auto first = static_cast<std::size_t>(world[col::first_member][k]);
      float ratio = 0;
      for (std::size_t m = 0; m < size; ++m) {
        const auto i = static_cast<std::size_t>(member[first + m]);
        group.row[m] = i;
        group.part[m] = real[i];
        group.offered[m] = world.at(lever::brokering, i) * mature * real[i] * funded[i];
        ratio += world.at(lever::support_ratio, i);
      }
      group.ratio = ratio / static_cast<float>(size);
      broker(group, world, p, agreed);
    }
  });
}

// Districts that lead from the middle, or, asked for hubs, all that have them.
void districts(const Access& world, const Params& p, const Context& now, Agreed& agreed,
               bool hubs) {
  const auto first = world[col::first_school];
  const auto count = world[col::district_schools];
  const auto funded = world[col::funded];
  now.parallel.for_each_block(world.rows(Entity::district), [&](Block b) {
    thread_local Group scratch;
    Group& group = scratch;
    for (std::size_t d = b.begin; d < b.end; ++d) {
      const float leads = world[col::middle_strength][d];
      const auto size = static_cast<std::size_t>(count[d]);
      if (size == 0 || (!hubs && leads <= 0.0f)) continue;
      group.resize(size);
      float ratio = 0, share = 0;
      for (std::size_t m = 0; m < size; ++m) {
        const std::size_t i = static_cast<std::size_t>(first[d]) + m;
        group.row[m] = i;
        group.part[m] = 1.0f;
        group.offered[m] = (hubs ? 1.0f : world.at(lever::brokering, i) * leads) * funded[i];
        ratio += world.at(lever::support_ratio, i);
        share += world.at(lever::hubs, i);
      }
      const float per = 1.0f / static_cast<float>(size);
      if (hubs && share <= 0.0f) continue;
      group.ratio = ratio * per;
      group.hubs = hubs ? share * per : 1.0f;
      broker(group, world, p, agreed);
    }
  });
}

}  // namespace

std::span<const ParameterRow<BrokeredSupport::Params>> BrokeredSupport::parameters() {
  return kRows;
}

void BrokeredSupport::step(const Access& world, const Params& p, const Context& now) {
  const auto years = static_cast<float>(now.years);
  const std::size_t n = world.schools();
  const bool brokered = world.mean(lever::brokering) > 0.0f, hubs = world.mean(lever::hubs) > 0.0f;
  const bool any = brokered || hubs;
  Agreed agreed(any ? n : 0);
  if (any)
    now.parallel.for_each_block(n, [&](Block b) {
      const auto c = world.in(b);
      const float *added = c[col::reported_value_added], *energy = c[col::energy],
                  *others = c[col::systemness], *reluctance = c[col::reluctance];
      float *standing = agreed.standing.data() + b.begin,
            *willing = agreed.willing.data() + b.begin;
      for (std::size_t i = 0; i < b.size(); ++i) {
        standing[i] = seen_standing(p.seen_energy, added[i], energy[i]);
        willing[i] = reluctance[i] < share_willing(others[i]) ? 1.0f : 0.0f;
      }
    });
  // One broker after the other: each sees what the one before has agreed.
  if (brokered) {
    clusters(world, p, now, agreed);
    districts(world, p, now, agreed, false);
  }
  if (hubs) districts(world, p, now, agreed, true);

  const float settles = now.share(p.settling);
  now.parallel.for_each_block(n, [&](Block b) {
    const auto c = world.in(b);
    const float *pedagogy = c[lever::pedagogy], *mastery = c[col::mastery],
                *fit = c[col::practice_fit], *human = c[col::human_capital],
                *social = c[col::social_capital], *decisional = c[col::decisional_capital],
                *energy = c[col::energy], *coherence = c[col::coherence];
    const float *agreed_got = agreed.got.data(), *agreed_given = agreed.given.data(),
                *model = agreed.model.data();
    float *received = c[col::support_received], *given = c[col::support_given];
    const auto mastery_change = c[col::mastery_change];
    const auto human_change = c[col::human_change];
    const auto social_change = c[col::social_change];
    const auto decisional_change = c[col::decisional_change];
    const auto coherence_change = c[col::coherence_change];
    const auto strain = c[col::strain];
    const auto load = c[col::load];
    for (std::size_t i = 0; i < b.size(); ++i) {
      const float got = any ? agreed_got[b.begin + i] : 0.0f;
      const float gives = any ? agreed_given[b.begin + i] : 0.0f;
      received[i] = unit(received[i] + settles * (got - received[i]));
      given[i] = unit(given[i] + settles * (gives - given[i]));
      if (given[i] > 0.0f) {
        const float over = overstretch(p.spare, given[i]);
        decisional_change[i] +=
            p.donor_gain * well_given(p.spare, given[i]) * (1.0f - decisional[i]) * years;
        human_change[i] += -p.home_loss * over * human[i] * years;
        social_change[i] += -p.home_loss * over * social[i] * years;
        strain[i] += p.stretch * over;
        load[i] += given[i];
      }
      if (got > 0.0f) {
        const float gain = p.rate * received[i] * energy[i] * years;
        const float practice = gain * pedagogy[i] / got;
        for (std::size_t k = 0; k < kPractices; ++k) {
          const std::size_t at = i * kPractices + k;
          const float ahead = model[b.begin * kPractices + at] - got * mastery[at];
          mastery_change[at] += practice * fit[at] * (ahead > 0.0f ? ahead : 0.0f);
        }
        // What is not about teaching is about leading: half of it builds knowledge, half order.
        const float leading = 0.5f * gain * (1.0f - pedagogy[i]);
        human_change[i] += leading * (1.0f - human[i]);
        coherence_change[i] += leading * (1.0f - coherence[i]);
      }
    }
  });
}

}  // namespace reformsim
