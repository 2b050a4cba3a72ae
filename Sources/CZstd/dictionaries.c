#include "CZstd.h"

#pragma clang diagnostic ignored "-Wc23-extensions"

static const unsigned char manifests_1[] = {
#embed "manifests-1.dict"
};
static const unsigned char configs_1[] = {
#embed "configs-1.dict"
};
static const unsigned char events_1[] = {
#embed "events-1.dict"
};

const czstd_dictionary czstd_manifests_1 = {manifests_1, sizeof manifests_1};
const czstd_dictionary czstd_configs_1 = {configs_1, sizeof configs_1};
const czstd_dictionary czstd_events_1 = {events_1, sizeof events_1};
