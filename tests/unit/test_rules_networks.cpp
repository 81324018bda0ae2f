// The rules of peer review, diffusion, brokered support and the repertoire as plain functions.
#include <cmath>
#include <initializer_list>

#include <catch2/catch.hpp>

#include "model/brokered_support.hpp"
#include "model/diffusion.hpp"
#include "model/peer_review.hpp"
#include "model/repertoire.hpp"
#include "support/rules.hpp"

using namespace reformsim;
using namespace support;

TEST_CASE("math: the positive part is exact, and the flat clamp is the clamp to the last bit") {
  for (const float x : {-3.0f, -1e-7f, 0.0f, 1e-7f, 0.1f, 0.3333f, 0.7f, 1.0f, 1.5f, 40.0f}) {
    CHECK(positive(x) == (x > 0 ? x : 0));
    CHECK(unit_flat(x) == Approx(unit(x)).margin(6e-8));
  }
}

// --- M13 peer review

TEST_CASE("peer review: candour needs both transparency and trust, and fear takes it away") {
  CHECK(candour(1, 1, 0) == about(1));
  CHECK(candour(0, 1, 0) == 0);
  CHECK(candour(1, 0, 0) == 0);
  CHECK(candour(0.64f, 0.25f, 0) == about(0.4));
  CHECK(candour(0.64f, 0.25f, 0.5f) == about(0.2));
  CHECK(candour(1, 1, 1) == 0);
}

TEST_CASE("peer review: what is said is acted on by those who have a say and are not defensive") {
  CHECK(acted_on(0.4f, 1, 1, 0) == about(1));
  CHECK(acted_on(0.4f, 1, 0, 0) == about(0.4));
  CHECK(acted_on(0.4f, 0.5f, 0.5f, 0.2f) == about(0.5 * 0.7 * 0.8));
  CHECK(acted_on(0.4f, 1, 1, 1) == 0);
  CHECK(acted_on(1, 0.5f, 0, 0) == about(acted_on(1, 0.5f, 1, 0)));  // autonomy taken out
}

TEST_CASE("peer review: the same candid word is acted on far less where sanctions hang on it") {
  const PeerReview::Params p;
  // The same transparency and trust, so as candid as fear lets it be. Defensiveness is what three
  // years of each regime build up from the usual.
  const float free = acted_on(p.heeded_anyway, 0.8f, 0.5f, 0.16f);
  const float threatened = acted_on(p.heeded_anyway, 0.8f, 0.1f, 0.33f);
  CHECK(free - threatened > 0.10f);
}

TEST_CASE("peer review: the first reviews give little, and from the sixth on little is added") {
  CHECK(review_experience(2, 0) == 0);
  CHECK(review_experience(2, 2) == about(0.5));
  CHECK(review_experience(2, 6) == about(0.75));
  const auto gain = [](float k) { return review_experience(2, k) - review_experience(2, k - 1); };
  CHECK(gain(2) > 2 * gain(4));
  CHECK(gain(7) < 0.03f);
}

TEST_CASE("peer review: a review inside a full cycle of enquiry gives all it can") {
  CHECK(review_depth(0.4f, 1) == about(1));
  CHECK(review_depth(0.4f, 0) == about(0.4));
  CHECK(review_depth(0.4f, 0.5f) == about(0.7));
}

TEST_CASE(
    "peer review: appraisal, inspectors with sanctions and fear judge; an inspector alone does "
    "not") {
  CHECK(judged(0, 1, 0, 0) == 0);
  CHECK(judged(0, 0, 1, 0) == 0);
  CHECK(judged(0.2f, 0.5f, 0.4f, 0.1f) == about(0.5));
  CHECK(judged(1, 1, 1, 1) == 1);
}

// --- M14 diffusion

TEST_CASE("diffusion: quality of the network or facilitation supports the work of copying") {
  CHECK(copying_support(0, 0, 1) == 0);
  CHECK(copying_support(0.4f, 0, 1) == about(0.4));
  CHECK(copying_support(0, 0.5f, 0.6f) == about(0.3));
  CHECK(copying_support(0.4f, 0.5f, 0.6f) == about(1 - 0.6 * 0.7));
  CHECK(copying_support(1, 1, 1) == about(1));
  CHECK(copy_fidelity(0.5f, 0.8f, 0) == about(0.5));
  CHECK(copy_fidelity(0.5f, 0.8f, 1) == about(0.8));
  CHECK(copy_fidelity(0.5f, 0.8f, 0.5f) == about(0.65));
}

TEST_CASE("diffusion: leaders alone bring home two fifths of what all together would") {
  CHECK(classroom_reach(Diffusion::Params{}.leaders_only, 0) <= 0.4f);
  CHECK(classroom_reach(0.4f, 1) == about(1));
  CHECK(classroom_reach(0.4f, 0.5f) == about(0.7));
}

TEST_CASE("diffusion: energy, coherence and talk of teaching let a school take in more") {
  CHECK(uptake(0.5f, 1.6f, 1, 1, 0.5f) == about(1));
  CHECK(uptake(0.5f, 1.6f, 0, 1, 0.5f) == 0);
  CHECK(uptake(0.5f, 1.6f, 0.6f, 0.5f, 0.5f) == about(0.45));
  CHECK(uptake(0.5f, 1.6f, 1, 1, 0.4f) == about(0.84));
  CHECK(uptake(0.5f, 1.6f, 1, 1, 0) == about(0.2));
  CHECK(uptake(0.5f, 1.6f, 1, 1, 1) == about(1.8));
}

TEST_CASE("diffusion: who looks at outcomes, or listens to peers, takes what works here") {
  CHECK(sight(0, 0) == 0);
  CHECK(sight(0.3f, 0) == about(0.3));
  CHECK(sight(0.3f, 0.5f) == about(0.65));
  CHECK(sight(1, 0.5f) == about(1));
  // Without sight anything is taken as readily as anything else; with it, what works.
  CHECK(chosen(0.6f, 0, 1.5f) == about(0.6));
  CHECK(chosen(0.6f, 0, 0.1f) == about(0.6));
  CHECK(chosen(0.6f, 1, 0.1f) == about(0.1));
  CHECK(chosen(0.6f, 1, 1.5f) == about(1));
  CHECK(chosen(0.6f, 0.5f, 0.2f) == about(0.4));
}

// --- M15 brokered support

TEST_CASE("brokered support: who is strong and who is willing") {
  CHECK(seen_standing(0.5f, 0.1f, 0.6f) == about(0.4));
  CHECK(seen_strength(0.2f, -0.1f) == 0);
  CHECK(seen_strength(0.2f, 0.05f) == about(0.25));
  CHECK(seen_strength(0.2f, 0.9f) == about(1));
  CHECK(share_willing(0) == 0);
  CHECK(share_willing(0.25f) == about(0.5));
  CHECK(share_willing(1) == about(1));
  CHECK(still_free(0.1f, 0) == about(1));
  CHECK(still_free(0.1f, 0.04f) == about(0.6));
  CHECK(still_free(0.1f, 0.3f) == 0);
}

TEST_CASE("brokered support: three or four schools can carry one, and fewer spread thin") {
  const BrokeredSupport::Params p;
  const auto time = [&](float ratio) { return p.time_given / ratio; };
  CHECK(worth(p.spare, time(4)) == about(1));
  CHECK(worth(p.spare, time(3)) == about(1));
  CHECK(worth(p.spare, time(1)) == about(1.0 / 3));
  CHECK(overstretch(p.spare, time(3)) == about(0));
  CHECK(overstretch(p.spare, time(1)) == about(0.2));
  CHECK(well_given(p.spare, time(1)) == p.spare);
  CHECK(well_given(p.spare, 0.04f) == 0.04f);
}

// --- repertoire

TEST_CASE(
    "repertoire: what was gained falls back by half in a half-life, sooner where nothing holds "
    "it") {
  CHECK(sustains(0.5f, 0.5f, 0.5f) == about(0.5));
  CHECK(sustains(1, 0, 0) == about(0.5));
  CHECK(sustains(0, 1, 1) == about(0.5));
  CHECK(std::exp(-2.0 * falls_back(2, 0.4f, 0.5f)) == Approx(0.5).epsilon(1e-5));
  CHECK(std::exp(-0.8 * falls_back(2, 0.4f, 0)) == Approx(0.5).epsilon(1e-5));
  CHECK(falls_back(2, 1, 0.1f) == about(falls_back(2, 1, 0.9f)));
  CHECK(falls_back(2, 0.4f, 0.7f) < falls_back(2, 0.4f, 0.3f));
}

TEST_CASE("repertoire: poorer schools root a little less") {
  CHECK(usual_rooted(0.45f, -0.15f, 0.15f, 0) == about(0.45));
  CHECK(usual_rooted(0.45f, -0.15f, 0.15f, 2) == about(0.45 - 0.045));
  CHECK(usual_rooted(0.45f, 0, 0.15f, 2) == about(0.45));
}
