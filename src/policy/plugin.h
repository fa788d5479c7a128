/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * policy/plugin: a policy of the user's, from a shared object that implements cardsim-policy.h.
 *
 * Everything that can be told of a wrong file without running it is checked before it is opened,
 * everything it says of itself before it is used; what its code does is its author's.
 *
 * Layer: policy. Calls base.
 */
#ifndef CS_POLICY_PLUGIN_H
#define CS_POLICY_PLUGIN_H

#include "policy/policy.h"

/* Opens `path`, asks it for its policy and checks that. NULL with a CS_POLICY_ERROR. Transfer
 * full. */
CsPlugin *cs_plugin_open(const char *path, GError **error);
void cs_plugin_free(CsPlugin *plugin);
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CsPlugin, cs_plugin_free)

/* Its policy; the plugin's own. */
const CsPolicy *cs_plugin_policy(const CsPlugin *plugin);

/* The SHA-256 of the file, 64 hexadecimal digits: part of what decides a run's results. */
const char *cs_plugin_hash(const CsPlugin *plugin);

#endif
