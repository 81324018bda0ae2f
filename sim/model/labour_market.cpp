#include "model/labour_market.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "base/hash.hpp"

namespace reformsim {
namespace {

using Access = LabourMarket::Access;
using Params = LabourMarket::Params;

const ParameterRow<Params> kRows[] = {
    {"teacher_turnover", &Params::teacher_turnover, "share/year", 0.08, 0.18,
     "Teachers who leave in a year, at average circumstances, usual energy.",
     "DfE School Workforce 2016/17, 2023/24"},
    {"leader_turnover", &Params::leader_turnover, "share/year", 0.09, 0.35,
     "Leaders who leave in a year, at average circumstances, usual energy.",
     "DfE School Workforce; Beteille, Kalogrides and Loeb 2012"},
    {"exhaustion", &Params::exhaustion, "1", 0, 4,
     "Rise of the log of turnover per unit of energy lost.",
     "assumed; sign an outcome: Clotfelter et al. 2004; Dizon-Ross 2020"},
    {"sorting", &Params::sorting, "SD/SD", 0, 0.4,
     "Rise of the skill of teachers hired per SD of the school's reported score.",
     "assumed; Beteille, Kalogrides and Loeb 2012"},
    {"usual_energy", &Params::usual_energy, "share", 0.4, 0.9,
     "Energy at which turnover is the usual one.",
     "assumed: the energy of the usual school at the start", Role::constant},
    {"context", &Params::context, "1/SD", 0, 0.3,
     "Rise of the log of turnover per SD of poorer circumstances.",
     "assumed; turnover in poor schools is up to half higher: Ronfeldt, Loeb and Wyckoff 2013",
     Role::constant},
    {"attrition", &Params::attrition, "share", 0.3, 0.8,
     "Of those who leave a school, and of those still without one a year later, who give up "
     "teaching or headship for good.",
     "NCES Schools and Staffing Survey: 8 of 16% leave", Role::constant},
    {"supply_response", &Params::supply_response, "share", 0, 1,
     "How far the supply of new teachers answers to departures beyond the usual and to posts that "
     "stayed empty, within a year.",
     "assumed", Role::constant},
    {"friction", &Params::friction, "share", 0.005, 0.2,
     "Share of the empty posts, or of the people who look for one, that go unmatched in a year.",
     "assumed", Role::constant},
    {"applicant_spread", &Params::applicant_spread, "teacher SD", 0.7, 1.1,
     "SD of skill among the teachers looking for a post.",
     "assumed: what keeps the spread inside schools at its start", Role::constant},
    {"local", &Params::local, "share", 0, 1,
     "How far people compare a school with the others of its district instead of with all.",
     "assumed; most teachers move within the district: Ingersoll 2001", Role::constant},
    {"staff_share", &Params::staff_share, "share", 0.3, 0.9,
     "Share of a change in ordinary spending per pupil that goes into teaching posts.",
     "assumed; teachers' pay is about half of spending", Role::constant},
    {"turnover_loss", &Params::turnover_loss, "share", 0, 0.8,
     "Social capital lost when all teachers leave at once instead of none, the usual turnover "
     "costing nothing.",
     "assumed; the effect it must give: Ronfeldt, Loeb and Wyckoff 2013", Role::constant},
    {"succession_shock", &Params::succession_shock, "share", 0, 0.3,
     "Coherence lost when a new leader arrives in a school whose staff has turned over as usual.",
     "assumed; the effect it must give: Miller 2013; Henry and Harbatkin 2019; larger in poor "
     "schools: Beteille, Kalogrides and Loeb 2012",
     Role::constant},
    {"hiring_luck", &Params::hiring_luck, "SD", 0.3, 5,
     "SD of luck in the ranking of candidates for headship, against their skill, and of vacancies, "
     "against the school's name.",
     "assumed", Role::constant},
    {"new_leader_skill", &Params::new_leader_skill, "leader SD", -1, 0,
     "Mean skill of newcomers to headship; posts go to the better of the candidates.",
     "assumed: what keeps the mean of those in post at 0", Role::constant},
    {"training_gain", &Params::training_gain, "share", 0, 1,
     "Part of the care for other schools still missing that a leader gains when trained to lead in "
     "the middle.",
     "assumed; direction: Munby and Fullan 2016", Role::constant}};

struct Ranked {
  float key;
  uint64_t id;
  std::size_t row;
  bool operator<(const Ranked& other) const {  // best first; the id settles what is equal
    return key != other.key ? key > other.key : id < other.id;
  }
};

// Draws used here, by index.
enum : std::uint32_t {
  kLeaves = 0,
  kForGood,
  kGivesUp,
  kSkill = 4,
  kSystemMind,
  kTrains,
  kLook = 8,
  kOffer,
  kHires
};

void newcomer(const Access& world, const Params& p, const Draws& draws, std::size_t row) {
  const int32_t generation = ++world[col::leader_generation][row];
  const uint64_t id = successor_id(world[col::leader_id][row], generation);
  world[col::leader_id][row] = id;
  world[col::leader_skill][row] = draws.normal(id, kSkill) + p.new_leader_skill;
  world[col::leader_system_mind][row] = draws.uniform(id, kSystemMind);
  world[col::leader_trained][row] = 0.0f;
  world[col::leader_raised][row] = 0.0f;
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
    if (school_of[row] < 0 && now.draws.uniform(id[row], kGivesUp) < p.attrition)
      newcomer(world, p, now.draws, row);

  std::vector<Ranked> vacancies, candidates;
  for (std::size_t i = 0; i < world.schools(); ++i) {
    const auto row = static_cast<std::size_t>(leader[i]);
    const float rate =
        exit_rate(p.leader_turnover, p, world[col::context][i], world[col::energy][i]);
    if (now.draws.uniform(id[row], kLeaves) >= rate) continue;
    if (now.draws.uniform(id[row], kForGood) < p.attrition)
      newcomer(world, p, now.draws, row);
    else
      school_of[row] = -1;
    const float offer = reputation[i] + p.hiring_luck * now.draws.normal(school_id[i], kOffer);
    vacancies.push_back({offer, school_id[i], i});
  }
  for (std::size_t row = 0; row < id.size(); ++row)
    if (school_of[row] < 0)
      candidates.push_back(
          {world[col::leader_skill][row] + p.hiring_luck * now.draws.normal(id[row], kLook),
           id[row], row});
  std::sort(vacancies.begin(), vacancies.end());
  std::sort(candidates.begin(), candidates.end());
  REFORMSIM_CHECK(candidates.size() >= vacancies.size(), "{} candidates, {} vacancies",
                  candidates.size(), vacancies.size());
  for (std::size_t v = 0; v < vacancies.size(); ++v) {
    const std::size_t i = vacancies[v].row, row = candidates[v].row;
    leader[i] = static_cast<int32_t>(row);
    school_of[row] = static_cast<int32_t>(i);
    world[col::leadership][i] = clamp(world[col::leader_skill][row], -6.0f, 6.0f);
    world[col::head_exceptional][i] = world[col::leader_raised][row];
    world[col::leader_tenure][i] = 0.0f;
    world[col::leader_changed][i] = 1.0f;
    world[col::coherence_change][i] +=
        -succession_loss(p.succession_shock, world[col::teacher_turnover][i], p.teacher_turnover);
  }
}

// Heads who sit where exceptional heads begin turn out to be so much abler; whoever comes after
// them does not, and they take it along. Nobody is raised twice: a head who brings it along counts
// with that.
void raise_heads(const Access& world, Block b) {
  const auto c = world.in(b);
  const float* level = c[lever::exceptional_heads];
  float *by = c[col::heads_raised_by], *exceptional = c[col::head_exceptional];
  for (std::size_t i = 0; i < b.size(); ++i) {
    const auto row = static_cast<std::size_t>(c[col::leader][i]);
    float &raised = world[col::leader_raised][row], &skill = world[col::leader_skill][row];
    const float more = level[i] - std::max(by[i], raised);
    by[i] = level[i];
    if (!(more > 0.0f)) continue;
    raised += more;
    skill = clamp(skill + more, -8.0f, 8.0f);
    exceptional[i] = raised;
    c[col::leadership][i] = clamp(skill, -6.0f, 6.0f);
  }
}

// Leaders without training go through it as they are paid for; it is theirs for life.
void train(const Access& world, const Params& p, const Context& now, Block b) {
  const auto c = world.in(b);
  const float* offered = c[lever::leader_training];
  for (std::size_t i = 0; i < b.size(); ++i) {
    if (!(offered[i] > 0.0f)) continue;
    const auto row = static_cast<std::size_t>(c[col::leader][i]);
    if (world[col::leader_trained][row] > 0.0f ||
        now.draws.uniform(world[col::leader_id][row], kTrains) >=
            c[col::funded][i] * now.share(offered[i]))
      continue;
    world[col::leader_trained][row] = 1.0f;
    float& mind = world[col::leader_system_mind][row];
    mind += p.training_gain * (1.0f - mind);
  }
}

void teachers(const Access& world, const Params& p, const Context& now,
              std::span<const float> reputation) {
  const std::size_t n = world.schools();
  const auto in_post = world[col::teachers];
  const auto skill = world[col::teacher_skill];
  const auto posts = world[col::teacher_posts];
  const auto sum = [&](auto&& value) {
    return now.parallel.sum_blocks(n, [&](Block b) {
      double total = 0;
      for (std::size_t i = b.begin; i < b.end; ++i) total += static_cast<double>(value(i));
      return total;
    });
  };
  const double in_post_before = sum([&](std::size_t i) { return in_post[i]; });

  // Out of the schools: the dismissed leave teaching; of those who go by themselves some do, the
  // others look for another post, and so do those for whom there is no money any more.
  std::vector<float> stay(n), surplus(n), dismissed(n), left(n);
  now.parallel.for_each_block(n, [&](Block b) {
    const auto c = world.in(b);
    for (std::size_t i = 0; i < b.size(); ++i) {
      const std::size_t at = b.begin + i;
      const float before = c[col::teachers][i], rate = c[col::dismissal_rate][i];
      const Staff rest =
          without_dismissed({before, c[col::teacher_skill][i], c[col::teacher_skill_spread][i]},
                            rate, c[col::dismissal_selection][i]);
      const float usual = c[col::ordinary_usual][i], catchment = c[col::catchment][i];
      const float paid = posts_at(c[col::teacher_posts_usual][i], p.staff_share,
                                  catchment > 0.0f ? c[col::roll][i] / catchment : 1.0f,
                                  usual > 0.0f ? c[col::ordinary_spending][i] / usual : 1.0f);
      const float leave = exit_rate(p.teacher_turnover, p, c[col::context][i], c[col::energy][i]);
      dismissed[at] = before - rest.count;
      left[at] = rest.count * leave;
      const float willing = rest.count - left[at];
      stay[at] = std::min(willing, paid);
      surplus[at] = willing - stay[at];
      c[col::teacher_skill][i] = clamp(rest.skill, -6.0f, 6.0f);
      c[col::teacher_skill_spread][i] = rest.spread;
      c[col::teacher_posts][i] = paid;
      const float turnover = before > 0.0f ? unit(1.0f - stay[at] / before) : 0.0f;
      c[col::teacher_turnover][i] = turnover;
      c[col::social_change][i] += -p.turnover_loss * (turnover - p.teacher_turnover);
    }
  });

  double& pool = world[col::pool_teachers][0];
  double& pool_skill = world[col::pool_skill][0];
  const double kept = sum([&](std::size_t i) { return stay[i]; });
  const double out_for_good =
      sum([&](std::size_t i) { return dismissed[i] + p.attrition * left[i]; });
  const double looking = in_post_before - kept - out_for_good;
  const double looking_skill =
      sum([&](std::size_t i) { return ((1.0f - p.attrition) * left[i] + surplus[i]) * skill[i]; });
  const double gave_up = p.attrition * pool;
  // Newcomers are trained for the usual departures, and as far as supply answers for those beyond
  // them and for posts that stayed empty.
  const double paid = sum([&](std::size_t i) { return posts[i]; });
  const double unfilled = std::max(0.0, paid - in_post_before - pool);
  const double usual_out = p.attrition * p.teacher_turnover * paid;
  const double newcomers =
      std::max(0.0, usual_out + p.supply_response * (out_for_good - usual_out + unfilled));
  const double seekers = pool - gave_up + looking + newcomers;
  pool_skill = seekers > 0 ? ((pool - gave_up) * pool_skill + looking_skill) / seekers : 0.0;
  world[col::teachers_left][0] += gave_up + out_for_good;
  world[col::teachers_entered][0] += newcomers;

  // Into the schools: the better the name, the sooner a post is filled and the better by whom.
  // Where teachers are short, schools with a poor name are left with most of the vacancies.
  const auto need = [&](std::size_t i) { return posts[i] - stay[i]; };
  const double needed = sum(need);
  const auto found =
      static_cast<float>(needed > 0 ? (1.0 - p.friction) * std::min(1.0, seekers / needed) : 0.0);
  const auto pull = [&](std::size_t i) {
    return need(i) * std::max(0.0f, 1.0f + (1.0f - found) * p.sorting * reputation[i]);
  };
  const double pulled = sum(pull);
  const auto scale = static_cast<float>(pulled > 0 ? found * needed / pulled : 0.0);
  const auto hired = [&](std::size_t i) { return std::min(need(i), scale * pull(i)); };
  const double hires = sum(hired);
  const auto mean_reputation = static_cast<float>(
      hires > 0 ? sum([&](std::size_t i) { return hired(i) * reputation[i]; }) / hires : 0.0);
  const auto mean_skill = static_cast<float>(pool_skill);
  now.parallel.for_each_block(n, [&](Block b) {
    const auto c = world.in(b);
    for (std::size_t i = 0; i < b.size(); ++i) {
      const std::size_t at = b.begin + i;
      const Staff come =
          drawn_from(hired(at), mean_skill + p.sorting * (reputation[at] - mean_reputation),
                     p.applicant_spread, now.draws.normal(c[col::school_id][i], kHires));
      const Staff all =
          joined({stay[at], c[col::teacher_skill][i], c[col::teacher_skill_spread][i]}, come);
      c[col::teachers][i] = all.count;
      c[col::teacher_skill][i] = clamp(all.skill, -6.0f, 6.0f);
      c[col::teacher_skill_spread][i] = clamp(all.spread, 0.0f, 4.0f);
      c[col::teacher_vacancy][i] = posts[at] > 0.0f ? unit(1.0f - all.count / posts[at]) : 0.0f;
    }
  });
  pool = seekers - (sum([&](std::size_t i) { return in_post[i]; }) - kept);
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
    raise_heads(world, b);
    train(world, p, now, b);
  });
  if (!now.first_of_year) return;

  // The school's name: its reported score, mostly against those of its district, in SDs of the
  // system.
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
  for (std::size_t i = 0; i < n; ++i) reputation[i] = static_cast<float>((score[i] - mean) / sd);
  const auto first = world[col::first_school];
  const auto count = world[col::district_schools];
  now.parallel.for_each_block(world.rows(Entity::district), [&](Block b) {
    for (std::size_t d = b.begin; d < b.end; ++d) {
      const std::span<float> here(reputation.data() + first[d], static_cast<std::size_t>(count[d]));
      float sum = 0;
      for (const float r : here) sum += r;
      const float usual = here.empty() ? 0.0f : p.local * sum / static_cast<float>(here.size());
      for (float& r : here) r = clamp(r - usual, -3.0f, 3.0f);
    }
  });
  leaders(world, p, now, reputation);
  teachers(world, p, now, reputation);
}

}  // namespace reformsim
