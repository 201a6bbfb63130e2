#pragma once

#include <starmap/types.hpp>

#include <boost/serialization/access.hpp>

#include <cstdint>
#include <string>

namespace starmap::farm {

/// What became of a command, after its last attempt.
struct Outcome {
    std::uint64_t task_no = 0;    ///< from 1, as in the record
    std::uint64_t line = 0;       ///< Command::line
    std::uint64_t occurrence = 1; ///< Command::occurrence
    std::string text;             ///< Command::text; only of one that did not succeed
    std::string why;              ///< one sentence; empty where it succeeded
    std::string last_words;       ///< the end of its stderr, where it did not succeed
    std::string out;              ///< its stdout, where that goes by way of rank 0
    std::string err;              ///< its stderr, likewise
    std::string host;             ///< where it ran
    double seconds = 0;           ///< wall time
    double cpu = 0;               ///< user + system time of all its processes [s]
    std::uint64_t peak_rss = 0;   ///< the largest of its processes' [bytes]
    std::uint64_t cut = 0;        ///< bytes of output beyond what is kept, which were dropped
    std::int32_t exit_code = 0;   ///< or minus the signal
    std::int32_t rank = 0;
    std::uint16_t attempt = 1;
    std::uint16_t left_behind = 0; ///< processes that went on after it had ended, and were ended
    TaskStatus status = TaskStatus::ok; ///< failed: an exit code; crashed: a signal, or not started

private:
    friend class boost::serialization::access;
    template <class Archive>
    void serialize(Archive& archive, unsigned)
    {
        archive& task_no& line& occurrence& text& why& last_words& out& err& host& seconds& cpu&
            peak_rss& cut& exit_code& rank& attempt& left_behind& status;
    }
};

} // namespace starmap::farm
