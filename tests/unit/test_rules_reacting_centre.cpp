// M23: what the centre sees, when it judges, and how much of a hurry it is in.
#include "model/reacting_centre.hpp"
#include "support/rules.hpp"

using namespace reformsim;
using support::about;

TEST_CASE("the centre sees through inflation by what it is told and what it finds out") {
  CHECK(sight_of(0.5, 0, 0, 1) == about(0));  // who does not care does not look
  CHECK(sight_of(0.5, 0, 1, 0) == about(0));
  CHECK(sight_of(0.5, 0, 1, 1) == about(0.5));
  CHECK(sight_of(0.5, 0, 0.5, 0.5) == about(0.125));
  CHECK(sight_of(0.5, 1, 0, 0) == about(1));
  CHECK(sight_of(0.5, 0.4, 1, 1) == about(0.7));
}

TEST_CASE("the centre believes published scores, less what it sees to be inflated") {
  CHECK(believed_level(0.3, 0.2, -1, 0, 1) == about(0.3));
  CHECK(believed_level(0.3, 0.2, 0.5, 1, 0) == about(0.1));
  CHECK(believed_level(0.3, 0.2, 0.5, 1, 1) == about(0.5 * 0.1 + 0.5 * 0.5));
}

TEST_CASE("elections come once in each cycle, also where it is not a whole number of years") {
  const auto elections = [](double cycle, int years) {
    int count = 0;
    for (int y = 1; y <= years; ++y) count += election_in(y, cycle);
    return count;
  };
  CHECK(election_in(4, 4));
  CHECK_FALSE(election_in(3, 4));
  CHECK_FALSE(election_in(5, 4));
  CHECK(election_in(8, 4));
  CHECK(elections(1, 12) == 12);
  CHECK(elections(2.5, 10) == 4);
  CHECK(elections(10, 9) == 0);
}

TEST_CASE("a centre judges in full after its patience, and persistence lengthens it") {
  CHECK(judges(3, 3, 0.5) == about(1));
  CHECK(judges(9, 3, 0.5) == about(1));
  CHECK(judges(1, 3, 0.5) == about(1.0 / 3));
  CHECK(judges(3, 3, 1) == about(2.0 / 3));
  CHECK(judges(1.5, 3, 0) == about(1));
}

TEST_CASE("near elections and care for looks make a hurry") {
  CHECK(in_a_hurry(3, 0.5, 3) == about(std::exp(-1.0)));
  CHECK(in_a_hurry(3, 1, 3) == about(std::exp(-2.0)));
  CHECK(in_a_hurry(9, 0, 3) == about(1));
  CHECK(in_a_hurry(1, 0.5, 3) > in_a_hurry(4, 0.5, 3));
}
