/* SPDX-License-Identifier: GPL-3.0-or-later */
/* base/room: which place is full. See room.h. */
#include "base/room.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

gboolean cs_room_lacks(int reason)
{
    return reason == ENOSPC || reason == EDQUOT || reason == EFBIG;
}

/* Makes `path` that of the directory above; FALSE where there is none. */
static gboolean go_up(char *path)
{
    char *slash = strrchr(path, '/');
    if (slash == NULL || path[1] == '\0')
        return FALSE;
    slash[slash == path ? 1 : 0] = '\0';
    return TRUE;
}

/* The uppermost directory above `path` on the same file system: where that is mounted. Links are
 * followed, since what they lead to may lie elsewhere. NULL for a pipe or a device. Transfer full.
 */
static char *mount_of(const char *path)
{
    g_autofree char *place = g_canonicalize_filename(path, NULL);
    struct stat here, above;
    while (stat(place, &here) != 0)
        if (!go_up(place))
            return NULL;
    if (!S_ISREG(here.st_mode) && !S_ISDIR(here.st_mode))
        return NULL;
    char *resolved = realpath(place, NULL);
    char *mount = g_strdup(resolved != NULL ? resolved : place);
    free(resolved);
    g_autofree char *upper = g_strdup(mount);
    while (go_up(upper) && stat(upper, &above) == 0 && above.st_dev == here.st_dev)
        strcpy(mount, upper);
    return mount;
}

static char *file_limit_words(int reason)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_FSIZE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY)
        return g_strdup(g_strerror(reason));
    return g_strdup_printf("%s: a file may have %" G_GUINT64_FORMAT " bytes here (ulimit -f)",
                           g_strerror(reason), (guint64)limit.rlim_cur);
}

char *cs_room_reason(const char *path, int reason)
{
    g_autofree char *mount = cs_room_lacks(reason) ? mount_of(path) : NULL;
    struct statvfs room;
    if (mount == NULL || statvfs(mount, &room) != 0)
        return g_strdup(g_strerror(reason));
    if (reason == EFBIG)
        return file_limit_words(reason);
    if (room.f_files > 0 && room.f_favail == 0)
        return g_strdup_printf("%s: the file system at '%s' has no room for another file",
                               g_strerror(reason), mount);
    return g_strdup_printf("%s: %" G_GUINT64_FORMAT " kB are free now on the file system at '%s'",
                           g_strerror(reason), (guint64)room.f_bavail * room.f_frsize / 1000,
                           mount);
}
