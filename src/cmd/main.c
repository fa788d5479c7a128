/* cmd/main: the program. */
#include "base/version.h"

#include <stdio.h>

int main(void)
{
    puts(cs_build_identity());
    return 0;
}
