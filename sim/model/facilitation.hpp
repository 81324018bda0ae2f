// M18 Facilitation and its release: external support starts a network and builds its own capacity;
// it is withdrawn as that grows. Released too early the network collapses, for it has not yet
// learnt to do the work; too late it has learnt to leave the work to others. What of that shows in
// the network's quality is M12's. (Rincon-Gallardo and Fullan 2016.)
#pragma once

#include "model/mechanism.hpp"

namespace reformsim {

struct Facilitation {
  static constexpr std::string_view name = "facilitation", code = "M18";
  static constexpr std::string_view meaning =
      "Support from outside starts a network and builds its own capacity; let go too early the "
      "network falls, too late it has learnt to depend.";
  static constexpr std::uint16_t purpose = 18;
  static constexpr bool switchable = true;

  struct Params {
    float growth = 4.0f;
    float dependence = 0.6f;
    float fading = 0.15f;
    float unguided = 0.2f;
    float turnover_loss = 0.3f;
    float weaning = 0.15f;
  };
  static std::span<const ParameterRow<Params>> parameters();

  using Access =
      Columns<Reads<col::member, col::first_member, col::cluster_size, col::engagement_real,
                    col::engagement_declared, col::engagement_depth, col::cluster_trust,
                    col::cluster_leadership, col::leader_changed, col::funded>,
              Owns<col::cluster_facilitation, col::cluster_capacity, col::cluster_dependence>,
              Adds<>, Uses<lever::facilitation, lever::release>>;
  static void step(const Access& world, const Params& p, const Context& now);
};

// Support at work: what is offered, less what is withdrawn as the cluster can do without.
inline float help_at_work(float offered, float release, float capacity) {
  return offered * (1.0f - release * capacity);
}
// Yearly rate at which a cluster learns to do the work: by real work together, in trust, under an
// able leader; with guidance much faster than by itself.
inline float learning_to_work(float growth, float unguided, float contact, float help, float trust,
                              float leadership) {
  return growth * contact * (unguided + (1.0f - unguided) * help) * trust * logistic(leadership);
}
// Help beyond what the cluster lacks.
inline float needless_help(float help, float capacity) {
  const float lacks = 1.0f - capacity;
  return help > lacks ? help - lacks : 0.0f;
}

}  // namespace reformsim
