#pragma once

#include "run/outcome.hpp"

#include <boost/serialization/access.hpp>

#include <cstdint>
#include <string>

namespace starmap::farm {

/// What rank 0 hears of a command that has ended.
struct Ended {
    Outcome outcome;
    std::uint64_t number = 0; ///< Command::number
    std::string again;        ///< lines of a list that run it again; empty where it succeeded
    std::uint16_t cores = 1;  ///< that it had

private:
    friend class boost::serialization::access;
    template <class Archive>
    void serialize(Archive& archive, unsigned)
    {
        archive& outcome& number& again& cores;
    }
};

} // namespace starmap::farm
