#include "decide/headline.hpp"

#include <array>

namespace reformsim {

std::span<const Headline> headlines() {
  static constexpr std::array<Headline, 9> kHeadlines = {{
      {"true_attainment_mean", "What pupils really know (pupil SD)", 1, 3, 1},
      {"value_added_mean", "What school adds to what they know (pupil SD)", 1, 3, 1},
      {"disadvantage_gap", "Gap between disadvantaged and other pupils (pupil SD; less is better)",
       1, 3, -1},
      {"value_added_between_school_sd", "Spread of value added between schools (pupil SD)", 1, 3,
       0},
      {"inflation_mean", "Reported above true attainment (pupil SD; less is better)", 1, 3, -1},
      {"spending_per_pupil", "Spending (money per pupil and year)", 1, 1, -1},
      {"lever_spending_per_pupil",
       "Part of it that goes into the levers (money per pupil and year)", 1, 1, -1},
      {"teacher_turnover", "Teachers who leave their school (% a year; less is better)", 100, 1,
       -1},
      {"real_participation", "How far schools really take part in networks (%)", 100, 1, 0},
  }};
  return kHeadlines;
}

}  // namespace reformsim
