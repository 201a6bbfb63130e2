#include "run/farm.hpp"
#include "run_arguments.hpp"
#include "subcommands.hpp"

#include <starmap/session.hpp>

#include <algorithm>
#include <string_view>
#include <vector>

namespace starmap::command {

int run_farm(RunArguments const& arguments, int argc, char** argv)
{
    // What an argument says of a setting beats the environment, and so must be one.
    auto said = arguments.said_settings();
    std::vector<char*> words(argv, argv + argc);
    auto const end = std::find(words.begin(), words.end(), std::string_view("--"));
    auto at = end - words.begin();
    for (auto& setting : said) words.insert(words.begin() + at++, setting.data());
    auto count = static_cast<int>(words.size());
    words.push_back(nullptr);
    auto const& request = arguments.request();
    return run(arguments.settings(), count, words.data(),
               [&request](Session& session) { return farm::Farm(request, session).run(); });
}

} // namespace starmap::command
