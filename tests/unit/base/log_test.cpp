#include "base/log.hpp"

#include <starmap/error.hpp>

#include <doctest/doctest.h>
#include <spdlog/spdlog.h>

#include <unistd.h>

#include <cstdio>
#include <string>

using namespace starmap::base;

namespace {

/// What `run` writes to the file descriptor of stderr.
template <class F>
std::string stderr_of(F run)
{
    std::fflush(stderr);
    auto* const file = std::tmpfile();
    REQUIRE(file != nullptr);
    auto const kept = ::dup(STDERR_FILENO);
    ::dup2(::fileno(file), STDERR_FILENO);
    run();
    std::fflush(stderr);
    ::dup2(kept, STDERR_FILENO);
    ::close(kept);
    std::string text;
    std::rewind(file);
    for (int c = 0; (c = std::fgetc(file)) != EOF;) text += static_cast<char>(c);
    std::fclose(file);
    return text;
}

} // namespace

// The first case of this program that logs: doctest runs a file's cases in their order.
TEST_CASE("before the log is set up only errors are written")
{
    auto const text = stderr_of([] {
        log_warning("too early");
        log_error("broken {}", 7);
    });
    CHECK(text.find("too early") == std::string::npos);
    CHECK(text.ends_with(" ERROR] broken 7\n"));
}

TEST_CASE("a line has the time, the level and the text, and no colours in a file")
{
    init_log("debug");
    auto const text = stderr_of([] { log_info("{} of {}", 1, 2); });
    REQUIRE(text.size() == std::string("[12:34:56 INFO] 1 of 2\n").size());
    CHECK(text[0] == '[');
    CHECK(text[3] == ':');
    CHECK(text[6] == ':');
    CHECK(text.substr(9) == " INFO] 1 of 2\n");
    CHECK(stderr_of([] { log_warning("w"); }).find(" WARNING] w\n") == 9);
    CHECK(stderr_of([] { log_debug("d"); }).find(" DEBUG] d\n") == 9);
}

TEST_CASE("the text of a line is not taken for a format")
{
    init_log("info");
    CHECK(stderr_of([] { log_line(Level::info, "{} 100%"); }).ends_with(" INFO] {} 100%\n"));
}

TEST_CASE("lines below the level are not written")
{
    std::string const levels[] = {"debug", "info", "warning", "error", "off"};
    for (std::size_t threshold = 0; threshold < 5; ++threshold) {
        init_log(levels[threshold]);
        for (std::size_t line = 0; line < 4; ++line) {
            CAPTURE(levels[threshold]);
            CAPTURE(levels[line]);
            auto const level = static_cast<Level>(line);
            CHECK(is_logged(level) == (line >= threshold));
            CHECK(stderr_of([level] { log_line(level, "x"); }).empty() == (line < threshold));
        }
        CHECK_FALSE(is_logged(Level::off));
    }
    CHECK_THROWS_WITH_AS(init_log("loud"),
                         "no log level is called \"loud\"; valid: debug, info, warning, error, off",
                         starmap::UsageError);
    init_log("info");
}

TEST_CASE("the hook runs before a line that is written, and only then")
{
    init_log("info");
    set_before_line([] { std::fputs("<", stderr); });
    auto const text = stderr_of([] {
        log_debug("unseen");
        log_info("seen");
    });
    CHECK(text.starts_with("<["));
    CHECK(text.find('<', 1) == std::string::npos);
    set_before_line({});
    CHECK(stderr_of([] { log_info("seen"); }).starts_with("["));
}

TEST_CASE("the logger is apart from the program's own spdlog")
{
    init_log("info");
    CHECK(spdlog::get("starmap") == nullptr);
    auto const level = spdlog::get_level();
    spdlog::set_level(spdlog::level::off);
    CHECK(stderr_of([] { log_info("still here"); }).ends_with("still here\n"));
    init_log("error");
    CHECK(spdlog::get_level() == spdlog::level::off);
    spdlog::set_level(level);
    init_log("info");
}
