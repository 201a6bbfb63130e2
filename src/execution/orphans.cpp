#include "execution/orphans.hpp"

#include <sys/prctl.h>

namespace starmap::execution {

namespace {

// Set before there are threads, and what is forked has them too.
bool claimed = false;
bool alone = false;

} // namespace

void claim_orphans() noexcept { claimed = true; }

bool orphans_are_claimed() noexcept { return claimed; }

void adopt_orphans() noexcept
{
    if (claimed) ::prctl(PR_SET_CHILD_SUBREAPER, 1);
}

bool runs_tasks_alone() noexcept { return alone; }

void note_that_tasks_run_alone() noexcept { alone = true; }

} // namespace starmap::execution
