// Contact between schools: ties form where people meet, fade where they do not, and break when a
// leader leaves who alone held them. Kept apart from M12 because neighbours have ties without any
// network. (Daly and Finnigan 2010-2012; Coburn et al. 2012.)
#pragma once

#include "model/mechanism.hpp"

namespace reformsim {

struct Ties {
  static constexpr std::string_view name = "ties", code = "M12";
  static constexpr std::uint16_t purpose = 102;
  static constexpr bool switchable = true;

  struct Params {
    float forming = 0.05f;
    float decay = 0.20f;
    float competition = 1.0f;
    float lost_with_leader = 0.7f;
  };
  static std::span<const ParameterRow<Params>> parameters();

  using Access =
      Columns<Reads<col::partner, col::cluster, col::engagement_real, col::network_quality,
                    col::network_trust, col::cluster_openness, col::leader_changed, col::fear>,
              Owns<col::tie_weight, col::tie_trust>, Adds<>,
              Uses<lever::stakes, lever::publication, lever::autonomy, lever::beyond_leaders>>;
  static void step(const Access& world, const Params& p, const Context& now);
};

}  // namespace reformsim
