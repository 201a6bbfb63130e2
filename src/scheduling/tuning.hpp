#pragma once

#include <cstdint>

namespace starmap::scheduling {

/// The figures that shape chunks; all seconds. docs/design.md gives the reasons.
struct Tuning {
    double floor = 2e-3;     ///< no guided chunk is predicted shorter: 50 times a chunk's overhead
    double bundle = 5e-3;    ///< tiny tasks travel together up to this much predicted time
    double prefetch = 50e-3; ///< a worker gets a further chunk only while it holds less than this,
                             ///< or than rank 0 needs to get round to all; 0: never
    double manager = 20e-6;  ///< what rank 0 spends on a chunk, about
    std::uint32_t max_bundle = 1024;   ///< tasks that travel together at the most
    std::uint32_t max_units = 1 << 18; ///< of a guided chunk, which lies packed in memory: 2 ms of
                                       ///< work even where a unit takes 8 ns
    bool recall = true;                ///< workers give work back when others have none
    bool pilots = true;                ///< heavy units are for workers whose speed is known
    double caution = 1.5; ///< work is begun only while this times its predicted seconds are left
};

} // namespace starmap::scheduling
