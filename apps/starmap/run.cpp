#include "run/dry_run.hpp"
#include "run/farm.hpp"
#include "run_arguments.hpp"
#include "subcommands.hpp"

#include <starmap/session.hpp>

#include <algorithm>
#include <cstddef>
#include <string_view>
#include <vector>

namespace starmap::command {

int run_farm(RunArguments const& arguments, int& argc, char** argv)
{
    auto const& request = arguments.request();
    return run(arguments.settings(), argc, argv,
               [&request](Session& session) { return farm::Farm(request, session).run(); });
}

} // namespace starmap::command
