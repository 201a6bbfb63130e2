#pragma once

#include "wire/frame.hpp"

#include <starmap/detail/chunk_run.hpp>

#include <string_view>

/// A ChunkRun's surroundings for tests that need none.
class DeafHost final : public starmap::detail::RunHost {
public:
    bool interrupted() override { return false; }
    void flush(starmap::detail::ChunkRun&) override {}
    void log(bool, std::string_view) override {}
};

/// A result of three units: one value, one failure, one value; with a timed operation in each.
starmap::detail::Bytes result_frame();
