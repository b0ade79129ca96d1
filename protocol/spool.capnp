@0xb1f6a1c27d3e4a59;

# What a client's spool file holds: usage that the daemon has not answered yet,
# and the ends of holds. COMPATIBILITY.md
# has the grammar of the file around these messages.

using Cxx = import "/capnp/c++.capnp";
using Daybook = import "/protocol/daybook.capnp";

$Cxx.namespace("daybook::wire");

struct SpoolRecord {
  union {
    usage @0 :Daybook.UsageEntry;
    done @1 :UInt64;
    # every record with a smaller sequence is answered
    release :group {
      # the end of `hold`, after the usage out of it that lies before
      customer @3 :Text;
      key @4 :Text;
    }
  }
  hold @2 :Text;
  # of usage: the key of the hold that it is out of; absent: of none
}
