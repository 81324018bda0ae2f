#include "model/labour_market.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/hash.hpp"

namespace reformsim {
namespace {

constexpr float kLeaveForGood =
    0.6f;  // of those who leave a school: leave teaching or headship altogether
constexpr float kPoolExit = 0.3f;  // of those in the pool: give up in a year
constexpr double kSupply = 1.03;   // newcomers against those lost for good
constexpr double kReplaced = 0.5;  // of the posts left empty, who is trained for them within a year
constexpr float kSeen = 1.5f;      // luck in what is seen of a candidate, against skill
constexpr float kShockOfChange = 0.06f;  // coherence lost when a leader arrives

const ParameterRow<LabourMarket::Params> kRows[] = {
    {"teacher_turnover", &LabourMarket::Params::teacher_turnover, "share/year", 0.08, 0.18,
     "Teachers who leave a usual school in a year.", "DfE School Workforce 2016/17, 2023/24"},
    {"leader_turnover", &LabourMarket::Params::leader_turnover, "share/year", 0.09, 0.22,
     "Leaders who leave a usual school in a year.",
     "DfE School Workforce; Beteille, Kalogrides and Loeb 2012"},
    {"exhaustion", &LabourMarket::Params::exhaustion, "1", 0, 4,
     "Rise of the log of turnover per unit of energy lost.",
     "assumed; sign an outcome: Clotfelter et al. 2004; Dizon-Ross 2020"},
    {"sorting", &LabourMarket::Params::sorting, "SD/SD", 0, 0.4,
     "Rise of the skill of those hired per SD of the school's reported score.",
     "assumed; Beteille, Kalogrides and Loeb 2012"}};

struct Ranked {
  float key;
  uint64_t id;
  std::size_t row;
  bool operator<(const Ranked& other) const {  // best first; the id settles what is equal
    return key != other.key ? key > other.key : id < other.id;
  }
};

using Access = LabourMarket::Access;
using Params = LabourMarket::Params;

// Draws used here, by index.
enum : std::uint32_t {
  kLeaves = 0,
  kForGood,
  kGivesUp,
  kSkill = 4,
  kSystemMind,
  kTrained,
  kLook = 8,
  kOffer,
  kHires
};

void newcomer(const Access& world, const Draws& draws, std::size_t row) {
  const int32_t generation = ++world[col::leader_generation][row];
  const uint64_t id = successor_id(world[col::leader_id][row], generation);
  world[col::leader_id][row] = id;
  world[col::leader_skill][row] = draws.normal(id, kSkill) + kNewLeaderSkill;
  world[col::leader_system_mind][row] = draws.uniform(id, kSystemMind);
  world[col::leader_trained][row] = 0.0f;
  world[col::leader_school][row] = -1;
  world[col::leaders_entered][0] += 1;
  world[col::leaders_left][0] += 1;
}

void leaders(const Access& world, const Params& p, const Context& now,
             std::span<const float> reputation) {
  const auto id = world[col::leader_id];
  const auto school_of = world[col::leader_school];
  const auto leader = world[col::leader];
  const auto school_id = world[col::school_id];

  for (std::size_t row = 0; row < id.size(); ++row)
    if (school_of[row] < 0 && now.draws.uniform(id[row], kGivesUp) < kPoolExit)
      newcomer(world, now.draws, row);

  std::vector<Ranked> vacancies, candidates;
  for (std::size_t i = 0; i < world.schools(); ++i) {
    const auto row = static_cast<std::size_t>(leader[i]);
    const float rate = exit_rate(p.leader_turnover, p.exhaustion, world[col::context][i],
                                 world[col::energy][i], world[col::pressure][i]);
    if (now.draws.uniform(id[row], kLeaves) >= rate) continue;
    if (now.draws.uniform(id[row], kForGood) < kLeaveForGood)
      newcomer(world, now.draws, row);
    else
      school_of[row] = -1;
    const float offer = reputation[i] * p.sorting / 0.15f + now.draws.normal(school_id[i], kOffer);
    vacancies.push_back({offer, school_id[i], i});
  }
  for (std::size_t row = 0; row < id.size(); ++row)
    if (school_of[row] < 0)
      candidates.push_back(
          {world[col::leader_skill][row] + kSeen * now.draws.normal(id[row], kLook), id[row], row});
  std::sort(vacancies.begin(), vacancies.end());
  std::sort(candidates.begin(), candidates.end());
  REFORMSIM_CHECK(candidates.size() >= vacancies.size(), "{} candidates, {} vacancies",
                  candidates.size(), vacancies.size());
  for (std::size_t v = 0; v < vacancies.size(); ++v) {
    const std::size_t i = vacancies[v].row, row = candidates[v].row;
    leader[i] = static_cast<int32_t>(row);
    school_of[row] = static_cast<int32_t>(i);
    world[col::leadership][i] = world[col::leader_skill][row];
    world[col::leader_tenure][i] = 0.0f;
    world[col::leader_changed][i] = 1.0f;
    world[col::coherence_change][i] += -kShockOfChange;
  }
}

void teachers(const Access& world, const Params& p, const Context& now,
              std::span<const float> reputation) {
  const std::size_t n = world.schools();
  const auto in_post = world[col::teachers];
  const auto skill = world[col::teacher_skill];
  const auto turnover = world[col::teacher_turnover];
  const auto posts = world[col::teacher_posts];

  now.parallel.for_each_block(n, [&](Block b) {
    const auto c = world.in(b);
    for (std::size_t i = 0; i < b.size(); ++i) {
      c[col::teacher_turnover][i] = exit_rate(p.teacher_turnover, p.exhaustion, c[col::context][i],
                                              c[col::energy][i], c[col::pressure][i]);
      const float usual = c[col::ordinary_usual][i];
      const float ratio = usual > 0.0f ? c[col::ordinary_spending][i] / usual : 1.0f;
      c[col::teacher_posts][i] = posts_at(c[col::teacher_posts_usual][i], ratio);
    }
  });
  const auto sum = [&](auto&& value) {
    return now.parallel.sum_blocks(n, [&](Block b) {
      double total = 0;
      for (std::size_t i = b.begin; i < b.end; ++i) total += static_cast<double>(value(i));
      return total;
    });
  };
  // Out of the schools: some leave for good, the others look for another post.
  const double out = sum([&](std::size_t i) { return turnover[i] * in_post[i]; });
  const double out_skill = sum([&](std::size_t i) { return turnover[i] * in_post[i] * skill[i]; });
  double& pool = world[col::pool_teachers][0];
  double& pool_skill = world[col::pool_skill][0];
  const double gave_up = kPoolExit * pool;
  // Training follows demand, but not all the way and a year late.
  const double paid = sum([&](std::size_t i) { return posts[i]; });
  const double unfilled = std::max(
      0.0, paid - sum([&](std::size_t i) { return in_post[i]; }) - world[col::pool_teachers][0]);
  const double newcomers = kSupply * kLeaveForGood * (0.3 * p.teacher_turnover * paid + 0.7 * out) +
                           kReplaced * unfilled;
  const double stay_looking = (1 - kLeaveForGood) * out;
  const double seekers = pool - gave_up + stay_looking + newcomers;
  pool_skill = ((pool - gave_up) * pool_skill + (1 - kLeaveForGood) * out_skill) / seekers;
  pool = seekers;
  world[col::teachers_left][0] += gave_up + kLeaveForGood * out;
  world[col::teachers_entered][0] += newcomers;

  // Into the schools: the better the name, the sooner a post is filled and the better by whom.
  const auto need = [&](std::size_t i) {
    return std::max(0.0f, posts[i] - in_post[i] * (1.0f - turnover[i]));
  };
  const auto draw = [&](std::size_t i) {
    return need(i) * unit(0.97f * (1.0f + 0.01f * reputation[i]));
  };
  const double drawn = sum(draw);
  const auto found = static_cast<float>(drawn > 0 ? std::min(1.0, 0.98 * pool / drawn) : 0.0);
  // Where teachers are short, schools with a poor name are left with most of the vacancies.
  const auto pull = [&](std::size_t i) {
    return draw(i) * (1.0f + 0.2f * (1.0f - found) * reputation[i]);
  };
  const double pulled = sum(pull);
  const auto scale = static_cast<float>(pulled > 0 ? found * drawn / pulled : 0.0);
  const auto hired = [&](std::size_t i) { return std::min(need(i), scale * pull(i)); };
  const double hires = sum(hired);
  const double mean_reputation =
      hires > 0 ? sum([&](std::size_t i) { return hired(i) * reputation[i]; }) / hires : 0.0;
  const auto mean_skill = static_cast<float>(pool_skill);
  now.parallel.for_each_block(n, [&](Block b) {
    for (std::size_t i = b.begin; i < b.end; ++i) {
      const float stay = in_post[i] * (1.0f - turnover[i]);
      const float come = hired(i);
      const float luck = now.draws.normal(world[col::school_id][i], kHires);
      const float come_skill = mean_skill +
                               p.sorting * (reputation[i] - static_cast<float>(mean_reputation)) +
                               luck / square_root(come + 1.0f);
      const float total = stay + come;
      skill[i] = clamp(total > 0.0f ? (stay * skill[i] + come * come_skill) / total : 0.0f, -6, 6);
      in_post[i] = total;
      world[col::teacher_vacancy][i] = posts[i] > 0.0f ? unit(1.0f - total / posts[i]) : 0.0f;
      world[col::social_change][i] += -0.15f * turnover[i] * 0.5f;
    }
  });
  pool -= hires;
}

}  // namespace

uint64_t successor_id(uint64_t predecessor, int32_t generation) {
  return hash64_of(std::span<const uint64_t>(&predecessor, 1), static_cast<uint64_t>(generation));
}

std::span<const ParameterRow<LabourMarket::Params>> LabourMarket::parameters() { return kRows; }

void LabourMarket::step(const Access& world, const Params& p, const Context& now) {
  const auto years = static_cast<float>(now.years);
  now.parallel.for_each_block(world.schools(), [&](Block b) {
    const auto c = world.in(b);
    for (std::size_t i = 0; i < b.size(); ++i) {
      c[col::leader_tenure][i] = std::min(c[col::leader_tenure][i] + years, 100.0f);
      c[col::leader_changed][i] = 0.0f;
    }
  });
  if (!now.first_of_year) return;

  // The school's name: its reported score in SDs of the system.
  const std::size_t n = world.schools();
  const auto score = world[col::reported_score];
  const auto moment = [&](int power) {
    return now.parallel.sum_blocks(n, [&](Block b) {
      double total = 0;
      for (std::size_t i = b.begin; i < b.end; ++i)
        total += power == 1 ? static_cast<double>(score[i])
                            : static_cast<double>(score[i]) * static_cast<double>(score[i]);
      return total;
    }) / static_cast<double>(n);
  };
  const double mean = moment(1);
  const double sd = std::sqrt(std::max(moment(2) - mean * mean, 1e-6));
  std::vector<float> reputation(n);
  for (std::size_t i = 0; i < n; ++i)
    reputation[i] = clamp(static_cast<float>((score[i] - mean) / sd), -3.0f, 3.0f);
  leaders(world, p, now, reputation);
  teachers(world, p, now, reputation);
}

}  // namespace reformsim
