// M24 Money: every lever costs, budgets bind, and what the levers leave goes to ordinary running.
//
// Cost is quantity times a unit cost, and unit costs are staff time: days of teachers and leaders
// at a day's salary. The reform money is shared out by the funding rule; if a school's share does
// not pay for what the levers ask of it, it gets the share it can pay (`funded`).
#pragma once

#include "model/mechanism.hpp"

namespace reformsim {

struct Money {
  static constexpr std::string_view name = "money", code = "M24";
  static constexpr std::uint16_t purpose = 24;
  static constexpr bool switchable = true;

  struct Params {
    float teacher_salary = 50000.0f;
    float coaching_days = 10.0f;
    float cluster_posts = 1.0f;
    float inspection_days = 40.0f;
  };
  static std::span<const ParameterRow<Params>> parameters();

  using Access =
      Columns<Reads<col::roll, col::deprivation, col::district, col::teachers, col::engagement_real,
                    col::engagement_declared, col::cluster, col::cluster_size, col::initiatives,
                    col::leadership, col::first_school, col::district_schools>,
              Owns<col::grant, col::lever_spending, col::ordinary_spending, col::funded,
                   col::money_received, col::money_on_levers, col::money_on_running>,
              Adds<>,
              Uses<lever::total_per_pupil, lever::reform_per_pupil, lever::funding_rule,
                   lever::coaching, lever::light_touch, lever::broadcast, lever::facilitation,
                   lever::inspection, lever::publication, lever::prescription, lever::autonomy,
                   lever::stakes, lever::coordination, lever::district_role, lever::peer_review,
                   lever::enquiry_cycles, lever::beyond_leaders>>;
  static void step(const Access& world, const Params& p, const Context& now);
};

}  // namespace reformsim
