#pragma once

namespace starmap::execution {

/// Has this program's zygotes end what tasks have started, when the process that ran the task is
/// gone: whatever is left of it is killed then, whatever session or group it is in. For programs
/// whose tasks are other programs; elsewhere a task may start what is to outlive it. To be called
/// before starmap::run.
void claim_orphans() noexcept;
bool orphans_are_claimed() noexcept;

/// Makes this process, where orphans are claimed, the parent of those that its descendants leave.
void adopt_orphans() noexcept;

/// True in a process that was forked to run tasks: all its children are of the task that runs.
bool runs_tasks_alone() noexcept;
void note_that_tasks_run_alone() noexcept;

} // namespace starmap::execution
