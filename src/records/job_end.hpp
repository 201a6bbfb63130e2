#pragma once

#include <functional>
#include <optional>
#include <string>

namespace starmap::records {

/// When the job ends that this process is part of, as its batch system says.
struct JobEnd {
    std::optional<double> time; ///< seconds since 1970; nothing without a job, or without a limit
    std::string warning;        ///< why it could not be learned, if so
};

/// Asks Slurm, if this is a Slurm job: SLURM_JOB_END_TIME where it is set, else `squeue`, once, for
/// at most `patience` seconds. `variable` is getenv. To be called before MPI is up.
JobEnd slurm_job_end(std::function<char const*(char const*)> const& variable, double now,
                     double patience = 5);

/// Seconds of squeue's "time left": [DAYS-][[HOURS:]MINUTES:]SECONDS. Nothing for UNLIMITED and
/// other words, and for what is no time.
std::optional<double> slurm_seconds(std::string const& text);

} // namespace starmap::records
