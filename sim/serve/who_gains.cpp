#include "serve/who_gains.hpp"

#include <algorithm>
#include <optional>

#include "decide/data.hpp"
#include "decide/findings.hpp"

namespace reformsim::serve {

using Json = nlohmann::ordered_json;

Json winners(const Answer& answer, SetOfReplicate sets) {
  std::vector<Shares> shares;
  EffectSums sums(answer.lasting ? answer.reform[0]->value_added.size() : 0);
  for (const std::size_t set : sets) sums.await(set);
  for (std::size_t r = 0; r < answer.reform.size(); ++r) {
    const std::vector<float>& reform = answer.reform[r]->value_added;
    const std::vector<float>& baseline = answer.baseline[r]->value_added;
    shares.push_back(better_and_worse(reform, baseline));
    sums.add(sets.empty() ? std::nullopt : std::optional(sets[r]), reform, baseline);
  }
  Balance balance = balance_of(shares);
  std::vector<RowEffect> schools;
  for (std::size_t i = 0; i < sums.sums().rows(); ++i) schools.push_back(sums.sums().at(i));
  add_average(balance, schools, sets.empty() ? answer.reform.size() : sets_of(sets));
  const auto pair = [](double better, double worse) {
    return Json{{"better", json_number(better)}, {"worse", json_number(worse)}};
  };
  return {{"average", pair(balance.better, balance.worse)},
          {"one", pair(balance.one_better, balance.one_worse)}};
}

Json fifths(const Answer& answer, SetOfReplicate sets) {
  Json list = Json::array();
  for (std::size_t k = 0; k < answer.reform[0]->fifths.size(); ++k) {
    std::vector<double> reform, baseline;
    for (std::size_t r = 0; r < answer.reform.size(); ++r) {
      reform.push_back(static_cast<double>(answer.reform[r]->fifths[k]));
      baseline.push_back(static_cast<double>(answer.baseline[r]->fifths[k]));
    }
    const Estimate of_fifth = estimate(reform, baseline, false, sets);
    list.push_back({{"mean", json_number(of_fifth.difference)},
                    {"low", json_number(of_fifth.low)},
                    {"high", json_number(of_fifth.high)}});
  }
  return list;
}

}  // namespace reformsim::serve
