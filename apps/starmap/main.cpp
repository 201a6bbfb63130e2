#include "subcommands.hpp"

#include <starmap/error.hpp>
#include <starmap/version.hpp>

#include <cstdio>
#include <exception>

namespace {

enum ExitCode { done = 0, unreadable = 1, misused = 2 };

int complain(char const* what, ExitCode code)
{
    std::fprintf(stderr, "starmap: %s\n", what);
    return code;
}

} // namespace

int main(int argc, char** argv)
{
    CLI::App app("Looks into the records of runs of Starmap.", "starmap");
    app.set_version_flag("--version", std::string("starmap ") + starmap::version,
                         "Print the version and exit");
    app.require_subcommand(1);
    app.footer("Exit codes: 0 done, 1 the file cannot be read or written, 2 wrong usage.");
    starmap::command::add_compare(app);
    starmap::command::add_info(app);
    starmap::command::add_plan(app);
    starmap::command::add_recover(app);
    starmap::command::add_trace(app);
    starmap::command::add_report(app);
    try {
        app.parse(argc, argv);
        // What is still in the buffer may not fit on a full disk: a cut output is no success.
        if (std::fflush(stdout) != 0) return complain("Cannot write the output", unreadable);
        return done;
    } catch (CLI::ParseError const& error) {
        return app.exit(error) == 0 ? done : misused;
    } catch (starmap::UsageError const& error) {
        return complain(error.what(), misused);
    } catch (std::exception const& error) {
        return complain(error.what(), unreadable);
    }
}
