// The eight practices of teaching that schools master, spread and lose. What sets them apart is
// assumed, and the same in every run: how much a practice does, for which domain, and in which
// circumstances it does it.
#pragma once

#include "model/columns.hpp"

namespace reformsim {

struct Practice {
  float effectiveness;  // relative to the mean practice
  float basics;   // share of its effect that falls on tested basics; the rest on broad learning
  float context;  // circumstances (SD of `context`) in which it works best
};

inline constexpr Practice kPractice[kPractices] = {
    {1.6f, 0.80f, 0.0f},  {1.4f, 0.50f, -1.0f}, {1.2f, 0.70f, 1.0f},  {1.0f, 0.40f, 0.5f},
    {0.9f, 0.60f, -0.5f}, {0.7f, 0.30f, 1.0f},  {0.6f, 0.50f, -1.0f}, {0.6f, 0.20f, 0.0f}};

// Weights of the practices in the two domains, each set adding up to 1.
struct PracticeWeights {
  float basics[kPractices];
  float broad[kPractices];
};
constexpr PracticeWeights practice_weights() {
  PracticeWeights w{};
  float basics = 0, broad = 0;
  for (const Practice& p : kPractice) {
    basics += p.effectiveness * p.basics;
    broad += p.effectiveness * (1 - p.basics);
  }
  for (int k = 0; k < kPractices; ++k) {
    w.basics[k] = kPractice[k].effectiveness * kPractice[k].basics / basics;
    w.broad[k] = kPractice[k].effectiveness * (1 - kPractice[k].basics) / broad;
  }
  return w;
}
inline constexpr PracticeWeights kPracticeWeights = practice_weights();

}  // namespace reformsim
