// Nearest names, the text of errors, hashes.
#include <catch2/catch.hpp>

#include <array>
#include <cstring>
#include <string>
#include <vector>

#include "base/error.hpp"
#include "base/hash.hpp"
#include "base/nearest.hpp"

using namespace reformsim;
using Catch::Matchers::Contains;

TEST_CASE("the distance counts insertions, deletions, substitutions and swaps of neighbours") {
  CHECK(edit_distance("", "") == 0);
  CHECK(edit_distance("stakes", "stakes") == 0);
  CHECK(edit_distance("", "abc") == 3);
  CHECK(edit_distance("abc", "") == 3);
  CHECK(edit_distance("stakes", "stake") == 1);
  CHECK(edit_distance("stakes", "stalkes") == 1);
  CHECK(edit_distance("stakes", "stales") == 1);
  CHECK(edit_distance("stakes", "staeks") == 1);
  CHECK(edit_distance("kitten", "sitting") == 3);
  CHECK(edit_distance("ca", "abc") ==
        3);  // optimal string alignment: a swapped pair is not edited again
  CHECK(edit_distance("abcdef", "badcfe") == 3);
  for (const auto& [a, b] : {std::pair("coaching", "caoching"), std::pair("load", "lode")})
    CHECK(edit_distance(a, b) == edit_distance(b, a));
}

TEST_CASE("the nearest name is offered when it is near, and none when nothing is") {
  const std::vector<std::string> names = {"publication", "stakes",      "inspection",
                                          "target",      "target_kind", "target_rise"};
  CHECK(nearest("stake", names) == "stakes");
  CHECK(nearest("publicaton", names) == "publication");
  CHECK(nearest("target_knid", names) == "target_kind");
  CHECK(nearest("targt", names) == "target");
  CHECK(nearest("target", names) == "target");
  CHECK(nearest("money", names).empty());
  CHECK(nearest("", names).empty());
  CHECK(nearest("stakes", {}).empty());
  // About a third of the letters may be wrong, at least one.
  CHECK(nearest("ab", {"ax"}) == "ax");
  CHECK(nearest("ab", {"xy"}).empty());
  CHECK(nearest("abcdefg", {"abcdxyz"}) == "abcdxyz");
  CHECK(nearest("abcdefg", {"abcwxyz"}).empty());
  // Of two as near the first is taken, so that messages do not change from run to run.
  CHECK(nearest("targe", {"targed", "target"}) == "targed");
  CHECK(nearest("targe", {"target", "targed"}) == "target");
}

TEST_CASE("a problem is described as editors understand it") {
  CHECK(describe({{"a.yaml", 3, 14}, "unknown key"}) == "a.yaml:3:14: unknown key");
  CHECK(describe({{"a.yaml", 0, 0}, "not a scenario"}) == "a.yaml: not a scenario");
  CHECK(describe({{}, "seed: -1"}) == "seed: -1");
}

TEST_CASE("an input error carries every problem, in order, a line each") {
  const InputError one({"a.yaml", 1, 2}, "first");
  CHECK(std::string(one.what()) == "a.yaml:1:2: first");
  REQUIRE(one.problems().size() == 1);
  CHECK(one.problems()[0].message == "first");

  const InputError two({{{"b.yaml", 9, 1}, "last line first"}, {{"a.yaml", 1, 2}, "then this"}});
  CHECK(std::string(two.what()) == "b.yaml:9:1: last line first\na.yaml:1:2: then this");
  CHECK(two.problems().size() == 2);

  // What catches one kind of error must not catch the others: they have exit codes of their own.
  CHECK_FALSE(std::is_base_of_v<std::runtime_error, InputError>);
  CHECK_FALSE(std::is_base_of_v<RunError, Stopped>);
  CHECK(std::string(RunError("disk full").what()) == "disk full");
}

TEST_CASE("a failed check says what was expected, where, and the values") {
  const int rows = 3;
  const auto check = [&](int row) { REFORMSIM_CHECK(row < rows, "row {} of {}", row, rows); };
  CHECK_NOTHROW(check(2));
  try {
    check(5);
    FAIL("no error");
  } catch (const std::logic_error& error) {
    const std::string text = error.what();
    CHECK_THAT(text, Contains("row < rows"));
    CHECK_THAT(text, Contains("(row 5 of 3)"));
    CHECK_THAT(text, Contains("test_base.cpp:"));
  }
}

TEST_CASE("hashes are XXH3: the values of xxHash's own tests") {
  // tests/sanity_test_vectors.h of xxHash, whose bytes come from this generator.
  std::vector<std::byte> bytes(2240);
  constexpr std::uint64_t kPrime32 = 2654435761u, kPrime64 = 11400714785074694797ull;
  std::uint64_t state = kPrime32;
  for (std::byte& b : bytes) {
    b = static_cast<std::byte>(state >> 56);
    state *= kPrime64;
  }
  struct Known {
    std::size_t length;
    std::uint64_t plain, seeded;  // with seed 0 and with the prime as seed
  };
  // One of each branch of the algorithm: empty, 1-3, 4-8, 9-16, 17-128, 129-240 bytes and longer.
  for (const Known& known : {Known{0, 0x2D06800538D394C2, 0xA8A6B918B2F0364A},
                             Known{1, 0xC44BDFF4074EECDB, 0x032BE332DD766EF8},
                             Known{6, 0x27B56A84CD2D7325, 0x84589C116AB59AB9},
                             Known{12, 0xA713DAF0DFBB77E7, 0xE7303E1B2336DE0E},
                             Known{24, 0xA3FE70BF9D3510EB, 0x850E80FC35BDD690},
                             Known{48, 0x397DA259ECBA1F11, 0xADC2CBAA44ACC616},
                             Known{80, 0xBCDEFBBB2C47C90A, 0xC6DD0CB699532E73},
                             Known{195, 0xCD94217EE362EC3A, 0xBA68003D370CB3D9},
                             Known{403, 0xCDEB804D65C6DEA4, 0x6259F6ECFD6443FD},
                             Known{512, 0x617E49599013CB6B, 0x3CE457DE14C27708},
                             Known{2048, 0xDD59E2C3A5F038E0, 0x66F81670669ABABC}}) {
    INFO(known.length << " bytes");
    const auto part = std::span<const std::byte>(bytes).first(known.length);
    CHECK(hash64(part) == known.plain);
    CHECK(hash64(part, kPrime64) == known.seeded);
    std::string text(known.length, '\0');
    std::memcpy(text.data(), part.data(), known.length);
    CHECK(hash64(text) == known.plain);
    CHECK(hash64(text, kPrime64) == known.seeded);
  }
}

TEST_CASE("a digest is XXH3's 128 bits, high half first, 32 digits") {
  CHECK(digest("") == "99aa06d3014798d86001c324468d497f");
  CHECK(digest(std::string_view("\0", 1)) == "a6cd5e9392000f6ac44bdff4074eecdb");
  CHECK(digest("a").size() == 32);
  CHECK(digest("a").find_first_not_of("0123456789abcdef") == std::string::npos);
  CHECK(digest("reformsim: 1\n") != digest("reformsim: 1\r\n"));
}

TEST_CASE("a hash of values is the hash of their bytes") {
  const std::array<float, 3> values = {1.0f, -0.0f, 2.5f};
  const std::array<float, 3> other = {1.0f, 0.0f, 2.5f};
  const std::span<const float> span(values);
  CHECK(hash64_of(span) == hash64(std::as_bytes(span)));
  CHECK(hash64_of(span, 9) == hash64(std::as_bytes(span), 9));
  CHECK(hash64_of(span) != hash64_of(std::span<const float>(other)));  // bits, not values
  CHECK(hash64_of(span) != hash64_of(span, 9));
}
