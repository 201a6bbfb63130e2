#include "run/dry_run.hpp"
#include "run_arguments.hpp"
#include "subcommands.hpp"
#include "transport/launcher.hpp"

#include <starmap/error.hpp>
#include <starmap/version.hpp>

#include <chrono>
#include <cstdio>
#include <exception>
#include <string>
#include <thread>

namespace {

enum ExitCode { done = 0, unreadable = 1, misused = 2 };

int complain(char const* what, ExitCode code)
{
    std::fprintf(stderr, "starmap: %s\n", what);
    return code;
}

int finish_output()
{
    // What is still in the buffer may not fit on a full disk: a cut output is no success.
    if (std::fflush(stdout) != 0) return complain("Cannot write the output", unreadable);
    return done;
}

/// Of the ranks of a farm one tells what is wrong. The launcher ends all when the first one goes,
/// so the others let it speak.
bool is_silent(starmap::command::RunArguments const& run)
{
    if (!run.asked() || starmap::transport::rank_before_mpi() == 0) return false;
    std::this_thread::sleep_for(std::chrono::milliseconds(300));
    return true;
}

} // namespace

int main(int argc, char** argv)
{
    CLI::App app("Runs command lines as a farm, and looks into the records of runs of Starmap.",
                 "starmap");
    app.set_version_flag("--version", std::string("starmap ") + starmap::version,
                         "Print the version and exit");
    app.require_subcommand(1);
    app.footer("Exit codes: 0 done, 1 the file cannot be read or written, 2 wrong usage; those of "
               "run are told\nby `starmap run --help`.");
    starmap::command::RunArguments run(argc, argv);
    run.add_to(app);
    starmap::command::add_compare(app);
    starmap::command::add_info(app);
    starmap::command::add_output(app);
    starmap::command::add_plan(app);
    starmap::command::add_recover(app);
    starmap::command::add_trace(app);
    starmap::command::add_report(app);
    try {
        app.parse(static_cast<int>(run.parsed().size()), run.parsed().data());
        if (run.asked()) {
            run.check();
            if (!run.request().dry_run) return starmap::command::run_farm(run, argc, argv);
            if (starmap::transport::rank_before_mpi() == 0) starmap::farm::dry_run(run.request());
        }
        return finish_output();
    } catch (CLI::ParseError const& error) {
        auto const code = error.get_exit_code() == 0 ? done : misused;
        if (!is_silent(run)) app.exit(error);
        return code;
    } catch (starmap::UsageError const& error) {
        return is_silent(run) ? misused : complain(error.what(), misused);
    } catch (std::exception const& error) {
        return is_silent(run) ? unreadable : complain(error.what(), unreadable);
    }
}
