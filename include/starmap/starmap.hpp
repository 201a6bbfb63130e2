#pragma once

/// Everything a user needs; reaches neither mpi.h nor hdf5.h.
#include <starmap/accum_dict.hpp>
#include <starmap/chunking.hpp>
#include <starmap/emitter.hpp>
#include <starmap/error.hpp>
#include <starmap/fn.hpp>
#include <starmap/humansize.hpp>
#include <starmap/monitor.hpp>
#include <starmap/node_array.hpp>
#include <starmap/options.hpp>
#include <starmap/results.hpp>
#include <starmap/serialization.hpp>
#include <starmap/session.hpp>
#include <starmap/settings.hpp>
#include <starmap/starmap_class.hpp>
#include <starmap/stats.hpp>
#include <starmap/task.hpp>
#include <starmap/types.hpp>
#include <starmap/version.hpp>
