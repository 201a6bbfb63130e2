/// A line each of what a command line and an environment may hold: arguments where it begins with
/// "-", else variables. What is taken can be said again, and means the same then.
#include "base/settings.hpp"
#include "base/deadline_text.hpp"
#include "base/replay_text.hpp"

#include <starmap/error.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

namespace {

std::vector<std::string> lines(std::uint8_t const* data, std::size_t size)
{
    std::vector<std::string> all(1);
    for (auto const* at = data; at != data + size; ++at)
        if (*at == '\n' || *at == '\0')
            all.emplace_back();
        else
            all.back().push_back(static_cast<char>(*at));
    return all;
}

std::vector<char*> pointers(std::vector<std::string>& texts)
{
    std::vector<char*> all;
    for (auto& text : texts) all.push_back(text.data());
    all.push_back(nullptr);
    return all;
}

void check_said_again(starmap::Settings const& settings)
{
    starmap::base::check_settings(settings);
    for (auto const& setting : starmap::base::setting_specs()) {
        auto again = settings;
        auto const text = setting.get(settings);
        setting.set(again, text);
        if (setting.get(again) != text) std::abort();
    }
    starmap::base::help_text(settings);
    if (!settings.replay.empty()) starmap::base::replay_from(settings.replay);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(std::uint8_t const* data, std::size_t size)
{
    std::vector<std::string> arguments{"program"};
    std::vector<std::string> environment;
    for (auto& line : lines(data, size))
        (line.starts_with('-') ? arguments : environment).push_back(std::move(line));
    starmap::Settings settings;
    try {
        std::vector<std::string> warnings;
        starmap::base::apply_environment(settings, pointers(environment).data(), warnings);
        check_said_again(settings);
    } catch (starmap::UsageError const&) { // the answer to most
    }
    try {
        auto argv = pointers(arguments);
        auto argc = static_cast<int>(arguments.size());
        starmap::base::apply_arguments(settings, argc, argv.data());
        if (argv[static_cast<std::size_t>(argc)] != nullptr) std::abort();
        check_said_again(settings);
    } catch (starmap::UsageError const&) {
    }
    return 0;
}
