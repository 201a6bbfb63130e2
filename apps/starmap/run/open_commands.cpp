#include "run/open_commands.hpp"

#include "run/command_list.hpp"
#include "run/command_template.hpp"

#include <string>
#include <vector>

namespace starmap::farm {

namespace {

std::vector<Parameter> parameters_of(FarmRequest const& request)
{
    std::vector<Parameter> parameters;
    auto const add = [&](Parameter::Kind kind, std::vector<std::string> const& texts) {
        for (auto const& text : texts) parameters.push_back({.kind = kind, .text = text});
    };
    add(Parameter::Kind::each, request.each);
    add(Parameter::Kind::range, request.ranges);
    add(Parameter::Kind::set, request.sets);
    return parameters;
}

} // namespace

std::unique_ptr<CommandSource> open_commands(FarmRequest const& request, Directive const& defaults)
{
    if (!request.is_template)
        return std::make_unique<CommandList>(
            request.list, ListReading{.defaults = defaults, .shell = request.shell});
    return std::make_unique<CommandTemplate>(parameters_of(request), request.words,
                                             TemplateReading{.defaults = defaults,
                                                             .directives = request.directives,
                                                             .shell = request.shell});
}

} // namespace starmap::farm
