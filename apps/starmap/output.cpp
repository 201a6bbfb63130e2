#include "input_file.hpp"
#include "run/output_archive.hpp"
#include "subcommands.hpp"

#include <starmap/error.hpp>

#include <fmt/format.h>

#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <vector>

namespace starmap::command {

namespace {

using farm::ArchivedOutput;
using farm::OutputArchive;

struct OutputArguments {
    std::string file;
    std::vector<std::uint64_t> numbers;
    bool errors = false;
    bool list = false;
};

void write(std::string const& bytes) { std::fwrite(bytes.data(), 1, bytes.size(), stdout); }

void print(OutputArguments const& arguments)
{
    OutputArchive archive(arguments.file, OutputArchive::Use::read);
    auto const missing = archive.read(arguments.numbers, [&](ArchivedOutput const& found) {
        if (arguments.list)
            fmt::print("{}\t{}\t{}\t{:.3f}\t{}\t{}\t{}\t{}\n", found.number, found.status,
                       found.exit_code, found.seconds, found.host, found.out.size(),
                       found.err.size(), found.text);
        else
            write(arguments.errors ? found.err : found.out);
    });
    if (!missing.empty())
        throw UsageError(
            fmt::format("{} has no output of command {} (it has not ended, or there is "
                        "no such command). --list shows what there is.",
                        arguments.file, missing.front()));
}

} // namespace

void add_output(CLI::App& app)
{
    auto* output = app.add_subcommand("output", "Print outputs that `starmap run` has archived");
    auto const arguments = std::make_shared<OutputArguments>();
    add_input_file(*output, "FILE", arguments->file, "An outputs.db");
    output->add_option("TASK_NO", arguments->numbers, "Numbers of commands; all if not given");
    output->add_flag("--stderr", arguments->errors, "Print what they wrote to standard error");
    output->add_flag(
        "--list", arguments->list,
        "Print, with tabs: number, status, exit code, seconds, host, bytes of standard "
        "output and error, command");
    output->callback([arguments] { print(*arguments); });
}

} // namespace starmap::command
