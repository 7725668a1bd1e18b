#include "peer/peer.h"
const struct peer_ops peer_scanout = { .name = "scanout" };
