// The model on one page: what happens in a term, in order. Each line is one mechanism (M..) or one
// owner, a unit that only applies what mechanisms declared. What a school knows of others is last
// term's; what drivers do in a term flows down this list; teaching is what they add up to, and
// learning follows from teaching alone.
#pragma once

#include <array>
#include <tuple>
#include <vector>

#include "model/accountability.hpp"
#include "model/beyond_leaders.hpp"
#include "model/brokered_support.hpp"
#include "model/capacity_building.hpp"
#include "model/capital.hpp"
#include "model/choice.hpp"
#include "model/climate.hpp"
#include "model/cluster_trust.hpp"
#include "model/collaboration.hpp"
#include "model/diffusion.hpp"
#include "model/districts.hpp"
#include "model/facilitation.hpp"
#include "model/individualistic_policies.hpp"
#include "model/initiative_load.hpp"
#include "model/innovation.hpp"
#include "model/joining.hpp"
#include "model/labour_market.hpp"
#include "model/learning.hpp"
#include "model/measurement.hpp"
#include "model/middle_leadership.hpp"
#include "model/money.hpp"
#include "model/open_clusters.hpp"
#include "model/peer_review.hpp"
#include "model/prescription.hpp"
#include "model/reacting_centre.hpp"
#include "model/repertoire.hpp"
#include "model/systemness.hpp"
#include "model/teaching.hpp"
#include "model/technology.hpp"
#include "model/ties.hpp"

namespace reformsim {

// clang-format off
using Term = std::tuple<
    Money,                    // M24  what the levers cost, and what the budget pays of it
    InitiativeLoad,           // M1   initiatives take attention; those given up leave cynicism
    Accountability,           // M2   targets on reported scores: pressure, effort, gaming, fear
    Prescription,             // M3   practice moves to one standard, judgement wears away
    IndividualisticPolicies,  // M4   appraisal, merit pay and dismissal of single teachers
    Technology,               // M5   devices help as far as there is pedagogy to use them
    CapacityBuilding,         // M6   training and coaching raise capital and mastery
    Collaboration,            // M7   teachers work together, or only sit together
    Innovation,               // M8   free schools try things, both ways; district support thins out
    LabourMarket,             // M10  once a year teachers and leaders leave, move and are found
    Choice,                   // M9   once a year families choose, and pupils move
    Joining,                  // M11  schools join networks, in name or for real
    Facilitation,             // M18  a network is started from outside, and let go
    BeyondLeaders,            // M19  teachers, pupils and families take part
    ClusterTrust,             // M12  clusters gain trust and mature, or go cosy
    PeerReview,               // M13  partners review one another; feedback is used or fended off
    OpenClusters,             // M17  clusters open to other clusters, or shut themselves off
    Ties,                     // M12  contact between schools forms, fades and breaks
    Diffusion,                // M14  practices move along ties
    BrokeredSupport,          // M15  strong schools are lent to weak ones
    MiddleLeadership,         // M16  districts and network leaders lead from the middle
    Systemness,               // M20  people come to act for other schools too
    Districts,                // owner of district capacity and support
    Climate,                  // owner of energy, coherence, efficacy, trust in the centre
    Capital,                  // owner of human, social and decisional capital
    Repertoire,               // owner of the mastery of practices
    Teaching,                 // owner of the quality and time of teaching: what all of it adds up to
    Learning,                 // M21  pupils learn, and grow up
    Measurement,              // M22  and are tested
    ReactingCentre>;          // M23  the centre takes stock (off unless asked)
// clang-format on

inline constexpr std::size_t kMechanisms = std::tuple_size_v<Term>;

template <class T>
struct ParametersOf;
template <class... M>
struct ParametersOf<std::tuple<M...>> {
  using type = std::tuple<typename M::Params...>;
};

struct ModelParameters {
  ParametersOf<Term>::type all;
  std::array<bool, kMechanisms> on{};  // by place in Term

  template <class M>
  const typename M::Params& of() const {
    return std::get<typename M::Params>(all);
  }
  template <class M>
  bool at_work() const {
    return on[place<M>(static_cast<Term*>(nullptr))];
  }

 private:
  template <class M, class... All>
  static constexpr std::size_t place(std::tuple<All...>*) {
    std::size_t at = 0;
    (void)((std::is_same_v<M, All> || (++at, false)) || ...);
    return at;
  }
};

// The list as data, in order.
const std::vector<Mechanism>& term_schedule();

// Checks the order before a run: every column has one owner at most, what is read has an owner or
// is fixed, a flow is read after it was written, and what is added is applied later in the same
// term. Throws std::logic_error, for only a programmer can get this wrong.
void check_schedule(const std::vector<Mechanism>& schedule);

// The scenario's parameters and switches, as the replicate simulates them: with sets of parameters
// (parameters.sets) each replicate has those of its set.
ModelParameters model_parameters(const Scenario& scenario, std::uint32_t replicate);

}  // namespace reformsim
