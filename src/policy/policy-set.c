/* SPDX-License-Identifier: GPL-3.0-or-later */
/* policy/policy-set: built-in policies and plugins. See policy-set.h. Layer: policy. */
#include "policy/policy-set.h"

#include "base/fail.h"
#include "policy/plugin.h"

#include <string.h>

struct CsPolicySet {
    gatomicrefcount references;
    GPtrArray *policies; /* of const CsPolicy */
    GPtrArray *plugins;  /* of CsPlugin, owned */
};

CsPolicySet *cs_policy_set_new(void)
{
    CsPolicySet *set = g_new0(CsPolicySet, 1);
    g_atomic_ref_count_init(&set->references);
    set->policies = g_ptr_array_new();
    set->plugins = g_ptr_array_new_with_free_func((GDestroyNotify)cs_plugin_free);
    guint n;
    const CsPolicy *const *built_in = cs_policies(&n);
    for (guint i = 0; i < n; i++)
        g_ptr_array_add(set->policies, (gpointer)built_in[i]);
    return set;
}

CsPolicySet *cs_policy_set_ref(CsPolicySet *set)
{
    g_atomic_ref_count_inc(&set->references);
    return set;
}

void cs_policy_set_unref(CsPolicySet *set)
{
    if (set == NULL || !g_atomic_ref_count_dec(&set->references))
        return;
    g_ptr_array_unref(set->policies);
    g_ptr_array_unref(set->plugins);
    g_free(set);
}

gboolean cs_policy_set_load(CsPolicySet *set, const char *path, GError **error)
{
    g_autoptr(CsPlugin) plugin = cs_plugin_open(path, error);
    if (plugin == NULL)
        return FALSE;
    const CsPolicy *policy = cs_plugin_policy(plugin);
    if (cs_policy_set_find(set, policy->name) != NULL)
        return cs_fail(error, CS_POLICY_ERROR, CS_POLICY_ERROR_PLUGIN,
                       "plugin '%s': there is a policy called '%s' already", path, policy->name);
    g_ptr_array_add(set->policies, (gpointer)policy);
    g_ptr_array_add(set->plugins, g_steal_pointer(&plugin));
    return TRUE;
}

const CsPolicy *const *cs_policy_set_list(const CsPolicySet *set, guint *n)
{
    *n = set->policies->len;
    return (const CsPolicy *const *)set->policies->pdata;
}

const CsPolicy *cs_policy_set_find(const CsPolicySet *set, const char *name)
{
    for (guint i = 0; i < set->policies->len; i++) {
        const CsPolicy *policy = g_ptr_array_index(set->policies, i);
        if (strcmp(policy->name, name) == 0)
            return policy;
    }
    return NULL;
}
