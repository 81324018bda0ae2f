// Every column of the world in one table: its name (the same word in code, HDF5, traces and ODD),
// whose it is, its type, unit, bounds and meaning. A mechanism reaches a column only by naming it
// here and declaring it (mechanism.hpp).
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <type_traits>

namespace reformsim {

enum class Entity { school, leader, district, cluster, lever, system };
inline constexpr int kEntities = 6;

enum class Type { f32, f64, i32, u64 };

// How many values a row has. Rows of `practices` lie together (value k of row i at i * kPractices +
// k); the others are planes (value k of row i at k * rows + i), so that loops over schools run
// along memory.
enum class Width { one, practices, ties, groups, cohorts, cohort_groups };

inline constexpr int kPractices = 8;
inline constexpr int kTies =
    9;  // 0-3 neighbours in the district, 4-7 the cluster, 8 a bridge beyond it
inline constexpr int kFirstClusterTie = 4;
inline constexpr int kBridgeTie = 8;
inline constexpr int kGroups = 2;  // pupils: 0 disadvantaged, 1 other

enum class Kind {
  fixed,   // set when the world is made (or anchored at year 0), never by a mechanism
  state,   // carried from term to term by its owner
  flow,    // of this term: written by its owner before others read it
  change,  // what others ask of an owner; the owner applies it and sets it back to 0
};

// What a column is about; the rule that no driver touches an outcome is checked on these.
enum class Theme {
  place,
  pupils,
  teaching,
  practice,
  staff,
  climate,
  pressure,
  network,
  district,
  money
};

struct ColumnInfo {
  std::string_view name;
  Entity entity;
  Type type;
  Width width;
  Kind kind;
  Theme theme;
  std::string_view unit;
  float low, high;  // bounds an invariant test holds it to; low == high: none
  std::string_view meaning;
};

template <class T>
inline constexpr Type kTypeOf = std::is_same_v<T, float>          ? Type::f32
                                : std::is_same_v<T, double>       ? Type::f64
                                : std::is_same_v<T, std::int32_t> ? Type::i32
                                                                  : Type::u64;

using std::int32_t;
using std::uint64_t;

// clang-format off
#define REFORMSIM_COLUMNS(C) \
 /* place and intake */ \
 C(school_id,            school, uint64_t, one, fixed, place, "1", 0, 0, "lasting id of the school; keys its luck") \
 C(district,             school, int32_t, one, fixed, place, "row", 0, 0, "row of its district") \
 C(phase,                school, int32_t, one, fixed, place, "1", 0, 2, "0 primary, 1 middle, 2 secondary") \
 C(grades,               school, int32_t, one, fixed, place, "1", 1, 8, "year groups of the school") \
 C(catchment,            school, float, one, fixed, pupils, "pupils", 0, 0, "pupils it would have if every family took the nearest place") \
 C(roll,                 school, float, one, state, pupils, "pupils", 0, 0, "pupils on roll") \
 C(deprivation,          school, float, one, fixed, pupils, "share", 0, 1, "share of disadvantaged pupils at year 0") \
 C(catchment_deprivation, school, float, one, fixed, pupils, "share", 0, 1, "share of disadvantaged pupils it would have if every family took the nearest place") \
 C(context,              school, float, one, fixed, place, "SD", 0, 0, "circumstances that practices fit or do not fit") \
 C(local_context,        school, float, one, fixed, place, "SD", 0, 0, "circumstances against those of its district's schools") \
 C(score_at_start,       school, float, one, fixed, pupils, "pupil SD", 0, 0, "reported score at year 0, for levers whose scope asks for it") \
 C(imported_score,       school, float, one, fixed, pupils, "pupil SD", 0, 0, "score of the list at year 0; NaN when it has none") \
 C(entry_intake,         school, float, one, fixed, pupils, "pupil SD", 0, 0, "mean attainment of its other pupils on entry") \
 C(feeder_pool,          school, int32_t, one, fixed, place, "row", 0, 0, "where its new pupils come from: row of a district, or districts + row of a county; -1 from home") \
 C(feeder_phase,         school, int32_t, one, fixed, place, "1", 0, 2, "phase of the schools its new pupils come from") \
 C(reluctance,           school, float, one, fixed, network, "share", 0, 1, "how late the school would join a network") \
 /* pupils */ \
 C(entrants,             school, float, groups, state, pupils, "pupils", 0, 0, "pupils that enter in a year, by group (disadvantaged, other)") \
 C(entrant_intake,       school, float, groups, state, pupils, "pupil SD", -12, 12, "mean intake of those that enter, by group") \
 C(cohort_pupils,        school, float, cohort_groups, state, pupils, "pupils", 0, 0, "pupils by year group and group (disadvantaged, other)") \
 C(attainment,           school, float, cohort_groups, state, pupils, "pupil SD", -12, 12, "true attainment in tested basics by year group and group") \
 C(intake,               school, float, cohort_groups, state, pupils, "pupil SD", -12, 12, "what the pupils' attainment would be after average teaching") \
 C(broad_learning,       school, float, cohorts, state, pupils, "pupil SD", -12, 12, "learning beyond tested basics owed to the school, by year group") \
 C(wellbeing,            school, float, one, state, pupils, "share", 0, 1, "pupils' wellbeing") \
 /* teaching */ \
 C(teaching_basics,      school, float, one, flow, teaching, "pupil SD/year", 0, 0, "quality of teaching in tested basics, against the system's at year 0") \
 C(teaching_broad,       school, float, one, flow, teaching, "pupil SD/year", 0, 0, "quality of teaching beyond tested basics, likewise") \
 C(teaching_reach,       school, float, one, flow, teaching, "pupil SD/year", 0, 0, "what teaching gives the disadvantaged beyond what it gives all, against the system's at year 0") \
 C(time_basics,          school, float, one, flow, teaching, "1", 0, 3, "time given to tested basics, 1 is usual") \
 C(time_broad,           school, float, one, flow, teaching, "1", 0, 3, "time given to all else, 1 is usual") \
 /* practices */ \
 C(mastery,              school, float, practices, state, practice, "share", 0, 1, "mastery of each practice") \
 C(rooted_mastery,       school, float, practices, state, practice, "share", 0, 1, "mastery the school falls back to without support") \
 C(mastery_change,       school, float, practices, change, practice, "share", 0, 0, "gain or loss of mastery this term") \
 C(technology_use,       school, float, one, state, practice, "share", 0, 1, "how far technology is used in lessons") \
 C(technology_aid,       school, float, one, flow, practice, "1", 0, 0, "share its use adds to the effect of practices, or takes away") \
 C(practice_fit,         school, float, practices, fixed, practice, "share", 0, 1, "how well each practice fits the school's context") \
 /* staff */ \
 C(teachers,             school, float, one, state, staff, "FTE", 0, 0, "teachers in post") \
 C(teacher_posts,        school, float, one, flow, staff, "FTE", 0, 0, "posts the school can pay") \
 C(teacher_posts_usual,  school, float, one, fixed, staff, "FTE", 0, 0, "posts at year-0 money") \
 C(teacher_vacancy,      school, float, one, state, staff, "share", 0, 1, "posts without a teacher") \
 C(teacher_skill,        school, float, one, state, staff, "teacher SD", -6, 6, "mean skill of its teachers") \
 C(teacher_skill_spread, school, float, one, state, staff, "teacher SD", 0, 4, "SD of skill among its teachers") \
 C(dismissal_rate,       school, float, one, flow, staff, "share/year", 0, 1, "teachers to be replaced for weak appraisals") \
 C(dismissal_selection,  school, float, one, flow, staff, "SD", 0, 4, "how far below the mean they are, in SDs of skill among its teachers") \
 C(teacher_turnover,     school, float, one, state, staff, "share/year", 0, 1, "teachers who left at the last turn of the year") \
 C(leader,               school, int32_t, one, state, staff, "row", 0, 0, "row of the person who leads it") \
 C(leadership,           school, float, one, state, staff, "leader SD", -6, 6, "skill of its leader") \
 C(leader_tenure,        school, float, one, state, staff, "year", 0, 100, "years its leader has led it") \
 C(leader_changed,       school, float, one, flow, staff, "1", 0, 1, "1 in the term a new leader arrives") \
 C(heads_raised_by,      school, float, one, state, staff, "leader SD", 0, 3, "how far its heads of then were made exceptional, so far") \
 C(head_exceptional,     school, float, one, state, staff, "leader SD", 0, 3, "how far its present head was made exceptional, here or elsewhere") \
 C(leader_id,            leader, uint64_t, one, state, staff, "1", 0, 0, "lasting id of the person") \
 C(leader_school,        leader, int32_t, one, state, staff, "row", 0, 0, "row of the school led; -1 in the pool") \
 C(leader_skill,         leader, float, one, state, staff, "leader SD", -8, 8, "skill of the person") \
 C(leader_raised,        leader, float, one, state, staff, "leader SD", 0, 3, "how far the person was made exceptional; part of the skill") \
 C(leader_system_mind,   leader, float, one, state, staff, "share", 0, 1, "care for the success of other schools too") \
 C(leader_trained,       leader, float, one, state, staff, "1", 0, 1, "1 when trained to lead in the middle") \
 C(leader_generation,    leader, int32_t, one, state, staff, "1", 0, 0, "how many persons have held this row before") \
 C(pool_teachers,        system, double, one, state, staff, "FTE", 0, 0, "teachers looking for a post") \
 C(pool_skill,           system, double, one, state, staff, "teacher SD", 0, 0, "their mean skill") \
 C(teachers_entered,     system, double, one, state, staff, "FTE", 0, 0, "newcomers to the profession since the start") \
 C(teachers_left,        system, double, one, state, staff, "FTE", 0, 0, "teachers who left the profession since the start") \
 C(leaders_entered,      system, double, one, state, staff, "persons", 0, 0, "newcomers to headship since the start") \
 C(leaders_left,         system, double, one, state, staff, "persons", 0, 0, "leaders who left headship for good since the start") \
 /* capital and climate */ \
 C(human_capital,        school, float, one, state, climate, "share", 0, 1, "what the staff know and can do together") \
 C(social_capital,       school, float, one, state, climate, "share", 0, 1, "trust and exchange among the staff") \
 C(decisional_capital,   school, float, one, state, climate, "share", 0, 1, "judgement to choose well") \
 C(human_change,         school, float, one, change, climate, "share", 0, 0, "gain or loss this term") \
 C(social_change,        school, float, one, change, climate, "share", 0, 0, "gain or loss this term") \
 C(decisional_change,    school, float, one, change, climate, "share", 0, 0, "gain or loss this term") \
 C(energy,               school, float, one, state, climate, "share", 0, 1, "energy of the staff, the inverse of exhaustion") \
 C(coherence,            school, float, one, state, climate, "share", 0, 1, "shared understanding of what the school is doing") \
 C(collective_efficacy,  school, float, one, state, climate, "share", 0, 1, "the staff's belief that together they can succeed") \
 C(internal_accountability, school, float, one, state, climate, "share", 0, 1, "staff hold each other to account") \
 C(trust_in_centre,      school, float, one, state, climate, "share", 0, 1, "trust in the centre") \
 C(individual_effort,    school, float, one, state, pressure, "share", 0, 1, "effort called up by appraisal and pay of single teachers") \
 C(collaboration,        school, float, one, state, climate, "share", 0, 1, "how far teachers really work together") \
 C(autonomy_held,        school, float, one, state, climate, "share", 0, 1, "how much the school decides for itself, with what it has earned") \
 C(defensiveness,        school, float, one, state, climate, "share", 0, 1, "readiness to take feedback as an attack") \
 C(load,                 school, float, one, change, climate, "share", 0, 0, "attention that drivers take this term") \
 C(strain,               school, float, one, change, climate, "share", 0, 0, "what drivers take from the energy the staff can hold") \
 C(coherence_change,     school, float, one, change, climate, "share", 0, 0, "sudden gain or loss this term") \
 C(trust_change,         school, float, one, change, climate, "share", 0, 0, "gain or loss this term") \
 C(efficacy_change,      school, float, one, change, climate, "share", 0, 0, "gain or loss this term") \
 C(accountability_change, school, float, one, change, climate, "share", 0, 0, "gain or loss of internal accountability this term") \
 C(initiatives,          school, float, one, state, climate, "initiatives", 0, 0, "central initiatives alive") \
 /* pressure */ \
 C(pressure,             school, float, one, flow, pressure, "share", 0, 1, "pressure felt from external accountability") \
 C(target_risen,         school, float, one, state, pressure, "pupil SD", 0, 0, "how far the target has risen since year 0") \
 C(effort,               school, float, one, state, pressure, "share", 0, 1, "pressure turned into better work") \
 C(gaming,               school, float, one, state, pressure, "share", 0, 1, "work on the score instead of on learning") \
 C(narrowing,            school, float, one, state, pressure, "share", 0, 1, "time taken from what is not tested") \
 C(fear,                 school, float, one, state, pressure, "share", 0, 1, "fear, which keeps people from speaking openly") \
 C(compliance_habit,     school, float, one, state, pressure, "share", 0, 1, "habit of doing as told") \
 /* network */ \
 C(reviews_done,         school, float, one, state, network, "reviews", 0, 200, "peer reviews it has been through with its present partners") \
 C(feedback_used,        school, float, one, state, network, "share", 0, 1, "peers' feedback it acts on") \
 C(support_received,     school, float, one, state, network, "share", 0, 1, "brokered support it has, of all it could use") \
 C(support_given,        school, float, one, state, network, "share", 0, 1, "time of its leaders it gives to other schools") \
 C(engagement_depth,     school, float, one, state, network, "share", 0, 1, "how far beyond the leaders teachers, pupils and families take part") \
 C(middle_buffer,        school, float, one, state, district, "share", 0, 1, "share of external demands that its leaders in the middle filter and translate") \
 C(cluster,              school, int32_t, one, fixed, network, "row", 0, 0, "row of the cluster it belongs to or could join") \
 C(member,               school, int32_t, one, fixed, network, "row", 0, 0, "schools in order of their clusters") \
 C(first_member,         cluster, int32_t, one, fixed, network, "row", 0, 0, "first place of the cluster in `member`") \
 C(cluster_size,         cluster, int32_t, one, fixed, network, "schools", 0, 0, "schools that belong or could") \
 C(partner,              school, int32_t, ties, fixed, network, "row", 0, 0, "row of each partner school; -1 none") \
 C(similarity,           school, float, ties, fixed, network, "share", 0, 1, "how alike the partners' contexts are") \
 C(tie_weight,           school, float, ties, state, network, "share", 0, 1, "strength of contact with each partner") \
 C(tie_trust,            school, float, ties, flow, network, "share", 0, 1, "trust between the partners") \
 C(engagement_declared,  school, float, one, state, network, "share", 0, 1, "1 when the school says it belongs") \
 C(engagement_real,      school, float, one, state, network, "share", 0, 1, "how far it really takes part") \
 C(member_for,           school, float, one, state, network, "year", 0, 100, "years since it last joined; 0 when it does not belong") \
 C(belief_in_networks,   school, float, one, state, network, "share", 0, 1, "belief that the network is worth its time") \
 C(network_trust,        school, float, one, flow, network, "share", 0, 1, "trust in its cluster, as far as it takes part") \
 C(network_quality,      school, float, one, flow, network, "share", 0, 1, "the success factors of its cluster together, as far as it takes part") \
 C(systemness,           school, float, one, state, network, "share", 0, 1, "share of staff who act for other schools too") \
 C(cluster_contact,      cluster, float, one, flow, network, "share", 0, 1, "mean real engagement") \
 C(cluster_quality,      cluster, float, one, flow, network, "share", 0, 1, "the eight success factors together") \
 C(cluster_trust,        cluster, float, one, state, network, "share", 0, 1, "trust among the members") \
 C(cluster_purpose,      cluster, float, one, state, network, "share", 0, 1, "shared purpose") \
 C(cluster_transparency, cluster, float, one, state, network, "share", 0, 1, "openness about data and weaknesses") \
 C(cluster_maturity,     cluster, float, one, state, network, "stage", 0, 3, "0 activity, 1 collaboration, 2 co-responsibility, 3 shared accountability") \
 C(cluster_facilitation, cluster, float, one, state, network, "share", 0, 1, "external support at work") \
 C(cluster_leadership,   cluster, float, one, state, network, "leader SD", -6, 6, "skill of the leader in the middle") \
 C(cluster_capacity,     cluster, float, one, state, network, "share", 0, 1, "capacity to work without external facilitation") \
 C(cluster_dependence,   cluster, float, one, state, network, "share", 0, 1, "habit of leaving the work to the facilitators") \
 C(cluster_validation,   cluster, float, one, state, network, "share", 0, 1, "how far other clusters check what it says of itself") \
 C(cluster_openness,     cluster, float, one, state, network, "share", 0, 1, "openness to other clusters") \
 C(self_assessment_bias, cluster, float, one, state, network, "pupil SD", 0, 2, "how far it thinks better of itself than is true") \
 /* district */ \
 C(district_id,          district, uint64_t, one, fixed, place, "1", 0, 0, "lasting id of the district") \
 C(county,               district, int32_t, one, fixed, place, "row", 0, 0, "districts of one county are neighbours") \
 C(first_school,         district, int32_t, one, fixed, place, "row", 0, 0, "its first school") \
 C(district_schools,     district, int32_t, one, fixed, place, "schools", 0, 0, "its number of schools") \
 C(district_disposition, district, int32_t, one, state, district, "1", 0, 2, "0 willing, 1 token, 2 resistant") \
 C(district_caution,     district, float, one, fixed, district, "share", 0, 1, "how much the district counts the trouble a grant brings, 0.5 is usual") \
 C(district_capacity,    district, float, one, state, district, "share", 0, 1, "capacity to support its schools, before what is drained from it") \
 C(district_drained,     district, float, one, state, district, "share", 0, 1, "share of that capacity that has gone to its schools or been cut") \
 C(drained_change,      district, float, one, change, district, "share", 0, 0, "gain or loss of the drained share this term") \
 C(capacity_change,      district, float, one, change, district, "share", 0, 0, "gain or loss of capacity this term") \
 C(middle_strength,      district, float, one, state, district, "share", 0, 1, "how far it leads from the middle, together with its neighbours") \
 C(district_ties,        district, float, one, state, district, "share", 0, 1, "contact with the neighbouring districts") \
 C(support_usual,        system, double, one, fixed, district, "share", 0, 1, "support of its district that the usual school has under the status quo") \
 C(district_support,     school, float, one, state, district, "share", 0, 1, "support the school has from its district") \
 /* money */ \
 C(grant,                school, float, one, flow, money, "currency/pupil/year", 0, 0, "money the school receives") \
 C(takes_grant,          district, float, one, state, money, "1", 0, 1, "1 when the district has taken up the grant this year") \
 C(lever_spending,       school, float, one, flow, money, "currency/pupil/year", 0, 0, "spent on the levers") \
 C(ordinary_spending,    school, float, one, flow, money, "currency/pupil/year", 0, 0, "spent on the ordinary running of the school") \
 C(ordinary_usual,       school, float, one, fixed, money, "currency/pupil/year", 0, 0, "ordinary spending at year 0") \
 C(funded,               school, float, one, flow, money, "share", 0, 1, "share of the wanted quantities the budget pays") \
 C(money_received,       system, double, one, state, money, "currency", 0, 0, "received by all schools since the start") \
 C(money_on_levers,      system, double, one, state, money, "currency", 0, 0, "spent on levers since the start") \
 C(money_on_running,     system, double, one, state, money, "currency", 0, 0, "spent on ordinary running since the start") \
 /* measurement */ \
 C(test_noise,           school, float, cohorts, state, pupils, "pupil SD", 0, 0, "luck of each cohort in the test; it stays with the cohort") \
 C(inflation,            school, float, one, state, pressure, "pupil SD", 0, 0, "what gaming adds to the reported score") \
 C(true_score,           school, float, one, state, pupils, "pupil SD", -12, 12, "mean true attainment of its pupils at the last test") \
 C(value_added,          school, float, one, state, pupils, "pupil SD", -12, 12, "what its pupils owe to the school, at the last test") \
 C(reported_score,       school, float, one, state, pupils, "pupil SD", -12, 12, "score as published at the last test") \
 C(reported_before,      school, float, one, state, pupils, "pupil SD", -12, 12, "score as published a year earlier") \
 C(cohort_value_added,   school, float, one, state, pupils, "pupil SD", -12, 12, "value added of the eldest year group alone, as published at the last test") \
 C(reported_value_added, school, float, one, state, pupils, "pupil SD", -12, 12, "value added as published at the last test") \
 C(teaching_usual_basics, system, double, one, fixed, teaching, "pupil SD/year", 0, 0, "zero of the scale: what teaching adds up to where pupils learn what is usual") \
 C(teaching_usual_reach, system, double, one, fixed, teaching, "pupil SD/year", 0, 0, "zero of the scale: the system's mean in burn-in") \
 C(lever_shift,          lever, double, one, state, district, "1", 0, 0, "what the reacting centre adds to each lever's scheduled level") \
 C(centre_stance,        system, int32_t, one, state, district, "1", 0, 3, "what the centre last decided: 0 persist, 1 add an initiative, 2 switch driver, 3 partner with the middle") \
 C(centre_reviewed,      system, double, one, state, district, "year", 0, 0, "years since the centre last took stock") \
 C(centre_baseline,      system, double, one, state, district, "pupil SD", 0, 0, "level of learning it then believed in, against year 0") \
 C(centre_trend,         system, double, one, state, district, "pupil SD/year", 0, 0, "the trend of reported scores that the centre believes") \
 C(upward_voice,         system, double, one, state, district, "share", 0, 1, "how much of what the middle knows reaches the centre") \
 C(teaching_usual_broad, system, double, one, fixed, teaching, "pupil SD/year", 0, 0, "zero of the scale: what teaching adds up to where pupils learn what is usual") \
 C(score_usual,          system, double, one, fixed, pupils, "pupil SD", 0, 0, "mean reported score at year 0, against which targets are set")
// clang-format on

// The number of a column is its place in the table; its name is what lasts.
enum class Column : std::uint16_t {
#define C(name, ...) name,
  REFORMSIM_COLUMNS(C)
#undef C
      count
};
inline constexpr std::size_t kColumns = static_cast<std::size_t>(Column::count);

inline constexpr std::array<ColumnInfo, kColumns> kColumnInfo = {{
#define C(name, entity, type, width, kind, theme, unit, low, high, meaning) \
  {#name,        Entity::entity, kTypeOf<type>, Width::width, Kind::kind,   \
   Theme::theme, unit,           low,           high,         meaning},
    REFORMSIM_COLUMNS(C)
#undef C
}};

inline constexpr const ColumnInfo& info(Column column) {
  return kColumnInfo[static_cast<std::size_t>(column)];
}

// A column as a compile-time name: col::energy is an object whose type says which column and which
// C++ type.
template <Column kId, class T>
struct ColumnTag {
  static constexpr Column id = kId;
  using value = T;
};

namespace col {
#define C(name, entity, type, ...) inline constexpr ColumnTag<Column::name, type> name{};
REFORMSIM_COLUMNS(C)
#undef C
}  // namespace col

}  // namespace reformsim
