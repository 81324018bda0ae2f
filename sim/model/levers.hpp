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
 L(initiatives_started, "ad_hoc_policies.initiatives", "initiatives/year", 0, 12, 1.3, "Central initiatives started each year.", "Hess 1999: 11 to 12 in three years in urban districts; 4 in three years taken as usual") \
 L(initiative_life, "ad_hoc_policies.life", "year", 0.3, 15, 3.0, "Years until an initiative is given up.", "assumed; English education secretaries stay about 2 years") \
 L(coordination, "coordinated_policy.alignment", "share", 0, 1, 0.3, "How far policies and initiatives are aligned with one another and with what schools are doing.", "Fullan 2011; Honig and Hatch 2004") \
 L(broadcast,    "capacity_building.broadcast", "share", 0, 1, 0.3, "Share of staff reached by evidence sent out and one-off courses.", "EEF Literacy Octopus 2017, 2019") \
 L(light_touch,  "capacity_building.light_touch", "share", 0, 1, 0.1, "Share of staff in short training with some follow-up.", "Sims et al. 2021") \
 L(coaching,     "capacity_building.coaching", "share", 0, 1, 0.0, "Share of staff coached on their teaching, about ten days a year each.", "Kraft, Blazar and Hogan 2018") \
 L(pedagogy,     "pedagogy.focus", "share", 0, 1, 0.4, "Share of capacity building and network time spent on teaching practice.", "Fullan 2011; Hattie 2015") \
 L(prescription, "governance.prescription", "share", 0, 1, 0.2, "How much of teaching is prescribed from the centre.", "assumed") \
 L(autonomy,     "governance.autonomy", "share", 0, 1, 0.3, "How much schools decide for themselves.", "Hanushek, Link and Woessmann 2013") \
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
 L(total_per_pupil, "funding.total_per_pupil", "currency/pupil/year", 500, 100000, 5500, "All money for schools, levers included.", "California districts 1998-99 spent 5,312 US dollars on average") \
 L(reform_per_pupil, "funding.reform_per_pupil", "currency/pupil/year", 0, 20000, 200, "The part of the total that the funding rule shares out and the levers may use; what they leave goes to ordinary running. Never more than the total.", "assumed, about 4% of the total") \
 K(funding_rule, "funding.rule", "per_pupil|equal_per_district|by_need|competitive", 0, "How the reform money is shared out.", "Hargreaves and Ainscow 2015 (equal per district in Ontario)")
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
enum class DistrictRole { bypassed, mediating, leading };
enum class FundingRule { per_pupil, equal_per_district, by_need, competitive };
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

  void set_year(double year);  // year < 0: the status quo
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
