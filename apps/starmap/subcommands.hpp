#pragma once

#include <CLI/CLI.hpp>

namespace starmap::command {

// Each adds one subcommand to the app, which does its work while the arguments are parsed: by
// printing to stdout or writing its file, or by throwing a starmap::Error.

void add_compare(CLI::App& app);
void add_info(CLI::App& app);
void add_output(CLI::App& app);
void add_plan(CLI::App& app);
void add_recover(CLI::App& app);
void add_trace(CLI::App& app);
void add_report(CLI::App& app);

class RunArguments;
/// Runs a farm, on all ranks; the exit code. Once in a process, with no thread beside this one.
int run_farm(RunArguments const& arguments, int argc, char** argv);

} // namespace starmap::command
