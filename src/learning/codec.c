/* SPDX-License-Identifier: GPL-3.0-or-later */
/* learning/codec: names, sizes. The arithmetic is codec-body.h's. */
#include "learning/codec.h"

#include "base/number.h"

#include <math.h>
#include <string.h>

/* K bits are named by their number. */
const CsName cs_codec_names[] = {{"none", CS_CODEC_NONE}, {"top-k", CS_CODEC_TOP}, CS_NAMES_END};

gboolean cs_codec_parse(const char *text, CsCodec *codec)
{
    *codec = (CsCodec){CS_CODEC_NONE, 0, 0.0};
    if (strcmp(text, "none") == 0)
        return TRUE;
    const char *rest = strchr(text, ':'), *end = text + strlen(text);
    double value;
    if (rest == NULL || !cs_number_read(rest + 1, end, &value, &rest) || rest != end)
        return FALSE;
    if (g_str_has_prefix(text, "quant:")) {
        codec->kind = CS_CODEC_QUANTISED;
        codec->bits = value >= 2 && value <= 16 ? (guint)value : 0;
        return codec->bits > 0 && !(value > codec->bits);
    }
    codec->kind = CS_CODEC_TOP;
    codec->share = value;
    return g_str_has_prefix(text, "topk:") && value > 0.0 && value <= 1.0;
}

guint cs_codec_kept(const CsCodec *codec, guint hidden)
{
    double kept = floor(codec->share * hidden + 0.5);
    return kept < 1.0 ? 1 : MIN((guint)kept, hidden);
}

double cs_codec_token_bit(const CsCodec *codec, guint hidden, double number_bit)
{
    if (codec->kind == CS_CODEC_QUANTISED)
        return (double)codec->bits * hidden + 32.0;
    if (codec->kind == CS_CODEC_TOP)
        return cs_codec_kept(codec, hidden) * (number_bit + (double)g_bit_storage(hidden - 1));
    return number_bit * hidden;
}
