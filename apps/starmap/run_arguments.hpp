#pragma once

#include "run/farm_request.hpp"

#include <starmap/settings.hpp>

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

namespace starmap::command {

/// The arguments of `starmap run`. Unlike those of other subcommands they are parsed first and
/// acted on later, as MPI must be started with nothing on the stack that an exit would leave
/// behind; and of the whole command line only a part is parsed: not the settings of Starmap, which
/// are read when it starts, and not what stands behind `--`, which is a template's.
class RunArguments {
public:
    RunArguments(int argc, char** argv);

    /// The command line begins with `run`.
    bool asked() const noexcept { return asked_; }
    /// What is to be parsed, argv[0] in front.
    std::vector<char const*> const& parsed() const noexcept { return parsed_; }
    /// Adds the subcommand, which writes into this object.
    void add_to(CLI::App& app);
    /// After parsing. Throws UsageError where arguments do not go together.
    void check();

    farm::FarmRequest const& request() const noexcept { return request_; }
    /// Starmap's settings, where neither arguments nor the environment say anything else.
    Settings const& settings() const noexcept { return settings_; }
    /// What other arguments say of them, as arguments --starmap-...=VALUE.
    std::vector<std::string> said_settings() const;

private:
    void add_input(CLI::App& run);
    void add_commands(CLI::App& run);
    void add_outputs(CLI::App& run);
    void add_failures(CLI::App& run);

    bool asked_;
    std::vector<char const*> parsed_;
    farm::FarmRequest request_;
    Settings settings_;
    std::string on_failure_ = "collect";
    std::string record_;
    std::string learn_;
};

} // namespace starmap::command
