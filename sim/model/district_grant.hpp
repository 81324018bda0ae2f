// The grant that districts take up or leave, a part of M24: what each is offered, and whether that
// is worth the trouble. (Hargreaves and Ainscow 2015: identical grants to all 72 districts of
// Ontario, whatever their size, and all of them took part.)
#pragma once

#include <vector>

#include "model/money.hpp"

namespace reformsim {

// Whether a district takes up a grant of so much a year, which costs so much to apply for, run and
// account for, whatever its size. The most cautious count that cost for half as much again as the
// usual, the boldest for half of it; one that resists counts only part of the money.
inline bool takes_up(float offered, float cost, float caution, bool resists, float resisted) {
  return offered * (resists ? resisted : 1.0f) > cost * (0.5f + caution);
}

// What of a school's money is set aside for the grant, in currency per pupil and year; never what
// the reform money has taken.
float set_aside(const Money::Access& world, std::size_t school);

struct GrantOffer {
  std::vector<double> pupils;  // of each district
  std::vector<double> each;    // what the district has taken up, per pupil and year
  double left = 0;             // what districts have left, for every pupil of the system
  bool any() const { return !each.empty(); }
};

// At the start of a year each district decides. Writes `takes_grant`; empty without a grant.
GrantOffer offer_grant(const Money::Access& world, const Money::Params& p, const Context& now);

}  // namespace reformsim
