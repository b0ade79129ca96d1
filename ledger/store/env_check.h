// page_check.h on an environment that is open, as one of its readers sees it.
//
// Errors: DamageError, whose message names file, page and byte. Threads: as LmdbEnv's reading.
#pragma once

#include <string>
#include <vector>

#include "ledger/store/lmdb_env.h"
#include "ledger/store/page_check.h"

namespace daybook::store {

/// Before the environment is opened: checkMetaPages() of its data file.
void requireSoundMetaPages(const std::string& file, TreeKind kind, Writer writer);

/// checkTrees() of what a reader that begins now would read.
void requireSoundTrees(const LmdbEnv& env, TreeKind kind, CheckDepth depth);

}  // namespace daybook::store
