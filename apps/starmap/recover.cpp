#include "report/recover.hpp"

#include "input_file.hpp"
#include "subcommands.hpp"

#include <memory>
#include <string>

#include <fmt/format.h>

namespace starmap::command {

void add_recover(CLI::App& app)
{
    auto* recover = app.add_subcommand(
        "recover", "Make the record of a killed run a file that every HDF5 program opens");
    auto const file = std::make_shared<std::string>();
    add_input_file(*recover, "FILE", *file, "A task_info.h5");
    recover->callback([file] {
        auto const recovery = report::recover(*file);
        if (recovery.was_needed)
            fmt::print("{} is recovered, with {} rows of task_info\n", *file, recovery.task_rows);
        else
            fmt::print("{} was closed by its run, with {} rows of task_info: nothing to do\n",
                       *file, recovery.task_rows);
    });
}

} // namespace starmap::command
