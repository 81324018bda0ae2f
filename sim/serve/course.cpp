#include "serve/course.hpp"

#include <array>
#include <utility>

#include "decide/school_groups.hpp"
#include "record/measures.hpp"
#include "record/recorder.hpp"

namespace reformsim::serve {

namespace {

class MapColumns : public Observer {
 public:
  explicit MapColumns(std::vector<float>& columns) : columns_(columns) {}
  void take(const World& world) {
    for (const Column column : map_columns()) {
      const auto values = world.floats(column);
      columns_.insert(columns_.end(), values.begin(), values.end());
    }
  }
  void after_term(const Simulation& simulation) override {
    if (simulation.term() % simulation.steps_per_year() == 0) take(simulation.world());
  }

 private:
  std::vector<float>& columns_;
};

}  // namespace

std::span<const Column> map_columns() {
  static constexpr std::array<Column, 9> kShown = {
      Column::true_score,      Column::reported_score,  Column::value_added,
      Column::energy,          Column::trust_in_centre, Column::network_trust,
      Column::engagement_real, Column::pressure,        Column::gaming};
  return kShown;
}

std::unique_ptr<const Course> course_of(Simulation& simulation, bool map,
                                        const std::function<bool()>& go_on) {
  auto course = std::make_unique<Course>();
  // The recorder of `run`, without trajectories.
  Recorder recorder(RecordPlan{}, simulation.parallel());
  MapColumns columns(course->columns);
  recorder.take(simulation);
  simulation.add_observer(&recorder);
  if (map) {
    columns.take(simulation.world());
    simulation.add_observer(&columns);
  }
  while (!simulation.done()) {
    if (!go_on()) return nullptr;
    simulation.next_term();
  }
  simulation.clear_observers();
  course->values = std::move(recorder.recording().system);
  const World& world = simulation.world();
  const auto value_added = world[col::value_added];
  course->value_added.assign(value_added.begin(), value_added.end());
  const SchoolGroups groups = group_schools(simulation.population());
  for (const SchoolGroups::Kind& kind : groups.kinds)
    if (groups.groups[kind.first].kind == "deprivation")
      course->fifths =
          group_means(world, Column::value_added, pupils_by_school(world), kind.of, kind.count);
  if (map) {
    const auto cluster = world[col::cluster];
    course->cluster.assign(cluster.begin(), cluster.end());
  }
  return course;
}

}  // namespace reformsim::serve
