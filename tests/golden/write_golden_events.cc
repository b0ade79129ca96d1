// Writes the golden files of stored events that are not there yet: write_golden_events FOLDER.
//
// Not part of the tests. A file that is there is never touched: what was released once stays.

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <string>
#include <string_view>
#include <system_error>

#include "protocol/codec.h"
#include "protocol/event.capnp.h"
#include "protocol/json.h"
#include "protocol/stored_message.h"
#include "tests/support/golden_events.h"

namespace {

void writeNew(const std::string& path, std::string_view contents) {
  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
  if (file < 0 && errno == EEXIST) return;
  if (file < 0) throw std::system_error(errno, std::generic_category(), path);
  const ssize_t written = write(file, contents.data(), contents.size());
  const bool is_whole = written == static_cast<ssize_t>(contents.size());
  if (close(file) != 0 || !is_whole) {
    throw std::system_error(errno, std::generic_category(), path);
  }
  std::printf("%s\n", path.c_str());
}

}  // namespace

int main(int argc, char* argv[]) try {
  if (argc != 2) {
    std::fputs("write_golden_events FOLDER: writes the files that are missing\n", stderr);
    return 2;
  }
  const std::string folder = argv[1];
  for (const auto& [name, event] : daybook::testing::goldenEvents()) {
    const daybook::Bytes bytes = daybook::protocol::CapnpCodec().encode(event);
    daybook::protocol::StoredMessage message(bytes);
    const std::string json = daybook::protocol::jsonOf(message.root<daybook::wire::Event>(),
                                                       daybook::protocol::JsonLayout::pretty);
    writeNew(folder + "/" + name + ".bin",
             {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    writeNew(folder + "/" + name + ".json", json + "\n");
  }
  return 0;
} catch (const std::exception& error) {
  std::fprintf(stderr, "write_golden_events: %s\n", error.what());
  return 1;
}
