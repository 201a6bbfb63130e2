#pragma once

#include <starmap/starmap.hpp>

/// The session of a test program that support/session_main.cpp starts; on rank 0 only.
starmap::Session& session();
