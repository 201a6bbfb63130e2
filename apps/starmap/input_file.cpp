#include "input_file.hpp"

#include <array>
#include <cstdlib>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include <csignal>
#include <unistd.h>

namespace starmap::command {

namespace {

constexpr int unreadable = 1;
constexpr std::array<std::pair<int, std::string_view>, 5> crashes{{{SIGSEGV, "SIGSEGV"},
                                                                   {SIGBUS, "SIGBUS"},
                                                                   {SIGFPE, "SIGFPE"},
                                                                   {SIGILL, "SIGILL"},
                                                                   {SIGABRT, "SIGABRT"}}};

/// What a signal handler may say: it can put nothing together.
struct CrashText {
    std::string files;
    std::string before;
    std::string after;
};

CrashText& crash_text()
{
    static CrashText text;
    return text;
}

void say(std::string_view text) noexcept
{
    while (!text.empty()) {
        auto const written = ::write(STDERR_FILENO, text.data(), text.size());
        if (written <= 0) return;
        text.remove_prefix(static_cast<std::size_t>(written));
    }
}

/// Whatever the library has broken by then: these calls need no memory and no locks.
extern "C" void end_with_a_sentence(int signal)
{
    say(crash_text().before);
    for (auto const& [number, name] : crashes)
        if (number == signal) say(name);
    say(crash_text().after);
    ::_exit(unreadable);
}

void watch_for_crashes()
{
    // A stack of its own, as that of the process may be what has run out.
    static std::array<char, std::size_t{64} << 10U> stack;
    stack_t place{};
    place.ss_sp = stack.data();
    place.ss_size = stack.size();
    ::sigaltstack(&place, nullptr);
    struct sigaction action {};
    action.sa_handler = end_with_a_sentence;
    action.sa_flags = SA_ONSTACK;
    ::sigfillset(&action.sa_mask);
    for (auto const& [number, name] : crashes) ::sigaction(number, &action, nullptr);
}

void note_input(std::string const& file)
{
    auto& text = crash_text();
    text.files += (text.files.empty() ? "" : " or ") + file;
    text.before = fmt::format("starmap: Cannot read {} (the program died of ", text.files);
    text.after = " over it: it is damaged in a way that nobody has foreseen) Take another copy of "
                 "it, if there is one\n";
    watch_for_crashes();
}

} // namespace

CLI::Option* add_input_file(CLI::App& subcommand, char const* name, std::string& file,
                            char const* description)
{
    return subcommand.add_option(name, file, description)->required()->each(note_input);
}

} // namespace starmap::command
