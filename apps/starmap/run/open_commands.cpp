#include "run/open_commands.hpp"

#include "run/command_list.hpp"

#include <starmap/error.hpp>

namespace starmap::farm {

std::unique_ptr<CommandSource> open_commands(FarmRequest const& request, Directive const& defaults)
{
    if (request.is_template) throw UsageError("Templates are not there yet.");
    return std::make_unique<CommandList>(request.list,
                                         ListReading{.defaults = defaults, .shell = request.shell});
}

} // namespace starmap::farm
