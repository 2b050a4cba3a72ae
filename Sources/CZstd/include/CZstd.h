// The part of libzstd that is used, whose functions are plain C and need no shim, and the dictionaries that frames
// name.
#ifndef CZSTD_H
#define CZSTD_H

#include <stddef.h>
#include <zstd.h>

// One never changes once it was released: stored frames need it as it was. `scripts/dictionaries` makes another.
typedef struct {
  const void *_Nonnull bytes;
  size_t count;
} czstd_dictionary;

extern const czstd_dictionary czstd_manifests_1;
extern const czstd_dictionary czstd_configs_1;
extern const czstd_dictionary czstd_events_1;

#endif
