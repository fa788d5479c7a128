/* SPDX-License-Identifier: GPL-3.0-or-later */
/* base/version: identity of the build. See version.h. */
#include "base/version.h"

#include "build-identity.h"
#include "config.h"

const char *cs_version(void)
{
    return PACKAGE_VERSION;
}

const char *cs_source_hash(void)
{
    return CS_SOURCE_HASH;
}

const char *cs_compiler(void)
{
    return CS_COMPILER;
}

const char *cs_build_identity(void)
{
    return "cardsim " PACKAGE_VERSION ", sources " CS_SOURCE_HASH ", " CS_COMPILER;
}
