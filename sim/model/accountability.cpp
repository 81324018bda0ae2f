#include "model/accountability.hpp"

#include <vector>

namespace reformsim {
namespace {

const ParameterRow<Accountability::Params> kRows[] = {
    {"reach", &Accountability::Params::reach, "pupil SD", 0.2, 1.5,
     "Distance at which belief in reaching the target has fallen to 37%.",
     "assumed; direction: Reback 2008; Deming, Cohodes, Jennings and Jencks 2016"},
    {"misuse", &Accountability::Params::misuse, "share", 0, 1,
     "Share of the pressure that goes into narrowing, and of what could not be turned into better "
     "work that goes into gaming at full demand.",
     "assumed; direction: Koretz 2017; Jacob 2005"},
    {"strain", &Accountability::Params::strain, "share", 0, 0.6,
     "Energy lost to pressure of 1 that could not be turned into better work, without help.",
     "assumed; direction: Munby and Fullan 2016"},
    {"label_effort", &Accountability::Params::label_effort, "share", 0, 1,
     "Effort that an outstanding leader calls up against a published score far below the mean "
     "pupil's.",
     "assumed; direction: Dizon-Ross 2020; Hussain 2015"},
    {"publication_weight", &Accountability::Params::publication_weight, "share", 0, 0.5,
     "Demand made by publication, or by a yearly inspection, alone; stakes of 1 make a demand of "
     "1.",
     "assumed; report cards alone moved little: Hanushek and Raymond 2005", Role::constant},
    {"internal_buffer", &Accountability::Params::internal_buffer, "share", 0, 0.7,
     "Share of the pressure that full internal accountability takes off.",
     "assumed; direction: Munby and Fullan 2016", Role::constant},
    {"always_felt", &Accountability::Params::always_felt, "share", 0, 0.8,
     "Share of a demand that is felt even far above the target.", "assumed", Role::constant},
    {"steepness", &Accountability::Params::steepness, "1/pupil SD", 1, 15,
     "How sharply the rest is felt around the target.", "assumed; direction: Reback 2008",
     Role::constant},
    {"turning", &Accountability::Params::turning, "1", 1, 8,
     "Share of pressure turned into better work per unit of capital, energy, trust and support "
     "together; about 0.8 of it in the usual school.",
     "assumed; the effect it must give: Lee 2008; Dee and Jacob 2011", Role::constant},
    {"habit_cost", &Accountability::Params::habit_cost, "share", 0, 0.8,
     "Share of that ability which the habit of doing as told costs.",
     "assumed; direction: Munby and Fullan 2016", Role::constant},
    {"balance", &Accountability::Params::balance, "share", 0, 1,
     "How far that ability moves between leaders who give challenge or support alone and leaders "
     "who balance the two.",
     "assumed; direction: Munby and Fullan 2016", Role::constant},
    {"answer_rate", &Accountability::Params::answer_rate, "1/year", 0.5, 4,
     "Rate at which effort and fear answer to pressure; gaming and narrowing have to be learnt and "
     "are half as fast.",
     "assumed; most of the effect within 3 to 4 years: Dee and Jacob 2011", Role::constant},
    {"peer_check", &Accountability::Params::peer_check, "share", 0, 1,
     "Share of gaming that goes where peers' feedback is used, or where the cluster answers for it "
     "as a whole.",
     "assumed; direction: Munby and Fullan 2016", Role::constant},
    {"shared_by", &Accountability::Params::shared_by, "schools", 3, 50,
     "Schools that can answer for a score together before some leave it to the others.", "assumed",
     Role::constant},
    {"pride", &Accountability::Params::pride, "1", 0, 5,
     "Energy that comes with each unit of effort called up against a label.",
     "assumed; direction: Dizon-Ross 2020", Role::constant},
    {"blame", &Accountability::Params::blame, "share", 0, 0.3,
     "Energy lost, and fear gained, where teachers are blamed; the reverse where they are "
     "partners.",
     "assumed; direction: Munby and Fullan 2016", Role::constant},
    {"distrust", &Accountability::Params::distrust, "share/year", 0, 0.15,
     "Trust in the centre lost in a year to pressure of 1 that could not be turned into better "
     "work, or to blame.",
     "assumed; direction: Munby and Fullan 2016", Role::constant},
    {"attention", &Accountability::Params::attention, "share", 0, 0.3,
     "Attention of the staff that pressure of 1 takes.", "assumed", Role::constant}};

// What a cluster answers for as a whole: the mean score of the members that say they belong.
struct Together {
  float score = 0, before = 0, members = 0;
};

std::vector<Together> scores_together(const Accountability::Access& world, const Context& now) {
  std::vector<Together> clusters(world.rows(Entity::cluster));
  const auto member = world[col::member];
  now.parallel.for_each_block(clusters.size(), [&](Block b) {
    for (std::size_t k = b.begin; k < b.end; ++k) {
      double pupils = 0, score = 0, before = 0;
      const int first = world[col::first_member][k];
      for (int m = first; m < first + world[col::cluster_size][k]; ++m) {
        const auto i = static_cast<std::size_t>(member[static_cast<std::size_t>(m)]);
        if (!(world[col::engagement_declared][i] > 0.5f)) continue;
        const auto weight = static_cast<double>(world[col::roll][i]);
        pupils += weight;
        score += weight * static_cast<double>(world[col::reported_score][i]);
        before += weight * static_cast<double>(world[col::reported_before][i]);
        clusters[k].members += 1.0f;
      }
      if (pupils > 0) {
        clusters[k].score = static_cast<float>(score / pupils);
        clusters[k].before = static_cast<float>(before / pupils);
      } else {
        clusters[k].members = 0;
      }
    }
  });
  return clusters;
}

// What a school's published score is read against: the mean pupil's of the same year. A scale that
// drifts for all makes no label better.
float mean_published(const Accountability::Access& world, const Context& now) {
  const auto score = world[col::reported_score];
  const auto roll = world[col::roll];
  const auto sum = [&](auto of) {
    return now.parallel.sum_blocks(world.schools(), [&](Block b) {
      double part = 0;
      for (std::size_t i = b.begin; i < b.end; ++i) part += of(i);
      return part;
    });
  };
  const double pupils = sum([&](std::size_t i) { return static_cast<double>(roll[i]); });
  const double scores = sum(
      [&](std::size_t i) { return static_cast<double>(roll[i]) * static_cast<double>(score[i]); });
  return pupils > 0 ? static_cast<float>(scores / pupils) : 0.0f;
}

}  // namespace

std::span<const ParameterRow<Accountability::Params>> Accountability::parameters() { return kRows; }

void Accountability::step(const Access& world, const Params& p, const Context& now) {
  const auto usual = static_cast<float>(world[col::score_usual][0]);
  const float published = mean_published(world, now);
  const auto years = static_cast<float>(now.years);
  const float answers = now.share(p.answer_rate);
  const float learns = now.share(0.5 * p.answer_rate);
  std::vector<Together> clusters;
  if (world.mean(lever::accountability_unit) > 0.0f) clusters = scores_together(world, now);
  now.parallel.for_each_block(world.schools(), [&](Block b) {
    const auto c = world.in(b);
    const float *score = c[col::reported_score], *before = c[col::reported_before],
                *human = c[col::human_capital], *social = c[col::social_capital],
                *decisional = c[col::decisional_capital], *energy = c[col::energy],
                *trust = c[col::trust_in_centre], *support = c[col::district_support],
                *internal = c[col::internal_accountability], *funded = c[col::funded],
                *habit = c[col::compliance_habit], *leadership = c[col::leadership],
                *declared = c[col::engagement_declared], *feedback = c[col::feedback_used],
                *buffer = c[col::middle_buffer];
    const float *publication = c[lever::publication], *stakes = c[lever::stakes],
                *inspection = c[lever::inspection], *kinds = c[lever::target_kind],
                *target = c[lever::target], *rise = c[lever::target_rise],
                *coaching = c[lever::coaching], *units = c[lever::accountability_unit],
                *manner = c[lever::challenge_and_support],
                *partners = c[lever::teachers_as_partners];
    const int32_t* cluster = c[col::cluster];
    float *risen = c[col::target_risen], *pressure = c[col::pressure], *effort = c[col::effort],
          *gaming = c[col::gaming], *narrowing = c[col::narrowing], *fear = c[col::fear];
    const auto strain = c[col::strain];
    const auto trust_change = c[col::trust_change];
    const auto load = c[col::load];
    for (std::size_t i = 0; i < b.size(); ++i) {
      // The demand, and how far whoever answers for it is short of the target.
      const auto kind = static_cast<TargetKind>(static_cast<int>(kinds[i]));
      const bool jointly = units[i] > 0.5f && cluster[i] >= 0 && declared[i] > 0.5f;
      Together held{score[i], before[i], 1.0f};
      if (jointly) held = clusters[static_cast<std::size_t>(cluster[i])];
      const float goal = target[i] + (kind == TargetKind::growth ? 0.0f : risen[i]);
      risen[i] += rise[i] * years;
      const float short_of = shortfall(kind, held.score, held.before, usual, goal);
      const float demand =
          unit(stakes[i] + p.publication_weight * (publication[i] + inspection[i] * funded[i]));
      // Internal accountability takes some of it off; leaders in the middle filter half of what
      // they take on and translate the other half into help.
      pressure[i] = felt_pressure(kind, demand, short_of, p.always_felt, p.steepness) *
                    own_part(held.members, p.shared_by) * (1.0f - p.internal_buffer * internal[i]) *
                    (1.0f - 0.5f * buffer[i]);
      const float help = unit(support[i] + coaching[i] * funded[i] + 0.5f * buffer[i]);

      const float capital = (human[i] + social[i] + decisional[i]) * (1.0f / 3.0f);
      const float turned = unit(within_reach(short_of, p.reach) *
                                capability(p.turning, capital, energy[i], trust[i], help) *
                                challenged(p.balance, manner[i]) *
                                (1.0f - p.habit_cost * habit[i]) * (1.0f - fear[i]));
      const float unturned = pressure[i] * (1.0f - turned);
      const float checked = p.peer_check * unit(feedback[i] + (jointly ? 1.0f : 0.0f));
      const float called = label_answer(p.label_effort, publication[i], published - score[i],
                                        p.steepness, leadership[i]);
      const float blame = blamed(partners[i]);

      effort[i] += answers * (unit(pressure[i] * turned + called) - effort[i]);
      fear[i] += answers * (unit(unturned + p.blame * blame) - fear[i]);
      gaming[i] += learns * (p.misuse * unturned * demand * (1.0f - checked) - gaming[i]);
      narrowing[i] += learns * (p.misuse * pressure[i] - narrowing[i]);
      strain[i] += p.strain * unturned * (1.0f - help) + p.blame * blame - p.pride * called;
      trust_change[i] += -p.distrust * (unturned + blame) * years;
      load[i] += p.attention * pressure[i];
    }
  });
}

}  // namespace reformsim
