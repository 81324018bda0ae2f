// The main function of every test program.
#define CATCH_CONFIG_RUNNER
#include <catch2/catch.hpp>

#include <cstdlib>

int main(int argc, char** argv) {
  // Properties are checked on the same random cases every time, unless the caller chooses others.
  setenv("RC_PARAMS", "seed=20240901", 0);
  return Catch::Session().run(argc, argv);
}
