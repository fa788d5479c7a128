/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * policy/policy-set: the policies that a scenario may name: the built-in ones, then plugins.
 *
 * Filled first, then shared: once scenarios are made from it, nothing is loaded any more.
 *
 * Layer: policy. Calls base.
 */
#ifndef CS_POLICY_POLICY_SET_H
#define CS_POLICY_POLICY_SET_H

#include "policy/policy.h"

typedef struct CsPolicySet CsPolicySet;

/* The built-in policies. Transfer full. */
CsPolicySet *cs_policy_set_new(void);
CsPolicySet *cs_policy_set_ref(CsPolicySet *set);
void cs_policy_set_unref(CsPolicySet *set); /* its plugins are closed with the last reference */
G_DEFINE_AUTOPTR_CLEANUP_FUNC(CsPolicySet, cs_policy_set_unref)

/* Adds the policy of the shared object `path` (cardsim-policy.h). FALSE with a CS_POLICY_ERROR,
 * also where a policy of its name is there already. This runs code of the file. */
gboolean cs_policy_set_load(CsPolicySet *set, const char *path, GError **error);

/* In the order of `list policies`. Borrowed. */
const CsPolicy *const *cs_policy_set_list(const CsPolicySet *set, guint *n);

/* By name, or NULL. Borrowed. */
const CsPolicy *cs_policy_set_find(const CsPolicySet *set, const char *name);

#endif
