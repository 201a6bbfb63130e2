#include "records/job_end.hpp"

#include <doctest/doctest.h>

#include <map>
#include <string>

using starmap::records::slurm_job_end;
using starmap::records::slurm_seconds;

TEST_CASE("Slurm's way to write what is left of a job")
{
    CHECK(slurm_seconds("0:59") == 59);
    CHECK(slurm_seconds("10:01") == 601);
    CHECK(slurm_seconds("1:00:00") == 3600);
    CHECK(slurm_seconds("2-01:00:05") == 2 * 86400 + 3605);
    for (auto const* const word : {"UNLIMITED", "INVALID", "NOT_SET", "", ":", "1:x", "-"})
        CHECK_FALSE(slurm_seconds(word));
}

TEST_CASE("outside a Slurm job nobody is asked, and its variable comes before squeue")
{
    std::map<std::string, std::string> variables;
    auto const look = [&](char const* name) {
        auto const found = variables.find(name);
        return found == variables.end() ? nullptr : found->second.c_str();
    };
    CHECK_FALSE(slurm_job_end(look, 100).time);
    CHECK(slurm_job_end(look, 100).warning.empty());
    variables["SLURM_JOB_ID"] = "7";
    variables["SLURM_JOB_END_TIME"] = "1798137000";
    CHECK(slurm_job_end(look, 100).time == 1798137000);
}
