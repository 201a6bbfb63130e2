#pragma once

#include <boost/serialization/access.hpp>

#include <cstdint>
#include <string>

namespace starmap::farm {

/// How often a command may be tried again at the most.
inline constexpr unsigned most_retries = 100;

/// One command of a farm: its line, and what its directive (#STARMAP ...) says of it.
struct Command {
    /// The command line, in the quoting of a POSIX shell, without its directive; lines that were
    /// continued are one. This, and nothing else, is what a resumed farm knows it by.
    std::string text;
    std::string name;             ///< for the record: name=, or the command's pattern (pattern.hpp)
    std::string key;              ///< key=; empty: none
    std::uint64_t line = 0;       ///< of the list, where it begins, from 1; of a template: its row
    std::uint64_t number = 0;     ///< which one of the farm's commands, from 1, in every run of it
    std::uint64_t occurrence = 1; ///< which one of the commands with the same text, from 1
    double weight = 1;            ///< weight=, in any unit, >= 0
    double timeout = 0;           ///< timeout= [s]; 0: any
    std::uint64_t memory = 0;     ///< mem= [bytes, resident, of all its processes]; 0: any
    std::uint16_t retries = 0;    ///< retries=, at most most_retries
    std::uint16_t cores = 1;      ///< cores=, slots of its worker's node, at least 1

private:
    friend class boost::serialization::access;
    template <class Archive>
    void serialize(Archive& archive, unsigned)
    {
        archive& text& name& key& line& number& occurrence& weight& timeout& memory& retries& cores;
    }
};

} // namespace starmap::farm
