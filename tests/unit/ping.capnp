@0xd6f1c1a2b7e04c35;
# What the tests of connections call.

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("daybook::testing");

interface Ping {
  echo @0 (payload :Data) -> (payload :Data);
  hang @1 () -> (payload :Data);   # answered when the test says so
  make @2 (size :UInt32) -> (payload :Data);
  whoAmI @3 () -> (uid :UInt32, transport :Text);
}
