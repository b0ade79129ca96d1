@0xb1f6a1c27d3e4a59;

# What a client's spool file holds: usage that the daemon has not answered yet. COMPATIBILITY.md
# has the grammar of the file around these messages.

using Cxx = import "/capnp/c++.capnp";
using Daybook = import "/protocol/daybook.capnp";

$Cxx.namespace("daybook::wire");

struct SpoolRecord {
  union {
    usage @0 :Daybook.UsageEntry;
    done @1 :UInt64;
    # every record with a smaller sequence is answered
  }
}
