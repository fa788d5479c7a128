/* SPDX-License-Identifier: GPL-3.0-or-later */
/* scenario/defaults: a configuration from the table of keys. See defaults.h. */
#include "scenario/defaults.h"

#include "scenario/typed.h"

CsConfig *cs_config_new(void)
{
    CsTyped typed[CS_KEY_N];
    cs_typed_defaults(typed);
    CsConfig *config = g_new0(CsConfig, 1);
    cs_typed_store_all(typed, CS_OWNER_CsConfig, config);
    config->title = g_strdup("");
    config->policy = cs_policy_find(typed[CS_KEY_POLICY].text);
    return config;
}

CsDeviceGroup *cs_config_add_group(CsConfig *config, const char *name)
{
    CsTyped typed[CS_KEY_N];
    cs_typed_defaults(typed);
    CsDeviceGroup *group = cs_config_append_group(config, name);
    cs_typed_store_all(typed, CS_OWNER_CsDeviceGroup, group);
    cs_typed_store_all(typed, CS_OWNER_CsRadio, &group->radio);
    cs_radio_complete(&group->radio);
    cs_radio_power_complete(&group->radio_power);
    return group;
}
