// The main function of every property test: Catch2's, with a seed that is printed and can be given.
//
// RapidCheck reads its settings from the environment variable RC_PARAMS. A run without a seed there
// draws one, prints it, and hands it on, so that every run can be repeated:
// RC_PARAMS="seed=123" property_decimal_test.
#define CATCH_CONFIG_RUNNER
#include <catch2/catch.hpp>

#include <cstdlib>
#include <iostream>
#include <random>
#include <string>

int main(int argc, char* argv[]) {
  const char* given = std::getenv("RC_PARAMS");
  std::string params = given == nullptr ? "" : given;
  if (params.find("seed=") == std::string::npos) {
    std::random_device device;
    params += (params.empty() ? "seed=" : " seed=") + std::to_string(device());
    setenv("RC_PARAMS", params.c_str(), 1);
  }
  std::cout << "RC_PARAMS=\"" << params << "\"" << std::endl;
  return Catch::Session().run(argc, argv);
}
