// Catalog items: wire and stored form <-> model.
//
// Reading is by the rules of convert_common.h; whether an item makes sense is for the core to say.
// Functions; usable from any thread.
#pragma once

#include "ledger/model/catalog.h"
#include "protocol/common.capnp.h"
#include "protocol/convert_common.h"
#include "protocol/convert_plan.h"

namespace daybook::protocol {

Feature readFeature(wire::Feature::Reader from, Intake& intake, const Place& at);
Pack readPack(wire::Pack::Reader from, Intake& intake, const Place& at);
ModelPrice readModelPrice(wire::ModelPrice::Reader from, Intake& intake, const Place& at);
Catalog readCatalog(wire::Catalog::Reader from, Intake& intake, const Place& at);

void writeFeature(wire::Feature::Builder to, const Feature& from);
void writePack(wire::Pack::Builder to, const Pack& from);
void writeModelPrice(wire::ModelPrice::Builder to, const ModelPrice& from);
void writeCatalog(wire::Catalog::Builder to, const Catalog& from);

}  // namespace daybook::protocol
