/* cmd/mode: --resume and --restart. See mode.h. Layer: cmd. */
#include "cmd/mode.h"

#include "cmd/terminal.h"

gboolean cs_mode_read(const CsArguments *arguments, CsStoreMode *mode)
{
    gboolean resume = (arguments->given & CS_OPTION_BIT(CS_OPTION_RESUME)) != 0;
    gboolean restart = (arguments->given & CS_OPTION_BIT(CS_OPTION_RESTART)) != 0;
    *mode = resume ? CS_STORE_RESUME : restart ? CS_STORE_RESTART : CS_STORE_NEW;
    if (resume && restart)
        cs_complain("--resume and --restart exclude each other");
    return !(resume && restart);
}
