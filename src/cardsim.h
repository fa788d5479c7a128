/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * cardsim: the library's public face: build a configuration (or read a scenario), run it, read the
 * results in process, or have them written.
 */
#ifndef CARDSIM_H
#define CARDSIM_H

#include "base/file.h"
#include "base/number.h"
#include "base/paths.h"
#include "base/random.h"
#include "base/statistics.h"
#include "base/units.h"
#include "base/version.h"
#include "campaign/execution.h"
#include "output/summary.h"
#include "scenario/defaults.h"
#include "scenario/scenario.h"
#include "sim/config.h"
#include "sim/simulation.h"
#include "sim/sink.h"

#endif
