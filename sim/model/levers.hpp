// The levers: what a government can change, in one table. A lever's level is a number per school
// and term, made from the scenario's status quo, schedule and scope; mechanisms read it like a
// column they declared.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/parallel.hpp"
#include "base/random.hpp"
#include "model/world.hpp"
#include "population/population.hpp"
#include "scenario/scenario.hpp"

namespace reformsim {

// clang-format off
// L(name, path, unit, low, high, status quo, meaning, source)   numbers
// K(name, path, choices, status quo, meaning, source)           choices; the level is the choice's place
#define REFORMSIM_LEVERS(L, K) \
 L(publication,  "external_accountability.publication", "share", 0, 1, 0.3, "How far schools' results are published and compared.", "assumed; publication alone had little effect: Hanushek and Raymond 2005") \
 L(stakes,       "external_accountability.stakes", "share", 0, 1, 0.1, "What hangs on the target for the school: 0 nothing, 1 closure or takeover.", "Hanushek and Raymond 2005; Dee and Jacob 2011") \
 L(inspection,   "external_accountability.inspection", "inspections/year", 0, 1, 0.1, "Inspections a school has in a year.", "Allen and Burgess 2012; Hussain 2015") \
 K(target_kind,  "external_accountability.target_kind", "status|growth|threshold", 0, "What the target asks for: a level of the reported score, a yearly rise, or to clear a bar.", "Neal and Schanzenbach 2010; Reback 2008") \
 L(target,       "external_accountability.target", "pupil SD", -2, 2, 0.0, "The target: a reported score above the system's mean at year 0 (status, threshold) or a rise per year (growth).", "assumed; California 1999 asked for 5% of the gap to 800 API points a year") \
 L(target_rise,  "external_accountability.target_rise", "pupil SD/year", 0, 0.5, 0.0, "How much a status or threshold target rises each year.", "assumed; No Child Left Behind rose to 100% proficiency in 12 years") \
 K(accountability_unit, "external_accountability.unit", "school|cluster", 0, "Who is held to account: each school, or the cluster it belongs to as a whole.", "Munby and Fullan 2016") \
 L(appraisal,    "individualistic_policies.appraisal", "share", 0, 1, 0.2, "How far every teacher is appraised and graded one by one.", "assumed; Adnot, Dee, Katz and Wyckoff 2016") \
 L(merit_pay,    "individualistic_policies.merit_pay", "share", 0, 1, 0.0, "How far pay follows the results of single teachers; 1 is a tenth of pay.", "Pham, Nguyen and Springer 2021") \
 L(dismissal,    "individualistic_policies.dismissal", "share/year", 0, 0.2, 0.0, "Share of teachers dismissed in a year for weak appraisals.", "Adnot, Dee, Katz and Wyckoff 2016") \
 L(exceptional_heads, "individualistic_policies.exceptional_heads", "leader SD", 0, 3, 0.0, "How far above its skill the head is raised who leads a school when this starts there; 2 makes an exceptional leader. It is the person's: it moves on and retires with the head, and nobody is created.", "assumed; exceptional leaders: Munby and Fullan 2016; Branch, Hanushek and Rivkin 2012") \
 L(technology,   "technology.investment", "share", 0, 1, 0.1, "How far lessons are equipped with devices and software; 1 is a device for every pupil.", "Cristia et al. 2017; Escueta et al. 2020") \
 L(initiatives_started, "ad_hoc_policies.initiatives", "initiatives/year", 0, 12, 1.3, "Central initiatives started each year.", "Hess 1999: 11 to 12 in three years in urban districts; 4 in three years taken as usual") \
 L(initiative_life, "ad_hoc_policies.life", "year", 0.3, 15, 3.0, "Years until an initiative is given up.", "assumed; English education secretaries stay about 2 years") \
 L(coordination, "coordinated_policy.alignment", "share", 0, 1, 0.3, "How far policies and initiatives are aligned with one another and with what schools are doing.", "Fullan 2011; Honig and Hatch 2004") \
 L(broadcast,    "capacity_building.broadcast", "share", 0, 1, 0.3, "Share of staff reached by evidence sent out and one-off courses.", "EEF Literacy Octopus 2017, 2019") \
 L(light_touch,  "capacity_building.light_touch", "share", 0, 1, 0.1, "Share of staff in short training with some follow-up.", "Sims et al. 2021") \
 L(coaching,     "capacity_building.coaching", "share", 0, 1, 0.0, "Share of staff coached on their teaching, about ten days a year each.", "Kraft, Blazar and Hogan 2018") \
 L(collaborative_time, "collaboration.time", "share", 0, 1, 0.1, "How far the timetable gives teachers time to plan, teach and review together; 1 is half a day a week.", "Ronfeldt et al. 2015; Papay et al. 2020") \
 L(pedagogy,     "pedagogy.focus", "share", 0, 1, 0.4, "Share of capacity building and network time spent on teaching practice.", "Fullan 2011; Hattie 2015") \
 L(prescription, "governance.prescription", "share", 0, 1, 0.2, "How much of teaching is prescribed from the centre.", "assumed") \
 L(autonomy,     "governance.autonomy", "share", 0, 1, 0.3, "How much schools decide for themselves.", "Hanushek, Link and Woessmann 2013") \
 L(autonomy_earned, "governance.autonomy_earned", "share", 0, 1, 0.0, "How far autonomy has to be earned by evidence of good work instead of being given to all.", "Rincon-Gallardo and Fullan 2016") \
 L(choice,       "governance.choice", "share", 0, 1, 0.1, "How far parents may choose a school beyond the nearest.", "Bohlmark and Lindahl 2015") \
 L(competition,  "governance.competition", "share", 0, 1, 0.2, "How far schools are set against one another for pupils, money and name.", "Munby and Fullan 2016") \
 K(district_role, "governance.district_role", "bypassed|mediating|leading", 1, "What districts do: nothing, pass policy on and support, or lead from the middle.", "Hargreaves and Ainscow 2015") \
 K(participation, "networks.participation", "none|voluntary|mandated|voluntary_but_inevitable", 0, "How schools come to join a network.", "Munby and Fullan 2016") \
 L(expectation,  "networks.expectation", "share", 0, 1, 0.0, "How strongly schools are expected, not ordered, to take part.", "Munby and Fullan 2016") \
 L(cluster_size_lever, "networks.cluster_size", "schools", 2, 100, 8, "Schools in a cluster; read when clusters are formed at year 0.", "New Zealand Communities of Learning 8 to 9; Schools Partnership Programme 3 to 7") \
 K(composition,  "networks.composition", "place|families|cross_district", 0, "Who is put together: neighbours in the district, similar schools of the district, or schools of several districts; read at year 0.", "Ainscow 2015") \
 L(outcome_focus, "networks.outcome_focus", "share", 0, 1, 0.3, "Success factor 1: focus on pupils' outcomes.", "Munby and Fullan 2016") \
 L(moral_purpose, "networks.moral_purpose", "share", 0, 1, 0.3, "Success factor 2: shared moral purpose.", "Munby and Fullan 2016") \
 L(transparency, "networks.transparency", "share", 0, 1, 0.3, "Success factor 3: transparency about data and weaknesses.", "Munby and Fullan 2016") \
 L(peer_review,  "networks.peer_review", "share", 0, 1, 0.3, "Success factor 4: peer review.", "Munby and Fullan 2016") \
 L(enquiry_cycles, "networks.enquiry_cycles", "share", 0, 1, 0.3, "Success factor 5: long cycles of joint enquiry.", "Munby and Fullan 2016") \
 L(shared_accountability, "networks.shared_accountability", "share", 0, 1, 0.3, "Success factor 6: growth towards shared accountability.", "Munby and Fullan 2016") \
 L(beyond_leaders, "networks.beyond_leaders", "share", 0, 1, 0.3, "Success factor 7: engagement beyond the leaders.", "Munby and Fullan 2016") \
 L(openness,     "networks.openness", "share", 0, 1, 0.3, "Success factor 8: openness to other partnerships.", "Munby and Fullan 2016") \
 L(facilitation, "networks.facilitation", "share", 0, 1, 0.0, "External facilitation paid for each cluster.", "Rincon-Gallardo and Fullan 2016") \
 L(release,      "networks.release", "share", 0, 1, 0.5, "How far facilitation is withdrawn as a cluster's own capacity grows.", "Rincon-Gallardo and Fullan 2016") \
 L(brokering,    "networks.brokering", "share", 0, 1, 0.0, "How far strong schools' leaders and staff are lent to weak or isolated ones.", "Hargreaves and Ainscow 2015") \
 L(support_ratio, "networks.support_ratio", "schools", 1, 10, 3, "Strong schools that stand behind each school supported.", "Greany 2018: 3 or 4 to 1") \
 L(hubs,         "networks.hubs", "share", 0, 0.5, 0.0, "Share of schools that work as hubs for the others of their district.", "Gu et al. 2015") \
 L(leader_training, "networks.leader_training", "share/year", 0, 0.5, 0.0, "Share of school leaders trained in a year to lead in the middle.", "Munby and Fullan 2016") \
 L(cross_review, "networks.cross_review", "share", 0, 1, 0.0, "How far clusters review and validate one another.", "Munby and Fullan 2016") \
 L(electoral_cycle, "system_leadership.electoral_cycle", "year", 1, 10, 4, "Years between two elections; the centre takes stock once in each (with the mechanism reacting_centre).", "assumed; English education secretaries stay about 2 years") \
 L(patience,     "system_leadership.patience", "year", 0.5, 15, 3, "Years the centre waits for a reform to show before it looks for another (with reacting_centre).", "assumed; whole-school reform takes 3 to 5 years: Borman et al. 2003") \
 L(students_first, "system_leadership.students_first", "share", 0, 1, 0.5, "System leader, row 1: cares for pupils' learning (1) or for what looks well to powerful adults (0).", "Munby and Fullan 2016") \
 L(challenge_and_support, "system_leadership.challenge_and_support", "share", 0, 1, 0.5, "Row 2: balances challenge with support (1) or gives only one of them (0).", "Munby and Fullan 2016") \
 L(close_to_middle, "system_leadership.close_to_middle", "share", 0, 1, 0.5, "Row 3: is close to the leaders in the middle (1) or to the central office (0).", "Munby and Fullan 2016") \
 L(persistence,  "system_leadership.persistence", "share", 0, 1, 0.5, "Row 4: stays with a reform (1) or sponsors new initiatives again and again (0).", "Munby and Fullan 2016") \
 L(teachers_as_partners, "system_leadership.teachers_as_partners", "share", 0, 1, 0.5, "Row 5: treats teachers and leaders as part of the solution (1) or blames them (0).", "Munby and Fullan 2016") \
 L(theory_of_change, "system_leadership.theory_of_change", "share", 0, 1, 0.5, "Row 6: acts on evidence and a theory of change (1) or on dogma and headlines (0).", "Munby and Fullan 2016") \
 L(school_to_school, "system_leadership.school_to_school", "share", 0, 1, 0.5, "Row 7: champions transfer from school to school (1) or legislates from the top (0).", "Munby and Fullan 2016") \
 L(outward_looking, "system_leadership.outward_looking", "share", 0, 1, 0.5, "Row 8: knows what works in other systems (1) or looks inward (0).", "Munby and Fullan 2016") \
 L(coalition_building, "system_leadership.coalition_building", "share", 0, 1, 0.5, "Row 9: builds coalitions until enough will go along (1) or goes too slowly or too fast (0).", "Munby and Fullan 2016") \
 L(total_per_pupil, "funding.total_per_pupil", "currency/pupil/year", 500, 100000, 5500, "All money for schools, levers included.", "California districts 1998-99 spent 5,312 US dollars on average") \
 L(reform_per_pupil, "funding.reform_per_pupil", "currency/pupil/year", 0, 20000, 200, "The part of the total that the funding rule shares out and the levers may use; what they leave goes to ordinary running. Never more than the total.", "assumed, about 4% of the total") \
 K(funding_rule, "funding.rule", "per_pupil|equal_per_district|by_need|competitive", 0, "How the reform money is shared out.", "Hargreaves and Ainscow 2015 (equal per district in Ontario)") \
 L(grant_per_pupil, "funding.grant_per_pupil", "currency/pupil/year", 0, 2000, 0.0, "A grant on top of the reform money, part of the total, that each district takes up or leaves; what is left goes to all schools as ordinary money.", "Hargreaves and Ainscow 2015: 25 million dollars over four years for 72 districts") \
 K(grant_rule, "funding.grant_rule", "per_pupil|equal_per_district", 0, "What of the grant each district is offered: its pupils' part, or the same as every other.", "Hargreaves and Ainscow 2015 (equal per district in Ontario)")
// clang-format on

enum class LeverId : std::uint16_t {
#define L(name, ...) name,
  REFORMSIM_LEVERS(L, L)
#undef L
      count
};
inline constexpr std::size_t kLevers = static_cast<std::size_t>(LeverId::count);

template <LeverId kId>
struct LeverTag {
  static constexpr LeverId id = kId;
};

namespace lever {
#define L(name, ...) inline constexpr LeverTag<LeverId::name> name{};
REFORMSIM_LEVERS(L, L)
#undef L
}  // namespace lever

enum class Participation { none, voluntary, mandated, voluntary_but_inevitable };
enum class TargetKind { status, growth, threshold };
enum class AccountabilityUnit { school, cluster };
enum class DistrictRole { bypassed, mediating, leading };
enum class FundingRule { per_pupil, equal_per_district, by_need, competitive };
enum class GrantRule { per_pupil, equal_per_district };
enum class Composition { place, families, cross_district };

void add_levers(FieldTable& table);
std::string_view lever_path(LeverId lever);

// What in the levers' scopes does not fit the schools: districts that are not there, entries that
// reach no school. Scores are not known before year 0 unless the list gives them; what asks for one
// of those is not judged.
std::vector<Problem> check_scopes(const Scenario& scenario, const Population& population);

// The levers' levels of the present term. A lever that is the same everywhere needs one block of
// memory, whatever the number of schools.
class LeverColumns {
 public:
  // Scopes are settled here, on what is known of the schools at this moment (year 0).
  LeverColumns() = default;
  LeverColumns(const Scenario& scenario, const Population& population, const World& world, Key key);

  // year < 0: the status quo. `shift` is what the reacting centre adds to each lever, by its
  // number; a level never leaves the lever's range, and a choice's is a whole number of places.
  void set_year(double year, std::span<const double> shift = {});
  std::span<const float> block(LeverId lever, const Block& block) const;
  float at(LeverId lever, std::size_t school) const {
    const Column& column = columns_[index(lever)];
    return column.values[column.group.empty() ? 0 : school];
  }
  float uniform(LeverId lever) const;  // of a lever without scope; else the mean over schools
  bool everywhere(LeverId lever) const { return columns_[index(lever)].group.empty(); }

 private:
  static std::size_t index(LeverId lever) { return static_cast<std::size_t>(lever); }
  struct Column {
    const Lever* plan = nullptr;
    std::vector<std::vector<bool>> groups;  // distinct sets of entries that reach a school
    std::vector<std::uint16_t> group;       // of each school; empty: all are in group 0
    std::vector<float> level;               // of each group
    std::vector<float> values;              // one block, or one per school
    float mean = 0;
  };
  std::vector<Column> columns_;
};

}  // namespace reformsim
