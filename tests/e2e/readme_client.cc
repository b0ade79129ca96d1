// The README's client program, to the letter: readme_test.py compares the two and runs this one.
#include <cstdlib>
#include <iostream>

#include "daybook/client.h"

int main() {
  using namespace daybook::client;
  Options options;
  if (const char* address = std::getenv("DAYBOOK_CONNECT")) options.address = address;
  Client client(options);

  Usage usage;
  usage.feature = "calls";
  usage.quantity = "3";
  const auto may = client.check("acme", usage);
  if (!may.ok() || !may.value.allowed) return 1;
  // The key makes a retry after a broken connection safe: it counts once.
  const auto receipt = client.record("acme", "request-4712", usage);
  if (!receipt.ok()) return 1;
  std::cout << "recorded at " << receipt.value.position << ", left " << receipt.value.balance_after
            << "\n";
  return 0;
}
