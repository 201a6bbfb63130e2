#pragma once

#include <starmap/settings.hpp>

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace starmap::base {

inline constexpr std::string_view environment_prefix = "STARMAP_";
inline constexpr std::string_view argument_prefix = "--starmap-";
/// A setting's name as it stands in an argument.
std::string hyphenated(std::string text);

/// One setting as the outside world sees it. The whole table is in settings.cpp; docs/settings.md
/// is held to it by a test.
struct SettingSpec {
    std::string name;        ///< as in the struct: "task_info"
    std::string environment; ///< "STARMAP_TASK_INFO"
    std::string argument;    ///< "--starmap-task-info"
    std::string valid;       ///< what values there are, in words
    std::string meaning;     ///< one sentence
    bool may_be_empty;       ///< the empty text is a value: "not given"

    /// The present value as text; empty for "not given".
    std::string (*get)(Settings const&);
    /// Throws UsageError, whose text is only why `text` is no valid value.
    void (*set)(Settings&, std::string_view text);
};

/// All settings, in the order of the struct.
std::span<SettingSpec const> setting_specs();

/// Takes every STARMAP_X of `environment` ("NAME=value" strings, ended by a null pointer, as in
/// environ) into `settings`. An empty value counts as not set. A STARMAP_ name that is no setting
/// adds a sentence to `warnings`; a bad value throws UsageError.
void apply_environment(Settings& settings, char const* const* environment,
                       std::vector<std::string>& warnings);

/// What the arguments ask for.
enum class Action {
    proceed, ///< run the program
    help,    ///< print help_text() and end
    version, ///< print the version and end
};

/// Takes `--starmap-x=value`, --starmap-help and --starmap-version out of the arguments; argc
/// shrinks and argv[argc] stays null. Hyphens and underscores in a name are the same. Everything
/// after a bare `--` is the program's own. An unknown name or a bad value throws UsageError, and
/// then neither settings nor arguments are changed.
Action apply_arguments(Settings& settings, int& argc, char** argv);

/// Holds settings that were given in code to the same rules; throws UsageError.
void check_settings(Settings const& settings);

/// What --starmap-help prints: each setting with its names, meaning, valid and present values.
std::string help_text(Settings const& settings);

} // namespace starmap::base
