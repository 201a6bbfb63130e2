#pragma once

#include "run/command.hpp"
#include "run/ended.hpp"
#include "run/running.hpp"

#include <starmap/monitor.hpp>

#include <string>

namespace starmap::farm {

/// The task of a farm: runs a command on a worker.
struct RunTask {
    Running how;                ///< but for the journal's file
    std::string journal_folder; ///< empty: there is none
    std::string place = "line"; ///< what Command::line is called
    bool keeps_text = false;    ///< the outcome is to have the text of each command
    bool prints = false;        ///< rank 0 prints what a command has written when it ends

    Ended operator()(Command const& command, Monitor& monitor) const;

    template <class Archive>
    void serialize(Archive& archive, unsigned)
    {
        archive& how& journal_folder& place& keeps_text& prints;
    }
};

} // namespace starmap::farm
