#include "base/settings.hpp"

#include "base/deadline_text.hpp"
#include "base/nearest.hpp"
#include "base/setting_values.hpp"

#include <starmap/error.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <utility>

namespace starmap::base {

std::string hyphenated(std::string text)
{
    std::replace(text.begin(), text.end(), '_', '-');
    return text;
}

namespace {

/// `name` and `valid` begin with `prefix`, which must not count as likeness.
std::string suggestion(std::string const& name, std::string_view prefix,
                       std::string SettingSpec::*member, std::vector<std::string> valid_tails = {})
{
    for (auto const& setting : setting_specs())
        valid_tails.push_back((setting.*member).substr(prefix.size()));
    auto const close = nearest(std::string_view(name).substr(prefix.size()), valid_tails);
    return close.empty() ? std::string("--starmap-help lists all")
                         : fmt::format("did you mean {}{}?", prefix, close);
}

/// What `starmap run` tells a command that may be a Starmap program itself, and is no setting.
bool is_told_to_commands(std::string_view name)
{
    constexpr std::array<std::string_view, 7> told{
        "STARMAP_TASK_NO", "STARMAP_WORKER", "STARMAP_LOCAL_WORKER", "STARMAP_RANK",
        "STARMAP_ATTEMPT", "STARMAP_CORES",  "STARMAP_COMMAND"};
    return std::find(told.begin(), told.end(), name) != told.end();
}

void set_named(Settings& settings, SettingSpec const& setting, std::string const& named,
               std::string_view text)
{
    try {
        setting.set(settings, text);
    } catch (UsageError const& why) {
        throw UsageError(fmt::format("bad value \"{}\" for {} ({}); valid: {}", text, named,
                                     why.what(), setting.valid));
    }
}

SettingSpec const* find(std::string const& spelling, std::string SettingSpec::*member)
{
    auto const specs = setting_specs();
    auto const found = std::find_if(specs.begin(), specs.end(), [&](SettingSpec const& setting) {
        return setting.*member == spelling;
    });
    return found == specs.end() ? nullptr : &*found;
}

/// `argument` begins with the prefix and is neither help nor version.
void apply_argument(Settings& settings, std::string const& argument)
{
    auto const equals = argument.find('=');
    auto const name = hyphenated(argument.substr(0, equals));
    auto const* const setting = find(name, &SettingSpec::argument);
    if (setting == nullptr)
        throw UsageError(fmt::format(
            "unknown argument {} (no setting has this name); {}", argument,
            suggestion(name, argument_prefix, &SettingSpec::argument, {"help", "version"})));
    if (equals == std::string::npos)
        throw UsageError(fmt::format("{} has no value (it needs one after \"=\"); write "
                                     "{}=VALUE, valid: {}",
                                     argument, setting->argument, setting->valid));
    set_named(settings, *setting, setting->argument, std::string_view(argument).substr(equals + 1));
}

} // namespace

void apply_environment(Settings& settings, char const* const* environment,
                       std::vector<std::string>& warnings)
{
    if (environment == nullptr) return;
    for (; *environment != nullptr; ++environment) {
        std::string_view const entry = *environment;
        auto const equals = entry.find('=');
        if (!entry.starts_with(environment_prefix) || equals == std::string_view::npos) continue;
        std::string const name(entry.substr(0, equals));
        auto const value = entry.substr(equals + 1);
        if (auto const* const setting = find(name, &SettingSpec::environment)) {
            if (!value.empty()) set_named(settings, *setting, name, value);
        } else if (!is_told_to_commands(name)) {
            warnings.push_back(
                fmt::format("{} in the environment is ignored (no setting has this name); {}", name,
                            suggestion(name, environment_prefix, &SettingSpec::environment)));
        }
    }
}

Action apply_arguments(Settings& settings, int& argc, char** argv)
{
    auto changed = settings;
    auto action = Action::proceed;
    std::vector<char*> kept;
    bool ours = true;
    for (int i = 0; i < argc; ++i) {
        std::string const argument = argv[i];
        ours = ours && argument != "--";
        if (i == 0 || !ours || !argument.starts_with(argument_prefix)) {
            kept.push_back(argv[i]);
        } else if (argument == "--starmap-help" || argument == "--starmap-version") {
            auto const asked = argument == "--starmap-help" ? Action::help : Action::version;
            if (action == Action::proceed) action = asked;
        } else {
            apply_argument(changed, argument);
        }
    }
    if (static_cast<int>(kept.size()) < argc) {
        std::copy(kept.begin(), kept.end(), argv);
        argc = static_cast<int>(kept.size());
        argv[argc] = nullptr;
    }
    settings = std::move(changed);
    return action;
}

void check_settings(Settings const& settings)
{
    auto copy = settings;
    for (auto const& setting : setting_specs())
        set_named(copy, setting, "Settings::" + setting.name, setting.get(settings));
}

std::string help_text(Settings const& settings)
{
    std::string text = "Settings of Starmap. An argument --starmap-x=VALUE beats the environment's "
                       "STARMAP_X,\nwhich beats the program's own choice.\n";
    for (auto const& setting : setting_specs()) {
        auto const value = setting.get(settings);
        text += fmt::format("\n{}=VALUE   (environment: {})\n    {}\n    valid: {}; now: {}\n",
                            setting.argument, setting.environment, setting.meaning, setting.valid,
                            value.empty() ? "(empty)" : value);
    }
    text += "\n--starmap-help\n    print this text and end\n"
            "\n--starmap-version\n    print the version of Starmap and end\n";
    return text;
}

} // namespace starmap::base
