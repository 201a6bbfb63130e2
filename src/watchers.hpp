#pragma once

#include "journal/checkpoint.hpp"
#include "report/observer.hpp"
#include "report/progress.hpp"
#include "report/task_info_writer.hpp"

#include <starmap/settings.hpp>

#include <memory>
#include <string>
#include <vector>

namespace starmap::detail {

/// The observers of a run on rank 0: checkpoint, record and progress, as far as the settings ask
/// for them.
struct Watchers {
    std::unique_ptr<journal::Checkpoint> checkpoint; ///< may be null
    std::unique_ptr<report::TaskInfoWriter> record;  ///< may be null
    std::unique_ptr<report::ProgressDisplay> progress;

    /// `program` is the path of the executable. Throws UsageError or IoError for what cannot be
    /// used, before anything was changed.
    Watchers(Settings const& settings, std::string const& program);

    std::vector<report::Observer*> all() const;
    /// Once the run is known: the rows of earlier runs come first.
    void begin_record() const;
    /// What is to be on disk at the end of the run is not.
    bool failed() const;
};

} // namespace starmap::detail
