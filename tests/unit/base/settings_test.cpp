#include "base/settings.hpp"

#include <starmap/error.hpp>

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <string>
#include <utility>
#include <vector>

using namespace starmap;
using namespace starmap::base;

namespace {

/// argc and argv as main gets them.
class Arguments {
public:
    explicit Arguments(std::vector<std::string> texts) : texts_(std::move(texts))
    {
        texts_.insert(texts_.begin(), "program");
        for (auto& text : texts_) pointers_.push_back(text.data());
        argc = static_cast<int>(pointers_.size());
        pointers_.push_back(nullptr);
    }
    char** argv() { return pointers_.data(); }
    std::vector<std::string> left()
    {
        REQUIRE(pointers_[static_cast<std::size_t>(argc)] == nullptr);
        return {argv() + 1, argv() + argc};
    }

    int argc = 0;

private:
    std::vector<std::string> texts_;
    std::vector<char*> pointers_;
};

Settings with(std::string const& argument)
{
    Settings settings;
    Arguments arguments({argument});
    REQUIRE(apply_arguments(settings, arguments.argc, arguments.argv()) == Action::proceed);
    CHECK(arguments.argc == 1);
    return settings;
}

std::string error_of(std::string const& argument)
{
    Settings settings;
    Arguments arguments({argument});
    try {
        apply_arguments(settings, arguments.argc, arguments.argv());
    } catch (UsageError const& error) {
        CHECK(arguments.left() == std::vector{argument});
        return error.what();
    }
    return "no error";
}

std::vector<std::string> environment_warnings(Settings& settings, std::vector<char const*> entries)
{
    entries.push_back(nullptr);
    std::vector<std::string> warnings;
    apply_environment(settings, entries.data(), warnings);
    return warnings;
}

} // namespace

TEST_CASE("each setting can be given as an argument")
{
    CHECK(with("--starmap-distribute=mpi").distribute == "mpi");
    CHECK(with("--starmap-distribute=no").distribute == "no");
    CHECK(with("--starmap-distribute=").distribute.empty());
    CHECK(with("--starmap-task-info=a=b c.h5").task_info == "a=b c.h5");
    CHECK(with("--starmap-replay=a#b#7").replay == "a#b#7");
    CHECK(with("--starmap-log=debug").log == "debug");
    CHECK(with("--starmap-progress=bar").progress == "bar");
    CHECK(with("--starmap-concurrent-tasks=40").concurrent_tasks == 40);
    CHECK(with("--starmap-concurrent-tasks=").concurrent_tasks == 0);
    CHECK(with("--starmap-on-failure=collect").on_failure == OnFailure::collect);
    CHECK(with("--starmap-retries=3").retries == 3);
    CHECK(with("--starmap-soft-mem=12.5").soft_mem == 12.5);
    CHECK(with("--starmap-hard-mem=0").hard_mem == 0);
    CHECK(with("--starmap-result-buffer=1").result_buffer == 1);
    CHECK(with("--starmap-result-buffer=1500").result_buffer == 1500);
    CHECK(with("--starmap-result-buffer=3K").result_buffer == 3 << 10);
    CHECK(with("--starmap-result-buffer=64M").result_buffer == 64 << 20);
    CHECK(with("--starmap-result-buffer=2G").result_buffer == std::size_t{2} << 30);
    CHECK(with("--starmap-seed=18446744073709551615").seed ==
          std::numeric_limits<std::uint64_t>::max());
}

TEST_CASE("hyphens and underscores in an argument's name are the same")
{
    CHECK(with("--starmap-task_info=x.h5").task_info == "x.h5");
    CHECK(with("--starmap-on_failure=collect").on_failure == OnFailure::collect);
}

TEST_CASE("only our arguments are taken out, up to a bare --")
{
    Settings settings;
    Arguments arguments({"--width", "8", "--starmap-seed=7", "--starmap", "-x", "--starmap-log=off",
                         "--", "--starmap-seed=9", "--starmap-nonsense"});
    CHECK(apply_arguments(settings, arguments.argc, arguments.argv()) == Action::proceed);
    CHECK(settings.seed == 7);
    CHECK(settings.log == "off");
    CHECK(arguments.left() == std::vector<std::string>{"--width", "8", "--starmap", "-x", "--",
                                                       "--starmap-seed=9", "--starmap-nonsense"});
}

TEST_CASE("of two arguments for one setting the last counts")
{
    Settings settings;
    Arguments arguments({"--starmap-seed=1", "--starmap-seed=2"});
    apply_arguments(settings, arguments.argc, arguments.argv());
    CHECK(settings.seed == 2);
}

TEST_CASE("a program without any argument, not even its own name, is left as it is")
{
    Settings settings;
    int argc = 0;
    char* argv[] = {nullptr};
    CHECK(apply_arguments(settings, argc, argv) == Action::proceed);
    CHECK(argc == 0);
    CHECK(argv[0] == nullptr);
}

TEST_CASE("help and version are actions; the first one asked for counts")
{
    Settings settings;
    Arguments help({"--starmap-help", "--starmap-seed=5", "--starmap-version"});
    CHECK(apply_arguments(settings, help.argc, help.argv()) == Action::help);
    CHECK(help.argc == 1);
    CHECK(settings.seed == 5);
    Arguments version({"--starmap-version"});
    CHECK(apply_arguments(settings, version.argc, version.argv()) == Action::version);
}

TEST_CASE("an error tells the value, the setting, why, and what is valid")
{
    CHECK(error_of("--starmap-soft-mem=lots") ==
          "bad value \"lots\" for --starmap-soft-mem (it is not a number); valid: a number from 0 "
          "to 100");
    CHECK(error_of("--starmap-hard_mem=101") ==
          "bad value \"101\" for --starmap-hard-mem (it is not between 0 and 100); valid: a number "
          "from 0 to 100");
    CHECK(error_of("--starmap-log=warn") ==
          "bad value \"warn\" for --starmap-log (did you mean \"warning\"?); valid: debug, info, "
          "warning, error or off");
    CHECK(error_of("--starmap-distribute=cluster") ==
          "bad value \"cluster\" for --starmap-distribute (there is no such value); valid: mpi, "
          "processes, threads, no, or empty");
    CHECK(error_of("--starmap-distribute=proceses").find("did you mean \"processes\"?") !=
          std::string::npos);
    CHECK(error_of("--starmap-concurrent-tasks=0") ==
          "bad value \"0\" for --starmap-concurrent-tasks (there must be at least one task); "
          "valid: a whole number from 1, or empty");
    CHECK(error_of("--starmap-task-info=") ==
          "bad value \"\" for --starmap-task-info (it is empty); valid: a path, or none");
    CHECK(error_of("--starmap-retries") ==
          "--starmap-retries has no value (it needs one after \"=\"); write "
          "--starmap-retries=VALUE, valid: a whole number from 0");
    CHECK(error_of("--starmap-help=all") ==
          "unknown argument --starmap-help=all (no setting has this name); did you mean "
          "--starmap-help?");
    CHECK(error_of("--starmap-retires=3") ==
          "unknown argument --starmap-retires=3 (no setting has this name); did you mean "
          "--starmap-retries?");
}

TEST_CASE("what is no whole number is refused")
{
    for (auto const* value : {"", "-1", "+1", " 1", "1 ", "1.0", "1e3", "0x10", "one"}) {
        CAPTURE(value);
        CHECK(
            error_of(std::string("--starmap-retries=") + value).find("it is not a whole number") !=
            std::string::npos);
        CHECK(error_of(std::string("--starmap-seed=") + value).find("it is not a whole number") !=
              std::string::npos);
    }
    CHECK(error_of("--starmap-seed=18446744073709551616").find("it is too large") !=
          std::string::npos);
    CHECK(error_of("--starmap-retries=4294967296").find("it is too large") != std::string::npos);
}

TEST_CASE("what is no percentage is refused")
{
    for (auto const* value : {"", "-1", "+5", "nan", "inf", "90%", "9,5", "100.0001", "1e999"}) {
        CAPTURE(value);
        CHECK(error_of(std::string("--starmap-soft-mem=") + value).find("bad value") == 0);
    }
}

TEST_CASE("what is no number of bytes is refused")
{
    for (auto const* value : {"", "0", "0K", "-1", "1.5M", "K", "1k", "1KB", "1T", "M1", "1 K",
                              "18446744073709551616", "18014398509481984K"}) {
        CAPTURE(value);
        CHECK(error_of(std::string("--starmap-result-buffer=") + value).find("bad value") == 0);
    }
}

TEST_CASE("one bad argument changes nothing, not even what stood before it")
{
    Settings settings;
    Arguments arguments({"--starmap-seed=7", "--starmap-log=loud"});
    CHECK_THROWS_AS(apply_arguments(settings, arguments.argc, arguments.argv()), UsageError);
    CHECK(settings.seed == 42);
    CHECK(arguments.left() == std::vector<std::string>{"--starmap-seed=7", "--starmap-log=loud"});
}

TEST_CASE("each setting can be given in the environment")
{
    Settings settings;
    auto const warnings = environment_warnings(
        settings,
        {"HOME=/root", "STARMAP_DISTRIBUTE=no", "STARMAP_TASK_INFO=none", "STARMAP_LOG=error",
         "STARMAP_PROGRESS=none", "STARMAP_CONCURRENT_TASKS=5", "STARMAP_ON_FAILURE=collect",
         "STARMAP_RETRIES=2", "STARMAP_SOFT_MEM=50", "STARMAP_HARD_MEM=60.5", "STARMAP_SEED=0"});
    CHECK(warnings.empty());
    CHECK(settings.distribute == "no");
    CHECK(settings.task_info == "none");
    CHECK(settings.log == "error");
    CHECK(settings.progress == "none");
    CHECK(settings.concurrent_tasks == 5);
    CHECK(settings.on_failure == OnFailure::collect);
    CHECK(settings.retries == 2);
    CHECK(settings.soft_mem == 50);
    CHECK(settings.hard_mem == 60.5);
    CHECK(settings.seed == 0);
}

TEST_CASE("an unknown name in the environment warns with the nearest one")
{
    Settings settings;
    auto const warnings =
        environment_warnings(settings, {"STARMAP_RETIRES=3", "STARMAP_UNHEARD_OF_THING=1",
                                        "NOT_STARMAP_SEED=1", "STARMAPS=1", "STARMAP_NO_EQUALS"});
    REQUIRE(warnings.size() == 2);
    CHECK(warnings[0] == "STARMAP_RETIRES in the environment is ignored (no setting has this "
                         "name); did you mean STARMAP_RETRIES?");
    CHECK(warnings[1].ends_with("; --starmap-help lists all"));
    CHECK(settings.retries == 0);
}

TEST_CASE("an empty variable counts as not set, a bad value is an error")
{
    Settings settings;
    CHECK(environment_warnings(settings, {"STARMAP_LOG=", "STARMAP_SEED="}).empty());
    CHECK(settings.log == "info");
    CHECK_THROWS_WITH_AS(environment_warnings(settings, {"STARMAP_RETRIES=-1"}),
                         "bad value \"-1\" for STARMAP_RETRIES (it is not a whole number); valid: "
                         "a whole number from 0",
                         UsageError);
    std::vector<std::string> warnings;
    apply_environment(settings, nullptr, warnings);
    CHECK(warnings.empty());
}

TEST_CASE("settings given in code are held to the same rules")
{
    CHECK_NOTHROW(check_settings(Settings{}));
    Settings settings;
    settings.progress = "baar";
    CHECK_THROWS_WITH_AS(check_settings(settings),
                         "bad value \"baar\" for Settings::progress (did you mean \"bar\"?); "
                         "valid: auto, bar, log or none",
                         UsageError);
    settings = {};
    settings.task_info.clear();
    CHECK_THROWS_AS(check_settings(settings), UsageError);
    settings = {};
    settings.hard_mem = std::numeric_limits<double>::quiet_NaN();
    CHECK_THROWS_AS(check_settings(settings), UsageError);
}

TEST_CASE("the help names each setting with its present value")
{
    Settings settings;
    settings.seed = 271828;
    auto const help = help_text(settings);
    for (auto const& setting : setting_specs()) {
        CAPTURE(setting.name);
        CHECK(help.find(setting.argument + "=VALUE   (environment: " + setting.environment + ")") !=
              std::string::npos);
        CHECK(help.find(setting.meaning) != std::string::npos);
    }
    CHECK(help.find("valid: a whole number from 0; now: 271828") != std::string::npos);
    CHECK(help.find("valid: mpi, processes, threads, no, or empty; now: (empty)") !=
          std::string::npos);
    CHECK(std::count(help.begin(), help.end(), '{') == 0);
}
