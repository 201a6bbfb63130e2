// The main of the tests that use Starmap as its users do: rank 0 runs doctest inside starmap::run,
// the other ranks serve; without a launcher the same tests run inside the one process.
#define DOCTEST_CONFIG_IMPLEMENT
#include <doctest/doctest.h>

#include "support/session.hpp"

namespace {
starmap::Session* current = nullptr;
}

starmap::Session& session() { return *current; }

int main(int argc, char** argv)
{
    starmap::Settings quiet;
    quiet.task_info = "none";
    quiet.progress = "none";
    quiet.log = "off";
    return starmap::run(quiet, argc, argv, [&](starmap::Session& started) {
        current = &started;
        return doctest::Context(argc, argv).run();
    });
}
