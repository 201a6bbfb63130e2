#include "run/explaining.hpp"
#include "run/finding.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace starmap::farm;

TEST_CASE("how a process ended")
{
    CHECK(ending_text(0).empty());
    CHECK(ending_text(3 << 8) == "exit code 3");
    CHECK(ending_text(11) == "killed by signal 11 (Segmentation fault)");
    CHECK(ending_text(6 | 0x80) == "killed by signal 6 (Aborted, core dumped)");
    CHECK(ending_code(3 << 8) == 3);
    CHECK(ending_code(11) == -11);
    CHECK(duration_text(600) == "600 s");
    CHECK(duration_text(0.25) == "0.25 s");
}

TEST_CASE("last words are the last ten lines, within 2 KiB")
{
    CHECK(last_words("").empty());
    CHECK(last_words("\n\n").empty());
    CHECK(last_words("one\n") == "one");
    std::string lines;
    for (int i = 1; i <= 30; ++i) lines += std::to_string(i) + '\n';
    CHECK(last_words(lines) == "21\n22\n23\n24\n25\n26\n27\n28\n29\n30");
    CHECK(last_words(std::string(10000, 'x')) == std::string(most_last_words, 'x'));
}

TEST_CASE("last words can be printed")
{
    CHECK(last_words("a\033[31mred\a\t!") == "a?[31mred?\t!");
    CHECK(last_words("10 %\r20 %\rdone\r\n") == "10 %\n20 %\ndone");
    CHECK(last_words(std::string("nul\0end", 7)) == "nul?end");
    CHECK(last_words("gr\xC3\xBC\xC3\x9F") == "gr\xC3\xBC\xC3\x9F");
    CHECK(last_words("\xF0\x9F\x98\x80") == "\xF0\x9F\x98\x80");
    CHECK(last_words("latin \xFC, cut \xC3") == "latin ?, cut ?");
    CHECK(last_words("\xC0\xAF \xED\xA0\x80 \xF4\x90\x80\x80") == "?? ??? ????");
    // Cut between two characters.
    std::string umlauts;
    for (int i = 0; i < 2000; ++i) umlauts += "\xC3\xBC";
    CHECK(last_words(umlauts + "x").find('?') == std::string::npos);
}

TEST_CASE("programs are looked for as execvp does")
{
    CHECK(find_program("sh", "/no/such:/bin").path == "/bin/sh");
    CHECK(find_program("sh", nullptr).path == "/bin/sh");
    CHECK(find_program("/bin/sh", "").path == "/bin/sh");
    CHECK(find_program("sh", "/no/such").exit_code == 127);
    // A directory on the way is not one to execute.
    CHECK(find_program("lib", "/usr:/bin").exit_code == 127);
}
