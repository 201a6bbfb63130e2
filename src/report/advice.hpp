#pragma once

#include "report/summary.hpp"

#include <string>
#include <vector>

namespace starmap::report {

/// One thing that could be done about a run.
struct Advice {
    std::string
        topic;        ///< one word for programs: longest, weights, blocks, tail, dispatch, manager,
                      ///< startup, cpu, failures; or well, where there is nothing to be done
    std::string text; ///< a sentence or two for people, with the figures that it rests on
};

/// What the figures of a run suggest, the weightiest first. Says nothing of runs of less than a
/// tenth of a second, whose figures are those of the machine's mood.
std::vector<Advice> advise(Summary const& summary, std::vector<StarmapInfo> const& starmaps);

} // namespace starmap::report
