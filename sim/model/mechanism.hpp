// What a mechanism is: a name, its parameters, the columns it declares, and a step that receives
// those columns and nothing else. Reading a column it did not declare, or writing one it does not
// own, does not compile.
//
//   using Access = Columns<Reads<col::energy>, Owns<col::pressure>, Adds<col::load>,
//   Uses<lever::stakes>>;
//
// Reads: last term's value of a state whose owner comes later in the list, this term's of one that
// came before. Owns: it alone writes the column. Adds: it adds to a declared change, which the
// owner applies. Moves: it carries pupils between schools with all they have, so that totals are
// kept; only M9 may.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/error.hpp"
#include "base/math.hpp"
#include "base/parallel.hpp"
#include "base/random.hpp"
#include "model/levers.hpp"
#include "model/world.hpp"

namespace reformsim {

template <auto... kTags>
struct Reads {};
template <auto... kTags>
struct Owns {};
template <auto... kTags>
struct Adds {};
template <auto... kTags>
struct Uses {};
template <auto... kTags>
struct Moves {};

template <class Tag, auto... kTags>
inline constexpr bool kAmong = (std::is_same_v<Tag, std::remove_cv_t<decltype(kTags)>> || ...);

// A declared change: it can be added to and nothing else.
template <class T>
class Change {
 public:
  explicit Change(T* at) : at_(at) {}
  class Value {
   public:
    explicit Value(T* at) : at_(at) {}
    void operator+=(T amount) const { *at_ += amount; }

   private:
    T* at_;
  };
  Value operator[](std::size_t i) const { return Value(at_ + i); }
  Change from(std::size_t i) const { return Change(at_ + i); }

 private:
  T* at_;
};

template <class R, class O = Owns<>, class A = Adds<>, class U = Uses<>, class M = Moves<>>
class Columns;

template <auto... kReads, auto... kOwns, auto... kAdds, auto... kUses, auto... kMoves>
class Columns<Reads<kReads...>, Owns<kOwns...>, Adds<kAdds...>, Uses<kUses...>, Moves<kMoves...>> {
 public:
  Columns(World& world, const LeverColumns& levers) : world_(&world), levers_(&levers) {}

  // Whole columns, for what crosses schools.
  template <Column kId, class T>
  auto operator[](ColumnTag<kId, T> tag) const {
    using Tag = ColumnTag<kId, T>;
    static_assert(kAmong<Tag, kReads...> || kAmong<Tag, kOwns...> || kAmong<Tag, kAdds...> ||
                      kAmong<Tag, kMoves...>,
                  "the mechanism did not declare this column");
    if constexpr (kAmong<Tag, kOwns...> || kAmong<Tag, kMoves...>)
      return (*world_)[tag];
    else if constexpr (kAmong<Tag, kAdds...>)
      return Change<T>((*world_)[tag].data());
    else
      return std::as_const(*world_)[tag];
  }
  template <LeverId kId>
  float mean(LeverTag<kId>) const {
    static_assert(kAmong<LeverTag<kId>, kUses...>, "the mechanism did not declare this lever");
    return levers_->uniform(kId);
  }
  template <LeverId kId>
  float at(LeverTag<kId>, std::size_t school) const {
    static_assert(kAmong<LeverTag<kId>, kUses...>, "the mechanism did not declare this lever");
    return levers_->at(kId, school);
  }
  std::size_t rows(Entity entity) const { return world_->rows(entity); }
  std::size_t schools() const { return world_->schools(); }
  int cohorts() const { return world_->shape().cohorts; }

  // The rows of one block; index 0 is the block's first school.
  class Part {
   public:
    Part(const Columns& columns, Block block) : columns_(columns), block_(block) {}
    template <Column kId, class T>
    auto operator[](ColumnTag<kId, T> tag) const {
      constexpr std::size_t kRow = info(kId).width == Width::practices ? kPractices : 1;
      return begin(columns_[tag], block_.begin * kRow);
    }
    // Plane k of a column of cohorts or ties.
    template <Column kId, class T>
    auto plane(ColumnTag<kId, T> tag, int k) const {
      return begin(columns_[tag], static_cast<std::size_t>(k) * columns_.schools() + block_.begin);
    }
    template <LeverId kId>
    const float* operator[](LeverTag<kId>) const {
      static_assert(kAmong<LeverTag<kId>, kUses...>, "the mechanism did not declare this lever");
      return columns_.levers_->block(kId, block_).data();
    }

   private:
    template <class T>
    static T* begin(std::span<T> column, std::size_t at) {
      return column.data() + at;
    }
    template <class T>
    static Change<T> begin(Change<T> column, std::size_t at) {
      return column.from(at);
    }
    const Columns& columns_;
    Block block_;
  };
  Part in(Block block) const { return Part(*this, block); }

  static std::vector<Column> reads() { return {decltype(kReads)::id...}; }
  static std::vector<Column> owns() { return {decltype(kOwns)::id...}; }
  static std::vector<Column> adds() { return {decltype(kAdds)::id...}; }
  static std::vector<Column> moves() { return {decltype(kMoves)::id...}; }
  static std::vector<LeverId> uses() { return {decltype(kUses)::id...}; }

 private:
  World* world_;
  const LeverColumns* levers_;
};

// When and with what luck a step happens.
struct Context {
  double years = 0;            // length of the term
  double year = 0;             // at its start; negative in burn-in
  bool first_of_year = false;  // the school year begins with this term
  bool last_of_year = false;   // and ends, with the test, in this one
  Draws draws;                 // this mechanism's, in this term
  const Parallel& parallel;

  // What an owner applies of a change declared for a term when the stock also fades at a yearly
  // rate: some of it has faded by the end of the term. Makes the level it settles at the same for
  // any number of terms.
  float applied(double rate) const {
    return rate * years > 1e-9 ? static_cast<float>(share_within(rate, years) / (rate * years))
                               : 1.0f;
  }

  // Share of a stock that leaves in the term at a yearly rate, compounding to the same over a year
  // whatever the number of terms.
  float share(double rate) const { return static_cast<float>(share_within(rate, years)); }
};

// A free parameter is calibrated; a constant is held while others are. Both are settable, both have
// a range and a source; a mechanism has at most four free ones.
enum class Role { free, constant };

// One row of a mechanism's parameters; the default is the struct's own initial value.
template <class Params>
struct ParameterRow {
  std::string_view name;
  float Params::*member;
  std::string_view unit;
  double low, high;
  std::string_view meaning;
  std::string_view source;
  Role role = Role::free;
};

struct ModelParameters;

// A mechanism as the engine sees it.
struct Mechanism {
  std::string_view name;
  std::string_view code;     // "M2", or "owner" for a unit that only applies what others declared
  std::string_view meaning;  // what it does, in one sentence with a full stop
  std::uint16_t purpose = 0;
  bool switchable = false;
  std::vector<Column> reads, owns, adds, moves;
  std::vector<LeverId> uses;
  std::function<void(World&, const LeverColumns&, const ModelParameters&, const Context&)> step;
};

}  // namespace reformsim
