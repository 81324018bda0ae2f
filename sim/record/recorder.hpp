// An observer that takes measures when they are due, and what it has taken. Where they go (HDF5, a
// page, a test) is somebody else's business.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "engine/simulation.hpp"
#include "record/measures.hpp"

namespace reformsim {

// What to take; read from the scenario's `record` settings.
struct RecordPlan {
  bool every_term = false;  // else at the end of each year
  bool districts = false;
  bool clusters = false;
  std::uint32_t detailed_replicates =
      1;  // school, district and cluster trajectories for replicate < this
  std::vector<std::string> school_measures;  // of schools, and averaged for districts and clusters
  std::vector<std::int32_t>
      school_rows;  // rows of the population, ascending; empty: no school trajectories
};
// Throws InputError for schools and measures that do not exist.
RecordPlan record_plan(const Scenario& scenario, const Population& population);

// What the trajectories of schools, districts or clusters hold, in their order.
std::vector<Measure> trajectory_measures(const RecordPlan& plan, Entity entity);

// One replicate of one scenario.
struct Recording {
  std::uint32_t replicate = 0;
  std::vector<double> year;    // times taken; the first is 0, after burn-in
  std::vector<double> system;  // [time][system measure]
  std::vector<float> start;    // what measures need to know of year 0: schools_at_start
  // Only of detailed replicates. Time comes first, so that taking is appending.
  std::vector<float> school;    // [time][measure][school of the plan]
  std::vector<float> district;  // [time][measure][district]; measures: trajectory_measures
  std::vector<float> cluster;   // [time][measure][cluster]
  // Of the schools of the plan: their cluster at the end, -1 for none; district and enrolment of
  // this replicate.
  std::vector<std::int32_t> school_cluster;
  std::vector<std::int32_t> school_district, school_phase;
  std::vector<float> school_enrolment;
  std::size_t districts = 0, clusters = 0;
};

class Recorder : public Observer {
 public:
  Recorder(RecordPlan plan, const Parallel& parallel);
  void take(const Simulation& simulation);  // at year 0, before the first term
  void after_term(const Simulation& simulation) override;
  const Recording& recording() const { return recording_; }
  Recording& recording() { return recording_; }

 private:
  void take_details(const Simulation& simulation);

  RecordPlan plan_;
  const Parallel* parallel_;
  Recording recording_;
};

}  // namespace reformsim
